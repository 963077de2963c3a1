import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ByteSource } from '../../src/msi/byte-source.ts';
import { type Beside, openPackage, type Package } from '../../src/msi/package.ts';

/** Bytes in memory as a source. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

/** The path of one of the sample packages. */
export function samplePath(name: string): string {
  return fileURLToPath(new URL(`../../templates/samples/${name}`, import.meta.url));
}

export const sampleNames = [
  'SCIMConnector-2.5.0.msi',
  'SCIMConnector-3.2.0.msi',
  'SCIMConnector-4.1.0.msi',
  'SCIMConnector-4.1.0-cabinet-beside.msi',
  'SCIMConnector-4.1.0-x86.msi',
  'SCIMConnector-4.3.0.msi',
  'SCIMConnector-4.4.4.msi',
  'SCIMConnector-4.4.4.1.msi',
  'SCIMConnector-4.4.5-asks-reboot.msi',
  'SCIMConnector-4.4.5-fails-old-gone.msi',
  'SCIMConnector-4.4.5-fails-old-kept.msi',
  'SCIMConnector-4.4.5-loses-config.msi',
  'SCIMConnector-5.0.0.msi',
];

/** Opens what must be a package. */
export async function packageFrom(bytes: Uint8Array, beside?: Beside): Promise<Package> {
  const read = await openPackage(sourceOf(bytes), beside);
  assert.ok(!('problem' in read), 'problem' in read ? read.problem : '');
  return read;
}

export async function samplePackage(name: string): Promise<Package> {
  return packageFrom(readFileSync(samplePath(name)));
}

/** All bytes of one file of a package. */
export async function streamed(from: Package, key: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of from.open(key)) pieces.push(piece);
  return Buffer.concat(pieces);
}
