import { whyNotBeforeRestart } from '../core/before-restart.ts';
import type { Outcome } from '../core/codes.ts';
import { newlyReplaced } from '../core/doomed-files.ts';
import type { End } from '../core/exit-codes.ts';
import type { Facts, Reading } from '../core/facts.ts';
import type { Entry, Phase } from '../core/journal.ts';
import { isPreparing, unsettled } from '../core/lasting.ts';
import { missing } from '../core/missing.ts';
import { type Plan, type Planned, stepsForward } from '../core/plan.ts';
import type { Step } from '../core/step.ts';
import { capitalised, titleOf } from '../core/words.ts';
import { noteIn } from './journal-file.ts';
import { gapsOf, isReadable, judge, type Reached, whyStillBack } from './reached.ts';
import { restartOrTell } from './restart.ts';
import type { Chain, RunDoors, RunResult } from './run-doors.ts';

const whyLeft = 'its console was closed';

/**
 * Performs a plan and closes its journal, unless the run is left: that stands in the journal, and the next run takes it up. The end
 * is `converged` only if every lasting state of the plan held at the last look, and `failed-as-before` only if every lasting state of
 * the way back did.
 */
export async function runPlan(plan: Plan, doors: RunDoors, chain: Chain): Promise<RunResult> {
  const run = new Run(plan, doors, chain.before);
  const result = plan.direction === 'back' ? await run.walkBack(whyStillBack(chain)) : await run.goForward();
  if (!run.isLeft) await run.note({ type: 'closed', at: doors.now(), ...result });
  return result;
}

class Run {
  readonly #plan: Plan;
  readonly #doors: RunDoors;
  readonly #before: Facts;
  #reboot = false;
  /** Whether an effect on the server was begun: before that, nothing was touched. */
  #touched = false;
  /** Whether a change of the connector was begun, by this run or one before it. */
  #begun: boolean;
  /** Whether the old version was laid down anew on the way back: what it leaves to be replaced makes it whole. */
  #isLaidDown = false;
  #attempts = 0;
  #isLeft = false;
  /** The entry that tells of it, written once. */
  #leftEntry: Promise<void> | null = null;
  /** The look after the last effect; it is the look before the next one, since nothing was done in between. */
  #seen: Facts | null = null;

  constructor(plan: Plan, doors: RunDoors, before: Facts) {
    this.#plan = plan;
    this.#doors = doors;
    this.#before = before;
    this.#begun = plan.begun;
  }

  /** Whether the run was left before its end: its journal stays open. */
  get isLeft(): boolean {
    return this.#isLeft;
  }

