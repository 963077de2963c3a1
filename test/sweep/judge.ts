import { createHash } from 'node:crypto';
import { foreignTexts, ownTexts } from './judge-host.ts';
import { lostRights, rights } from './judge-rights.ts';
import { sharedFiles } from './judge-shared.ts';
import { changed, foreignSites, ownSite, siteLeft, siteWanted } from './judge-sites.ts';
import { below, type Document, differences, type ServerState } from './server-state.ts';

/** Where the connector lies by default: of most scenarios, and where one must not be by mistake. */
export const connectorFolder = 'c:\\inetpub\\wwwroot\\scimconnector';
const ownFolder = 'c:\\programdata\\scimsetup';

/** What must be found at a `converged` end. */
export type Goal = {
  /** The version that alone must be there, or null when none may be. */
  readonly version: string | null;
  /** A server on which nothing was done but a first installation of the package given. */
  readonly fresh: ServerState | null;
  /** A server on which nothing was done but a first installation of the version that was there before. */
  readonly oldFresh: ServerState | null;
  /** Whether the settings must have come through: not where the new version cannot read the old format. */
  readonly carriesConfig: boolean;
};

/**
 * How the connector differs from what it was, one sentence each; prerequisites do not count. A file of its package that was
 * gone, and a package that Windows Installer had lost or that was damaged, may be there again: it is not worse than before.
 */
export function asBefore(before: ServerState, now: ServerState, oldFresh: ServerState | null = null): string[] {
  const folders = ownFolders(before, now);
  return [
    ...changed('registered products', products(before.document), products(now.document)),
    ...differences(program(before, folders), withoutMended(before, now, oldFresh)).map(
      (text) => `the connector's folder: ${text}`,
    ),
    ...differences(sharedFiles(before), sharedFiles(now)),
    ...changed("the kept package's bytes", keptPackages(before, before), keptPackages(now, before, oldFresh)),
    ...changed('rights of config', rights(before, folders), rights(now, folders)),
    ...ownSite(before.document, now.document, folders),
    ...ownTexts(before, now, folders),
    ...foreignSites(before.document, now.document, folders),
    ...foreignTexts(before, now, folders),
    ...unsettled(before.document, now.document, folders),
  ];
}

/** How a server differs from what a `converged` end promises, one sentence each. */
export function converged(before: ServerState, now: ServerState, goal: Goal): string[] {
  const folders = ownFolders(before, now);
  const versions = now.document.products.value.map((one) => one.version).join();
  return [
    ...changed('registered versions', goal.version ?? '', versions),
    ...filesGiven(before, now, goal),
    ...(goal.carriesConfig ? lostConfig(before, now, goal) : []),
    ...(goal.carriesConfig && goal.version !== null ? lostRights(before, now, homeOf(before)) : []),
    ...(goal.version === null ? siteLeft(now.document, folders) : siteWanted(before, now, folders)),
    ...(goal.version !== null && goal.carriesConfig ? ownTexts(before, now, folders) : []),
    ...foreignSites(before.document, now.document, folders),
    ...foreignTexts(before, now, folders),
    ...unsettled(null, now.document, folders),
  ];
}

/** The config files of before that are neither where they were, byte for byte, nor in a backup that vouches for them. */
export function configLost(before: ServerState, now: ServerState): string[] {
  const kept = backedUp(now);
  return [...config(before, ownFolders(before, now)), ...sharedFiles(before)].flatMap(([path, bytes]) => {
    const isThere = now.files.get(path)?.equals(bytes) ?? false;
    return isThere || kept.has(`${path} ${hash(bytes)}`) ? [] : [`${path} is lost: neither in place nor in a backup`];
  });
}

/** Every folder in which a connector is registered, before or now, and the default one. */
export function ownFolders(before: ServerState, now: ServerState): readonly string[] {
  return [...new Set([...registeredFolders(before), ...registeredFolders(now), connectorFolder])];
}

/** The folder of each registered product: the shortest one that holds a key file. */
function registeredFolders({ document }: ServerState): readonly string[] {
  return Object.values(document.sandbox.registered).flatMap(({ keyPaths }) => {
    const folders = keyPaths.map((path) => path.slice(0, path.lastIndexOf('\\')).toLowerCase());
    return folders.sort((left, right) => left.length - right.length).slice(0, 1);
  });
}

/** Where the wanted version belongs: where the one before lay, else in the default folder. */
function homeOf(before: ServerState): string {
  return registeredFolders(before)[0] ?? connectorFolder;
}

/** The registered products, as Windows lists them and as Windows Installer keeps them. */
export function products({ products: { value }, sandbox }: Document): string {
  const facts = value.map((one) => `${one.productCode} ${one.version}`).sort();
  return `${facts.join()} / ${Object.keys(sandbox.registered).sort().join()}`;
}

/** The packages that Windows Installer had cached before, as a state has them, whatever their made-up names are; a whole one is as good. */
function keptPackages(state: ServerState, before: ServerState, oldFresh: ServerState | null = null): string {
  const kept = ({ document, files }: ServerState, code: string) =>
    files.get(document.sandbox.registered[code]?.localPackage.toLowerCase() ?? '');
  const codes = Object.keys(before.document.sandbox.registered).filter((code) => kept(before, code));
  const found = (code: string) => kept(state, code) ?? Buffer.alloc(0);
  const isWhole = (code: string) => (oldFresh ? kept(oldFresh, code) : undefined)?.equals(found(code));
  return codes.map((code) => hash((isWhole(code) ? kept(before, code) : undefined) ?? found(code))).join();
}

