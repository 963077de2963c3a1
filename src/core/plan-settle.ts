import { isConnectorPath } from './connector.ts';
import { filesToKeep } from './kept-config.ts';
import { refOf } from './media.ts';
import type { Draft, Plan } from './plan.ts';
import type { Situation } from './situation.ts';

/** Alone: everything is looked at and decided again before anything else is done. */
export function settleSteps(one: Situation): Draft[] {
  const [oldest] = one.products;
  const by = oldest ? { productCode: oldest.productCode } : one.wanted.msi ? { msi: refOf(one.wanted.msi) } : null;
  const settle: Draft = {
    step: { kind: 'installer.settle', by },
    why: 'it would do so later by itself; then everything is looked at and decided again',
  };
  return [settle];
}

/**
 * What is taken back cannot be brought back: putting old config over it could only do harm. It is only seen whether it was, by
 * the files of registered products: where others go, they were laid down by what is taken back.
 */
export function settleBack(one: Situation): Pick<Plan, 'wayBack' | 'noWayBack'> {
  const productCodes = one.products.map((product) => product.productCode);
  const files = filesToKeep(one).filter(({ path }) =>
    one.products.some(({ folder }) => folder === null || isConnectorPath(path, folder)),
  );
  const noWayBack = 'what Windows Installer takes back cannot be brought back; it would have done so by itself';
  return { wayBack: [{ kind: 'connector.unchanged', productCodes, files }], noWayBack };
}

/** Whether a plan only lets Windows Installer take back what it holds: afterwards everything is decided again. */
export function isSettling(plan: Pick<Plan, 'connector'>): boolean {
  return plan.connector.some(({ step }) => step.kind === 'installer.settle');
}
