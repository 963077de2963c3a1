import { isConnectorPath, samePath } from './connector.ts';
import type { Facts, Product } from './facts.ts';
import { valueOr } from './situation.ts';

/** Which of the paths that Windows deletes or replaces at its next start lie in the connector's folder, also if laid there just now (T1). */
export function doomedIn(doomed: readonly string[], folder: string | null): string[] {
  return doomed.filter((path) => isConnectorPath(path, folder)).map(doom);
}

/** The same for the folder of a product; for `folder` where it is not registered. */
export function doomedOf(
  doomed: readonly string[],
  now: readonly Product[],
  productCode: string,
  folder: string | null,
): string[] {
  return doomedIn(doomed, now.find((one) => one.productCode === productCode)?.folder ?? folder);
}

/** The files in a folder of the connector that Windows replaces at its next start, and would not have before. */
export function newlyReplaced(before: Facts, now: Facts): string[] {
  const renamesIn = ({ restart }: Facts) => valueOr(restart, null)?.renames ?? [];
  const folders = [null, ...valueOr(now.products, []).map((one) => one.folder)];
  const isNew = (path: string) => !renamesIn(before).some((one) => samePath(one, path));
  return renamesIn(now)
    .filter((path) => isNew(path) && folders.some((one) => isConnectorPath(path, one)))
    .map((path) => `Windows replaces ${path} at its next start`);
}

/** The same for some files. */
export function doomedAmong(doomed: readonly string[], paths: readonly string[]): string[] {
  return doomed.filter((path) => paths.some((one) => samePath(one, path))).map(doom);
}

function doom(path: string): string {
  return `Windows deletes or replaces ${path} at its next start`;
}
