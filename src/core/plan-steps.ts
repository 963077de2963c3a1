import type { Pool } from './facts.ts';
import { isBelowOwn, ownIn } from './foreign-sites.ts';
import { filesToKeep } from './kept-config.ts';
import type { Draft, Plan, Planned, Route } from './plan.ts';
import { poolPresent, strays, wayBackOf } from './plan-back.ts';
import { backupSteps } from './plan-backup.ts';
import { mainSteps } from './plan-connector.ts';
import { prerequisiteSteps } from './plan-prerequisites.ts';
import { settleBack, settleSteps } from './plan-settle.ts';
import { proveShared } from './shared-plan.ts';
import { sameName } from './site-gaps.ts';
import { isToSettle, type Situation, siteOf, valueOr } from './situation.ts';
import type { Step } from './step.ts';
import { nameOfSite } from './words.ts';

/** The steps from the origin to the wanted state. The loop skips what holds, so a run that was cut goes on with the same plan. */
export function planForward(one: Situation): Plan {
  const connector = connectorSteps(one);
  const prerequisites = isToSettle(one) ? [] : prerequisiteSteps(one);
  const backup = connector.length + prerequisites.length > 0 ? backupSteps(one) : [];
  const route: Route = one.route === 'none' && prerequisites.length > 0 ? 'prerequisites' : one.route;
  return {
    route,
    direction: 'forward',
    ...numbered({ backup, prerequisites, connector }),
    begun: one.unfinished !== undefined,
    ...backOf(one, connector),
  };
}

/** Only the way back. */
export function planBack(one: Situation): Plan {
  const nothing = { backup: [], prerequisites: [], connector: [] };
  return { route: one.route, direction: 'back', ...nothing, begun: true, ...wayBackOf(one) };
}

function backOf(one: Situation, connector: readonly Draft[]): Pick<Plan, 'wayBack' | 'noWayBack'> {
  if (connector.length === 0) return { wayBack: [] };
  return isToSettle(one) ? settleBack(one) : wayBackOf(one);
}

type Parts<T> = { readonly [Part in 'backup' | 'prerequisites' | 'connector']: readonly T[] };

function numbered({ backup, prerequisites, connector }: Parts<Draft>): Parts<Planned> {
  const counts = new Map<string, number>();
  const withId = (draft: Draft): Planned => {
    const count = (counts.get(draft.step.kind) ?? 0) + 1;
    counts.set(draft.step.kind, count);
    return { id: count === 1 ? draft.step.kind : `${draft.step.kind}-${count}`, ...draft };
  };
  return {
    backup: backup.map(withId),
    prerequisites: prerequisites.map(withId),
    connector: connector.map(withId),
  };
}

function connectorSteps(one: Situation): Draft[] {
  if (isToSettle(one)) return settleSteps(one);
  if (one.unfinished && isAsBefore(one)) return asItWas(one);
  const [left, main] = [straySteps(one), mainSteps(one)];
  return left.length + main.length === 0 ? [] : [...left, ...proveShared(one), ...aroundPools(one, main)];
}

/** Whether the connector is wanted as it was before the first run of the chain. */
function isAsBefore({ route, wanted }: Situation): boolean {
  return route === 'none' || (route !== 'restore' && wanted.goal === 'present' && wanted.msi === null);
}

/** What is wanted is what there was before the unfinished run: whatever that has changed is put back. */
function asItWas(one: Situation): Draft[] {
  return wayBackOf(one).wayBack.map((step) => ({ step, why: 'the unfinished run may have changed it' }));
}

/**
 * The pools are stopped because their files are in use (T10); one that was found stopped stays stopped. Until then the connector
 * may have saved what the backup does not have.
 */
function aroundPools(one: Situation, main: readonly Draft[]): Draft[] {
  const { origin, products, route, product } = one;
  const found = products.flatMap((one) => siteOf(origin, one).pool ?? []);
  const pools = found.filter((pool, index) => found.indexOf(pool) === index);
  const stops = pools.map(
    ({ name }): Draft => ({ step: { kind: 'pool.stop', pool: name }, why: 'its files are in use' }),
  );
  const kept = product ? siteOf(origin, product).pool : null;
  const others = pools
    .filter((pool) => pool !== kept || route === 'uninstall')
    .flatMap((pool) => startForOthers(one, pool));
  const begin = [...stops, ...unchangedStep(one)];
  if (route === 'uninstall' || !kept) return [...begin, ...main, ...others];
  const last: Draft =
    kept.state === 'started'
      ? { step: { kind: 'pool.start', pool: kept.name }, why: 'it was running' }
      : { step: { kind: 'pool.stop', pool: kept.name }, why: 'it was found stopped and stays so' };
  return [...begin, ...main, ...others, last];
}

/**
 * A pool in which others run goes on for them, though the connector is gone from it, and its setup may have taken the pool along. What
 * lies below its own site goes with that.
 */
function startForOthers({ origin, products }: Situation, pool: Pool): Draft[] {
  const { name, state } = pool;
  const [sites, isOwn] = [valueOr(origin.iis, null)?.sites ?? [], ownIn(products)];
  const users = sites.filter((site) => sameName(site.pool, name) && !isOwn(site) && !isBelowOwn(site, sites, isOwn));
  if (state === 'stopped' || users.length === 0) return [];
  const why = `it runs ${users.map(nameOfSite).join(', ')} too`;
  return [poolPresent(origin, pool), { kind: 'pool.start', pool: name } as const].map((step) => ({ step, why }));
}

/** A run that is taken up again, and had reached it, may have changed it itself. */
function unchangedStep(one: Situation): Draft[] {
  if (one.unfinished?.reached || one.products.length === 0) return [];
  const productCodes = one.products.map((product) => product.productCode);
  const step: Step = { kind: 'connector.unchanged', productCodes, files: filesToKeep(one) };
  return [{ step, why: 'the connector ran until now, and may have saved settings' }];
}

/** Products that unfinished runs with other packages have left. */
function straySteps(one: Situation): Draft[] {
  const there = valueOr(one.now.products, []).map((product) => product.productCode);
  return strays(one)
    .filter(({ productCode }) => there.includes(productCode))
    .map(({ productCode, productVersion: version }) => ({
      step: { kind: 'connector.uninstall', productCode, version, folder: null },
      why: 'an unfinished run left it',
    }));
}
