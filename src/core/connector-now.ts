import type { Facts, Iis, Reading } from './facts.ts';
import { sameName } from './site-gaps.ts';

/**
 * The facts before a chain of runs that has not reached the connector yet, with the connector as it is now: it ran until then, and
 * may have saved settings that no backup of the chain has. What ran before counts, though: a pool may have been stopped since.
 */
export function withConnectorNow(before: Facts, now: Facts): Facts {
  const { config, shared, folders } = now;
  return { ...before, config, shared, folders, iis: iisNow(before.iis, now.iis) };
}

function iisNow(before: Reading<Iis | null>, now: Reading<Iis | null>): Reading<Iis | null> {
  if (!before.known || !now.known || !now.value) return before;
  // Sites that have come since the run itself has enabled IIS are nobody's of before, but they are somebody's.
  if (!before.value) return now;
  const { certificates, hostConfig } = now.value;
  const [sites, pools] = [
    withState(before.value.sites, now.value.sites),
    withState(before.value.pools, now.value.pools),
  ];
  return { known: true, value: { ...before.value, sites, pools, certificates, hostConfig } };
}

type Named = { readonly name: string; readonly state: 'started' | 'stopped' };

function withState<T extends Named>(before: readonly T[], now: readonly T[]): readonly T[] {
  return now.map((one) => ({ ...one, state: before.find(({ name }) => sameName(name, one.name))?.state ?? one.state }));
}
