import { type Outcome, outcomeOf } from '../core/codes.ts';
import { restartCall } from '../core/restart.ts';
import type { Machine } from '../machine/machine.ts';

/** Asks Windows for a restart of the server in a minute. */
export async function restartServer(machine: Pick<Machine, 'change'>): Promise<Outcome> {
  const call = restartCall();
  return outcomeOf(call.tool, await machine.change(call));
}
