import type { Facts } from './facts.ts';
import { holds } from './missing.ts';
import type { Step } from './step.ts';

/** The steps of a list whose state must hold at its end; a state that a later step ends on purpose is only a means. */
export function lastingSteps(steps: readonly Step[]): readonly Step[] {
  return steps.filter((step, index) => !isMeans(step, steps.slice(index + 1)));
}

/** The lasting steps that do not hold. */
export function unsettled(steps: readonly Step[], now: Facts): readonly Step[] {
  return lastingSteps(steps).filter((step) => !holds(step, now));
}

function isMeans(step: Step, later: readonly Step[]): boolean {
  if (step.kind === 'config.backup' || step.kind === 'shared.prove') return true;
  if (step.kind === 'pool.stop')
    return later.some((one) => ['pool.start', 'pool.absent', 'connector.uninstall'].includes(one.kind));
  const isClearing = ['folder.clear', 'site.absent', 'pool.absent'].includes(step.kind);
  if (isClearing) return later.some((one) => one.kind === 'connector.install');
  const { productCode } = step.kind === 'connector.uninstall' ? step : { productCode: null };
  return later.some((one) => one.kind === 'connector.install' && one.msi.productCode === productCode);
}
