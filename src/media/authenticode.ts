import { createHash, type Hash } from 'node:crypto';
import { type ByteSource, damaged, readExactly, Unreadable } from '../msi/byte-source.ts';
import { type CompoundFile, openCompoundFile } from '../msi/compound-file.ts';
import { optionalHeaderOf } from './bundle.ts';
import { readSignedData, type SignedData } from './signed-data.ts';

/** A signature inside a file, and whether the file is still the one that was signed. */
export type FileSignature = SignedData & { readonly isUnchanged: boolean };

const pieceSize = 1 << 20;
const mostSignature = 1 << 24;
const signatureStream = '\u0005DigitalSignature';
const extendedStream = '\u0005MsiDigitalSignatureEx';

/** The Authenticode signature in an MSI or a Windows program, or null where there is none; any other file is `Unreadable`. */
export async function readSignature(source: ByteSource): Promise<FileSignature | null> {
  const start = await readExactly(source, 0, Math.min(8, source.size), 'its header');
  const isProgram = start.bytes[0] === 0x4d && start.bytes[1] === 0x5a; // 'MZ'
  return isProgram ? ofProgram(source) : ofPackage(await openCompoundFile(source));
}

/** A digest is over all streams in the order of their stored names but the signature, then the class of the root. */
async function ofPackage(file: CompoundFile): Promise<FileSignature | null> {
  const stream = file.streams.get(signatureStream);
  if (!stream) return null;
  const data = readSignedData((await readExactly(stream, 0, sizeOf(stream), 'its signature')).bytes);
  if (file.hasStorages) throw new Unreadable('has storages, whose part in its signature is not known here', 'limit');
  const hash = createHash(data.algorithm);
  // The digest of names and times, which newer signatures have, comes first; it is not made anew here.
  const extended = file.streams.get(extendedStream);
  if (extended) await add(hash, extended, 0, extended.size);
  for (const name of contentStreams(file)) {
    const content = file.streams.get(name);
    if (content) await add(hash, content, 0, content.size);
  }
  hash.update(file.rootClassId);
  return { ...data, isUnchanged: hash.digest().equals(data.digest) };
}

function contentStreams({ streams }: CompoundFile): string[] {
  const names = [...streams.keys()].filter((name) => name !== signatureStream && name !== extendedStream);
  return names.sort((left, right) => Buffer.compare(Buffer.from(left, 'utf16le'), Buffer.from(right, 'utf16le')));
}

/**
 * A digest is over the whole file but its check sum, the entry that says where the signature lies, and the signature (Windows
 * Authenticode PE Signature Format).
 */
async function ofProgram(source: ByteSource): Promise<FileSignature | null> {
  const { fields, start, directories } = await optionalHeaderOf(source);
  const entry = directories + 32; // the fifth directory: signatures
  if (fields.u32(directories - 4) < 5 || fields.u32(entry) === 0) return null;
  const [offset, size] = [fields.u32(entry), fields.u32(entry + 4)];
  const head = await readExactly(source, offset, 8, 'its signature');
  if (head.u16(6) !== 2) throw damaged('its signature is of an unknown kind'); // WIN_CERT_TYPE_PKCS_SIGNED_DATA
  const length = Math.min(head.u32(0), size) - 8;
  const data = readSignedData((await readExactly(source, offset + 8, sizeOf({ size: length }), 'its signature')).bytes);
  const hash = createHash(data.algorithm);
  const places = [0, start + 64, start + 68, start + entry, start + entry + 8, offset, offset + size, source.size];
  for (let at = 0; at < places.length; at += 2) {
    const [from = 0, to = 0] = places.slice(at, at + 2);
    await add(hash, source, from, to);
  }
  return { ...data, isUnchanged: hash.digest().equals(data.digest) };
}

function sizeOf({ size }: { readonly size: number }): number {
  if (size > mostSignature) throw damaged('its signature is larger than any');
  return size;
}

async function add(hash: Hash, source: ByteSource, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += pieceSize) {
    const piece = await readExactly(source, at, Math.min(pieceSize, to - at), 'it');
    hash.update(piece.bytes);
  }
}
