import { samePath } from './connector.ts';
import { doomedOf } from './doomed-files.ts';
import type { Facts, InstallerState, Product, Reading } from './facts.ts';
import { both } from './reading.ts';
import { compareMsiVersions } from './version.ts';

type Leeway = { readonly folder?: string | undefined; readonly lacking?: readonly string[] | undefined };

/** What keeps a product from being registered in its version, in its folder, with all files but those in `lacking`. */
export function productGaps(
  now: readonly Product[],
  msi: { productCode: string; version: string },
  { folder, lacking = [] }: Leeway = {},
): string[] {
  const product = now.find((one) => one.productCode === msi.productCode);
  if (!product) return [`version ${msi.version} is not registered`];
  if (compareMsiVersions(product.version, msi.version) !== 0)
    return [`version ${product.version} is registered, not ${msi.version}`];
  const isElsewhere = folder !== undefined && product.folder !== null && !samePath(product.folder, folder);
  return [
    ...(isElsewhere ? [`version ${msi.version} lies in ${product.folder}, not in ${folder}`] : []),
    ...product.missingFiles
      .filter((path) => !lacking.some((gone) => samePath(gone, path)))
      .map((path) => `${path} of version ${msi.version} is not there`),
  ];
}

/** Whether Windows Installer has lost the package it kept of a product. */
export function lostPackage(now: readonly Product[], msi: { productCode: string; version: string }): string[] {
  const product = now.find((one) => one.productCode === msi.productCode);
  return product && product.cached === null ? [whyLost(product)] : [];
}

/** What has become of the package that Windows Installer kept of a product that has none: a clause. */
export function whyLost({ version, damaged }: Pick<Product, 'version' | 'damaged'>): string {
  return damaged === undefined
    ? `the package of version ${version} that Windows Installer keeps is not there`
    : `what Windows Installer keeps as the package of version ${version} is not it: ${damaged.path} ${damaged.why}`;
}

/** Whether a product is registered. */
export function isRegistered(now: readonly Product[], productCode: string): boolean {
  return now.some((one) => one.productCode === productCode);
}

/** How the registered products differ from those wanted. */
export function registrationGaps(now: readonly Product[], productCodes: readonly string[]): string[] {
  const gone = productCodes.filter((code) => !isRegistered(now, code));
  const added = now.filter((one) => !productCodes.includes(one.productCode));
  return [
    ...gone.map((code) => `product ${code} is not registered any more`),
    ...added.map((one) => `version ${one.version} is registered, which was not`),
  ];
}

/** Whether a product that is to be gone is registered. */
export function stillThere(now: readonly Product[], productCode: string): string[] {
  return now
    .filter((one) => one.productCode === productCode)
    .map((one) => `version ${one.version} is still registered`);
}

/** Whether Windows Installer holds a suspended installation (T11). */
export function suspendedGaps({ suspended }: InstallerState): string[] {
  return suspended ? ['Windows Installer holds a suspended installation'] : [];
}

/**
 * What Windows Installer has registered, and what it has not finished: files that change at the next start (T1), and a suspended
 * installation, which it rolls back when it is asked for something the next time (T11), so that nothing holds until then.
 */
export function connectorGaps(
  facts: Facts,
  productCode: string,
  folder: string | null,
  judge: (now: readonly Product[]) => string[],
): Reading<readonly string[]> {
  if (!facts.installer.known) return facts.installer;
  const suspended = suspendedGaps(facts.installer.value);
  return both(facts.products, facts.restart, (now, restart) => [
    ...suspended,
    ...judge(now),
    ...doomedOf(restart.deletions, now, productCode, folder),
  ]);
}