  async goForward(): Promise<RunResult> {
    for (const planned of stepsForward(this.#plan)) {
      const reached = this.#asked() ?? (await this.#forward(planned));
      if (reached.how !== 'held') return this.#stop(planned.step, reached);
      this.#reboot ||= reached.reboot;
    }
    return this.#settle();
  }

  /** What a state that was not reached means for the run. */
  #stop(step: Step, reached: Exclude<Reached, { how: 'held' }>): Promise<RunResult> | RunResult {
    if (reached.how === 'left') return this.#leave();
    if (reached.how === 'interrupted') return this.walkBack('It was interrupted');
    if (step.kind === 'config.backup' && !this.#touched)
      return this.#end('refused', `The backup could not be proven: ${reached.why}`, null);
    if (reached.how === 'lost') return this.#end('failed-changed', reached.why, null);
    if (reached.how === 'barrier') return this.#atBarrier(step, reached);
    if (reached.busy && !this.#touched) return this.#end('busy', reached.why, null);
    return this.walkBack(`${capitalised(titleOf(step))}: ${reached.why}`);
  }

  /**
   * Brings the connector back to what it was; the journal may fail here, the way back may not. As long as nothing but its pools
   * was changed, only these are put back: what else is not as before, the connector itself has saved.
   */
  async walkBack(why: string): Promise<RunResult> {
    if (this.#isToLeave()) return this.#leave();
    await this.note({ type: 'turned', at: this.#doors.now(), why });
    const { wayBack } = this.#plan;
    const steps = this.#begun ? wayBack : wayBack.filter(({ kind }) => kind === 'pool.start' || kind === 'pool.stop');
    const before = await this.#lookTwice(steps);
    if (!isReadable(steps, before))
      return this.#end('failed-changed', `${why}; then the server could not be read`, before);
    if (unsettled(steps, before).length === 0) return this.#endAsBefore(why, before);
    const stopped = await this.#walk(steps, why);
    if (stopped) return stopped;
    const now = await this.#lookTwice(steps);
    const open = unsettled(steps, now).flatMap((step) => gapsOf(step, now));
    if (open.length === 0) return this.#endAsBefore(why, now);
    return { ...this.#end('failed-changed', `${why}; not as before: ${open.join('; ')}`, now), walkedBack: true };
  }

  /** A version that stayed, and was not laid down anew, is another once a file of the failed setup is put over one of its own. */
  #endAsBefore(why: string, now: Facts): RunResult {
    const replaced = this.#isLaidDown ? [] : newlyReplaced(this.#before, now);
    return replaced.length === 0
      ? this.#end('failed-as-before', why, now)
      : this.#end('failed-changed', `${why}; ${replaced.join('; ')}`, now);
  }

  /** Every step of the way back, even if one fails; gives an end only where none after it may be begun. */
  async #walk(steps: readonly Step[], why: string): Promise<RunResult | null> {
    let isThere = true;
    for (const step of steps) {
      // A site without its product would only be in the way of the next run.
      if (!isThere && step.kind === 'site.present') continue;
      if (this.#isToLeave()) return this.#leave();
      const reached = await this.#reach(`back-${step.kind}`, step, 'back');
      if (reached.how === 'lost') return this.#end('failed-changed', `${why}; on the way back: ${reached.why}`, null);
      // Nothing may be put into a folder that the next start of Windows empties (T1).
      if (reached.how === 'barrier')
        return this.#restartFor('reboot-first', `${why}; on the way back: ${reached.why}`, null);
      if (step.kind === 'connector.install') isThere = reached.how !== 'failed';
    }
    return null;
  }

  /** Writes an entry where a failure must not stop what is going on. */
  note(entry: Entry): Promise<void> {
    return noteIn({ write: (one) => this.#doors.write(one), warn: (text) => this.#doors.warn(text) }, entry);
  }

  /** Why nothing more may be begun on the way forward, or null. */
  #asked(): Reached | null {
    const asked = this.#doors.interrupted();
    return asked === 'no' ? null : { how: asked === 'leave' ? 'left' : 'interrupted' };
  }

  #isToLeave(): boolean {
    return this.#doors.interrupted() === 'leave';
  }

  /** Nothing is closed: what there is to do yet, the next run finds by looking. */
  async #leave(): Promise<RunResult> {
    this.#isLeft = true;
    await this.#noteLeft();
    return this.#end('failed-changed', whyLeft, null);
  }

  #noteLeft(): Promise<void> {
    this.#leftEntry ??= this.note({ type: 'left', at: this.#doors.now(), why: whyLeft });
    return this.#leftEntry;
  }

  async #settle(): Promise<RunResult> {
    const steps = stepsForward(this.#plan).map((planned) => planned.step);
    const now = await this.#lookTwice(steps);
    if (!isReadable(steps, now)) return this.#end('failed-changed', 'at the end the server could not be read', now);
    const open = unsettled(steps, now);
    if (open.length === 0)
      return this.#reboot ? this.#restartFor('converged', '', now) : this.#end('converged', '', now);
    return this.walkBack(`At the end ${open.flatMap((step) => gapsOf(step, now)).join('; ')}`);
  }

  /** Where nobody is going to restart the server, nothing can be reached any more; one that goes down already cannot be walked back on. */
  #atBarrier(step: Step, { why, isStarted }: Extract<Reached, { how: 'barrier' }>): Promise<RunResult> {
    if (this.#doors.reboot !== 'never' || isStarted) return this.#restartFor('reboot-first', why, null);
    return this.walkBack(`${capitalised(titleOf(step))}: ${why}, and the server is not to be restarted`);
  }

  /** An end at which a restart is due, or has been started. */
  async #restartFor(end: 'reboot-first' | 'converged', why: string, after: Facts | null): Promise<RunResult> {
    const ended = await restartOrTell({ end, why }, this.#doors);
    return this.#end(ended.end, ended.why, after);
  }

  /** The step, or else what may be done in its place; either way its own state must hold in the end. */
  async #forward({ id, step, orElse = [] }: Planned): Promise<Reached> {
    const first = await this.#reach(id, step, 'first');
    if (first.how !== 'failed' || first.final || first.busy || orElse.length === 0) return first;
    let last: Reached = first;
    for (const other of orElse) {
      const asked = this.#asked();
      if (asked) return asked;
      last = await this.#reach(id, other, 'orElse');
      if (last.how !== 'held') return last.how === 'failed' ? first : last;
      this.#reboot ||= last.reboot;
    }
    const gaps = await this.#gaps(step);
    if (!gaps.known) return { how: 'lost', why: gaps.why };
    return gaps.value.length === 0 ? last : { how: 'failed', why: gaps.value.join('; '), busy: false };
  }

  /** One state: skipped if it holds; else journal, effect, look again, journal. */
  async #reach(id: string, step: Step, phase: Phase): Promise<Reached> {
    const before = await this.#gaps(step);
    if (!before.known) return { how: 'lost', why: before.why };
    const entry = { at: this.#doors.now(), id, phase, step };
    if (before.value.length === 0)
      return this.#written({ type: 'already', ...entry }, phase, { how: 'held', reboot: false });
    const doomed = this.#seen && whyNotBeforeRestart(step, this.#seen);
    if (doomed) return { how: 'barrier', why: doomed, isStarted: false };
    const unwritten = await this.#written({ type: 'started', ...entry }, phase, null);
    if (unwritten) return unwritten;
    this.#begun ||= !isPreparing(step);
    this.#isLaidDown ||= phase === 'back' && step.kind === 'connector.install';
    const { outcome, gaps, ms } = await this.#effect(step, `${++this.#attempts}-${id}-${phase}`, phase);
    const isUntouched = outcome.busy === true && gaps.known && gaps.value.join() === before.value.join();
    this.#touched ||= !isUntouched && step.kind !== 'config.backup';
    const reached = judge(outcome, gaps, isUntouched);
    return this.#written(
      { type: 'finished', ...entry, at: this.#doors.now(), outcome, missing: gaps, ms },
      phase,
      reached,
    );
  }

  async #effect(
    step: Step,
    label: string,
    phase: Phase,
  ): Promise<{ outcome: Outcome; gaps: Reading<readonly string[]>; ms: number }> {
    const start = Date.parse(this.#doors.now());
    this.#seen = null;
    const outcome = await this.#untilDone(this.#doors.perform(step, label, phase));
    if (outcome.reboot !== 'none') this.#reboot = true;
    const ms = Date.parse(this.#doors.now()) - start;
    return { outcome, ms, gaps: await this.#gaps(step) };
  }

  /** That the run is left stands in the journal at once, not when the effect has ended: there are only seconds (T3). */
  async #untilDone<T>(effect: Promise<T>): Promise<T> {
    const isDone = await Promise.race([effect.then(() => true), this.#doors.leaving.then(() => false)]);
    if (!isDone) await this.#noteLeft();
    return effect;
  }

  /** What is missing now; a server that could not be read is looked at once more. */
  async #gaps(step: Step): Promise<Reading<readonly string[]>> {
    const gaps = missing(step, this.#seen ?? (await this.#look()));
    return gaps.known ? gaps : missing(step, await this.#look());
  }

  /**
   * Forward, an entry that cannot be written is a failure: nothing is done that is not in the journal. What is lost, or waits
   * for a restart, stays so: there is a child at work, or the server is going down.
   */
  async #written<T extends Reached | null>(entry: Entry, phase: Phase, result: T): Promise<T | Reached> {
    if (phase === 'back') {
      await this.note(entry);
      return result;
    }
    try {
      await this.#doors.write(entry);
      return result;
    } catch (error) {
      if (result?.how === 'lost' || result?.how === 'barrier') return result;
      const why = `the journal could not be written: ${(error as Error).message}`;
      return { how: 'failed', why, busy: false, final: true };
    }
  }

  async #lookTwice(steps: readonly Step[]): Promise<Facts> {
    const facts = await this.#look();
    return isReadable(steps, facts) ? facts : this.#look();
  }

  async #look(): Promise<Facts> {
    this.#seen = await this.#doors.look();
    return this.#seen;
  }

  #end(end: End, why: string, after: Facts | null): RunResult {
    return { end, rebootRequired: this.#reboot || end === 'reboot-first' || end === 'reboot-started', why, after };
  }
}
