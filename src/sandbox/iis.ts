import type { Iis, Pool, ServiceState } from '../core/facts.ts';
import { manualPools, noticeHost } from './host-config.ts';
import { elapse, remember, type Server, store, stored, timeOf, without } from './server.ts';

const stopped: ServiceState = { state: 'stopped', startedAt: null };

/** `appcmd stop` returns before w3wp.exe is gone (T10); IIS gives a worker process up to 90 s, an idle one takes some. */
const workerLeavesMs = 3_000;

/** Puts changed values into IIS; it must be there. What stands in applicationHost.config is changed there. */
export function changeIis(server: Server, change: (iis: Iis) => Partial<Iis>): void {
  noticeHost(server);
  const iis = stored(server, 'iis');
  if (!iis) throw new Error('IIS is not there');
  store(server, 'iis', { ...iis, ...change(iis) });
}

/** IIS as it is right now: what applicationHost.config says is taken over, worker processes whose time has come are gone. */
export function iisNow(server: Server): Iis | null {
  noticeHost(server);
  const iis = stored(server, 'iis');
  if (!iis) return null;
  const { leaving, clock } = server.memory;
  const pools = iis.pools.map((pool) => {
    const gone = leaving[pool.name];
    return gone !== undefined && gone <= clock ? { ...pool, workers: 0 } : pool;
  });
  return { ...iis, pools };
}

/** Stops a pool until it is started or WAS restarts; its worker processes end some seconds later (T10). */
export function stopPool(server: Server, name: string): void {
  const gone = new Date(Date.parse(server.memory.clock) + workerLeavesMs).toISOString();
  remember(server, { leaving: { ...server.memory.leaving, [name]: gone } });
  setPool(server, name, (pool) => ({ ...pool, state: 'stopped' }));
}

/** Starts a pool. Its site is asked for a page at once, so a worker process runs when a started site uses the pool. */
export function startPool(server: Server, name: string): void {
  remember(server, { leaving: without(server.memory.leaving, name) });
  setPool(server, name, (pool, iis) => ({ ...pool, state: 'started', workers: workersOf(iis, name) }));
}

/** Stops WAS and W3SVC, which depends on it (domain 6.1), and with them every worker process. */
export function stopWebServices(server: Server): void {
  remember(server, { leaving: {} });
  changeIis(server, (iis) => ({
    services: { ...iis.services, WAS: stopped, W3SVC: stopped },
    pools: iis.pools.map((pool) => ({ ...pool, workers: 0 })),
  }));
}

/** Starts WAS alone, on which W3SVC depends; pools run only once that one serves. */
export function startWas(server: Server): void {
  changeIis(server, (iis) => ({ services: { ...iis.services, WAS: { state: 'running', startedAt: timeOf(server) } } }));
}

/**
 * Starts W3SVC, and WAS if need be. A stop by appcmd is forgotten: every pool that starts by itself runs again (T10, checked). One that
 * does not, but was started by hand, is stopped (IIS, applicationPools/add: autoStart).
 */
export function startWebServices(server: Server): void {
  if (stored(server, 'iis')?.services.WAS?.state !== 'running') startWas(server);
  const started = { state: 'running', startedAt: timeOf(server) } as const;
  changeIis(server, (iis) => ({ services: { ...iis.services, W3SVC: started } }));
  const manual = manualPools(server);
  for (const { name } of stored(server, 'iis')?.pools ?? []) {
    if (manual.includes(name)) setPool(server, name, (pool) => ({ ...pool, state: 'stopped' }));
    else startPool(server, name);
  }
}

/** `net stop was /y` and `net start w3svc`, as the hosting bundle's page advises. */
export function restartIis(server: Server): void {
  stopWebServices(server);
  elapse(server, 3_000);
  startWebServices(server);
}

/** The port of a binding as IIS writes it: `https/*:443:`. */
export function portOf(binding: string): number {
  return Number(binding.split(':')[1]);
}

/** Whether the web services run. */
export function isServing(iis: Iis): boolean {
  return iis.services.W3SVC?.state === 'running';
}

/** What enabling IIS-WebServer leaves behind (domain: 6.1); its sites and pools stand in applicationHost.config. */
export function newIis(server: Server): Iis {
  const service: ServiceState = { state: 'running', startedAt: timeOf(server) };
  const { os } = stored(server, 'machine');
  return {
    version: os.version.startsWith('6.3') ? '8.5' : '10.0',
    components: [],
    sharedConfiguration: null,
    services: { W3SVC: service, WAS: service, AppHostSvc: service },
    sites: [],
    pools: [],
    certificates: [],
  };
}

function setPool(server: Server, name: string, change: (pool: Pool, iis: Iis) => Pool): void {
  changeIis(server, (iis) => ({
    pools: iis.pools.map((pool) => (pool.name === name ? change(pool, iis) : pool)),
  }));
}

function workersOf(iis: Iis, pool: string): number {
  return isServing(iis) && iis.sites.some((site) => site.pool === pool && site.state === 'started') ? 1 : 0;
}