/** What is there now, without the files that were gone before and are those of the old package again. */
function withoutMended(before: ServerState, now: ServerState, oldFresh: ServerState | null): Map<string, Buffer> {
  const home = homeOf(before);
  const isMended = (path: string, bytes: Buffer) =>
    !before.files.has(path) && oldFresh?.files.get(connectorFolder + path.slice(home.length))?.equals(bytes);
  return new Map([...program(now, ownFolders(before, now))].filter(([path, bytes]) => !isMended(path, bytes)));
}

/** Every file of the connector's folders by its full path, but its logs. */
function program(state: ServerState, folders: readonly string[]): Map<string, Buffer> {
  const files = folders.flatMap((folder) =>
    [...below(state, folder)].map(([path, bytes]) => [folder, path, bytes] as const),
  );
  const own = files.filter(([, path]) => !path.startsWith('log\\'));
  return new Map(own.map(([folder, path, bytes]) => [`${folder}\\${path}`, bytes]));
}

/** Settings of either format, and what the vendor's page lets an operator edit, in these folders. */
export function config(state: ServerState, folders: readonly string[]): Map<string, Buffer> {
  const isConfig = /^\\(appsettings\.json|web\.config|settings\.enc|responses\\[^\\]+\.json)$/;
  const isIn = (path: string) => folders.some((one) => path.startsWith(one) && isConfig.test(path.slice(one.length)));
  return new Map([...program(state, folders)].filter(([path]) => isIn(path)));
}

/** What will change by itself: files that Windows deletes at its next start, an installation it will take back (T1, T11). */
function unsettled(before: Document | null, { restart, installer }: Document, folders: readonly string[]): string[] {
  const paths = restart.value.deletions.filter((path) => folders.some((one) => path.toLowerCase().startsWith(one)));
  return [
    ...paths.map((path) => `${path} will be deleted at the next start`),
    ...(installer.value.suspended && !before?.installer.value.suspended
      ? ['Windows Installer will take a suspended installation back']
      : []),
  ];
}

/** Every file of the package by name, and by its bytes unless it is config that an operator may have changed. */
function filesGiven(before: ServerState, now: ServerState, { fresh }: Goal): string[] {
  const home = homeOf(before);
  const given = new Map(fresh ? [...program(fresh, [connectorFolder])] : []);
  const wanted = new Map([...given].map(([path, bytes]) => [home + path.slice(connectorFolder.length), bytes]));
  const folders = ownFolders(before, now);
  const [found, old] = [program(now, folders), config(before, folders)];
  const names = [...new Set([...wanted.keys(), ...found.keys()])];
  return names.flatMap((name) => {
    const [good, is] = [wanted.get(name), found.get(name)];
    if (!is) return [`${name} of the package is not there`];
    if (!good) return [`${name} is not of the package`];
    const mayDiffer =
      name === `${home}\\appsettings.json` || (name.startsWith(`${home}\\responses\\`) && old.has(name));
    return good.equals(is) || mayDiffer ? [] : [`${name} is not the package's`];
  });
}

type Leaves = Map<string, string>;

/** Settings: every value of before. Responses: every value that was changed by hand. */
function lostConfig(before: ServerState, now: ServerState, { oldFresh }: Goal): string[] {
  const [home, folders] = [homeOf(before), ownFolders(before, now)];
  const shipped = oldFresh ? config(oldFresh, [connectorFolder]) : new Map<string, Buffer>();
  return [...config(before, folders)].flatMap(([path, bytes]) => {
    if (!path.endsWith('.json')) return [];
    const found = leaves(config(now, folders).get(path));
    const isSettings = path === `${home}\\appsettings.json`;
    const defaults = leaves(isSettings ? undefined : shipped.get(connectorFolder + path.slice(home.length)));
    const wanted = [...leaves(bytes)].filter(([name, value]) => defaults.get(name) !== value);
    const lost = wanted.filter(([name, value]) => found.get(name) !== value);
    return lost.map(([name]) => `${path}: the value of ${name} is lost`);
  });
}

/** The values of a JSON file by their names. */
export function leaves(bytes: Buffer | undefined, into: Leaves = new Map()): Leaves {
  const walk = (value: unknown, name: string): void => {
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0)
      for (const [key, inner] of Object.entries(value)) walk(inner, `${name}/${key}`);
    else into.set(name, JSON.stringify(value));
  };
  if (bytes) walk(JSON.parse(bytes.toString('utf8')), '');
  return into;
}

/** `path hash` of each file that a manifest names and whose copy has the bytes the manifest says. */
export function backedUp({ files }: ServerState): Set<string> {
  const found = new Set<string>();
  for (const [path, bytes] of files) {
    if (!path.startsWith(`${ownFolder}\\backups\\`) || !path.endsWith('\\manifest.json')) continue;
    const folder = path.slice(0, path.lastIndexOf('\\'));
    const manifest = JSON.parse(bytes.toString('utf8')) as {
      files: { path: string; stored: string; sha256: string }[];
    };
    for (const file of manifest.files) {
      const copy = files.get(`${folder}\\${file.stored.toLowerCase()}`);
      if (copy && hash(copy) === file.sha256) found.add(`${file.path.toLowerCase()} ${file.sha256}`);
    }
  }
  return found;
}

/** SHA-256 as a manifest has it. */
export function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
