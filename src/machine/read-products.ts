import { configFolders, configRole, folderOfKeyPaths } from '../core/connector.ts';
import type { CachedPackage, Product, ReaderProduct, Reading, Sha256 } from '../core/facts.ts';
import { isFileName } from '../core/file-name.ts';
import type { Msi } from '../core/media.ts';
import { compareAllFields } from '../core/version.ts';
import type { Files } from './machine.ts';

/** What is wanted of a cached package. */
export type PackageContent = Pick<
  Msi,
  'files' | 'defaults' | 'webConfig' | 'externalCabinets' | 'properties' | 'productCode' | 'productVersion'
>;

type Damaged = { readonly problem: string };

/** Reads a package on the server; the problem follows its path, as in "is damaged: ...". */
export type ReadPackage = (path: string) => Promise<PackageContent | Damaged>;

export type ProductReader = (products: Reading<readonly ReaderProduct[]>) => Promise<Reading<readonly Product[]>>;

/** Completes registered products by what only files tell: folder, cached package, files gone. A package is read once for its hash. */
export function productReader(files: Files, readPackage: ReadPackage): ProductReader {
  const contents = new Map<Sha256, PackageContent | Damaged>();
  const contentOf = async (path: string, sha256: Sha256) => {
    const content = contents.get(sha256) ?? (await readPackage(path));
    contents.set(sha256, content);
    return content;
  };
  const complete = async (product: ReaderProduct): Promise<Product> => {
    const { installLocation, keyPaths, localPackage, ...registered } = product;
    const folder = installLocation?.replace(/\\+$/, '') || folderOfKeyPaths(keyPaths);
    const sha256 = localPackage === null ? null : await files.hash(localPackage);
    if (localPackage === null || sha256 === null) return { ...registered, folder, missingFiles: [], cached: null };
    const content = ownContent(product, await contentOf(localPackage, sha256));
    if ('problem' in content) {
      const damaged = { path: localPackage, why: content.problem };
      return { ...registered, folder, missingFiles: [], cached: null, damaged };
    }
    const missingFiles = folder === null ? [] : await missingFilesIn(files, folder, content);
    return { ...registered, folder, missingFiles, cached: cachedPackage(localPackage, product, sha256, content) };
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

/** What a cached package holds, or that it is another product's. */
function ownContent(
  { productCode, version }: ReaderProduct,
  content: PackageContent | Damaged,
): PackageContent | Damaged {
  if ('problem' in content) return content;
  if (content.productCode !== productCode)
    return { problem: `is the package of another product, ${content.productCode}` };
  if (compareAllFields(content.productVersion, version) === 0) return content;
  return { problem: `is the package of another version, ${content.productVersion}` };
}

/** The name comes from the registry; one that leads elsewhere is not followed. */
function cachedPackage(
  path: string,
  { packageName }: ReaderProduct,
  sha256: Sha256,
  content: PackageContent,
): CachedPackage {
  const isKnown = packageName !== null && isFileName(packageName);
  const name = isKnown ? packageName : path.slice(path.lastIndexOf('\\') + 1);
  const { defaults, webConfig, properties } = content;
  return {
    path,
    name,
    sha256,
    externalCabinets: content.externalCabinets.map((one) => one.name),
    defaults,
    ...(webConfig === undefined ? {} : { webConfig }),
    properties,
  };
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
