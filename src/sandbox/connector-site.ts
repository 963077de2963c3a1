import { createHash } from 'node:crypto';
import { productNamePattern, samePath } from '../core/connector.ts';
import type { CertificateBinding, Iis, Site } from '../core/facts.ts';
import { iisApplication } from '../core/site-gaps.ts';
import { poolSid } from '../machine/application-host.ts';
import { editHost } from './host-config.ts';
import {
  addApplication,
  addPool,
  addSite,
  type Edit,
  inOrder,
  removeFromHost,
  setApplicationPool,
  setBindings,
  setFolder,
} from './host-edit.ts';
import { changeIis, iisNow, portOf, restartIis, startPool } from './iis.ts';
import { remember, type Server } from './server.ts';
import { UnknownCall } from './tools/tool.ts';

/** Where the connector is served; a port is null where its setup may choose one. */
export type SiteChoice = {
  readonly name: string;
  readonly application: string;
  readonly pool: string;
  readonly https: number | null;
  readonly http: number | null;
};

/** The ports that are tried first, and where counting up begins when none of them is free (domain 1.4). */
const ports = { https: { preferred: [443], from: 8443 }, http: { preferred: [80], from: 8080 } } as const;

/** Whether a package is the connector's: its own actions for IIS cannot be run here, so what they do is simulated. */
export function isConnector(productName: string): boolean {
  return new RegExp(productNamePattern, 'i').test(productName);
}

/**
 * What the connector's setup is told by its properties. Their names are those of our samples, not the vendor's; without any
 * it is a standard installation, whatever an earlier one was told: Windows Installer remembers no properties (T4).
 */
