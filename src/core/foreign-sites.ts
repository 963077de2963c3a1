import { defaultPool, isNamedAfterConnector, samePath } from './connector.ts';
import type { Facts, Iis, Pool, Product, Site } from './facts.ts';
import { identityGaps, poolNamed, sameName, siteNamed, sitePlaceGaps } from './site-gaps.ts';
import { valueOr } from './situation.ts';
import { nameOfSite } from './words.ts';

/**
 * How sites, applications and pools that are not the connector's are other at a second look than at the first, in sentences.
 * This program leaves them alone, so somebody else has changed them; new ones and their states are not told, nor what could
 * not be read.
 */
export function foreignChanges(before: Facts, after: Facts): readonly string[] {
  const [old, now] = [valueOr(before.iis, null), valueOr(after.iis, null)];
  if (!old || !now || !before.products.known || !after.products.known) return [];
  const isOwn = ownIn([...before.products.value, ...after.products.value]);
  const ownPools = [old, now].flatMap(({ sites }) => sites.filter(isOwn).map((site) => site.pool));
  const isOwnPool = ({ name }: Pool) => [...ownPools, defaultPool].some((one) => sameName(one, name));
  return [
    ...old.sites.filter((site) => !isOwn(site)).flatMap((site) => siteChanges(now, site)),
    ...old.pools.filter((pool) => !isOwnPool(pool)).flatMap((pool) => poolChanges(now, pool)),
  ];
}

function ownIn(products: readonly Product[]): (site: Site) => boolean {
  return ({ folder }) =>
    isNamedAfterConnector(folder) || products.some((one) => one.folder !== null && samePath(one.folder, folder));
}

function siteChanges(now: Iis, site: Site): string[] {
  const gaps = sitePlaceGaps(now, site);
  const isOther = isOtherText(site.element, siteNamed(now, site)?.element);
  return gaps.length > 0 || !isOther ? gaps : [`site ${nameOfSite(site)} has other settings in applicationHost.config`];
}

function poolChanges(now: Iis, pool: Pool): string[] {
  const found = poolNamed(now, pool.name);
  if (!found) return [`pool ${pool.name} is not there`];
  const gaps = identityGaps(now, pool.name, pool.identity);
  const isOther = isOtherText(pool.element, found.element);
  return gaps.length > 0 || !isOther ? gaps : [`pool ${pool.name} has other settings in applicationHost.config`];
}

function isOtherText(before: string | undefined, now: string | undefined): boolean {
  return before !== undefined && now !== undefined && before !== now;
}
