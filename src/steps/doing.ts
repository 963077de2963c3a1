import type { Fingerprint } from '../core/backup.ts';
import { busyWaits, holdersIn } from '../core/busy.ts';
import type { Attempt, Call, CallResult } from '../core/call.ts';
import { callsOf } from '../core/calls.ts';
import { type Outcome, outcomeOf, success } from '../core/codes.ts';
import type { Facts } from '../core/facts.ts';
import { cabinetPath, packagePath } from '../core/places.ts';
import type { PackageRef, Step } from '../core/step.ts';
import { duration } from '../core/words.ts';
import type { Machine } from '../machine/machine.ts';

/** What a step is handed to bring its state about. */
export type Doing = Attempt & {
  /** For files and waiting; children go through `change`. */
  readonly machine: Machine;
  /** Runs a child of this step, as `Machine.change` does. */
  change(call: Call<'change'>): Promise<CallResult>;
  readonly fingerprint: Fingerprint;
  /** Whether this is the way back, on which something is always better than nothing. */
  readonly isBack: boolean;
  look(): Promise<Facts>;
  /** A sentence on what goes on, for whoever watches. */
  tell(text: string): void;
  /** Whether nothing more may be waited for. */
  isStopped(): boolean;
};

/** A failure that no exit code tells of, in one sentence. */
export function failure(meaning: string): Outcome {
  return { ok: false, reboot: 'none', meaning };
}

/** Makes the calls of one attempt. */
export type CallBuilder = (attempt: Attempt) => readonly Call<'change'>[];

/** Runs the calls of a step, as `runEach` does. */
export async function runCalls(step: Step, doing: Doing): Promise<Outcome> {
  return runEach((attempt) => callsOf(step, attempt), doing);
}

/** Runs calls until one fails; a restart that one of them asks for is kept. Waits while Windows Installer is busy. */
export async function runEach(build: CallBuilder, doing: Doing): Promise<Outcome> {
  let result = await runOnce(build, doing);
  for (const [index, wait] of busyWaits(doing.limits.busy).entries()) {
    if (!result.busy || doing.isStopped()) break;
    await waitBusy(wait, doing);
    if (doing.isStopped()) break;
    result = await runOnce(build, { ...doing, label: `${doing.label}-${index + 2}` });
  }
  return result.busy ? { ...result, meaning: await busyMeaning(result, doing) } : result;
}

/** In short pieces, so that nobody who interrupts has to wait for a minute; whoever watches is told once. */
async function waitBusy(ms: number, doing: Doing): Promise<void> {
  const holders = holdersIn(await doing.look());
  doing.tell(`another installation is running${holders ? `: ${holders}` : ''}; next attempt in ${duration(ms)}`);
  const piece = 10_000;
  for (let left = ms; left > 0 && !doing.isStopped(); left -= piece) await doing.machine.sleep(Math.min(piece, left));
}

async function busyMeaning({ meaning }: Outcome, doing: Doing): Promise<string> {
  const holders = holdersIn(await doing.look());
  const { busy } = doing.limits;
  const waited = busy === 0 || doing.isStopped() ? 'not waited for its end' : `waited ${duration(busy * 60_000)}`;
  return `${meaning}${holders ? `: ${holders}` : ''}; ${waited}`;
}

/** A tool that writes no log says on its output what went wrong; the first line of it is kept. */
function withWords(outcome: Outcome, output: string): Outcome {
  const [line] = output.split(/\r?\n/).filter((one) => one.trim() !== '');
  if (outcome.ok || outcome.log !== undefined || line === undefined) return outcome;
  return { ...outcome, meaning: `${outcome.meaning}: ${line.trim().slice(0, 200)}` };
}

async function runOnce(build: CallBuilder, doing: Doing): Promise<Outcome> {
  let result = success;
  for (const call of build(doing)) {
    if (call.log !== null) await doing.machine.makeFolder(doing.places.logs);
    const ended = await doing.change(call);
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
