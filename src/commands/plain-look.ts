import type { Limits } from '../core/call.ts';
import { placesRoot } from '../core/places.ts';
import type { LookFor } from '../machine/machine.ts';

/** What to look for where no run is at hand that has kept something; `limits` are those of the answers, once they are known. */
export function plainLook(limits?: Pick<Limits, 'read'>): LookFor {
  const packages = `${placesRoot}\\packages`;
  return { upgradeCodes: [], backup: null, packages, ...(limits ? { limitMs: limits.read * 60_000 } : {}) };
}
