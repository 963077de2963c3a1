import { holds } from './missing.ts';
import type { Draft } from './plan.ts';
import { type Situation, valueOr } from './situation.ts';
import type { BundleRef, Step } from './step.ts';

/** What the server needs before the connector: features, hosting bundle, and a restart of IIS where it has not seen the bundle. */
export function prerequisiteSteps(one: Situation): Draft[] {
  const hosting = hostingStep(one);
  return [
    ...(one.features.length > 0 ? [{ step: enable(one.features), why: 'the connector is an IIS application' }] : []),
    ...(hosting ? [hosting] : []),
    ...(hosting || needsRestart(one) ? [{ step: { kind: 'iis.restart' } as const, why: restartWhy(one) }] : []),
  ];
}

const enable = (features: readonly string[]): Step => ({ kind: 'iis.enable', features });

function hostingStep({ now, runtime, wanted: { bundle } }: Situation): Draft | null {
  if (!runtime || runtime.gaps.length === 0 || !bundle || !now.hosting.known) return null;
  const ref: BundleRef = { name: bundle.name, sha256: bundle.sha256, version: bundle.version };
  const [install, repair]: [Step, Step] = [
    { kind: 'hosting.install', bundle: ref },
    { kind: 'hosting.repair', bundle: ref },
  ];
  // A bundle that was installed before IIS skipped the module in silence; installing it again is what Burn calls a repair.
  const isThere = now.hosting.value.bundles.some((one) => one.version === bundle.version);
  return isThere
    ? { step: repair, why: `it is installed, but ${runtime.gaps[0]}`, orElse: [install] }
    : { step: install, why: runtime.gaps[0] ?? 'it is needed', orElse: [repair] };
}

function needsRestart({ now, runtime }: Situation): boolean {
  return runtime !== null && valueOr(now.iis, null) !== null && !holds({ kind: 'iis.restart' }, now);
}

function restartWhy({ now, product }: Situation): string {
  const iis = valueOr(now.iis, null);
  const others = (iis?.sites ?? []).filter(
    (site) => site.state === 'started' && site.folder !== product?.folder,
  ).length;
  return others === 0
    ? 'so that it finds the hosting bundle'
    : `so that it finds the hosting bundle; ${others} other ${others === 1 ? 'site is' : 'sites are'} down for some seconds`;
}
