import { parse } from 'jsonc-parser';
import type { Product, Sha256, Values } from './facts.ts';
import { isFileName, isSameName } from './file-name.ts';
import { filesInFolder, isJsonConfig, isRuntimeConfig, type PlacedFile } from './package-files.ts';
import { settingsValues } from './settings-values.ts';
import type { CabinetRef, MsiRef } from './step.ts';
import { compareMsiVersions } from './version.ts';

/** A package as steps name it. */
export function refOf(msi: Msi): MsiRef {
  const { name, sha256, productCode, productVersion } = msi;
  const cabinets = cabinetsOf(msi);
  return { name, sha256, productCode, version: productVersion, ...(cabinets.length > 0 ? { cabinets } : {}) };
}

/** The cabinets that lie beside a package. */
export function cabinetsOf({ externalCabinets }: Pick<Msi, 'externalCabinets'>): readonly CabinetRef[] {
  return externalCabinets.flatMap(({ name, found }) => (found ? [{ name, sha256: found.sha256 }] : []));
}

/** The names of cabinets that a package needs beside itself, and that are not there. */
export function lackingCabinets({ externalCabinets }: Pick<Msi, 'externalCabinets'>): readonly string[] {
  return externalCabinets.filter(({ found }) => found === null).map(({ name }) => name);
}

/** A row of a package's Upgrade table: the products that it finds, and unless `onlyDetect`, removes. */
export type UpgradeRow = {
  readonly upgradeCode: string;
  readonly min: string | null;
  readonly max: string | null;
  readonly minInclusive: boolean;
  readonly maxInclusive: boolean;
  /** Empty for any language. */
  readonly languages: readonly number[];
  /** The row means every language but those. */
  readonly languagesExcluded: boolean;
  readonly onlyDetect: boolean;
  readonly property: string;
};

/**
 * Where a package removes the product it replaces (MS-msi, RemoveExistingProducts): before InstallInitialize, outside the
 * transaction; inside it; after InstallExecute, with the new files in place; after InstallFinalize.
 */
export type RemovalPlace = 'before-initialize' | 'in-transaction' | 'before-finalize' | 'after-finalize';

export type Framework = { readonly name: string; readonly version: string };

/** A cabinet that a package needs beside itself; null where it does not lie there. */
export type ExternalCabinet = {
  readonly name: string;
  readonly found: null | { readonly sha256: Sha256; readonly size: number };
};

/** What a package is, from its own tables and files. GUIDs are in braces and upper case, paths below the connector's folder. */
export type Msi = {
  readonly name: string;
  readonly sha256: Sha256;
  readonly size: number;
  readonly productName: string;
  readonly productVersion: string;
  readonly productCode: string;
  /** Empty if the package has none. */
  readonly upgradeCode: string;
  readonly manufacturer: string;
  readonly packageCode: string;
  readonly platform: 'x64' | 'x86' | 'arm64';
  readonly languages: readonly number[];
  readonly upgrade: readonly UpgradeRow[];
  readonly removeExistingProducts: null | { readonly sequence: number; readonly place: RemovalPlace };
  /** Files in the connector's folder; those elsewhere are left out. */
  readonly files: readonly { readonly path: string; readonly size: number; readonly version: string | null }[];
  readonly externalCabinets: readonly ExternalCabinet[];
  /** What its `*.runtimeconfig.json` ask for. */
  readonly frameworks: readonly Framework[];
  /** Lower-case path of a JSON config file to the fingerprints of its values. */
  readonly defaults: Readonly<Record<string, Values>>;
  /** Public properties it knows, sorted. */
  readonly properties: readonly string[];
  readonly hiddenProperties: readonly string[];
  /** A sentence for each file that could not be unpacked; `frameworks` and `defaults` then lack what it says. */
  readonly unread: readonly string[];
};

export type BundleMedia = { readonly name: string; readonly sha256: Sha256; readonly version: string };

/** The files given to a run. */
export type Media = { readonly msi: Msi | null; readonly bundle: BundleMedia | null; readonly oldMsi: Msi | null };

type Cell = string | number | null;
type Row = Readonly<Record<string, Cell>>;

/** What a reader of packages tells of one. */
export type PackageRows = {
  readonly summary: { readonly platform: string; readonly languages: readonly number[]; readonly packageCode: string };
  rows(table: string): readonly Row[];
  files(): readonly PlacedFile[];
};

