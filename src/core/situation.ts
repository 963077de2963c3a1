import compare from 'semver/functions/compare.js';
import { neededFeatures, samePath } from './connector.ts';
import type { Facts, Iis, Pool, Product, Reading, Site } from './facts.ts';
import { hostingGaps, lineOf } from './hosting-gaps.ts';
import { isAnyLeft, type Leftovers, leftoversOf } from './leftovers.ts';
import type { Route, Unfinished } from './plan.ts';
import { routeOf } from './route.ts';
import { sameName } from './site-gaps.ts';
import { compareAllFields } from './version.ts';
import type { Wanted } from './wanted.ts';

/** What findings and plan are made from: the facts, and what follows from them at once. */
export type Situation = {
  readonly now: Facts;
  readonly wanted: Wanted;
  readonly unfinished: Unfinished | undefined;
  /** The facts before the first run of the chain: what a way back leads to. */
  readonly origin: Facts;
  /** The product of `origin` whose config and site count, or null: that which a site serves, else the newest. */
  readonly product: Product | null;
  /** All products of `origin`, the oldest first. */
  readonly products: readonly Product[];
  /** What lay there without a product before the first run of the chain. */
  readonly leftovers: Leftovers;
  readonly route: Route;
  /** Features to enable; empty when all are. */
  readonly features: readonly string[];
  /** The .NET version the package asks for at least, and what is missing for it; null when it asks for none. */
  readonly runtime: null | { readonly version: string; readonly gaps: readonly string[] };
};

/** Puts together what the facts, the wanted state and an unfinished run say. */
export function situationOf(now: Facts, wanted: Wanted, unfinished?: Unfinished): Situation {
  const origin = unfinished?.before ?? now;
  const products = valueOr(origin.products, []).toSorted(byAge);
  const product = products.findLast((one) => siteOf(origin, one).site !== null) ?? products.at(-1) ?? null;
  const leftovers = leftoversOf(origin);
  const route = routeOf(product, wanted, { products, isAnyLeft: isAnyLeft(leftovers) });
  const features = wanted.goal !== 'present' ? [] : featuresToEnable(now, wanted);
  const runtime = wanted.goal !== 'present' ? null : runtimeNeed(now, wanted);
  return { now, wanted, unfinished, origin, product, products, leftovers, route, features, runtime };
}

/** The value of a reading, or the given one where it could not be read. */
export function valueOr<T>(reading: Reading<T>, otherwise: T): T {
  return reading.known ? reading.value : otherwise;
}

/** Whether Windows Installer holds somebody else's suspended installation: what it takes back then changes what is to be decided (T11). */
export function isToSettle({ now, unfinished }: Pick<Situation, 'now' | 'unfinished'>): boolean {
  return unfinished === undefined && now.installer.known && now.installer.value.suspended;
}

/** The site or application of a product, and its pool. */
export function siteOf(facts: Facts, product: Product): { readonly site: Site | null; readonly pool: Pool | null } {
  const iis: Iis | null = valueOr(facts.iis, null);
  const site = iis?.sites.find((one) => product.folder !== null && samePath(one.folder, product.folder)) ?? null;
  const pool = iis?.pools.find((one) => site !== null && sameName(one.name, site.pool)) ?? null;
  return { site, pool };
}

function featuresToEnable(now: Facts, wanted: Wanted): string[] {
  const states = valueOr(now.features, {});
  const all = [...new Set([...neededFeatures, ...wanted.features])];
  return all.filter((name) => states[name] !== 'enabled');
}

function runtimeNeed(now: Facts, wanted: Wanted): Situation['runtime'] {
  const asked = wanted.msi?.frameworks.find((one) => one.name === 'Microsoft.AspNetCore.App')?.version;
  if (asked === undefined || !now.hosting.known) return null;
  const given = wanted.bundle?.version;
  const isOfLine = given !== undefined && lineOf(given) === lineOf(asked);
  const version = isOfLine && compare(given, asked) > 0 ? given : asked;
  return { version, gaps: hostingGaps(now.hosting.value, version) };
}

function byAge(left: Product, right: Product): number {
  return compareAllFields(left.version, right.version) || (left.productCode < right.productCode ? -1 : 1);
}

/** Whether a pool runs under an account whose password only IIS knows (T5). */
export function hasPassword(pool: Pool | null): boolean {
  return pool?.identity.startsWith('SpecificUser') ?? false;
}

/** Whether a pool, and the site in it if one is given, can be put back by the text they have in applicationHost.config. */
export function hasText({ iis }: Facts, pool: Pool | null, site?: Site): boolean {
  const isEditable = iis.known && iis.value?.hostConfig !== undefined;
  return isEditable && pool?.element !== undefined && (site === undefined || site.element !== undefined);
}
