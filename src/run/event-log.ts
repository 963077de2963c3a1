import type { Change, Limits, RunChild } from '../core/call.ts';
import { outcomeOf } from '../core/codes.ts';
import { eventCall, type LogEvent } from '../core/event-log.ts';

/**
 * Writes an entry to the Application log. Never rejects: where it could not be written, the operator is told, and that is all. Its
 * child stands in no journal: it changes nothing that a run decides on, nobody has to wait for it, and most often the run is closed.
 */
export async function writeEvent(
  event: LogEvent,
  limits: Limits,
  { childrenFor, warn }: { childrenFor(purpose: string): RunChild; warn(text: string): void },
): Promise<void> {
  const problem = await problemWith(eventCall(event, limits), childrenFor('write to the Windows event log'));
  if (problem !== null) warn(`The Windows event log has no entry ${event.id} of this run: ${problem}.`);
}

async function problemWith(call: Change, run: RunChild): Promise<string | null> {
  try {
    const { ok, meaning } = outcomeOf(call.tool, await run(call));
    return ok ? null : `eventcreate: ${meaning}`;
  } catch (error) {
    // An entry is never worth a run: what would else be a bug is told like any other failure here.
    return (error as Error).message;
  }
}
