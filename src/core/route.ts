import { firstJsonVersion } from './connector.ts';
import type { Product } from './facts.ts';
import { type Msi, replaces } from './media.ts';
import type { Route } from './plan.ts';
import { compareMsiVersions } from './version.ts';
import type { Wanted } from './wanted.ts';

type Case = { readonly from: Product | null; readonly to: Msi | null; readonly goal: Wanted['goal'] };
type Rule = { readonly route: Route; readonly when: (one: Case) => boolean };

/** How the version given stands to the version installed: negative is newer than what is there. */
const order = ({ from, to }: Case) => (from && to ? (compareMsiVersions(from.version, to.productVersion) ?? 0) : 0);
const isOld = (product: Product) => (compareMsiVersions(product.version, firstJsonVersion) ?? 0) < 0;

/** The first rule that fits gives the route. */
const rules: readonly Rule[] = [
  { route: 'uninstall', when: ({ goal, from }) => goal === 'absent' && from !== null },
  { route: 'none', when: ({ goal }) => goal === 'absent' },
  { route: 'install', when: ({ from }) => from === null },
  { route: 'repair', when: (one) => isSameProduct(one) && (one.from?.missingFiles.length ?? 0) > 0 },
  { route: 'none', when: isSameProduct },
  { route: 'downgrade', when: (one) => order(one) > 0 },
  // Only the package's own Upgrade table says whether it replaces a product (T12); below 4.0 the vendor asks to uninstall first.
  {
    route: 'upgrade',
    when: ({ from, to }) =>
      from !== null && to !== null && from.productCode !== to.productCode && !isOld(from) && replaces(to, from),
  },
  { route: 'replace', when: () => true },
];

function isSameProduct({ from, to }: Case): boolean {
  return (
    from !== null && to !== null && from.productCode === to.productCode && order({ from, to, goal: 'present' }) === 0
  );
}

/** The route from the installed product to the package given. */
export function routeOf(from: Product | null, wanted: Pick<Wanted, 'msi' | 'goal'>): Route {
  const one = { from, to: wanted.msi, goal: wanted.goal };
  return rules.find((rule) => rule.when(one))?.route ?? 'none';
}
