import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesBelow, hostPath } from '../drive.ts';
import { openResidence, type Residence } from '../residence.ts';
import { openWine, type Wine } from '../wine.ts';
import { fileState } from './files.ts';
import type { TestPackage } from './packages.ts';
import { type Keys, readKeys, unpacked } from './registry.ts';
import { cacheFolder, logFolder, packagesFolder, type Registration, type Side, type State } from './state.ts';

const system32 = 'C:\\windows\\system32';
const current = 'SOFTWARE\\Microsoft\\Windows\\CurrentVersion';
const uninstall = `HKLM\\${current}\\Uninstall`;
const uninstall32 = 'HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall';
const ownInstaller = 'HKCU\\Software\\Microsoft\\Installer';
/** All that Windows Installer writes about products. */
const roots = [
  uninstall,
  uninstall32,
  `HKLM\\${current}\\Installer`,
  'HKLM\\SOFTWARE\\Classes\\Installer',
  ownInstaller,
  `HKCU\\${current}\\Uninstall`,
];
/** What goes of it when the prefix is put back. */
const cleared = [
  ...roots.filter((key) => key !== `HKLM\\${current}\\Installer`),
  `HKLM\\${current}\\Installer\\UserData`,
  `HKLM\\${current}\\Installer\\UpgradeCodes`,
];

/** Wine's side: the real msiexec over a real registry and real files. */
export async function openReal(packages: readonly TestPackage[]): Promise<Side & { close(): Promise<void> }> {
  const wine = await openWine();
  const residence = openResidence(wine);
  await clear(wine, residence, []);
  const bare: Bare = {
    registry: await printedRegistry(residence),
    files: new Set(filesBelow(wine.drive).filter((name) => !/^windows\\/i.test(name))),
    windows: windowsNames(wine),
  };
  return {
    reset: async () => {
      await clear(wine, residence, packages);
      await requireBare(wine, residence, bare);
    },
    msiexec: async (args) => (await residence.run([[`${system32}\\msiexec.exe`, ...args]]))[0]?.code ?? null,
    read: async (path) => contentOf(wine, path),
    write: async (path, bytes) => write(wine, path, bytes),
    loseCache: async () => rmSync(hostPath(wine.drive, cacheFolder), { recursive: true, force: true }),
    look: async () => {
      const keys = readKeys((await printedRegistry(residence)).join('\n'));
      return { ...registered(wine, keys), files: fileState(wine.drive, bare.files) };
    },
    close: async () => {
      await residence.close();
      wine.close();
    },
  };
}

type Bare = {
  readonly registry: readonly string[];
  readonly files: ReadonlySet<string>;
  readonly windows: readonly string[];
};

async function clear(wine: Wine, residence: Residence, packages: readonly TestPackage[]): Promise<void> {
  await residence.run(cleared.map((key) => [`${system32}\\reg.exe`, 'delete', key, '/f'] as const));
  for (const folder of ['C:\\inetpub', cacheFolder, packagesFolder, logFolder])
    rmSync(hostPath(wine.drive, folder), { recursive: true, force: true });
  mkdirSync(hostPath(wine.drive, logFolder));
  for (const { name, bytes } of packages) write(wine, `${packagesFolder}\\${name}`, bytes);
}

/** The proof that a sequence starts where the first one did, and that none has left anything anywhere. */
async function requireBare(wine: Wine, residence: Residence, bare: Bare): Promise<void> {
  const left = Object.keys(fileState(wine.drive, bare.files));
  if (left.length > 0) throw new Error(`files are left on the drive: ${left.join(', ')}`);
  const added = windowsNames(wine).filter((name) => !bare.windows.includes(name));
  if (added.length > 0) throw new Error(`files are left in the Windows folder: ${added.join(', ')}`);
  if ((await printedRegistry(residence)).join('\n') !== bare.registry.join('\n'))
    throw new Error('the registry is not what it was before the first sequence');
}

/** Wine's temporary files come and go by themselves. */
function windowsNames(wine: Wine): readonly string[] {
  return filesBelow(join(wine.drive, 'windows')).filter((name) => !/^(temp|installer)\\/i.test(name));
}

async function printedRegistry(residence: Residence): Promise<readonly string[]> {
  const answer = await residence.run(roots.map((key) => [`${system32}\\reg.exe`, 'query', key, '/s'] as const));
  return answer.map(({ code, output }) => (code === 0 ? output : ''));
}

function contentOf(wine: Wine, path: string): Uint8Array | null {
  try {
    return readFileSync(hostPath(wine.drive, path));
  } catch {
    return null;
  }
}

