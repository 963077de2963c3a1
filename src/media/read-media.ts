import { createHash } from 'node:crypto';
import { win32 } from 'node:path';
import type { Sha256 } from '../core/facts.ts';
import type { BundleMedia, ExternalCabinet, Msi } from '../core/media.ts';
import { externalCabinetNames, msiFrom } from '../core/msi-from.ts';
import { filesToRead, isWebConfig } from '../core/package-files.ts';
import type { ByteSource, Problem } from '../msi/byte-source.ts';
import { type Beside, bytesOf, openPackage, type Package } from '../msi/package.ts';
import { readBundle } from './bundle.ts';

/** An open file; whoever opened it closes it. */
export type OpenFile = ByteSource & { close(): Promise<void> };

/** Opens a file by its path, or gives null if it is not there. */
export type Open = (path: string) => Promise<OpenFile | null>;

const mostConfigBytes = 1 << 20;
const pieceSize = 1 << 20;

/** Reads a package: what it is, its hash, the defaults of its config. Cabinets it keeps beside itself are read and hashed there. */
export async function readMsi(path: string, open: Open): Promise<Msi | Problem> {
  const cabinets: OpenFile[] = [];
  const beside: Beside = async (name) => {
    const cabinet = await open(path.slice(0, path.length - win32.basename(path).length) + name);
    if (cabinet) cabinets.push(cabinet);
    return cabinet;
  };
  try {
    return await withFile(path, open, (source) => msiOf(path, source, beside));
  } finally {
    for (const cabinet of cabinets) await cabinet.close();
  }
}

/** Reads a hosting bundle: its version as its resources state it, and its hash. */
export async function readBundleFile(path: string, open: Open): Promise<BundleMedia | Problem> {
  return withFile(path, open, async (source) => {
    const bundle = await readBundle(source);
    if ('problem' in bundle) return bundle;
    return { name: win32.basename(path), sha256: await hashOf(source), version: bundle.version };
  });
}

async function withFile<T>(path: string, open: Open, read: (source: OpenFile) => Promise<T>): Promise<T | Problem> {
  const source = await open(path);
  if (!source) return { problem: 'is not there, is no file, or may not be read' };
  return read(source).finally(() => source.close());
}

async function msiOf(path: string, source: ByteSource, beside: Beside): Promise<Msi | Problem> {
  const content = await openPackage(source, beside);
  if ('problem' in content) return content;
  const name = win32.basename(path);
  const names = externalCabinetNames(content, name);
  if ('problem' in names) return names;
  const texts = await textsOf(content);
  if ('problem' in texts) return texts;
  const identity = { name, sha256: await hashOf(source), size: source.size };
  const externalCabinets = await cabinetsBeside(names, beside);
  return msiFrom({ ...identity, package: content, externalCabinets, ...texts, fingerprint: sha256Of });
}

async function cabinetsBeside(names: readonly string[], beside: Beside): Promise<readonly ExternalCabinet[]> {
  const cabinets: ExternalCabinet[] = [];
  for (const name of names) {
    const source = await beside(name);
    cabinets.push({ name, found: source && { sha256: await hashOf(source), size: source.size } });
  }
  return cabinets;
}

type Texts = { readonly contents: Map<string, string>; readonly webConfig?: Sha256; readonly unread: string[] };

/** The text of each config file. What this program cannot unpack is told; what is damaged makes the package a problem. */
async function textsOf(content: Package): Promise<Texts | Problem> {
  const contents = new Map<string, string>();
  const unread = new Set<string>();
  let webConfig: Sha256 | undefined;
  for (const { key, path } of filesToRead(content.files())) {
    const bytes = await bytesOf(content, key, mostConfigBytes);
    if (!(bytes instanceof Uint8Array)) {
      if (!bytes.isLimit) return bytes;
      unread.add(bytes.problem);
    } else if (isWebConfig(path)) webConfig = sha256Of(bytes);
    else contents.set(path, new TextDecoder().decode(bytes));
  }
  return { contents, ...(webConfig === undefined ? {} : { webConfig }), unread: [...unread] };
}

async function hashOf(source: ByteSource): Promise<Sha256> {
  const hash = createHash('sha256');
  for (let at = 0; at < source.size; at += pieceSize)
    hash.update(await source.read(at, Math.min(pieceSize, source.size - at)));
  return hash.digest('hex');
}

function sha256Of(content: string | Uint8Array): Sha256 {
  return createHash('sha256').update(content).digest('hex');
}
