import type { Product, Sha256, Values } from './facts.ts';
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
  /** Of the web.config that it lays down; absent where it has none, or that could not be unpacked. */
  readonly webConfig?: Sha256 | undefined;
  /** Public properties it knows, sorted. */
  readonly properties: readonly string[];
  readonly hiddenProperties: readonly string[];
  /** A sentence for each file that could not be unpacked; `frameworks` and `defaults` then lack what it says. */
  readonly unread: readonly string[];
};

export type BundleMedia = { readonly name: string; readonly sha256: Sha256; readonly version: string };

/** The files given to a run. */
export type Media = { readonly msi: Msi | null; readonly bundle: BundleMedia | null; readonly oldMsi: Msi | null };

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
