import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { SignedData } from '../media/signed-data.ts';
import { type Server, timeOf } from './server.ts';

/** Whether Windows trusts a signer; `error` is the text of the code that WinVerifyTrust gives (winerror.h). */
export type Trust = 'trusted' | { readonly error: string } | { readonly unknown: string };

const codeSigning = '1.3.6.1.5.5.7.3.3';
const longestChain = 10;

/**
 * Whether a simulated server trusts a signer. Its store holds the public list of roots that Node carries, which Windows' own holds
 * too for the most part (T20), and what the sandbox was given besides.
 */
export function trustIn(server: Server, { signer, certificates, isTimeStamped }: SignedData): Trust {
  if (signer.keyUsage && !signer.keyUsage.includes(codeSigning))
    return { error: 'The certificate is not valid for the requested usage.' };
  const now = Date.parse(timeOf(server));
  if (now < Date.parse(signer.validFrom) || now > Date.parse(signer.validTo)) return outOfTime(isTimeStamped);
  return chainTrust(signer, certificates, new Set(server.memory.trusted ?? []));
}

function outOfTime(isTimeStamped: boolean): Trust {
  if (isTimeStamped)
    return { unknown: 'its certificate is out of date, and a simulated server does not judge time stamps' };
  return {
    error:
      'A required certificate is not within its validity period when verifying against the current system clock or the timestamp in the signed file.',
  };
}

function chainTrust(signer: X509Certificate, given: readonly X509Certificate[], own: ReadonlySet<string>): Trust {
  let current = signer;
  for (let length = 0; length < longestChain; length++) {
    if (own.has(thumbprintOf(current))) return 'trusted';
    if (isIssuedBy(current, current)) return isPublic(current) ? 'trusted' : untrustedRoot;
    const child = current;
    const issuer = given.find((one) => isIssuedBy(child, one)) ?? publicRoots().find((one) => isIssuedBy(child, one));
    if (!issuer) return { unknown: 'the certificates between its signer and a root are not all in it' };
    current = issuer;
  }
  return { unknown: 'the chain of its certificates has no end' };
}

const untrustedRoot: Trust = {
  error:
    'A certificate chain processed, but terminated in a root certificate which is not trusted by the trust provider.',
};

/** A key that cannot be read has issued nothing. */
function isIssuedBy(child: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return child.checkIssued(issuer) && child.verify(issuer.publicKey);
  } catch {
    return false;
  }
}

function isPublic(root: X509Certificate): boolean {
  return publicRoots().some((one) => thumbprintOf(one) === thumbprintOf(root));
}

/** SHA-1, as Windows names certificates. */
function thumbprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint.replaceAll(':', '');
}

let roots: readonly X509Certificate[] | null = null;

function publicRoots(): readonly X509Certificate[] {
  roots ??= rootCertificates.map((text) => new X509Certificate(text));
  return roots;
}
