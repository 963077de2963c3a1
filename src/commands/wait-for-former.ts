import type { Limits } from '../core/call.ts';
import { placesRoot } from '../core/places.ts';
import { waitForFormerChild } from '../run/former-child.ts';
import { historyOf } from './decide-now.ts';
import type { Doors } from './request.ts';

/** Waits for what a run that was cut has left at work, under the lock: what is being changed can be neither decided on nor kept. */
export async function waitForFormer({ busy }: Limits, { machine, interrupted, tell }: Doors): Promise<void> {
  const { child } = await historyOf(machine);
  if (!child) return;
  const look = () => machine.look({ upgradeCodes: [], backup: null, packages: `${placesRoot}\\packages` });
  await waitForFormerChild(child, child.runId, { machine, look, interrupted, tell, busyMs: busy * 60_000 });
}
