import { differingPointers } from './config-gaps.ts';
import { crossesFormat, isConnectorPath, normalPath } from './connector.ts';
import type { ConfigFile, FolderRights, Product, Values } from './facts.ts';
import { oldPackageOf } from './old-package.ts';
import { ownRights, rightsIn } from './rights.ts';
import { changesVersion } from './route.ts';
import { type Situation, valueOr } from './situation.ts';
import type { WantedFile } from './step.ts';

/** Every config file of the origin, for the backup and for the way back, by its very bytes. */
export function filesToKeep({ origin }: Situation): readonly WantedFile[] {
  return valueOr(origin.config, []).map(wantedFile);
}

/** The rights of every folder in which the connector lies or has lain, for the backup and for the way back (T13). */
export function foldersToKeep({ origin }: Pick<Situation, 'origin'>): readonly FolderRights[] {
  return rightsIn(valueOr(origin.folders, []));
}

/** Those that were given to a folder of the version that counts: a new one made by a setup would not have them. */
export function foldersToCarry(one: Situation): readonly FolderRights[] {
  const folder = one.product?.folder ?? null;
  if (folder === null || one.wanted.msi === null) return [];
  return foldersToKeep(one).filter(({ path, sddl }) => isConnectorPath(path, folder) && ownRights(sddl) !== '');
}

/**
 * What must be found again in the new version (T6). Root settings: every value. Responses: every value that was changed
 * against the old version's default. web.config names the DLL and hosting model of its own version, so it never goes over
 * another one. Nothing, where the new version cannot read the old format.
 */
export function filesToCarry(one: Situation): readonly WantedFile[] {
  const folder = one.product?.folder ?? null;
  const own = valueOr(one.origin.config, []).filter((file) => folder === null || isConnectorPath(file.path, folder));
  return filesToCarryFrom(one, own);
}

/** The same of any files of the connector. */
export function filesToCarryFrom(one: Situation, files: readonly ConfigFile[]): readonly WantedFile[] {
  const { product, wanted } = one;
  if (!product || !wanted.msi || crossesFormat(product.version, wanted.msi.productVersion)) return [];
  return files.flatMap((file) => carried(wantedFile(file), oldDefaults(one, file, product)));
}

/** Settings of the installed version that an older package given does not have (T6). */
export function settingsUnknown(one: Situation): readonly string[] {
  const { product, route, wanted } = one;
  if (!product || route !== 'downgrade') return [];
  return filesToCarry(one).flatMap((file) => {
    const defaults = wanted.msi?.defaults[relative(file.path, product)];
    const known = new Set(Object.keys(defaults ?? {}).map((pointer) => pointer.toLowerCase()));
    const unknown = Object.keys(file.values).filter((pointer) => !known.has(pointer.toLowerCase()));
    return defaults ? unknown.map((pointer) => `${file.path} ${pointer}`) : [];
  });
}

/** What of a file goes over another version than that of these defaults: of Responses all, where they are not known. */
export function carried(file: WantedFile, defaults: Values | undefined): WantedFile[] {
  if (file.role === 'settings') return [file];
  if (file.role !== 'responses') return [];
  const values = changedValues(file, defaults ?? {});
  return Object.keys(values).length > 0 ? [{ ...file, values }] : [];
}

/** The values with which the product that a file of Responses belongs to comes; undefined where they are not known. */
export function defaultsOf(file: ConfigFile, products: readonly Product[]): Values | undefined {
  const owner = file.role === 'responses' ? ownerOf(file, products) : undefined;
  return owner?.cached?.defaults[relative(file.path, owner)];
}

/**
 * Each web.config that is left behind though it is not as the old package lays it down, or that cannot be told (T6). One of the old
 * format holds settings, of which is said elsewhere that they are not carried.
 */
export function webConfigEdits(one: Situation): readonly { readonly path: string; readonly isKnown: boolean }[] {
  const { product, route, wanted, origin } = one;
  if (!product || !wanted.msi || !changesVersion(route)) return [];
  if (crossesFormat(product.version, wanted.msi.productVersion)) return [];
  const own = valueOr(origin.config, []).filter(
    ({ path, role }) => role === 'web.config' && product.folder !== null && isConnectorPath(path, product.folder),
  );
  const laid = oldPackageOf(one, product)?.webConfig;
  return own.filter((file) => file.sha256 !== laid).map(({ path }) => ({ path, isKnown: laid !== undefined }));
}

/** Whether a file of the backup is another than its product's package lays down; undefined where that is not known, or values tell. */
export function isEdited(file: ConfigFile, products: readonly Product[]): boolean | undefined {
  const laid = file.role === 'web.config' ? ownerOf(file, products)?.cached?.webConfig : undefined;
  return laid === undefined ? undefined : file.sha256 !== laid;
}

/** Values that differ from the old package's default; all of them where that default is not known. */
function changedValues(file: WantedFile, defaults: Values): Values {
  const changed = differingPointers(file.values, defaults);
  return Object.fromEntries(changed.map((pointer) => [pointer, file.values[pointer] as string]));
}

/** The values with which a product comes, by the package that it could be put back from; undefined where they are not known. */
export function oldDefaults(one: Situation, file: Pick<ConfigFile, 'path'>, product: Product): Values | undefined {
  return oldPackageOf(one, product)?.defaults[relative(file.path, product)];
}

function ownerOf({ path }: ConfigFile, products: readonly Product[]): Product | undefined {
  return products.find(({ folder }) => folder !== null && isConnectorPath(path, folder));
}

/** The path of a file below the folder of its product, as packages name it. */
export function relative(path: string, product: Product): string {
  return normalPath(path).slice(normalPath(product.folder ?? '').length + 1);
}

/** A file as a step wants to find it again. */
export function wantedFile({ path, role, sha256, values, sddl }: ConfigFile): WantedFile {
  const rights = ownRights(sddl);
  return { path, role, sha256, values, ...(rights === '' ? {} : { rights }) };
}