function write(wine: Wine, path: string, bytes: Uint8Array | null): void {
  const file = hostPath(wine.drive, path);
  if (bytes === null) rmSync(file, { force: true });
  else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}

/** Products and relatives; whatever one key says and another does not is an error of Wine's or of this reader's. */
function registered(wine: Wine, keys: Keys): Omit<State, 'files'> {
  const related = relatedIn(keys, 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\Installer\\UpgradeCodes\\');
  const again = relatedIn(keys, `HKEY_LOCAL_MACHINE\\${current}\\Installer\\UpgradeCodes\\`);
  if (JSON.stringify(related) !== JSON.stringify(again)) throw new Error('the two keys UpgradeCodes differ');
  const entries = productsIn(keys).map((one) => [one.code, registrationOf(wine, keys, one)] as const);
  requireOwnedCopies(wine, keys);
  return { products: Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1))), related };
}

function relatedIn(keys: Keys, root: string): Readonly<Record<string, readonly string[]>> {
  const found = below(keys, root).map(([name, values]) => [unpacked(name), Object.keys(values).map(unpacked).sort()]);
  return Object.fromEntries(found.filter(([, codes]) => codes?.length));
}

type Found = {
  readonly code: string;
  readonly packed: string;
  readonly key: string;
  readonly context: 'machine' | 'user';
};

const advertised: readonly (readonly [root: string, context: Found['context']])[] = [
  ['HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\Installer\\Products\\', 'machine'],
  ['HKEY_CURRENT_USER\\Software\\Microsoft\\Installer\\Products\\', 'user'],
];

function productsIn(keys: Keys): readonly Found[] {
  return advertised.flatMap(([root, context]) =>
    below(keys, root).map(([packed]) => ({ code: unpacked(packed), packed, key: `${root}${packed}`, context })),
  );
}

function registrationOf(wine: Wine, keys: Keys, { code, packed, key, context }: Found): Registration {
  const advertisement = keys.get(key) ?? {};
  const [properties] = userData(keys, `Products\\${packed}\\InstallProperties`);
  const components = userData(keys, 'Components\\', packed);
  const is32 = keys.has(`${full(uninstall32)}\\${code}`);
  const entry = keys.get(`${full(is32 ? uninstall32 : uninstall)}\\${code}`) ?? {};
  if (entry.DisplayVersion !== properties?.DisplayVersion) throw new Error(`two keys differ on the version of ${code}`);
  const cached = contentOf(wine, properties?.LocalPackage ?? '');
  return {
    name: entry.DisplayName ?? '',
    version: entry.DisplayVersion ?? '',
    language: Number(advertisement.Language),
    context,
    bits: is32 ? 32 : 64,
    packageCode: unpacked(advertisement.PackageCode ?? ''),
    packageName: keys.get(`${key}\\SourceList`)?.PackageName ?? '',
    cached: cached && createHash('sha256').update(cached).digest('hex'),
    keyPaths: components.map((values) => values[packed] ?? '').sort(),
  };
}

/** Keys of any user's part of the installer's data that end, or begin, in a name; with a value of that name if one is asked for. */
function userData(keys: Keys, name: string, value?: string): readonly Readonly<Record<string, string>>[] {
  const root = `${full(`HKLM\\${current}\\Installer\\UserData`)}\\`;
  return [...keys]
    .filter(
      ([key]) =>
        key.startsWith(root) &&
        key
          .slice(root.length)
          .replace(/^[^\\]+\\/, '')
          .startsWith(name),
    )
    .map(([, values]) => values)
    .filter((values) => value === undefined || value in values);
}

/** Each cached package is some product's. */
function requireOwnedCopies(wine: Wine, keys: Keys): void {
  const owned = userData(keys, 'Products\\').map((values) => values.LocalPackage?.toLowerCase());
  const copies = filesIn(hostPath(wine.drive, cacheFolder)).map((name) => `${cacheFolder}\\${name}`);
  const lost = copies.filter((path) => !owned.includes(path.toLowerCase()));
  if (lost.length > 0) throw new Error(`no product owns the cached ${lost.join(', ')}`);
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /\.msi$/i.test(name));
  } catch {
    return [];
  }
}

/** The keys one level below a root, by their last name. */
function below(keys: Keys, root: string): readonly (readonly [string, Readonly<Record<string, string>>])[] {
  return [...keys]
    .filter(([key]) => key.startsWith(root) && !key.slice(root.length).includes('\\'))
    .map(([key, values]) => [key.slice(root.length), values] as const);
}

function full(key: string): string {
  return key.replace(/^HKLM/, 'HKEY_LOCAL_MACHINE');
}
