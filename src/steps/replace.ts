import type { FileState } from '../core/backup.ts';
import { setState } from '../core/calls.ts';
import type { Outcome } from '../core/codes.ts';
import { type Doing, runEach } from './doing.ts';

/** Puts bytes in place with the rights, attributes and times given; a child of the step gives them to the temporary file. */
export async function replaceFile(path: string, bytes: Uint8Array, as: FileState, doing: Doing): Promise<Outcome> {
  return doing.machine.replace(path, bytes, (partial) => runEach((attempt) => [setState(partial, as, attempt)], doing));
}
