import type { Product } from './facts.ts';
import { isFileName, isSameName } from './file-name.ts';
import { cabinetsOf, type Msi, refOf } from './media.ts';
import { whyLost } from './product-gaps.ts';
import type { Situation } from './situation.ts';
import type { MsiRef } from './step.ts';
import { compareAllFields } from './version.ts';

/** A package from which an installed product can be put back, as far as it is whole. */
export type OldPackage = Pick<Msi, 'defaults' | 'webConfig' | 'properties'> & {
  readonly ref: MsiRef;
  /** Where it lies on the server; null for the operator's own copy, which is kept before anything is touched. */
  readonly from: string | null;
  /** Cabinets that it needs beside itself and that are not there. */
  readonly lacking: readonly string[];
};

type Given = Pick<Situation, 'wanted' | 'unfinished'>;

/** The package to put a product back from: the operator's own copy of it, else the one that Windows Installer keeps; null if none is. */
export function oldPackageOf(one: Given, product: Product): OldPackage | null {
  const given = oldMsiOf(one, product);
  if (given) return { ref: refFor(given, product), from: null, lacking: [], ...contentOf(given) };
  const { productCode, version, cached } = product;
  if (!cached) return null;
  const { name, sha256, path, externalCabinets } = cached;
  return { ref: { productCode, version, name, sha256 }, from: path, lacking: externalCabinets, ...contentOf(cached) };
}

/** Why a product could not be put back from a package, or null if it could. */
export function whyNoPackage(one: Given, product: Product): string | null {
  const old = oldPackageOf(one, product);
  if (!old) return `the installed ${product.version} cannot be installed again: ${whyLost(product)}`;
  return old.lacking.length === 0
    ? null
    : `Windows Installer keeps the package of ${product.version} without its cabinets ${old.lacking.join(', ')}`;
}

function contentOf<T extends Pick<Msi, 'defaults' | 'webConfig' | 'properties'>>({
  defaults,
  webConfig,
  properties,
}: T) {
  return { defaults, webConfig, properties };
}

/** The package given with --old-msi if it is that of the product; a run that takes another one up has what that was given. */
function oldMsiOf({ wanted, unfinished }: Given, product: Product): Msi | null {
  const given = [wanted.oldMsi, unfinished?.wanted.oldMsi ?? null].filter((one) => one !== null);
  return given.find((one) => differencesFrom(product, one).length === 0) ?? null;
}

/** The package that does what Windows Installer cannot do any more where it has lost its own: --old-msi, or the one wanted itself. */
export function packageInstead(one: Given, product: Product): MsiRef | null {
  const { msi } = one.wanted;
  const given = oldMsiOf(one, product) ?? (msi?.productCode === product.productCode ? msi : null);
  return given && refFor(given, product);
}

/** A package of a product under the name by which Windows Installer asks for it (T2, error 1316), if that names a file and no other. */
export function refFor(msi: Msi, { packageName }: Pick<Product, 'packageName'>): MsiRef {
  const isFree = packageName !== null && !cabinetsOf(msi).some((one) => isSameName(one.name, packageName));
  return isFree && isFileName(packageName) ? { ...refOf(msi), name: packageName } : refOf(msi);
}

/** In what a package differs from that of a registered product; nothing where it is the very one, as far as Windows tells. */
export function differencesFrom(product: Product, msi: Msi): readonly string[] {
  const differing = (noun: string, own: string, registered: string) => `its ${noun} is ${own}, not ${registered}`;
  const { productCode, version, packageCode } = product;
  return [
    ...(msi.productCode === productCode ? [] : [differing('product code', msi.productCode, productCode)]),
    ...(compareAllFields(msi.productVersion, version) === 0 ? [] : [differing('version', msi.productVersion, version)]),
    ...(packageCode === null || msi.packageCode === packageCode
      ? []
      : [differing('package code', msi.packageCode, packageCode)]),
  ];
}
