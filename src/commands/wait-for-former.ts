import type { Limits } from '../core/call.ts';
import { waitForFormerChild } from '../run/former-child.ts';
import { historyOf } from './decide-now.ts';
import { plainLook } from './plain-look.ts';
import type { Doors } from './request.ts';

/** Waits for what a run that was cut has left at work, under the lock: what is being changed can be neither decided on nor kept. */
export async function waitForFormer(limits: Limits, { machine, interrupted, tell }: Doors): Promise<void> {
  const { children } = await historyOf(machine);
  const look = () => machine.look(plainLook(limits));
  const around = { machine, look, interrupted, tell, busyMs: limits.busy * 60_000 };
  for (const child of children) await waitForFormerChild(child, child.runId, around);
}
