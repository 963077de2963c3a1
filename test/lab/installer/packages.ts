import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ByteSource } from '../../../src/msi/byte-source.ts';
import { bytesOf, openPackage, type Package } from '../../../src/msi/package.ts';
import { contentHash } from './files.ts';

/** A package that both sides get: a file of packagesFolder, and what it says of itself if it is one. */
export type TestPackage = { readonly name: string; readonly bytes: Uint8Array; readonly opened: Package | null };

/** The folder of the sample packages. */
export const samples = fileURLToPath(new URL('../../../templates/samples/', import.meta.url));

/** A sample under another name, which Windows Installer does not take for the source of what it installed (T2). */
export const renamed = 'Renamed-4.4.4.msi';
/** A package with the product code of 4.4.4 and a package code of its own: another build of the same product. */
export const rebuilt = 'Rebuilt-4.4.4.msi';
/** The same under the name of the first build, in a folder of its own. */
export const rebuiltSameName = 'Rebuilt\\SCIMConnector-4.4.4.msi';
/** The first half of a package. */
export const truncated = 'Truncated-4.4.4.msi';
/** A text with the name of a package. */
export const noPackage = 'Text.msi';
/** A name that no file has. */
export const absent = 'Absent.msi';

/** Every sample, and what is made of 4.4.4 to be wrong in one way each. */
export async function testPackages(): Promise<readonly TestPackage[]> {
  // What lies beside a package has a test of its own.
  const names = readdirSync(samples).filter((name) => name.endsWith('.msi') && !name.includes('cabinet-beside'));
  const bytesOf = (name: string) => readFileSync(join(samples, name));
  const first = bytesOf('SCIMConnector-4.4.4.msi');
  const other = await withPackageCode(first, '{7A7B7C7D-0000-4000-8000-00000000F00D}');
  const made: readonly (readonly [string, Uint8Array])[] = [
    ...names.map((name) => [name, bytesOf(name)] as const),
    [renamed, first],
    [rebuilt, other],
    [rebuiltSameName, other],
    [truncated, first.subarray(0, first.length / 2)],
    [noPackage, Buffer.from('This is a text.')],
  ];
  return Promise.all(made.map(async ([name, bytes]) => ({ name, bytes, opened: await openedFrom(bytes) })));
}

/** The package that some bytes are, or null. */
export async function openedFrom(bytes: Uint8Array): Promise<Package | null> {
  const source: ByteSource = {
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
  const found = await openPackage(source);
  return 'problem' in found ? null : found;
}

/** A copy of a package with another package code, which stands in the summary information as it is. */
export async function withPackageCode(bytes: Buffer, code: string): Promise<Uint8Array> {
  const copy = Buffer.from(bytes);
  const at = copy.indexOf((await openedFrom(bytes))?.summary.packageCode ?? '?', 0, 'latin1');
  if (at < 0) throw new Error('the package code does not stand in the package');
  copy.write(code, at, 'latin1');
  return copy;
}

/** A value of the package's Property table; empty if there is none. */
export function propertyOf({ opened: from }: TestPackage, name: string): string {
  return String(from?.rows('Property').find((row) => row.Property === name)?.Value ?? '');
}

/** Product code to path on drive C: to what its package lays down there. */
export type Contents = Readonly<Record<string, Readonly<Record<string, Laid>>>>;

/** SHA-256 of the file as fileState gives it, and its version. */
export type Laid = { readonly sha256: string; readonly version: string | null };

/** What each product lays down. */
export async function contentsOf(packages: readonly TestPackage[]): Promise<Contents> {
  const all: Record<string, Record<string, Laid>> = {};
  for (const one of packages) if (one.opened) all[propertyOf(one, 'ProductCode')] = await contentOf(one.opened);
  return all;
}

async function contentOf(opened: Package): Promise<Record<string, Laid>> {
  const laid: Record<string, Laid> = {};
  for (const { key, path, name, version } of opened.files()) {
    const bytes = await bytesOf(opened, key, 2 ** 24);
    if ('problem' in bytes) throw new Error(`a test package ${bytes.problem}`);
    const place = `${path}\\${name}`;
    laid[`C:\\${place}`.toLowerCase()] = { sha256: contentHash(Buffer.from(bytes), place), version };
  }
  return laid;
}
