import type { Interrupt } from '../core/interrupt.ts';
import type { Child } from '../core/journal.ts';
import { SetupError } from '../core/setup-error.ts';
import { duration } from '../core/words.ts';
import type { Probe } from '../machine/machine.ts';

/** How long to wait between two looks at a child of a former run, in ms. */
const pauseMs = 10_000;

type Around = {
  readonly machine: Pick<Probe, 'isAlive' | 'sleep'>;
  interrupted(): Interrupt;
  tell(text: string): void;
};

/**
 * Waits until the last child of a former run has ended (T3): what it is still changing can neither be decided on nor be changed by
 * somebody else. Past the time limit of that child the run ends as busy, 1618: nothing was touched by it, and whoever called it and
 * knows that code comes back by himself. The limit counts from now on, since a clock may have been moved meanwhile.
 */
export async function waitForFormerChild(child: Child, runId: string, around: Around): Promise<void> {
  const name = `${child.tool.split(' ')[0]}, process ${child.pid}, started by run ${runId} at ${child.startedAt}`;
  for (let waited = 0; await isAtWork(child, name, around); waited += pauseMs) {
    if (around.interrupted() !== 'no') throw notBegun();
    if (waited >= child.limitMs) throw stillAtWork(name, child);
    if (waited % 60_000 === 0) around.tell(`waiting for the child of a former run: ${name}`);
    await around.machine.sleep(pauseMs);
  }
}

async function isAtWork(child: Child, name: string, { machine }: Around): Promise<boolean> {
  const alive = await machine.isAlive(child);
  if (alive.known) return alive.value;
  throw new SetupError(21, {
    message: `It could not be read whether the child of a former run is still at work (${name}): ${alive.why}.`,
    hint: 'Run again.',
  });
}

/** Nothing of this run was begun: whoever has asked to stop need not wait for a way back. */
export function notBegun(): SetupError {
  return new SetupError(21, { message: 'It was interrupted before anything was begun.', hint: 'Run again.' });
}

function stillAtWork(name: string, { limitMs }: Child): SetupError {
  return new SetupError(1618, {
    message: `The child of a former run is still at work: ${name}. It was waited for ${duration(limitMs)}.`,
    hint: 'Wait until it has ended, or end it if it hangs, then run again.',
  });
}
