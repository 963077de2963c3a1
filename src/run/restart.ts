import type { Limits, RunChild } from '../core/call.ts';
import { type Outcome, outcomeOf } from '../core/codes.ts';
import { restartCall } from '../core/restart.ts';
import type { RunDoors, RunResult } from './run-doors.ts';

/**
 * Asks Windows for a restart of the server in a minute. Its child stands in the journal: one that was left at work may still start a
 * restart, which must not strike the next run. Where it has started one, the restart ends whatever there is to wait for.
 */
export async function restartServer(run: RunChild, limits: Limits): Promise<Outcome> {
  const call = restartCall(limits);
  return outcomeOf(call.tool, await run(call));
}

type Due = Pick<RunResult, 'end' | 'why'>;

/** The end of a run at which a restart is due, and is started where that was asked for. Without its line in the journal it is not. */
export async function restartOrTell({ end, why }: Due, doors: RunDoors): Promise<Due> {
  if (doors.reboot !== 'auto') return { end, why };
  try {
    await doors.write({ type: 'restarting', at: doors.now(), why });
  } catch (error) {
    return { end, why: also(why, `the journal could not be written: ${(error as Error).message}`) };
  }
  const { reboot, meaning } = await doors.restart();
  if (reboot === 'initiated') return { end: 'reboot-started', why };
  return { end, why: also(why, `the server could not be restarted: ${meaning}`) };
}

function also(why: string, more: string): string {
  return why === '' ? more : `${why}; ${more}`;
}
