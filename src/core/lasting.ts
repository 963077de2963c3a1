import type { Facts } from './facts.ts';
import { holds } from './missing.ts';
import type { Step, StepKind } from './step.ts';

/** The steps of a list whose state must hold at its end; a state that a later step ends on purpose is only a means. */
export function lastingSteps(steps: readonly Step[]): readonly Step[] {
  return steps.filter((step, index) => !isMeans(step, steps.slice(index + 1)));
}

const preparing: readonly StepKind[] = [
  'config.backup',
  'iis.enable',
  'hosting.install',
  'hosting.repair',
  'iis.restart',
  'shared.prove',
  'pool.stop',
  'connector.unchanged',
];

/** Whether a step leaves the connector as it is but for its pools: what it saves itself meanwhile must not be put back as it was. */
export function isPreparing({ kind }: Step): boolean {
  return preparing.includes(kind);
}

/** The lasting steps that do not hold. */
export function unsettled(steps: readonly Step[], now: Facts): readonly Step[] {
  return lastingSteps(steps).filter((step) => !holds(step, now));
}

function isMeans(step: Step, later: readonly Step[]): boolean {
  if (step.kind === 'config.backup' || step.kind === 'shared.prove') return true;
  if (step.kind === 'connector.unchanged') return later.length > 0;
  if (step.kind === 'pool.stop')
    return later.some((one) => ['pool.start', 'pool.absent', 'connector.uninstall'].includes(one.kind));
  const isClearing = ['folder.clear', 'site.absent', 'pool.absent'].includes(step.kind);
  if (isClearing) return later.some((one) => one.kind === 'connector.install');
  const { productCode } = step.kind === 'connector.uninstall' ? step : { productCode: null };
  return later.some((one) => one.kind === 'connector.install' && one.msi.productCode === productCode);
}
