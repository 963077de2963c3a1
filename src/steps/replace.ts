import type { FileState } from '../core/backup.ts';
import type { Call, CallResult } from '../core/call.ts';
import { setState } from '../core/calls.ts';
import type { Outcome } from '../core/codes.ts';
import { type Doing, runEach } from './doing.ts';

/** Puts bytes in place with the rights, attributes and times given; a child of the step gives them to the temporary file. */
export async function replaceFile(path: string, bytes: Uint8Array, as: FileState, doing: Doing): Promise<Outcome> {
  const telling: Doing = { ...doing, change: (call) => changeAndTell(call, doing) };
  return doing.machine.replace(path, bytes, (partial) =>
    runEach((attempt) => [setState(partial, as, attempt)], telling),
  );
}

/** Owner, times and attributes are given where that can be had (T13): what could not is no failure, and must be known. */
async function changeAndTell(call: Call<'change'>, doing: Doing): Promise<CallResult> {
  const ended = await doing.change(call);
  const said = ended.output.trim();
  if (ended.code === 0 && said !== '') doing.tell(said);
  return ended;
}
