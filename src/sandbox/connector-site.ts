import { createHash } from 'node:crypto';
import { productNamePattern, samePath } from '../core/connector.ts';
import type { CertificateBinding, Iis, Site } from '../core/facts.ts';
import { changeIis, restartIis, startPool } from './iis.ts';
import { remember, type Server, stored } from './server.ts';

/** Names that the connector's setup uses for a standard installation (domain 1.4). */
const siteName = 'SCIMConnector';
const poolName = 'SCIMConnectorAppPool';

/** Whether a package is the connector's: its own actions for IIS cannot be run here, so what they do is simulated. */
export function isConnector(productName: string): boolean {
  return new RegExp(productNamePattern, 'i').test(productName);
}

/**
 * What the connector's setup does to IIS: pool and site of a standard installation, ports, certificate, and a restart of
 * IIS (domain 1.4, 6.5). A site with that name and folder which is there already is kept. Returns the site's name, null
 * without IIS.
 */
export function makeSite(server: Server, folder: string): string | null {
  const iis = stored(server, 'iis');
  if (!iis) return null;
  const kept = iis.sites.find((site) => site.name === siteName && samePath(site.folder, folder));
  if (!kept) addSite(server, iis, folder);
  restartIis(server);
  return siteName;
}

/** Removes the site with its pool, and the certificate of its address and port, whoever else uses that (T5, KB 2405568). */
export function removeSite(server: Server, name: string): void {
  const iis = stored(server, 'iis');
  const site = iis?.sites.find((one) => one.name === name);
  if (!iis || !site) return;
  const ports = site.bindings.filter((binding) => binding.startsWith('https/')).map(portOf);
  const isShared = iis.sites.some((one) => one.name !== name && one.pool === site.pool);
  changeIis(server, () => ({
    sites: iis.sites.filter((one) => one.name !== name),
    pools: iis.pools.filter((pool) => isShared || pool.name !== site.pool),
    certificates: iis.certificates.filter((one) => !ports.includes(Number(one.endpoint.split(':').at(-1)))),
  }));
}

/** The pool's right to write the settings, by the security identifier that IIS derives from a pool's name. */
export function grantPool(server: Server, path: string): void {
  const sddl = `O:BAG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;;0x1301bf;;;${poolSid(poolName)})`;
  remember(server, { acls: { ...server.memory.acls, [path.toLowerCase()]: sddl } });
}

/** S-1-5-82 and the five little-endian words of the SHA-1 of the lower-case name in UTF-16 (IIS application pool identities). */
export function poolSid(name: string): string {
  const digest = createHash('sha1').update(Buffer.from(name.toLowerCase(), 'utf16le')).digest();
  const words = [0, 4, 8, 12, 16].map((offset) => digest.readUInt32LE(offset));
  return ['S-1-5-82', ...words].join('-');
}

function addSite(server: Server, iis: Iis, folder: string): void {
  const https = freePort(iis, [443], 8443);
  const http = freePort(iis, [80], 8080);
  const site: Site = {
    name: siteName,
    application: '/',
    folder,
    pool: poolName,
    bindings: [`https/*:${https}:`, `http/*:${http}:`],
    state: 'started',
  };
  changeIis(server, ({ sites, pools, certificates }) => ({
    sites: [...sites.filter((one) => one.name !== siteName), site],
    pools: [
      ...pools.filter((one) => one.name !== poolName),
      { name: poolName, identity: 'ApplicationPoolIdentity', state: 'started', workers: 0 },
    ],
    certificates: [...certificates, selfSigned(server, https)],
  }));
  startPool(server, poolName);
}

/** 443 and 80 if they are free, else the first free one counting up (domain 1.4). */
function freePort(iis: Iis, preferred: readonly number[], from: number): number {
  const taken = new Set(
    iis.sites.filter((site) => site.name !== siteName).flatMap((site) => site.bindings.map(portOf)),
  );
  const free = preferred.find((port) => !taken.has(port));
  let port = from;
  while (taken.has(port)) port += 1;
  return free ?? port;
}

function selfSigned(server: Server, port: number): CertificateBinding {
  const thumbprint = createHash('sha1').update(`${port} ${server.memory.clock}`).digest('hex').toUpperCase();
  return { endpoint: `0.0.0.0:${port}`, thumbprint, store: 'MY', present: true };
}

/** The port of a binding as IIS writes it: `https/*:443:`. */
function portOf(binding: string): number {
  return Number(binding.split(':')[1]);
}
