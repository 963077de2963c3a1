import { samePath } from './connector.ts';
import type { Facts, Product } from './facts.ts';
import { instanceNotPutBack } from './instance.ts';
import { whyNoPackage } from './old-package.ts';
import { asksForFolder, ownFolder } from './place.ts';
import type { Unfinished } from './plan.ts';
import { hasPassword, hasText, type Situation, siteOf, valueOr } from './situation.ts';

/** Why the connector could not wholly be put back if a change failed, or null if it could. */
export function whyNoWayBack(one: Situation): string | null {
  if (one.route === 'repair' && one.product) return whyStillBroken(one.product);
  const reasons = one.products.flatMap((product) => whyNot(one, product) ?? []);
  return reasons[0] ?? whyMixed(one) ?? whyLeftoversStay(one);
}

/** Why the last run could not put back what was before, or null if it could, or if what it lacked is there now. */
export function whyStranded(one: Situation): string | null {
  const { unfinished, route } = one;
  if (!unfinished?.stranded) return null;
  // The way back of a repair leads to what was broken, and gets there.
  const lacking = route === 'repair' ? null : whyNoWayBack(one);
  if (lacking !== null || unfinished.noWayBack !== undefined) return lacking;
  return unfinished.failure ?? 'it came to the end of its way back, and not to what was before';
}

/**
 * Whether the run goes the way back: one that was cut on it goes on with it, whatever is asked for now. But where it has led nowhere,
 * and that is accepted, what is asked for may still get the server where it is wanted.
 */
export function isGoingBack(one: Situation): boolean {
  if (one.unfinished?.direction !== 'back') return false;
  return whyStranded(one) === null || !one.wanted.accept.includes('stranded');
}

/** Whether somebody has put the old version back by hand after a run was stranded without it: what is there now counts. */
export function isMendedByHand({ before, stranded }: Unfinished, now: Facts): boolean {
  const codes = (facts: Facts) => valueOr(facts.products, []).map((one) => one.productCode);
  const there = codes(now);
  const old = codes(before);
  return (
    stranded !== undefined && old.some((code) => !stranded.includes(code)) && old.every((code) => there.includes(code))
  );
}

/** What the way back of a repair leaves as it was: broken. Config, site and pool are put back all the same. */
function whyStillBroken({ version, missingFiles, cached }: Product): string {
  const files = missingFiles.length > 0 ? [`the files ${missingFiles.join(', ')}`] : [];
  const gone = [...files, ...(cached ? [] : ['its package'])].join(' and ');
  return `${version} was broken before, and would be so again without ${gone}; config, site and pool are put back`;
}

function whyNot(one: Situation, product: Product): string | null {
  const { origin, wanted, route } = one;
  const { version } = product;
  const noPackage = whyNoPackage(one, product);
  if (noPackage !== null) return noPackage;
  const { site, pool } = siteOf(origin, product);
  if (site && hasPassword(pool) && !hasText(origin, pool, site))
    return `pool ${pool?.name} runs under a password that only IIS knows, and that is lost with the pool`;
  const untold = instanceNotPutBack(one, product);
  if (untold.length > 0)
    return `the package of ${version} is not told what it must know to share its config: ${untold.join(', ')}`;
  const folder = ownFolder(product);
  return folder !== null && route !== 'none' && !asksForFolder(wanted.wayBackProperties, folder)
    ? `without a property that says ${folder}, the package of ${version} would go to its standard folder`
    : null;
}

/** Windows Installer tells which products are registered, not whose files lie uppermost. */
function whyMixed({ products }: Situation): string | null {
  const [first, ...others] = products.map((one) => one.folder);
  const isShared = others.some((folder) => typeof first === 'string' && folder !== null && samePath(first, folder));
  return isShared
    ? 'several versions lie in one folder, and which of them had laid down which file is not known'
    : null;
}

function whyLeftoversStay({ origin, leftovers }: Situation): string | null {
  const pool = leftovers.pools.find((one) => hasPassword(one) && !hasText(origin, one));
  return pool ? `pool ${pool.name} runs under a password that only IIS knows, and that is lost with the pool` : null;
}
