import { defaultPool, isFolderOf, isNamedAfterConnector } from './connector.ts';
import type { Facts, Iis, Pool, Product, Site } from './facts.ts';
import { lostBindings } from './lost-bindings.ts';
import type { Route } from './plan.ts';
import { runsSetup } from './route.ts';
import { identityGaps, isSameSite, poolNamed, sameName, siteNamed, sitePlaceGaps } from './site-gaps.ts';
import { valueOr } from './situation.ts';
import { nameOfSite } from './words.ts';

/** What is not the connector's in IIS and http.sys and is not as it was, in sentences. */
export type OthersChanged = {
  /** What the run, or a tool that it called, may have brought about: somebody has to put it right. */
  readonly perhapsByRun: readonly string[];
  /** What somebody else has done meanwhile: it stays as it is. */
  readonly byOthers: readonly string[];
};

type Change = { readonly text: string; readonly isPerhapsByRun: boolean };

/** Both looks at IIS, and what of it the run can have touched. */
type Looks = {
  readonly old: Iis;
  readonly now: Iis;
  readonly isOwn: (site: Site) => boolean;
  /** Whether IIS was stopped between them: what does not start by itself is stopped then, whether or not IIS runs again. */
  readonly isRestarted: boolean;
};

/**
 * How sites, applications, pools and certificate bindings that are not the connector's are other at a second look than at the first.
 * New ones are not told, nor what is started now, nor what could not be read.
 */
export function othersChanged(before: Facts, after: Facts, route: Route): OthersChanged {
  const [old, now] = [valueOr(before.iis, null), valueOr(after.iis, null)];
  if (!old || !now || !before.products.known || !after.products.known) return { perhapsByRun: [], byOthers: [] };
  const isOwn = ownIn([...before.products.value, ...after.products.value]);
  const products = before.products.value;
  const isOfProduct = ({ folder }: Site) => isFolderOf(products, folder);
  const looks = { old, now, isOwn, isRestarted: isRestarted(old, now) };
  const stopped = stoppedServices(looks);
  const bindings = lostBindings(old, now, { isOwn, isOfProduct });
  const all: readonly Change[] = [
    ...stopped.map((name) => ({
      text: `service ${name} ran and is stopped (net start ${name})`,
      isPerhapsByRun: looks.isRestarted,
    })),
    ...old.sites.filter((site) => !isOwn(site)).flatMap((site) => siteChanges(looks, site)),
    ...old.pools.flatMap((pool) => poolChanges(looks, pool)),
    // Without these services nothing of IIS runs.
    ...(stopped.some((name) => webServices.includes(name)) ? [] : stoppedNow(looks)),
    ...bindings.map((text) => ({ text, isPerhapsByRun: runsSetup(route) })),
  ];
  const textsOf = (isPerhapsByRun: boolean) =>
    all.filter((one) => one.isPerhapsByRun === isPerhapsByRun).map((one) => one.text);
  return { perhapsByRun: textsOf(true), byOthers: textsOf(false) };
}

/** Tells the connector's own sites and applications from those of others. */
export function ownIn(products: readonly Product[]): (site: Site) => boolean {
  return ({ folder }) => isNamedAfterConnector(folder) || isFolderOf(products, folder);
}

/** Whether a site or application lies below a site of the connector, which goes with everything that others have put there. */
export function isBelowOwn(site: Site, all: readonly Site[], isOwn: (site: Site) => boolean): boolean {
  return all.some((one) => isOwn(one) && sameName(one.name, site.name) && one.application === '/');
}

const webServices: readonly string[] = ['WAS', 'W3SVC'];

/** Whether they were started anew, or are stopped. */
function isRestarted({ services: old }: Iis, { services: now }: Iis): boolean {
  return webServices.some((name) => old[name]?.startedAt !== now[name]?.startedAt);
}

/** A restart of IIS that did not come to its end leaves every site down, and what rests on its services (T17). */
function stoppedServices({ old, now }: Looks): readonly string[] {
  return Object.keys(old.services).filter(
    (name) => old.services[name]?.state === 'running' && now.services[name]?.state === 'stopped',
  );
}

function siteChanges({ old, now, isOwn }: Looks, site: Site): Change[] {
  const found = siteNamed(now, site);
  const gaps = sitePlaceGaps(now, site);
  if (!found) return gaps.map((text) => ({ text, isPerhapsByRun: isBelowOwn(site, old.sites, isOwn) }));
  const isOther = isOtherText(site.element, found.element);
  const texts = gaps.length > 0 || !isOther ? gaps : [`site ${nameOfSite(site)} ${otherSettings}`];
  return texts.map((text) => ({ text, isPerhapsByRun: false }));
}

/** A pool that others use with the connector stands and falls with its setup; what else of it changes, the run puts back. */
function poolChanges(looks: Looks, pool: Pool): Change[] {
  const found = poolNamed(looks.now, pool.name);
  const isOwn = isOwnPool(looks, pool);
  if (isOwn && !isUsedByOthers(looks, pool)) return [];
  if (!found) return [{ text: `pool ${pool.name} is not there`, isPerhapsByRun: isOwn }];
  if (isOwn) return [];
  const gaps = identityGaps(looks.now, pool.name, pool.identity);
  const isOther = isOtherText(pool.element, found.element);
  const texts = gaps.length > 0 || !isOther ? gaps : [`pool ${pool.name} ${otherSettings}`];
  return texts.map((text) => ({ text, isPerhapsByRun: false }));
}

const otherSettings = 'has other settings in applicationHost.config';

/** What of others ran and does not any more. The run itself stops none of it but a pool that others share with the connector. */
function stoppedNow(looks: Looks): Change[] {
  const { old, now, isOwn, isRestarted } = looks;
  const sites = old.sites
    .filter((site) => !isOwn(site) && site.application === '/' && isStoppedIn(site, siteNamed(now, site)))
    .map(({ name }) => ({
      text: `site ${name} ran and is stopped (appcmd start site "${name}")`,
      isPerhapsByRun: isRestarted,
    }));
  const pools = old.pools
    .filter((pool) => isStoppedIn(pool, poolNamed(now, pool.name)))
    .filter((pool) => !isOwnPool(looks, pool) || isUsedByOthers(looks, pool))
    .map((pool) => ({
      text: `pool ${pool.name} ran and is stopped (appcmd start apppool "${pool.name}")`,
      isPerhapsByRun: isRestarted || isOwnPool(looks, pool),
    }));
  return [...sites, ...pools];
}

type Turned = Pick<Site | Pool, 'state'>;

function isStoppedIn({ state }: Turned, now: Turned | undefined): boolean {
  return state === 'started' && now?.state === 'stopped';
}

function isOwnPool({ old, now, isOwn }: Looks, { name }: Pool): boolean {
  const users = [...old.sites, ...now.sites].filter((site) => sameName(site.pool, name));
  return sameName(name, defaultPool) || users.some(isOwn);
}

/** A site that somebody has removed meanwhile needs its pool no more. */
function isUsedByOthers({ old, now, isOwn }: Looks, { name }: Pool): boolean {
  return old.sites.some(
    (site) => sameName(site.pool, name) && !isOwn(site) && now.sites.some((one) => isSameSite(one, site)),
  );
}

function isOtherText(before: string | undefined, now: string | undefined): boolean {
  return before !== undefined && now !== undefined && before !== now;
}
