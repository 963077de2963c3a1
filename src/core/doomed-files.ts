import { isConnectorPath, samePath } from './connector.ts';
import type { Product, Restart } from './facts.ts';

/** What Windows does at its next start to files in the connector's folder, also where they were put there just now (T1). */
export function doomedIn({ deletions }: Restart, folder: string | null): string[] {
  return deletions.filter((path) => isConnectorPath(path, folder)).map(doom);
}

/** The same for the folder of a product; for `folder` where it is not registered. */
export function doomedOf(
  restart: Restart,
  now: readonly Product[],
  productCode: string,
  folder: string | null,
): string[] {
  return doomedIn(restart, now.find((one) => one.productCode === productCode)?.folder ?? folder);
}

/** The same for some files. */
export function doomedAmong({ deletions }: Restart, paths: readonly string[]): string[] {
  return deletions.filter((path) => paths.some((one) => samePath(one, path))).map(doom);
}

function doom(path: string): string {
  return `Windows deletes or replaces ${path} at its next start`;
}
