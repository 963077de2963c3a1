import type { RunChild } from '../core/call.ts';
import type { Entry } from '../core/journal.ts';
import type { Machine } from '../machine/machine.ts';
import { childrenFor } from '../run/children.ts';
import { noteIn } from '../run/journal-file.ts';
import type { Doors } from './request.ts';

/** What is done around the steps of a run is handed this. */
export type AroundSteps = {
  readonly machine: Machine;
  childrenFor(purpose: string): RunChild;
  warn(text: string): void;
};

/** Children beside those of steps, told to whoever watches, and to the journal that `write` writes; without it there is none. */
export function aroundSteps(doors: Doors, write?: (entry: Entry) => Promise<void>): AroundSteps {
  const { machine, warn } = doors;
  const note = write && ((entry: Entry) => noteIn({ write, warn }, entry));
  return { machine, warn, childrenFor: (purpose) => childrenFor(purpose, { ...doors, note }) };
}