export function chosenSite(properties: ReadonlyMap<string, string>): SiteChoice {
  const text = (name: string, otherwise: string) => properties.get(name) || otherwise;
  const mode = text('SITEMODE', 'Site').toLowerCase();
  if (mode === 'virtualdirectory') {
    // One name is asked for, which becomes that of the folder and of the pool; the ports are those of the site (domain 1.4).
    const folder = text('VIRTUALDIRECTORY', 'SCIMConnector').replace(/^\//, '');
    const pool = text('APPPOOL', folder);
    return { name: 'Default Web Site', application: `/${folder}`, pool, https: null, http: null };
  }
  if (mode !== 'site') throw new UnknownCall('msiexec', `the site mode ${mode}`);
  return {
    name: text('SITENAME', 'SCIMConnector'),
    application: '/',
    pool: text('APPPOOL', 'SCIMConnectorAppPool'),
    https: Number(text('HTTPSPORT', '0')) || null,
    http: Number(text('HTTPPORT', '0')) || null,
  };
}

/**
 * What the connector's setup does to IIS: pool, site or application, ports, certificate, and a restart of IIS (domain 1.4,
 * 6.5). One that is there already just as it would be made is kept, and an upgrade does not restart IIS then. Any other site
 * stays where it is, that of the version before too (T4). Returns its name as appcmd has it (`SCIMConnector/`), null without IIS.
 */
export function makeSite(server: Server, folder: string, choice: SiteChoice, isUpgrade: boolean): string | null {
  const iis = iisNow(server);
  if (!iis) return null;
  const site = siteFor(iis, folder, choice);
  const isKept = iis.sites.some((one) => isSame(one, site));
  if (!isKept) putSite(server, site);
  if (!isKept || !isUpgrade) restartIis(server);
  return site.name + site.application;
}

/**
 * Removes the site that an installation made, with everything under it, and a pool that nothing else uses. The vendor's setup
 * is taken to use the API of IIS, by which the certificate of the site's address and port goes too, whoever else uses it (T5,
 * KB 2405568). One that was renamed meanwhile is not found and stays (domain 1.8).
 */
export function removeSite(server: Server, name: string): void {
  const iis = iisNow(server);
  const site = iis?.sites.find((one) => one.name + one.application === name);
  if (!iis || !site) return;
  const isOwn = site.application === '/';
  const rest = iis.sites.filter((one) => (isOwn ? one.name !== site.name : one !== site));
  const isShared = rest.some((one) => one.pool === site.pool);
  const freed = isOwn ? site.bindings.filter((binding) => binding.startsWith('https/')).map(portOf) : [];
  const hasPool = iis.pools.some((one) => one.name === site.pool);
  editHost(server, removeFromHost({ kind: 'site', ...site }));
  if (!isShared && hasPool) editHost(server, removeFromHost({ kind: 'pool', name: site.pool }));
  changeIis(server, ({ certificates }) => ({
    certificates: certificates.filter((one) => !freed.includes(endpointPort(one))),
  }));
}

/** The right to write the settings for the pool that serves their folder, by the identifier that IIS derives from its name. */
export function grantPool(server: Server, path: string, pool: string): void {
  const sddl = `O:BAG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1301bf;;;${poolSid(pool)})`;
  remember(server, { acls: { ...server.memory.acls, [path.toLowerCase()]: sddl } });
}

function siteFor(iis: Iis, folder: string, { name, application, pool, https, http }: SiteChoice): Site {
  const parent = iis.sites.find((one) => one.name === name && one.application === '/');
  if (application !== '/') {
    if (!parent) throw new UnknownCall('msiexec', `what the setup does where there is no ${name}`);
    return { ...parent, application, folder, pool };
  }
  const others = iis.sites.filter((site) => site.name !== name);
  const bindings = [
    `https/*:${https ?? freePort(others, ports.https)}:`,
    `http/*:${http ?? freePort(others, ports.http)}:`,
  ];
  return { name, application, folder, pool, bindings, state: 'started' };
}

/** Whether a site is the one that the setup would make: host names and certificates are the operator's business. */
function isSame(left: Site, right: Site): boolean {
  const key = (site: Site) => [site.name, site.application, site.pool, ...site.bindings.map(portOf).sort()].join();
  return key(left) === key(right) && samePath(left.folder, right.folder);
}

/** A pool of that name is used as it is; a new one runs no managed code, as an ASP.NET Core application wants it. */
function putSite(server: Server, site: Site): void {
  const iis = iisNow(server);
  const isThere = iis?.sites.some((one) => one.name + one.application === site.name + site.application) ?? false;
  const isPool = iis?.pools.some((one) => one.name === site.pool) ?? false;
  if (!isPool) editHost(server, addPool(site.pool, ' managedRuntimeVersion=""'));
  editHost(server, isThere ? siteChanged(site) : siteAdded(site));
  const secure = site.application === '/' ? site.bindings.filter((one) => one.startsWith('https/')).map(portOf) : [];
  changeIis(server, ({ certificates }) => ({
    certificates: [
      ...certificates.filter((one) => !secure.includes(endpointPort(one))),
      ...secure.map((port) => selfSigned(server, port)),
    ],
  }));
  startPool(server, site.pool);
}

function siteAdded(site: Site): Edit {
  return site.application === '/' ? addSite(site) : addApplication(site, site.folder, site.pool);
}

function siteChanged(site: Site): Edit {
  const isOwn = site.application === '/';
  return inOrder([
    setApplicationPool(site, site.pool),
    setFolder(site, site.folder),
    ...(isOwn ? [setBindings(site.name, site.bindings)] : []),
  ]);
}

function freePort(
  others: readonly Site[],
  wish: { readonly preferred: readonly number[]; readonly from: number },
): number {
  const taken = new Set(others.flatMap((site) => site.bindings.map(portOf)));
  const free = wish.preferred.find((port) => !taken.has(port));
  let port = wish.from;
  while (taken.has(port)) port += 1;
  return free ?? port;
}

function selfSigned(server: Server, port: number): CertificateBinding {
  const thumbprint = createHash('sha1').update(`${port} ${server.memory.clock}`).digest('hex').toUpperCase();
  return { endpoint: `0.0.0.0:${port}`, thumbprint, store: 'MY', appId: iisApplication, present: true };
}

function endpointPort({ endpoint }: CertificateBinding): number {
  return Number(endpoint.split(':').at(-1));
}