export type MsiInput = {
  readonly name: string;
  readonly sha256: Sha256;
  readonly size: number;
  readonly package: PackageRows;
  readonly externalCabinets: readonly ExternalCabinet[];
  /** The text of each of `filesToRead` by its path, as far as it could be read. */
  readonly contents: ReadonlyMap<string, string>;
  readonly unread: readonly string[];
  readonly fingerprint: (text: string) => Sha256;
};

const platforms: Readonly<Record<string, Msi['platform']>> = {
  '': 'x86',
  intel: 'x86',
  x64: 'x64',
  amd64: 'x64',
  arm64: 'arm64',
};

/** Puts together what a package is; a package without name, version or product code is a problem. */
export function msiFrom(input: MsiInput): Msi | { readonly problem: string } {
  const { name, sha256, size, externalCabinets, contents, unread } = input;
  const { rows, summary } = input.package;
  const property = new Map(rows('Property').map((row) => [row.Property, String(row.Value ?? '')]));
  const text = (key: string) => property.get(key) ?? '';
  const lacking = ['ProductCode', 'ProductName', 'ProductVersion'].find((key) => text(key) === '');
  if (lacking) return { problem: `is damaged: its Property table has no ${lacking}` };
  const platform = platforms[summary.platform.toLowerCase()];
  if (!platform)
    return { problem: `is made for the platform ${summary.platform}, on which the connector does not run` };
  return {
    name,
    sha256,
    size,
    productName: text('ProductName'),
    productVersion: text('ProductVersion'),
    productCode: text('ProductCode').toUpperCase(),
    upgradeCode: text('UpgradeCode').toUpperCase(),
    manufacturer: text('Manufacturer'),
    packageCode: summary.packageCode,
    platform,
    languages: summary.languages,
    upgrade: rows('Upgrade').map(upgradeRow),
    removeExistingProducts: removalOf(rows('InstallExecuteSequence')),
    files: filesInFolder(input.package.files()).map(({ path, file }) => ({
      path,
      size: file.size,
      version: file.version,
    })),
    externalCabinets,
    frameworks: frameworksOf(contents),
    defaults: defaultsOf(contents, input.fingerprint),
    properties: publicProperties(input.package, property),
    hiddenProperties: hiddenProperties(rows, text('MsiHiddenProperties')),
    unread,
  };
}

/** For programs of how many bits a package is. */
export function bitsOf({ platform }: Pick<Msi, 'platform'>): 32 | 64 {
  return platform === 'x86' ? 32 : 64;
}

/**
 * Whether the package itself removes the product while it is installed (T12): by its Upgrade table, in the same context (MS-msi,
 * FindRelatedProducts) and, to be safe, the same bitness. Facts hold no language of an installed product; it is taken to be one of
 * the package's own. Where that is wrong both are registered afterwards, which the upgrade's own state does not allow.
 */
export function replaces(msi: Msi, product: Pick<Product, 'upgradeCode' | 'version' | 'context' | 'bits'>): boolean {
  if (msi.removeExistingProducts === null || product.context !== 'machine' || product.bits !== bitsOf(msi))
    return false;
  return msi.upgrade.some(
    (row) => !row.onlyDetect && sameCode(row, product) && speaks(row, msi) && inRange(row, product.version),
  );
}

function sameCode(row: UpgradeRow, product: Pick<Product, 'upgradeCode'>): boolean {
  return row.upgradeCode === product.upgradeCode.toUpperCase();
}

function speaks(row: UpgradeRow, msi: Msi): boolean {
  if (row.languages.length === 0) return true;
  return msi.languages.some((language) => row.languages.includes(language)) !== row.languagesExcluded;
}

/** The fourth field does not count. A row without either end is not valid (MS-msi, Upgrade table), so nothing is built on it. */
function inRange({ min, max, minInclusive, maxInclusive }: UpgradeRow, version: string): boolean {
  if (min === null && max === null) return false;
  const aboveMin = min === null ? 1 : compareMsiVersions(version, min);
  const belowMax = max === null ? 1 : compareMsiVersions(max, version);
  if (aboveMin === null || belowMax === null) return false;
  return (aboveMin > 0 || (minInclusive && aboveMin === 0)) && (belowMax > 0 || (maxInclusive && belowMax === 0));
}

/** Bits of Upgrade.Attributes (MS-msi, Upgrade table). */
function upgradeRow(row: Row): UpgradeRow {
  const has = (bit: number) => (Number(row.Attributes) & bit) !== 0;
  return {
    upgradeCode: String(row.UpgradeCode ?? '').toUpperCase(),
    min: textOrNull(row.VersionMin),
    max: textOrNull(row.VersionMax),
    minInclusive: has(0x100),
    maxInclusive: has(0x200),
    languages: String(row.Language ?? '')
      .split(',')
      .filter((one) => /^\s*\d+\s*$/.test(one))
      .map(Number),
    languagesExcluded: has(0x400),
    onlyDetect: has(0x002),
    property: String(row.ActionProperty ?? ''),
  };
}

