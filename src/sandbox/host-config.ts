import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Iis, Pool, Site } from '../core/facts.ts';
import { partialSuffix } from '../core/file-name.ts';
import { isSameSite } from '../core/site-gaps.ts';
import { attributeOf, descend, scanXml } from '../core/xml-scan.ts';
import { sitesAndPools } from '../machine/application-host.ts';
import { sandboxPlace } from './drive.ts';
import { remember, type Server, store, stored } from './server.ts';

/** Where the IIS of a simulated server keeps its sites and pools, shared configuration or not. */
export const hostPath = 'C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config';

/** The text of applicationHost.config, or null where IIS is not there. */
export function hostText(server: Server): string | null {
  try {
    return readFileSync(sandboxPlace(server.folder, hostPath), 'utf8');
  } catch {
    return null;
  }
}

/** Writes applicationHost.config as a tool of IIS does; IIS takes over what it says when it is asked next. */
export function writeHost(server: Server, text: string): void {
  const place = sandboxPlace(server.folder, hostPath);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place + partialSuffix, text);
  renameSync(place + partialSuffix, place);
}

/** Changes applicationHost.config, and lets IIS take over what it says then. */
export function editHost(server: Server, edit: (text: string) => string): void {
  const text = hostText(server);
  if (text === null) throw new Error('IIS is not there');
  writeHost(server, edit(text));
  noticeHost(server);
}

/**
 * Takes over what applicationHost.config says, if it was changed since the last time: IIS watches that file and needs no restart
 * (iis-docs: IAppHostChangeHandler).
 */
export function noticeHost(server: Server): void {
  const text = hostText(server);
  if (text !== null && fingerprint(text) !== server.memory.host && stored(server, 'iis')) takeOver(server, text, null);
}

/** Takes over what the file says in any case; what is there again has the state that it had `before`. */
export function readHostAnew(server: Server, before: Iis | null): void {
  const text = hostText(server);
  if (text !== null && stored(server, 'iis')) takeOver(server, text, before);
}

/** The pools that IIS does not start by itself (IIS, applicationPools/add: autoStart). */
export function manualPools(server: Server): readonly string[] {
  return Object.entries(startsIn(hostText(server) ?? '').pools).flatMap(([name, starts]) => (starts ? [] : [name]));
}

/** The values of the environment that stand in the file of a new IIS. */
export function expanded(path: string): string {
  return path.replace(/%SystemDrive%/gi, 'C:').replace(/%(windir|SystemRoot)%/gi, 'C:\\Windows');
}

function takeOver(server: Server, text: string, before: Iis | null): void {
  const iis = stored(server, 'iis') as Iis;
  const starts = startsIn(text);
  const stateOf = (found: readonly (Site | Pool)[], name: string, isStarting: boolean) =>
    found.find((one) => one.name === name)?.state ?? (isStarting ? 'started' : 'stopped');
  const states = {
    siteStates: mapped(starts.sites, (name, one) => stateOf([...iis.sites, ...(before?.sites ?? [])], name, one)),
    poolStates: mapped(starts.pools, (name, one) => stateOf([...iis.pools, ...(before?.pools ?? [])], name, one)),
    workers: iis.pools.flatMap(({ name, workers }) => Array.from({ length: workers }, () => name)),
  };
  const { sites, pools } = sitesAndPools(text, states, expanded);
  // Asked for a page at once is a site that is new in its pool.
  const isNew = ({ name }: Pool) =>
    sites.some((site) => site.pool === name && !iis.sites.some((one) => one.pool === name && isSameSite(one, site)));
  const isServed = ({ name }: Pool) => sites.some((site) => site.pool === name && site.state === 'started');
  const isRunning = iis.services.W3SVC?.state === 'running';
  // A pool that serves nothing has no worker process.
  const workersOf = (pool: Pool) => {
    if (!sites.some((site) => site.pool === pool.name)) return 0;
    return isNew(pool) ? Number(pool.state === 'started' && isRunning && isServed(pool)) : pool.workers;
  };
  store(server, 'iis', { ...iis, sites, pools: pools.map((pool) => ({ ...pool, workers: workersOf(pool) })) });
  // What still left a pool that is gone is no worker process of one that comes under its name.
  const leaving = Object.entries(server.memory.leaving).filter(([name]) => pools.some((pool) => pool.name === name));
  remember(server, { host: fingerprint(text), leaving: Object.fromEntries(leaving) });
}

type Starts = Readonly<Record<string, boolean>>;

/** Which sites and pools there are, and whether IIS starts them by itself. */
function startsIn(text: string): { readonly sites: Starts; readonly pools: Starts } {
  const host = descend(scanXml(text), 'system.applicationHost');
  const read = (container: string, child: string, attribute: string): Starts => {
    const all = descend(host, container)?.children.filter((one) => one.name === child) ?? [];
    return Object.fromEntries(
      all.map((one) => [attributeOf(one, 'name') ?? '', attributeOf(one, attribute) !== 'false'] as const),
    );
  };
  return {
    sites: read('sites', 'site', 'serverAutoStart'),
    pools: read('applicationPools', 'add', 'autoStart'),
  };
}

function mapped<T>(starts: Starts, value: (name: string, starts: boolean) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(starts).map(([name, one]) => [name, value(name, one)]));
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
