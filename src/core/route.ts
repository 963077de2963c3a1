import { firstJsonVersion } from './connector.ts';
import type { Product } from './facts.ts';
import { type Msi, replaces } from './media.ts';
import type { Route } from './plan.ts';
import { compareMsiVersions } from './version.ts';
import type { Wanted } from './wanted.ts';

/** What there is beside the product that counts. */
type Beside = { readonly products?: readonly Product[]; readonly isAnyLeft?: boolean };
type Case = {
  readonly from: Product | null;
  readonly to: Msi | null;
  readonly goal: Wanted['goal'];
} & Required<Beside>;
type Rule = { readonly route: Route; readonly when: (one: Case) => boolean };

/** How a version installed stands to the version given: positive is newer than the package. */
const order = (from: Product | null, to: Msi | null) =>
  from && to ? (compareMsiVersions(from.version, to.productVersion) ?? 0) : 0;
const isOld = (product: Product) => (compareMsiVersions(product.version, firstJsonVersion) ?? 0) < 0;

/** The first rule that fits gives the route. */
const rules: readonly Rule[] = [
  { route: 'restore', when: ({ goal }) => goal === 'restored' },
  { route: 'uninstall', when: ({ goal, from, isAnyLeft }) => goal === 'absent' && (from !== null || isAnyLeft) },
  { route: 'none', when: ({ goal }) => goal === 'absent' },
  { route: 'install', when: ({ from }) => from === null },
  { route: 'downgrade', when: ({ products, to }) => products.some((one) => order(one, to) > 0) },
  // Of two registered products none can be kept: uninstalling the other may take its files and its site along.
  { route: 'replace', when: ({ products }) => products.length > 1 },
  { route: 'repair', when: (one) => isSameProduct(one) && isBroken(one.from) },
  { route: 'none', when: isSameProduct },
  // Only the package's own Upgrade table says whether it replaces a product (T12); below 4.0 the vendor asks to uninstall first.
  {
    route: 'upgrade',
    when: ({ from, to }) =>
      from !== null && to !== null && from.productCode !== to.productCode && !isOld(from) && replaces(to, from),
  },
  { route: 'replace', when: () => true },
];

function isSameProduct({ from, to }: Case): boolean {
  return from !== null && to !== null && from.productCode === to.productCode && order(from, to) === 0;
}

/** Whether files of a product are gone, or the package without which Windows Installer neither repairs nor uninstalls it (1612). */
export function isBroken(product: Product | null): boolean {
  return product !== null && (product.missingFiles.length > 0 || product.cached === null);
}

/** Whether what is installed is uninstalled before another version comes. */
export function isReplacing(route: Route): boolean {
  return route === 'replace' || route === 'downgrade';
}

/** Whether another version comes in place of the one that is installed. */
export function changesVersion(route: Route): boolean {
  return route === 'upgrade' || isReplacing(route);
}

/** Whether a setup of the connector runs, which may remove its site and its pool. */
export function runsSetup(route: Route): boolean {
  return changesVersion(route) || route === 'install' || route === 'repair' || route === 'uninstall';
}

/** The route from the installed product to the package given; `products` are all that are registered, by default that one. */
export function routeOf(from: Product | null, wanted: Pick<Wanted, 'msi' | 'goal'>, beside: Beside = {}): Route {
  const { products = from ? [from] : [], isAnyLeft = false } = beside;
  const one = { from, to: wanted.msi, goal: wanted.goal, products, isAnyLeft };
  return rules.find((rule) => rule.when(one))?.route ?? 'none';
}