function textOrNull(cell: Cell | undefined): string | null {
  return cell === null || cell === undefined || cell === '' ? null : String(cell);
}

function removalOf(actions: readonly Row[]): Msi['removeExistingProducts'] {
  const sequenceOf = (action: string) => Number(actions.find((row) => row.Action === action)?.Sequence ?? 0);
  const sequence = sequenceOf('RemoveExistingProducts');
  if (sequence <= 0) return null;
  const executed = [sequenceOf('InstallExecute'), sequenceOf('InstallExecuteAgain')].some(
    (one) => one > 0 && one < sequence,
  );
  if (sequence < sequenceOf('InstallInitialize')) return { sequence, place: 'before-initialize' };
  if (sequence > sequenceOf('InstallFinalize')) return { sequence, place: 'after-finalize' };
  return { sequence, place: executed ? 'before-finalize' : 'in-transaction' };
}

/**
 * The cabinets that a package of that name needs beside itself, by its Media table, each once. The names are data from a file: one
 * that leads elsewhere, or to the package itself, makes the package a problem.
 */
export function externalCabinetNames(
  { rows }: Pick<PackageRows, 'rows'>,
  packageName: string,
): readonly string[] | { readonly problem: string } {
  const all = rows('Media').map((row) => String(row.Cabinet ?? ''));
  const names = all.filter((name) => name !== '' && !name.startsWith('#'));
  const wrong = names.find((name) => !isFileName(name) || isSameName(name, packageName));
  if (wrong !== undefined) return { problem: `is not to be trusted: it names ${wrong} as a cabinet beside it` };
  return names.filter((name, index) => names.findIndex((one) => isSameName(one, name)) === index);
}

function defaultsOf(contents: ReadonlyMap<string, string>, fingerprint: MsiInput['fingerprint']): Msi['defaults'] {
  const config = [...contents].filter(([path]) => isJsonConfig(path));
  return Object.fromEntries(config.map(([path, text]) => [path.toLowerCase(), settingsValues(text, fingerprint)]));
}

/** Frameworks of an application that brings its own runtime stand elsewhere in the file (`includedFrameworks`): none needed. */
function frameworksOf(contents: ReadonlyMap<string, string>): Framework[] {
  const found = new Map<string, Framework>();
  for (const [path, text] of contents) {
    if (!isRuntimeConfig(path)) continue;
    const options = (parse(text.replace(/^\uFEFF/, '')) as { runtimeOptions?: Record<string, unknown> } | undefined)
      ?.runtimeOptions;
    for (const one of [options?.framework, options?.frameworks].flat()) {
      if (isFramework(one)) found.set(`${one.name} ${one.version}`, { name: one.name, version: one.version });
    }
  }
  return [...found.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
}

function isFramework(value: unknown): value is Framework {
  const one = value as Partial<Framework> | null | undefined;
  return typeof one?.name === 'string' && typeof one.version === 'string';
}

/** What its dialogs set, its Property table presets, it passes to elevation, or is a folder; what its own searches set is not. */
function publicProperties({ rows }: PackageRows, property: ReadonlyMap<Cell | undefined, string>): string[] {
  const bound = ['Control', 'RadioButton', 'CheckBox', 'ComboBox', 'ListBox', 'ListView'];
  const all = [
    ...[...property.keys()].map(String),
    ...(property.get('SecureCustomProperties') ?? '').split(';'),
    ...bound.flatMap((table) => rows(table).map((row) => String(row.Property ?? ''))),
    ...rows('Directory').map((row) => String(row.Directory)),
  ];
  const found = new Set(rows('Upgrade').map((row) => row.ActionProperty));
  return [...new Set(all)].filter((name) => /^[A-Z_][A-Z0-9_.]*$/.test(name) && !found.has(name)).sort();
}

/** Windows Installer keeps these out of its log: those named so, and those a password field sets (MS-msi, Edit control). */
function hiddenProperties(rows: PackageRows['rows'], named: string): string[] {
  const passwordInput = 0x200000;
  const typed = rows('Control').filter((row) => row.Type === 'Edit' && (Number(row.Attributes) & passwordInput) !== 0);
  const all = [...named.split(';'), ...typed.map((row) => String(row.Property ?? ''))];
  return [...new Set(all.filter((name) => name !== ''))].sort();
}
