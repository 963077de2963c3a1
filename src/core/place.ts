import { defaultFolder, samePath } from './connector.ts';
import type { Product, Site } from './facts.ts';
import { sameName } from './site-gaps.ts';
import type { Properties } from './step.ts';

/**
 * The folder of a product where a package could only put it by a property (T4): Windows Installer remembers none, so without one
 * the package goes to its standard place. Null where it lies there or where it lies is not known. Site, application, bindings, pool
 * and certificates need no property: `site.present` and `certificates.present` put them back, and they are proved afterwards.
 */
export function ownFolder(product: Product): string | null {
  return product.folder === null || samePath(product.folder, defaultFolder) ? null : product.folder;
}

/**
 * Whether the properties ask for that folder. The vendor's names of properties are not known, so one is recognised by its value:
 * the folder itself, or the one above it, in which the setup makes it.
 */
export function asksForFolder(properties: Properties, folder: string): boolean {
  const above = folder.slice(0, folder.replace(/\\+$/, '').lastIndexOf('\\'));
  return Object.values(properties).some((value) => samePath(value, folder) || samePath(value, above));
}

/** Whether the properties name a folder, and not that one. */
export function namesAnotherFolder(properties: Properties, folder: string): boolean {
  return Object.values(properties).some(isPath) && !asksForFolder(properties, folder);
}

/** Whether the properties leave the connector where it is: there are none, or they say again what is so and nothing else. */
export function keepsPlace(properties: Properties, folder: string | null, site: Site | null): boolean {
  const values = Object.values(properties);
  if (values.length === 0) return true;
  const isOldFolder = (value: string) => folder !== null && asksForFolder({ VALUE: value }, folder);
  const isOld = (value: string) =>
    isOldFolder(value) || (site !== null && placeWords(site).some((one) => sameName(one, value)));
  const moves = values.some((value) => (isPath(value) || isPort(value)) && !isOld(value));
  return !moves && values.some(isOld);
}

function isPort(value: string): boolean {
  return /^\d{1,5}$/.test(value);
}

/** Whether the value of a property is a path. */
export function isPath(value: string): boolean {
  return /^[A-Za-z]:\\/.test(value);
}

function placeWords({ name, application, pool, bindings }: Site): string[] {
  return [
    name,
    application,
    application.slice(1),
    pool,
    ...bindings.flatMap((one) => one.split(':').at(-2) ?? []),
  ].filter((one) => one !== '');
}
