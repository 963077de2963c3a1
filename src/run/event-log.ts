import type { Change, Limits } from '../core/call.ts';
import { outcomeOf } from '../core/codes.ts';
import { eventCall, type LogEvent } from '../core/event-log.ts';
import type { Machine } from '../machine/machine.ts';

/** Writes an entry to the Application log. Never rejects: where it could not be written, the operator is told, and that is all. */
export async function writeEvent(
  event: LogEvent,
  limits: Limits,
  { machine, warn }: { readonly machine: Pick<Machine, 'change'>; warn(text: string): void },
): Promise<void> {
  const problem = await problemWith(eventCall(event, limits), machine);
  if (problem !== null) warn(`The Windows event log has no entry ${event.id} of this run: ${problem}.`);
}

async function problemWith(call: Change, machine: Pick<Machine, 'change'>): Promise<string | null> {
  try {
    const { ok, meaning } = outcomeOf(call.tool, await machine.change(call));
    return ok ? null : `eventcreate: ${meaning}`;
  } catch (error) {
    // An entry is never worth a run: what would else be a bug is told like any other failure here.
    return (error as Error).message;
  }
}
