import { configFolders, configRole, folderOfKeyPaths } from './connector.ts';
import type { ConfigRole } from './facts.ts';

/** A file of a package with its folder below TARGETDIR. */
export type PlacedFile = {
  readonly key: string;
  readonly path: string;
  readonly name: string;
  readonly size: number;
  readonly version: string | null;
};

/** The files whose content tells more of a package: runtime configurations and config. */
export function filesToRead(files: readonly PlacedFile[]): readonly { readonly key: string; readonly path: string }[] {
  return filesInFolder(files)
    .filter(({ path }) => isRuntimeConfig(path) || isJsonConfig(path) || isWebConfig(path))
    .map(({ path, file }) => ({ key: file.key, path }));
}

/** The files in the connector's folder and below: the one that holds its config, else the deepest one that holds most files. */
export function filesInFolder(files: readonly PlacedFile[]): { path: string; file: PlacedFile }[] {
  const placed = files.map((file) => ({ full: `${below(file.path)}\\${file.name}`, file }));
  const home = folderOfKeyPaths(placed.map(({ full }) => full)) ?? below(fullestFolder(files));
  const start = `${home}\\`;
  return placed
    .filter(({ full }) => full.startsWith(start))
    .map(({ full, file }) => ({ path: full.slice(start.length), file }));
}

/** TARGETDIR is the empty path, so that its own files have a folder to be compared by. */
function below(path: string): string {
  return path === '' ? '' : `\\${path}`;
}

function fullestFolder(files: readonly PlacedFile[]): string {
  const counts = new Map<string, number>();
  for (const { path } of files) {
    const parts = path.split('\\');
    for (let depth = 1; depth <= parts.length; depth++) {
      const folder = parts.slice(0, depth).join('\\');
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
  }
  const full = [...counts].filter(([, count]) => count * 2 > files.length).map(([folder]) => folder);
  return full.sort((left, right) => right.length - left.length)[0] ?? '';
}

/** Whether a file in the connector's folder says which .NET it runs on. */
export function isRuntimeConfig(path: string): boolean {
  return !path.includes('\\') && path.toLowerCase().endsWith('.runtimeconfig.json');
}

/** Whether a file below the connector's folder is config in JSON. */
export function isJsonConfig(path: string): boolean {
  const role = roleOf(path);
  return role === 'settings' || role === 'responses';
}

/** Whether it is the web.config of the connector itself. */
export function isWebConfig(path: string): boolean {
  return roleOf(path) === 'web.config';
}

function roleOf(path: string): ConfigRole | null {
  const cut = path.lastIndexOf('\\');
  const parent = path.slice(0, Math.max(0, cut)).toLowerCase();
  const folder = configFolders.find((one) => one.toLowerCase() === parent);
  return folder === undefined ? null : configRole(folder, path.slice(cut + 1));
}
