import { connectorFolders, productNamePattern } from '../core/connector.ts';
import type { Facts, Hosting, Iis, Product, ReaderProduct, Reading } from '../core/facts.ts';
import { withHostElements } from '../core/host-elements.ts';
import type { Files, LookFor } from '../machine/machine.ts';
import { readConfig, readFolders, readKept, sha256Of } from '../machine/read-files.ts';
import type { ProductReader } from '../machine/read-products.ts';
import { readShared } from '../machine/read-shared.ts';
import { hostPath, hostText } from './host-config.ts';
import { iisNow } from './iis.ts';
import { sddlOf } from './rights.ts';
import { type Server, timeOf } from './server.ts';
import { mayReach } from './shares.ts';
import { frameworksFolder, moduleFile, schemaFile } from './tools/hosting-places.ts';

/** The whole server as it is now. What lies in files is read from them at each look and stored nowhere else. */
export async function lookAt(server: Server, what: LookFor, readProducts: ProductReader): Promise<Facts> {
  const { facts, drive } = server;
  const iis = facts.iis.known ? { known: true as const, value: await iisSeen(server) } : facts.iis;
  const products = await readProducts(registeredProducts(server, what));
  return {
    ...facts,
    takenAt: timeOf(server),
    restart: restartNow(server),
    iis,
    hosting: facts.hosting.known
      ? { known: true, value: await hostingNow(server, facts.hosting.value) }
      : facts.hosting,
    products,
    ...(await filesNow(server, products, iis, what.folders)),
    shared: await sharedNow(server, what, products, iis),
    kept: await readKept(drive, what.backup, what.packages),
  };
}

/** What IIS shares with other servers is not this server's to put back, as for a real one. */
async function iisSeen(server: Server): Promise<Iis | null> {
  const iis = iisNow(server);
  const bytes = iis?.sharedConfiguration === null ? await server.drive.read(hostPath) : null;
  const hostConfig = { path: hostPath, sddl: sddlOf(server, hostPath) };
  return iis && bytes ? withHostElements(iis, bytes, hostConfig, sha256Of) : iis;
}

/** After a start that finishes servicing, Windows is at work for a while (peers 3.2). */
function restartNow({ facts: { restart }, memory: { servicingUntil = '', clock } }: Server): Facts['restart'] {
  if (!restart.known || servicingUntil <= clock) return restart;
  const { reasons, deletions } = restart.value;
  return {
    known: true,
    value: { reasons: [...reasons, 'servicing-in-progress'], deletions, working: ['TiWorker.exe'] },
  };
}

function registeredProducts(server: Server, { upgradeCodes }: LookFor): Reading<readonly ReaderProduct[]> {
  const { products } = server.facts;
  if (!products.known) return products;
  const isWanted = (product: Product) =>
    new RegExp(productNamePattern, 'i').test(product.name) || upgradeCodes.includes(product.upgradeCode);
  return { known: true, value: products.value.filter(isWanted).map((product) => readerProduct(server, product)) };
}

function readerProduct(server: Server, product: Product): ReaderProduct {
  const { folder, missingFiles: _missing, cached, damaged: _damaged, ...registered } = product;
  const kept = server.memory.registered[product.productCode];
  return {
    ...registered,
    installLocation: folder,
    keyPaths: kept?.keyPaths ?? [],
    localPackage: kept?.localPackage ?? cached?.path ?? null,
    packageCode: kept?.packageCode || registered.packageCode,
    packageName: kept?.packageName ?? registered.packageName,
  };
}

async function hostingNow(server: Server, kept: Hosting): Promise<Hosting> {
  const { drive } = server;
  const [files, schema] = [await drive.hasFile(moduleFile), await drive.hasFile(schemaFile)];
  const runtimes: Hosting['runtimes'][number][] = [];
  for (const bits of [64, 32] as const) {
    for (const name of ['Microsoft.AspNetCore.App', 'Microsoft.NETCore.App']) {
      const folders = (await drive.list(`${frameworksFolder(bits)}\\${name}`)).filter((one) => one.endsWith('\\'));
      runtimes.push(...folders.map((folder) => ({ name, version: folder.slice(0, -1), bits })));
    }
  }
  const text = hostText(server);
  const configured = text === null ? kept.module.configured : text.includes('"AspNetCoreModuleV2"');
  return { ...kept, runtimes, module: { ...kept.module, files, schema, configured } };
}

async function filesNow(
  server: Server,
  products: Facts['products'],
  iis: Facts['iis'],
  more: LookFor['folders'],
): Promise<Pick<Facts, 'config' | 'folders'>> {
  if (!products.known) return { config: products, folders: products };
  if (!iis.known) return { config: iis, folders: iis };
  const folders = connectorFolders(products.value, iis.value?.sites ?? [], more);
  const rightsOf = async (path: string) => sddlOf(server, path);
  return {
    config: await readConfig(server.drive, folders, rightsOf),
    folders: await readFolders(server.drive, folders, products.value, rightsOf),
  };
}

/** What lies on a share is read with the rights of the account that runs the program. */
async function sharedNow(
  server: Server,
  what: LookFor,
  products: Facts['products'],
  iis: Facts['iis'],
): Promise<Facts['shared']> {
  if (!products.known) return products;
  const folders = connectorFolders(products.value, iis.known ? (iis.value?.sites ?? []) : []);
  const { drive } = server;
  const reached =
    <T>(read: (path: string) => Promise<T>) =>
    async (path: string): Promise<T> => {
      mayReach(server, path, 'read');
      return read(path);
    };
  const files: Files = {
    read: reached((path) => drive.read(path)),
    list: reached((path) => drive.list(path)),
    hash: reached((path) => drive.hash(path)),
  };
  const hasFolder = reached((path) => drive.hasFolder(path));
  return readShared(folders, what, { files, hasFolder, sddlOf: reached(async (path) => sddlOf(server, path)) });
}
