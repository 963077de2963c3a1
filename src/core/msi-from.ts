import { parse } from 'jsonc-parser';
import type { Sha256 } from './facts.ts';
import { isFileName, isSameName } from './file-name.ts';
import type { ExternalCabinet, Framework, Msi, UpgradeRow } from './media.ts';
import { filesInFolder, isJsonConfig, isRuntimeConfig, type PlacedFile } from './package-files.ts';
import { settingsValues } from './settings-values.ts';

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
  /** Of its web.config, as far as that is in it and could be read. */
  readonly webConfig?: Sha256 | undefined;
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
  const { name, sha256, size, externalCabinets, contents, webConfig, unread } = input;
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
    ...(webConfig === undefined ? {} : { webConfig }),
    properties: publicProperties(input.package, property),
    hiddenProperties: hiddenProperties(rows, text('MsiHiddenProperties')),
    unread,
  };
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
