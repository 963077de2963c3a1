import type { Document, ServerState, Site } from './server-state.ts';

/** How the sites, pools and certificates of the connector differ, one sentence each; `folders` are the connector's. */
export function ownSite(before: Document, now: Document, folders: readonly string[]): string[] {
  return [
    ...changed('site of the connector', ownSites(before, folders), ownSites(now, folders)),
    ...changed('pool of the connector', ownPools(before, folders), ownPools(now, folders)),
    ...changed('certificates of http.sys', certificates(before), certificates(now)),
  ];
}

function certificates({ iis: { value } }: Document): string {
  return JSON.stringify((value?.certificates ?? []).map((one) => JSON.stringify(one)).sort());
}

const isOwn = (site: Site, folders: readonly string[]) =>
  folders.includes(site.folder.toLowerCase().replace(/\\$/, ''));

function ownSites(document: Document, folders: readonly string[]): string {
  return JSON.stringify(document.iis.value?.sites.filter((site) => isOwn(site, folders)) ?? []);
}

function ownPools(document: Document, folders: readonly string[]): string {
  const iis = document.iis.value;
  const names = iis?.sites.filter((site) => isOwn(site, folders)).map((site) => site.pool) ?? [];
  const pools = iis?.pools.filter((pool) => names.includes(pool.name) || /scim/i.test(pool.name)) ?? [];
  return JSON.stringify(pools.map((pool) => ({ ...pool, workers: workersOf(document, pool) > 0 })));
}

/** A worker process that is on its way out is gone when its time has come. */
function workersOf({ sandbox }: Document, { name, workers }: { name: string; workers: number }): number {
  const gone = sandbox.leaving[name];
  return gone !== undefined && gone <= sandbox.clock ? 0 : workers;
}

/**
 * Every site, application and pool that is not the connector's must be there as it was, with the certificates of its ports;
 * new ones come with IIS itself.
 */
export function foreignSites(before: Document, now: Document, folders: readonly string[]): string[] {
  const [old, found] = [before.iis.value, now.iis.value];
  if (!old) return [];
  const foreign = old.sites.filter((site) => !isOwn(site, folders));
  const pools = old.pools.filter((pool) => !/scim/i.test(pool.name));
  const foundSites = found?.sites.map((site) => JSON.stringify(site)) ?? [];
  const lost = pools.filter(({ name, state }) => !found?.pools.some((one) => one.name === name && one.state === state));
  const stopped = Object.entries(old.services).filter(([name, { state }]) => found?.services[name]?.state !== state);
  return [
    ...foreign
      .map((site) => JSON.stringify(site))
      .filter((site) => !foundSites.includes(site))
      .map((site) => `another site is not as it was: ${site}`),
    ...lost.map((pool) => `another pool is not as it was: ${pool.name}`),
    ...stopped.map(([name]) => `service ${name} is not as it was`),
    ...foreignCertificates(old, found, foreign),
  ];
}

/**
 * All sites of an address and port have one certificate in http.sys, and lose it together (T5, KB 2405568); one on a port
 * that no site uses is another program's.
 */
function foreignCertificates(
  old: NonNullable<Document['iis']['value']>,
  found: Document['iis']['value'],
  foreign: readonly Site[],
): string[] {
  const portsOf = (sites: readonly Site[]) =>
    new Set(
      sites.flatMap((site) => site.bindings.filter((one) => one.startsWith('https/')).map((one) => one.split(':')[1])),
    );
  const [used, all] = [portsOf(foreign), portsOf(old.sites)];
  const wanted = old.certificates.filter(({ endpoint, present }) => {
    const port = endpoint.split(':').at(-1);
    return present && (used.has(port) || !all.has(port));
  });
  const isThere = (one: (typeof wanted)[number]) =>
    found?.certificates.some((now) => JSON.stringify(now) === JSON.stringify(one));
  return wanted
    .filter((one) => !isThere(one))
    .map(({ endpoint }) => `another site or program has lost its certificate at ${endpoint}`);
}

/** What IIS still has of a connector that must be gone. */
export function siteLeft(now: Document, folders: readonly string[]): string[] {
  return changed('site of the connector', '[]', ownSites(now, folders));
}

/** The site of a product that was there is there with its pool and certificate; else exactly one is, and it runs. */
export function siteWanted(before: ServerState, now: ServerState, folders: readonly string[]): string[] {
  const hadProduct = before.document.products.value.length > 0;
  const had = JSON.parse(ownSites(before.document, folders)) as unknown[];
  if (hadProduct && had.length > 0) return ownSite(before.document, now.document, folders);
  const [sites, pools] = [ownSites(now.document, folders), ownPools(now.document, folders)];
  const isOne = (JSON.parse(sites) as unknown[]).length === 1;
  return isOne && /"state":"started","workers":true/.test(pools)
    ? []
    : [`there is not one running site: ${sites} ${pools}`];
}

/** A sentence where two texts differ. */
export function changed(what: string, before: string, now: string): string[] {
  return before === now ? [] : [`${what}: was ${before}, is ${now}`];
}
