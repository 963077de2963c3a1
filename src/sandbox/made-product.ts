import { basename, dirname, join } from 'node:path';
import { samePath } from '../core/connector.ts';
import type { Facts, Iis, Product, Site } from '../core/facts.ts';
import { cabinetsOf, type Msi } from '../core/media.ts';
import { openHostFile } from '../machine/host-files.ts';
import { readMsi } from '../media/read-media.ts';
import { hostText, writeHost } from './host-config.ts';
import { remember, type Server, store, stored } from './server.ts';
import { tools } from './tools/table.ts';

/** A package on this system that can stand for what a server has installed. */
export type KnownPackage = {
  readonly file: string;
  readonly productCode: string;
  readonly sha256: string;
  /** Names of the cabinets that lie beside it. */
  readonly cabinets: readonly string[];
};

const temp = 'C:\\Windows\\Temp\\facts';

/** The packages among some files. */
export async function knownPackages(files: readonly string[]): Promise<readonly KnownPackage[]> {
  const read = await Promise.all(files.map(async (file) => ({ file, msi: await readMsi(file, openHostFile) })));
  return read.flatMap(({ file, msi }) => ('problem' in msi ? [] : [{ file, ...idOf(msi) }]));
}

function idOf(msi: Msi): Omit<KnownPackage, 'file'> {
  const { productCode, sha256 } = msi;
  return { productCode, sha256, cabinets: cabinetsOf(msi).map(({ name }) => name) };
}

/** The package of a product: the very one that Windows Installer kept, or else one of the same product code; null if none is. */
export function packageOf(product: Product, known: readonly KnownPackage[]): KnownPackage | null {
  const ofProduct = known.filter((one) => one.productCode === product.productCode);
  return ofProduct.find((one) => one.sha256 === product.cached?.sha256) ?? ofProduct[0] ?? null;
}

/**
 * Lays a product on the server as its package installs it, less the files that the facts miss; whether that could be done.
 * Without a package it is registered only: Windows Installer then has nothing to repair or to remove it with (1612).
 */
export async function layProduct(server: Server, product: Product, known: KnownPackage | null): Promise<boolean> {
  const isLaid = known !== null && isOnDrive(product.folder) && (await installed(server, product, known));
  const { productCode, cached, damaged } = product;
  const registered = server.memory.registered[productCode];
  const kept = cached?.path ?? damaged?.path ?? null;
  const localPackage = kept ?? 'C:\\Windows\\Installer\\gone.msi';
  if (registered) await moveCached(server, registered.localPackage, kept);
  if (damaged) await cutShort(server, localPackage);
  const made = registered ?? { keyPaths: [], packageCode: '', sourceFolder: '', language: '', site: null };
  const packageName = product.packageName ?? cached?.name ?? registered?.packageName ?? 'gone.msi';
  remember(server, {
    registered: { ...server.memory.registered, [productCode]: { ...made, localPackage, packageName } },
  });
  if (isLaid) for (const path of product.missingFiles) await server.drive.remove(`${product.folder}\\${path}`);
  return isLaid;
}

/** Whether a path lies on a drive, and not on a share of another server, of which a sandbox has none. */
export function isOnDrive(path: string | null): boolean {
  return path === null || /^[A-Za-z]:[\\/]/.test(path);
}

async function moveCached(server: Server, from: string, to: string | null): Promise<void> {
  if (to !== null && samePath(from, to)) return;
  if (to !== null && isOnDrive(to)) await server.drive.copy(from, to);
  await server.drive.remove(from);
}

/** What a damaged package holds is not known; half of a whole one is none. */
async function cutShort(server: Server, path: string): Promise<void> {
  const bytes = isOnDrive(path) ? await server.drive.read(path) : null;
  if (bytes) await server.drive.write(path, bytes.subarray(0, bytes.length >> 1));
}

/** Runs the package's own installation, on a server that has no other product and whose installer is not in the way. */
async function installed(server: Server, product: Product, { file, cabinets }: KnownPackage): Promise<boolean> {
  const { facts, memory } = server;
  const host = hostText(server);
  const [path, log] = [`${temp}\\${product.cached?.name ?? basename(file)}`, `${temp}\\msi.log`];
  await server.drive.receive(file, path);
  for (const name of cabinets) await server.drive.receive(join(dirname(file), name), `${temp}\\${name}`);
  store(server, 'products', []);
  store(server, 'installer', { suspended: false, disabledByPolicy: false, holders: [] });
  store(server, 'restart', { reasons: [], deletions: [] });
  store(server, 'iis', facts.iis.known ? atRest(facts.iis.value) : null);
  const quiet = ['/qn', '/norestart', '/l*v', log];
  const properties = ['REBOOT=ReallySuppress', 'MSIRESTARTMANAGERCONTROL=Disable', 'ALLUSERS=1'];
  const args = ['/i', path, ...quiet, ...properties, ...placeProperties(server, product)];
  const { code } = await tools.msiexec(server, args);
  for (const one of [path, log, ...cabinets.map((name) => `${temp}\\${name}`)]) await server.drive.remove(one);
  await server.drive.removeEmptyFolder(temp);
  server.facts = facts;
  if (host !== null) writeHost(server, host);
  remember(server, { clock: memory.clock, leaving: memory.leaving, host: memory.host });
  return code === 0;
}

/** Without worker processes, which would hold files of another product in the same folder. */
function atRest(iis: Iis | null): Iis | null {
  return iis && { ...iis, pools: iis.pools.map((pool) => ({ ...pool, workers: 0 })) };
}

/** Where the samples are told to go, so that their site is the one that is there (names of their own, not the vendor's). */
function placeProperties(server: Server, { folder }: Product): readonly string[] {
  if (folder === null) return [];
  const site = stored(server, 'iis')?.sites.find((one) => samePath(one.folder, folder));
  return [`INSTALLDIR=${folder}`, ...(site ? siteProperties(site) : [])];
}

function siteProperties({ name, application, pool, bindings }: Site): readonly string[] {
  const port = (protocol: string) =>
    bindings
      .find((one) => one.startsWith(`${protocol}/`))
      ?.split(':')
      .at(-2);
  if (application !== '/') {
    return ['SITEMODE=VirtualDirectory', `VIRTUALDIRECTORY=${application.slice(1)}`, `APPPOOL=${pool}`];
  }
  const ports = [['HTTPSPORT', port('https')] as const, ['HTTPPORT', port('http')] as const];
  return [
    `SITENAME=${name}`,
    `APPPOOL=${pool}`,
    ...ports.flatMap(([property, value]) => (value === undefined ? [] : [`${property}=${value}`])),
  ];
}

/** The products of facts, or none where they could not be read. */
export function productsIn({ products }: Facts): readonly Product[] {
  return products.known ? products.value : [];
}
