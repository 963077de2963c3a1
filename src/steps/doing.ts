import type { Fingerprint } from '../core/backup.ts';
import type { Attempt, Call } from '../core/call.ts';
import { callsOf } from '../core/calls.ts';
import { type Outcome, outcomeOf } from '../core/codes.ts';
import type { Facts } from '../core/facts.ts';
import { cabinetPath, packagePath } from '../core/places.ts';
import type { Secrets } from '../core/secrets.ts';
import type { PackageRef, Step } from '../core/step.ts';
import type { Machine } from '../machine/machine.ts';

/** What a step is handed to bring its state about. */
export type Doing = Attempt & {
  readonly machine: Machine;
  readonly secrets?: Secrets;
  readonly fingerprint: Fingerprint;
  /** Whether this is the way back, on which something is always better than nothing. */
  readonly isBack: boolean;
  look(): Promise<Facts>;
};

export const done: Outcome = { ok: true, reboot: 'none', meaning: 'success' };

/** A failure that no exit code tells of, in one sentence. */
export function failure(meaning: string): Outcome {
  return { ok: false, reboot: 'none', meaning };
}

/** How long to wait for another installation to end, in ms, between one attempt and the next: ten minutes in all. */
const busyWaits = [10_000, 20_000, 30_000, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000];

/** Makes the calls of one attempt. */
export type CallBuilder = (attempt: Attempt) => readonly Call<'change'>[];

/** Runs the calls of a step, as `runEach` does. */
export async function runCalls(step: Step, doing: Doing): Promise<Outcome> {
  return runEach((attempt) => callsOf(step, attempt), doing);
}

/** Runs calls until one fails; a restart that one of them asks for is kept. Waits while Windows Installer is busy. */
export async function runEach(build: CallBuilder, doing: Doing): Promise<Outcome> {
  let result = await runOnce(build, doing);
  for (const [index, wait] of busyWaits.entries()) {
    if (!result.busy) break;
    await doing.machine.sleep(wait);
    result = await runOnce(build, { ...doing, label: `${doing.label}-${index + 2}` });
  }
  return result;
}

/** A tool that writes no log says on its output what went wrong; the first line of it is kept. */
function withWords(outcome: Outcome, output: string): Outcome {
  const [line] = output.split(/\r?\n/).filter((one) => one.trim() !== '');
  if (outcome.ok || outcome.log !== undefined || line === undefined) return outcome;
  return { ...outcome, meaning: `${outcome.meaning}: ${line.trim().slice(0, 200)}` };
}

async function runOnce(build: CallBuilder, doing: Doing): Promise<Outcome> {
  let result = done;
  for (const call of build(doing)) {
    if (call.log !== null) await doing.machine.makeFolder(doing.places.logs);
    const ended = await doing.machine.change(call, doing.secrets);
    const outcome = outcomeOf(call.tool, ended, call.log);
    if (!outcome.ok || outcome.reboot === 'initiated') return withWords(outcome, ended.output);
    result = result.reboot === 'required' ? { ...outcome, reboot: 'required' } : outcome;
  }
  return result;
}

/** Runs the calls of a step only if the package they execute is, byte for byte and with its cabinets, the one that was checked. */
export async function runPackage(step: Step, kept: PackageRef, doing: Doing): Promise<Outcome> {
  const problem = await unproven(kept, doing);
  return problem === null ? runCalls(step, doing) : failure(problem);
}

/** Why a kept package, or a cabinet beside it, is not what was checked; null where every byte is. */
export async function unproven(kept: PackageRef, { machine, places }: Doing): Promise<string | null> {
  const path = packagePath(places, kept);
  const found = kept.sha256 === '' ? null : await machine.hash(path);
  if (found === null) return `the package ${kept.name || 'of the old version'} is not kept: ${path}`;
  if (found !== kept.sha256) return `${path} is not the package that was checked`;
  for (const cabinet of kept.cabinets ?? []) {
    const place = cabinetPath(places, kept, cabinet);
    const there = await machine.hash(place);
    if (there === null) return `the cabinet ${cabinet.name} of ${kept.name} is not kept: ${place}`;
    if (there !== cabinet.sha256) return `${place} is not the cabinet that was checked`;
  }
  return null;
}
