import { createHash } from 'node:crypto';
import { type BackupHost, manifestPath, parseManifest, storedPath } from '../core/backup.ts';
import { configFolders, configRole, rightsFolders, samePath } from '../core/connector.ts';
import type {
  ConfigFile,
  ConfigRole,
  ConnectorFolder,
  FolderRights,
  Kept,
  KeptHost,
  Product,
  Reading,
  Sha256,
} from '../core/facts.ts';
import { partialSuffix } from '../core/file-name.ts';
import { hostElements } from '../core/host-elements.ts';
import { settingsValues } from '../core/settings-values.ts';
import type { Files } from './machine.ts';

/** Reads owner, group and DACL of a file or folder. */
export type SddlOf = (path: string) => Promise<string>;

/** SHA-256 of a text's UTF-8 form, or of bytes. */
export function sha256Of(content: string | Uint8Array): Sha256 {
  return createHash('sha256').update(content).digest('hex');
}

/** Every config file below the given folders, with fingerprints of its values and never the values themselves. */
export async function readConfig(
  files: Files,
  folders: readonly string[],
  sddlOf: SddlOf,
): Promise<Reading<readonly ConfigFile[]>> {
  try {
    const found: ConfigFile[] = [];
    for (const place of await configPlaces(files, folders)) {
      const file = await readFile(files, place, sddlOf);
      if (file) found.push(file);
    }
    return { known: true, value: found };
  } catch (error) {
    return { known: false, why: `a config file could not be read: ${(error as Error).message}` };
  }
}

/** One config file with the fingerprints of its values, or null if it is not there any more. */
export async function readFile(
  files: Files,
  place: Pick<ConfigFile, 'path' | 'role'>,
  sddlOf: SddlOf,
): Promise<ConfigFile | null> {
  const bytes = await files.read(place.path);
  return bytes && { ...place, ...fingerprintOf(place.path, bytes), sddl: await sddlOf(place.path) };
}

async function configPlaces(files: Files, folders: readonly string[]): Promise<{ path: string; role: ConfigRole }[]> {
  const places: { path: string; role: ConfigRole }[] = [];
  for (const root of folders) {
    for (const folder of configFolders) {
      const full = folder === '' ? root : `${root}\\${folder}`;
      for (const name of await files.list(full)) {
        const role = configRole(folder, name);
        if (role) places.push({ path: `${full}\\${name}`, role });
      }
    }
  }
  return places;
}

/** The hash of a file, and of each of its values where it is JSON. */
export function fingerprintOf(path: string, bytes: Uint8Array): Pick<ConfigFile, 'sha256' | 'values'> {
  const isJson = path.toLowerCase().endsWith('.json');
  const values = isJson ? settingsValues(new TextDecoder().decode(bytes), sha256Of) : {};
  return { sha256: sha256Of(bytes), values };
}

/** Those of the given folders that hold a file, with how many, and their rights; and what they hold where more than one product lies there. */
export async function readFolders(
  files: Files,
  folders: readonly string[],
  products: readonly Pick<Product, 'folder'>[],
  sddlOf: SddlOf,
): Promise<Reading<readonly ConnectorFolder[]>> {
  try {
    const found: ConnectorFolder[] = [];
    for (const path of folders) {
      const names = (await filesBelow(files, path)).map((name) => name.toLowerCase());
      const own = names.filter((name) => !name.startsWith('log\\'));
      const isShared = products.filter((one) => one.folder !== null && samePath(one.folder, path)).length > 1;
      const content = isShared ? { content: await contentOf(files, path, own) } : {};
      if (names.length === 0) continue;
      const rights = await rightsBelow(files, path, sddlOf);
      found.push({ path, files: own.length, logs: names.length - own.length, ...content, rights });
    }
    return { known: true, value: found };
  } catch (error) {
    return { known: false, why: `a folder of the connector could not be read: ${(error as Error).message}` };
  }
}

async function rightsBelow(files: Files, folder: string, sddlOf: SddlOf): Promise<readonly FolderRights[]> {
  const there = (await files.list(folder)).map((name) => name.toLowerCase());
  const places = rightsFolders.filter((name) => name === '' || there.includes(`${name.toLowerCase()}\\`));
  const rights: FolderRights[] = [];
  for (const name of places) {
    const path = name === '' ? folder : `${folder}\\${name}`;
    rights.push({ path, sddl: await sddlOf(path) });
  }
  return rights;
}

async function contentOf(files: Files, folder: string, names: readonly string[]): Promise<Sha256> {
  const lines: string[] = [];
  for (const name of names.toSorted()) lines.push(`${name} ${await files.hash(`${folder}\\${name}`)}\n`);
  return sha256Of(lines.join(''));
}

/** The paths of all files in a folder and below it, relative to it. */
export async function filesBelow(files: Pick<Files, 'list'>, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await files.list(folder)) {
    if (!name.endsWith('\\')) found.push(name);
    else found.push(...(await filesBelow(files, `${folder}\\${name.slice(0, -1)}`)).map((inner) => name + inner));
  }
  return found;
}

/**
 * What a backup and the folder of packages hold. A file counts only if its copy has the hash of the manifest; a package
 * counts by its folder, which is named by the hash that was proven when it was copied, and it is hashed again before use.
 */
export async function readKept(files: Files, backup: string | null, packages: string): Promise<Reading<Kept>> {
  try {
    return {
      known: true,
      value: { ...(await keptFiles(files, backup)), packages: await keptPackages(files, packages) },
    };
  } catch (error) {
    return { known: false, why: `the backup could not be read: ${(error as Error).message}` };
  }
}

async function keptFiles(files: Files, backup: string | null): Promise<Pick<Kept, 'files' | 'host'>> {
  const bytes = backup === null ? null : await files.read(manifestPath(backup));
  const manifest = bytes && parseManifest(new TextDecoder().decode(bytes), sha256Of);
  if (!manifest || 'problem' in manifest || backup === null) return { files: [] };
  const proven: { path: string; sha256: Sha256 }[] = [];
  for (const file of manifest.files) {
    if ((await files.hash(storedPath(backup, file))) === file.sha256)
      proven.push({ path: file.path, sha256: file.sha256 });
  }
  const host = manifest.host && (await keptHost(files, backup, manifest.host));
  return { files: proven, ...(host ? { host } : {}) };
}

async function keptHost(files: Files, backup: string, { path, sha256, stored }: BackupHost): Promise<KeptHost | null> {
  const bytes = await files.read(storedPath(backup, { stored }));
  if (!bytes || sha256Of(bytes) !== sha256) return null;
  return { path, sha256, ...(hostElements(bytes, sha256Of) ?? { sites: [], pools: [] }) };
}

async function keptPackages(files: Files, packages: string): Promise<Kept['packages']> {
  const kept: Sha256[] = [];
  for (const name of await files.list(packages)) {
    const hash = name.replace(/\\$/, '');
    if (!/^[0-9a-f]{64}$/.test(hash)) continue;
    const whole = (await files.list(`${packages}\\${hash}`)).filter((file) => !file.endsWith(partialSuffix));
    if (whole.length > 0) kept.push(hash);
  }
  return kept;
}
