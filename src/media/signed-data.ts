import { createHash, verify, X509Certificate } from 'node:crypto';
import { damaged, Unreadable } from '../msi/byte-source.ts';
import { at, type Der, elementsOf, firstOf, objectIdOf, tags } from './der.ts';

/** What an Authenticode signature says: who signed which digest. */
export type SignedData = {
  readonly signer: X509Certificate;
  /** All certificates that are in the signature. */
  readonly certificates: readonly X509Certificate[];
  /** The digest of the file that was signed, by an algorithm as Node names it. */
  readonly algorithm: string;
  readonly digest: Uint8Array;
  /** Whether the signer's key has made the signature, over that digest. */
  readonly isBySigner: boolean;
  /** Whether somebody else has certified the time of the signature. */
  readonly isTimeStamped: boolean;
};

const algorithms: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
const signedData = '1.2.840.113549.1.7.2';
const indirectData = '1.3.6.1.4.1.311.2.1.4';
const messageDigest = '1.2.840.113549.1.9.4';
const timeStamps = ['1.2.840.113549.1.9.6', '1.3.6.1.4.1.311.3.3.1'];

/** Reads the PKCS #7 of an Authenticode signature (RFC 2315; Windows Authenticode PE Signature Format); what is not as that says is `Unreadable`. */
export function readSignedData(bytes: Uint8Array): SignedData {
  const [type, wrapped] = pair(firstOf(bytes));
  if (objectIdOf(type) !== signedData) throw damaged('its signature is no PKCS #7');
  const parts = elementsOf(firstOf(wrapped.content).content);
  const [contentType, content] = pair(at(parts, 2));
  if (objectIdOf(contentType) !== indirectData) throw damaged('its signature is none of a file');
  const signed = firstOf(content.content);
  const certificates = certificatesIn(parts);
  const info = signerInfoOf(firstOf(at(parts, parts.length - 1).content));
  const signer = signerIn(certificates, info);
  return { signer, certificates, ...digestIn(signed), ...checked(signed, info, signer) };
}

function pair(sequence: Der): readonly [Der, Der] {
  const elements = elementsOf(sequence.content);
  return [at(elements, 0), at(elements, 1)];
}

function certificatesIn(parts: readonly Der[]): X509Certificate[] {
  const field = parts.find((one) => one.tag === tags.field0);
  return elementsOf(field?.content ?? new Uint8Array()).map((one) => certificateOf(one.whole));
}

function certificateOf(bytes: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(bytes);
  } catch {
    throw damaged('a certificate in its signature cannot be read');
  }
}

/** SpcIndirectDataContent: what was signed, and its digest. */
function digestIn(signed: Der): Pick<SignedData, 'algorithm' | 'digest'> {
  const [, digestInfo] = pair(signed);
  const [algorithm, digest] = pair(digestInfo);
  return { algorithm: algorithmOf(algorithm), digest: digest.content };
}

function algorithmOf(sequence: Der): string {
  const id = objectIdOf(at(elementsOf(sequence.content), 0));
  const name = algorithms[id];
  if (!name) throw new Unreadable(`is signed by a digest that is not known here: ${id}`, 'limit');
  return name;
}

type SignerInfo = {
  readonly issuer: Der;
  readonly serial: Der;
  readonly algorithm: string;
  readonly attributes: Der;
  readonly signature: Uint8Array;
  readonly unsigned: Der | undefined;
};

function signerInfoOf(info: Der): SignerInfo {
  const parts = elementsOf(info.content);
  const [issuer, serial] = pair(at(parts, 1));
  const attributes = at(parts, 3);
  if (attributes.tag !== tags.field0) throw damaged('its signature has no attributes');
  return {
    issuer,
    serial,
    algorithm: algorithmOf(at(parts, 2)),
    attributes,
    signature: at(parts, 5).content,
    unsigned: parts[6],
  };
}

/** A certificate is named by its issuer and the number that this one gave it. */
function signerIn(certificates: readonly X509Certificate[], { issuer, serial }: SignerInfo): X509Certificate {
  const found = certificates.find((one) => {
    const body = elementsOf(firstOf(firstOf(one.raw).content).content);
    const start = body[0]?.tag === tags.field0 ? 1 : 0; // a version stands before the number
    return isSame(at(body, start).whole, serial.whole) && isSame(at(body, start + 2).whole, issuer.whole);
  });
  if (!found) throw damaged('its signature lacks the certificate of its signer');
  return found;
}

function checked(signed: Der, info: SignerInfo, signer: X509Certificate) {
  // As a field the attributes have another tag than as the set that was signed (RFC 2315, 9.3).
  const covered = Uint8Array.from(info.attributes.whole);
  covered[0] = tags.set;
  const digest = attribute(info.attributes, messageDigest);
  const own = createHash(info.algorithm).update(signed.content).digest();
  return {
    isBySigner: digest !== undefined && isSame(firstOf(digest.content).content, own) && isMadeBy(signer, covered, info),
    isTimeStamped: timeStamps.some((id) => info.unsigned && attribute(info.unsigned, id) !== undefined),
  };
}

/** A key that cannot be read has signed nothing. */
function isMadeBy(signer: X509Certificate, covered: Uint8Array, { algorithm, signature }: SignerInfo): boolean {
  try {
    return verify(algorithm, covered, signer.publicKey, signature);
  } catch {
    return false;
  }
}

/** The values of an attribute, or undefined where it is not there. */
function attribute(attributes: Der, id: string): Der | undefined {
  const found = elementsOf(attributes.content).find((one) => objectIdOf(at(elementsOf(one.content), 0)) === id);
  return found && at(elementsOf(found.content), 1);
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
