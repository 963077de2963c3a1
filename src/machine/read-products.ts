import { configFolders, configRole, folderOfKeyPaths } from '../core/connector.ts';
import type { CachedPackage, Product, ReaderProduct, Reading, Sha256 } from '../core/facts.ts';
import type { Msi } from '../core/media.ts';
import type { Files } from './machine.ts';

/** What is wanted of a cached package. */
export type PackageContent = Pick<Msi, 'files' | 'defaults' | 'externalCabinets' | 'properties'>;

/** Reads a package on the server; null if it cannot be read as one. */
export type ReadPackage = (path: string) => Promise<PackageContent | null>;

export type ProductReader = (products: Reading<readonly ReaderProduct[]>) => Promise<Reading<readonly Product[]>>;

/** Completes registered products by what only files tell: folder, cached package, files gone. A package is read once for its hash. */
export function productReader(files: Files, readPackage: ReadPackage): ProductReader {
  const contents = new Map<Sha256, PackageContent | null>();
  const contentOf = async (path: string, sha256: Sha256) => {
    if (!contents.has(sha256)) contents.set(sha256, await readPackage(path));
    return contents.get(sha256) ?? null;
  };
  const complete = async (product: ReaderProduct): Promise<Product> => {
    const { installLocation, keyPaths, localPackage, packageName, ...registered } = product;
    const folder = installLocation?.replace(/\\+$/, '') || folderOfKeyPaths(keyPaths);
    const sha256 = localPackage === null ? null : await files.hash(localPackage);
    const content = localPackage === null || sha256 === null ? null : await contentOf(localPackage, sha256);
    const missingFiles = folder === null || content === null ? [] : await missingFilesIn(files, folder, content);
    const cached =
      localPackage === null || sha256 === null || content === null
        ? null
        : cachedPackage(localPackage, packageName, sha256, content);
    return { ...registered, folder, missingFiles, cached };
  };
  return async (products) => {
    if (!products.known) return products;
    try {
      return { known: true, value: await Promise.all(products.value.map(complete)) };
    } catch (error) {
      return { known: false, why: `a cached package could not be read: ${(error as Error).message}` };
    }
  };
}

function cachedPackage(
  path: string,
  packageName: string | null,
  sha256: Sha256,
  content: PackageContent,
): CachedPackage {
  const name = packageName ?? path.slice(path.lastIndexOf('\\') + 1);
  const { externalCabinets, defaults, properties } = content;
  return { path, name, sha256, externalCabinets, defaults, properties };
}

/** Config files are left out: whether they are as they should be is judged by their values. */
async function missingFilesIn(files: Files, folder: string, content: PackageContent): Promise<string[]> {
  const listings = new Map<string, Set<string>>();
  const missing: string[] = [];
  for (const { path } of content.files) {
    const cut = path.lastIndexOf('\\');
    const [below, name] = [cut < 0 ? '' : path.slice(0, cut), path.slice(cut + 1)];
    if (configFolders.includes(below) && configRole(below, name)) continue;
    const full = below === '' ? folder : `${folder}\\${below}`;
    const names = listings.get(full) ?? new Set((await files.list(full)).map((one) => one.toLowerCase()));
    listings.set(full, names);
    if (!names.has(name.toLowerCase())) missing.push(path);
  }
  return missing;
}
