// The independent reader of the lab: Wine's reg.exe and the host's own file system, none of the program's code.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { filesBelow, hostPath } from './drive.ts';
import type { Wine } from './wine.ts';

const uninstall = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall';
const installerKeys = [
  'HKLM\\SOFTWARE\\Classes\\Installer',
  'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData',
  'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Installer\\UpgradeCodes',
  uninstall,
];

/** The folder into which the sample packages install. */
export const connectorFolder = 'C:\\inetpub\\wwwroot\\SCIMConnector';

/** Everything of the connector that a run might change: installer keys as text, and the SHA-256 of each file. */
export type Sighting = { readonly registry: string; readonly files: Readonly<Record<string, string>> };

/** Looks at the whole connector; two looks are equal if nothing of it has changed. */
export function sighting(wine: Wine): Sighting {
  return {
    registry: installerKeys.map((key) => queryKey(wine, key)).join('\n'),
    files: filesUnder(wine, connectorFolder),
  };
}

/** Names and versions of the connectors in the list of installed programs, as `SCIM Connector 4.4.4`. */
export function installedConnectors(wine: Wine): readonly string[] {
  return queryKey(wine, uninstall)
    .split(/^HKEY/m)
    .filter((section) => valueIn(section, 'DisplayName')?.startsWith('SCIM'))
    .map((section) => `${valueIn(section, 'DisplayName')} ${valueIn(section, 'DisplayVersion')}`)
    .sort();
}

/** The entries that the program had written to the event log; one that took too long for it may come some seconds later. */
export async function eventsOf(wine: Wine): Promise<readonly { readonly id: number; readonly text: string }[]> {
  for (let tries = 0; tries < 20 && eventLines(wine).length < 2; tries += 1) await pause(1_000);
  return eventLines(wine).map((line) => JSON.parse(line));
}

function eventLines(wine: Wine): readonly string[] {
  const file = join(wine.folder, 'events.jsonl');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

/** One value of a key as reg.exe prints it, or null if the key or the value is not there. */
export function registryValue(wine: Wine, key: string, name: string): string | null {
  return valueIn(queryKey(wine, key, false), name);
}

/** Path below a folder of drive C:, with `\`, to the SHA-256 of the file; empty if there is no such folder. */
export function filesUnder(wine: Wine, folder: string): Readonly<Record<string, string>> {
  return hashesBelow(hostPath(wine.drive, folder));
}

/** The same for a folder of the host. */
export function hashesBelow(folder: string): Readonly<Record<string, string>> {
  const hashOf = (name: string) => sha256(readFileSync(join(folder, ...name.split('\\'))));
  return Object.fromEntries(filesBelow(folder).map((name) => [name, hashOf(name)]));
}

/** The SHA-256 of one file on drive C:. */
export function fileHash(wine: Wine, path: string): string {
  return sha256(readFileSync(hostPath(wine.drive, path)));
}

/** The settings in the connector's own appsettings.json. */
export function settingsOf(wine: Wine): Readonly<Record<string, unknown>> {
  return JSON.parse(
    readFileSync(hostPath(wine.drive, `${connectorFolder}\\appsettings.json`), 'utf8').replace(/^\uFEFF/, ''),
  );
}

function queryKey(wine: Wine, key: string, deep = true): string {
  const ended = wine.start('C:\\windows\\system32\\reg.exe', ['query', key, ...(deep ? ['/s'] : [])]);
  if (ended.code > 1) throw new Error(`reg query ${key} ended with ${ended.code}: ${ended.stderr}`);
  return ended.code === 0 ? ended.stdout : '';
}

function valueIn(section: string, name: string): string | null {
  const line = section.split(/\r?\n/).find((one) => one.startsWith(`    ${name}    `));
  return line?.split('    ').slice(3).join('    ') ?? null;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Path of a config file in lower case to the SHA-256 of its bytes. */
export type ConfigBytes = Readonly<Record<string, string>>;

/** The config files of the connector that lie in its folder now. */
export function configOf(wine: Wine): ConfigBytes {
  const isConfig = /^(appsettings\.json|web\.config|settings\.enc|responses\\[^\\]+\.json)$/i;
  const files = Object.entries(filesUnder(wine, connectorFolder)).filter(([name]) => isConfig.test(name));
  return Object.fromEntries(files.map(([name, hash]) => [`${connectorFolder}\\${name}`.toLowerCase(), hash]));
}

/** The config files that are neither where they were, to the byte, nor in a backup whose manifest vouches for the copy. */
export function configLost(wine: Wine, before: ConfigBytes): readonly string[] {
  const [now, kept] = [configOf(wine), backedUp(wine)];
  return Object.entries(before)
    .filter(([path, hash]) => now[path] !== hash && !kept.has(`${path} ${hash}`))
    .map(([path]) => path);
}

const backups = 'C:\\ProgramData\\ScimSetup\\backups';

/** `path hash` of each file that a manifest names and whose copy has the bytes that the manifest says. */
function backedUp(wine: Wine): ReadonlySet<string> {
  const all = filesUnder(wine, backups);
  const manifests = Object.keys(all).filter((name) => /^[^\\]+\\manifest\.json$/i.test(name));
  const vouched = manifests.flatMap((name) => {
    const folder = name.slice(0, name.indexOf('\\'));
    const { files } = JSON.parse(readFileSync(hostPath(wine.drive, `${backups}\\${name}`), 'utf8')) as {
      files: { path: string; stored: string; sha256: string }[];
    };
    return files.filter((file) => all[`${folder}\\${file.stored}`] === file.sha256);
  });
  return new Set(vouched.map(({ path, sha256: hash }) => `${path.toLowerCase()} ${hash}`));
}
