import { holdersIn } from '../core/busy.ts';
import type { Facts } from '../core/facts.ts';
import type { Interrupt } from '../core/interrupt.ts';
import type { Child } from '../core/journal.ts';
import { SetupError } from '../core/setup-error.ts';
import { duration } from '../core/words.ts';
import type { Probe } from '../machine/machine.ts';

/** How long to wait between two questions, in ms. */
const pauseMs = 10_000;

type Around = {
  readonly machine: Pick<Probe, 'isAlive' | 'sleep'>;
  look(): Promise<Facts>;
  interrupted(): Interrupt;
  tell(text: string): void;
  /** How long another installation is waited for. */
  readonly busyMs: number;
};

/**
 * Waits until a child of a former run has ended, and then until Windows Installer is seen to do nothing (T3): what is still
 * being changed can neither be decided on nor be changed by somebody else. Past the time limit of that child the run ends as busy,
 * 1618: nothing was touched by it, and whoever called it and knows that code comes back by himself. The limit counts from now
 * on, since a clock may have been moved meanwhile.
 */
export async function waitForFormerChild(child: Child, runId: string, around: Around): Promise<void> {
  const name = `${child.tool.split(' ')[0]}, process ${child.pid}, started by run ${runId} at ${child.startedAt}`;
  const what = `The child of a former run is still at work: ${name}`;
  await waitWhile(async () => ((await isAtWork(child, name, around)) ? what : null), child.limitMs, around);
  await waitWhile(() => installing(around), around.busyMs, around);
}

async function isAtWork(child: Child, name: string, { machine }: Around): Promise<boolean> {
  const alive = await machine.isAlive(child);
  if (alive.known) return alive.value;
  throw new SetupError(21, {
    message: `It could not be read whether the child of a former run is still at work (${name}): ${alive.why}.`,
    hint: 'Run again.',
  });
}

async function installing({ look }: Around): Promise<string | null> {
  const holders = holdersIn(await look());
  return holders && `Another installation is running: ${holders}`;
}

/** Waits while something is said to be in the way. */
async function waitWhile(inTheWay: () => Promise<string | null>, limitMs: number, around: Around): Promise<void> {
  for (let waited = 0; ; waited += pauseMs) {
    const what = await inTheWay();
    if (what === null) return;
    if (around.interrupted() !== 'no') throw notBegun();
    if (waited >= limitMs) throw stillThere(what, limitMs);
    if (waited % 60_000 === 0) around.tell(`${what}; waiting for its end`);
    await around.machine.sleep(pauseMs);
  }
}

/** Nothing of this run was begun: whoever has asked to stop need not wait for a way back. */
export function notBegun(): SetupError {
  return new SetupError(21, { message: 'It was interrupted before anything was begun.', hint: 'Run again.' });
}

function stillThere(what: string, limitMs: number): SetupError {
  return new SetupError(1618, {
    message: `${what}. It was waited for ${duration(limitMs)}.`,
    hint: 'Wait until it has ended, or end it if it hangs, then run again.',
  });
}
