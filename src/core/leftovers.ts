import { defaultPool, isConnectorPath, isFolderOf, isNamedAfterConnector } from './connector.ts';
import type { ConnectorFolder, Facts, Iis, Pool, Product, Site } from './facts.ts';
import { isSameSite, sameName, withoutText } from './site-gaps.ts';
import type { Step } from './step.ts';

/** What of the connector lies on a server without a product that owns it (domain: known problems of the uninstallation). */
export type Leftovers = {
  readonly folders: readonly ConnectorFolder[];
  readonly sites: readonly Site[];
  readonly pools: readonly Pool[];
};

export const noLeftovers: Leftovers = { folders: [], sites: [], pools: [] };

/** What no product owns. Logs alone are left by every uninstallation and are not counted; where a product's folder is not known, nothing is. */
export function leftoversOf({ products, folders, iis, shared }: Facts): Leftovers {
  if (!products.known || !folders.known || !iis.known) return noLeftovers;
  const owned = products.value.map((one) => one.folder);
  if (owned.includes(null)) return noLeftovers;
  const isOwned = (path: string) => owned.some((folder) => folder !== null && isConnectorPath(path, folder));
  const left = folders.value.filter((one) => one.files > 0 && !isOwned(one.path));
  const sites = (iis.value?.sites ?? []).filter(
    (one) => isNamedAfterConnector(one.folder) && !isOwned(one.folder) && !hasForeignApplication(iis.value, one),
  );
  return {
    folders: left.filter((one) => isClearable(one.path, iis.value, sites) && !holdsShared(one.path, shared)),
    sites,
    pools: poolsLeft(iis.value, sites, products.value.length > 0),
  };
}

/** Whether anything is left over. */
export function isAnyLeft({ folders, sites, pools }: Leftovers): boolean {
  return folders.length + sites.length + pools.length > 0;
}

/** What uninstalling these products may leave: their folders, sites and pools, as far as they are nobody else's. */
export function remainsOf(products: readonly Product[], { iis, folders, shared }: Facts): Leftovers {
  if (!iis.known || !folders.known) return noLeftovers;
  const isTheirs = (path: string) => isFolderOf(products, path);
  const sites = (iis.value?.sites ?? []).filter(
    (one) => isTheirs(one.folder) && !hasForeignApplication(iis.value, one),
  );
  return {
    folders: folders.value.filter(
      (one) => isTheirs(one.path) && isClearable(one.path, iis.value, sites) && !holdsShared(one.path, shared),
    ),
    sites,
    pools: poolsLeft(iis.value, sites, true),
  };
}

/** Without what a product owns that has come since: that is no leftover any more. */
export function without(left: Leftovers, owners: readonly Product[], iis: Iis | null): Leftovers {
  const isOwned = (path: string) => owners.some(({ folder }) => folder !== null && isConnectorPath(path, folder));
  const used = (iis?.sites ?? []).filter((site) => isOwned(site.folder));
  return {
    folders: left.folders.filter((one) => !isOwned(one.path)),
    sites: left.sites.filter((one) => !used.some((site) => isSameSite(site, one))),
    pools: left.pools.filter((pool) => !used.some((site) => sameName(site.pool, pool.name))),
  };
}

/** The steps that take away what is left over; a site before its pool, both before the folder that they hold. */
export function clearingSteps({ folders, sites, pools }: Leftovers): readonly Step[] {
  return [
    ...pools.map(({ name }): Step => ({ kind: 'pool.stop', pool: name })),
    ...sites.map((site): Step => ({ kind: 'site.absent', site: withoutText(site) })),
    ...pools.map(({ name }): Step => ({ kind: 'pool.absent', pool: name })),
    ...folders.map(({ path }): Step => ({ kind: 'folder.clear', path })),
  ];
}

/** An application under a site goes alone; a site with somebody's application under it stays. */
function hasForeignApplication(iis: Iis | null, site: Site): boolean {
  if (site.application !== '/') return false;
  return (iis?.sites ?? []).some(
    (one) => sameName(one.name, site.name) && !isSameSite(one, site) && !isNamedAfterConnector(one.folder),
  );
}

/** A folder whose name is another one may hold anything, and one in which another site lies is not ours to move. */
function isClearable(path: string, iis: Iis | null, own: readonly Site[]): boolean {
  const others = (iis?.sites ?? []).filter((one) => !own.some((site) => isSameSite(site, one)));
  return isNamedAfterConnector(path) && !others.some((one) => isConnectorPath(one.folder, path));
}

/** Whether other servers have their config in it: then it is not this server's to move. */
function holdsShared(path: string, shared: Facts['shared']): boolean {
  return shared.known && shared.value !== null && isConnectorPath(shared.value.folder, path);
}

/** Pools in which nothing but the given sites runs; that of a standard installation too where nothing runs in it. */
function poolsLeft(iis: Iis | null, sites: readonly Site[], hasProduct: boolean): readonly Pool[] {
  return (iis?.pools ?? []).filter((pool) => {
    const users = (iis?.sites ?? []).filter((site) => sameName(site.pool, pool.name));
    if (users.length === 0) return !hasProduct && sameName(pool.name, defaultPool);
    return users.every((one) => sites.some((site) => isSameSite(site, one)));
  });
}
