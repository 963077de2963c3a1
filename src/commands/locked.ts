import type { RunChild } from '../core/call.ts';
import { placesRoot } from '../core/places.ts';
import { type RunReport, report } from '../core/report.ts';
import { SetupError } from '../core/setup-error.ts';
import type { Wanted } from '../core/wanted.ts';
import type { Lock, Machine } from '../machine/machine.ts';
import { newestEntries } from '../run/journal-file.ts';
import { aroundSteps } from './children.ts';
import type { Doors } from './request.ts';

const path = `${placesRoot}\\lock`;

/** Does something as the only run of this program on the server, or says who is at work (exit 1618). */
export async function locked<T>(command: string, doors: Doors, work: () => Promise<T>): Promise<T> {
  const { machine } = doors;
  const lock = await machine.lock(path, ownerOf(command, machine), protecting(doors));
  if ('heldBy' in lock) throw busy(lock.heldBy);
  return releasing(lock, work);
}

/** The same, but a run that goes on after a restart is waited for; the work is told whether it was. */
export async function lockedAfterResume<T>(
  command: string,
  { limits }: Pick<Wanted, 'limits'>,
  doors: Doors,
  work: (hasWaited: boolean) => Promise<T>,
): Promise<T> {
  const { machine, warn } = doors;
  const lock = await machine.lock(path, ownerOf(command, machine), protecting(doors));
  if (!('heldBy' in lock)) return releasing(lock, () => work(false));
  if (!lock.heldBy.startsWith('scim-setup resume')) throw busy(lock.heldBy);
  warn('A run goes on after a restart of the server; waiting for its end.');
  const freed = await machine.awaitLock(path, ownerOf(command, machine), longest(limits), protecting(doors));
  if ('heldBy' in freed) throw busy(freed.heldBy);
  return releasing(freed, () => work(true));
}

/** The folder of the lock is protected first, before any journal in it may be read or written. */
function protecting(doors: Doors): RunChild {
  return aroundSteps(doors).childrenFor(`protect ${placesRoot}`);
}

function ownerOf(command: string, machine: Machine): string {
  return `scim-setup ${command}, started ${machine.now()}`;
}

async function releasing<T>(lock: Lock, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

/** As long as every child of a run may take, one after the other. */
function longest(limits: Wanted['limits']): number {
  return Object.values(limits).reduce((sum, minutes) => sum + minutes, 0) * 60_000;
}

function busy(heldBy: string): SetupError {
  return new SetupError(1618, {
    message: `Another run of scim-setup is at work: ${heldBy}.`,
    hint: 'Wait until it has ended, then run again.',
  });
}

/** What the newest run has come to, if it wanted the same and has ended; else null, and there is something to do. */
export async function resultOf(command: string, wanted: Wanted, machine: Machine): Promise<RunReport | null> {
  const entries = await newestEntries(machine);
  const [opened] = entries;
  const isClosed = entries.some((entry) => entry.type === 'closed');
  if (opened?.type !== 'opened' || !isClosed || wishOf(opened.wanted) !== wishOf(wanted)) return null;
  return report(command, entries);
}

/** What is wanted, whatever secrets are at hand. */
function wishOf(wanted: Wanted): string {
  return JSON.stringify({ ...wanted, secrets: wanted.secrets.map((one) => one.name) });
}
