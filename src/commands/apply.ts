import type { Limits } from '../core/call.ts';
import { begunEvent, endedEvent } from '../core/event-log.ts';
import { exitCodeOf } from '../core/exit-codes.ts';
import { fileErrorText } from '../core/file-error.ts';
import type { Interrupt } from '../core/interrupt.ts';
import { type Entry, isLeft, type Opened, type Phase } from '../core/journal.ts';
import { placesRoot } from '../core/places.ts';
import type { Plan } from '../core/plan.ts';
import { isSettling } from '../core/plan-settle.ts';
import { type RunReport, report } from '../core/report.ts';
import { rebootChoiceOf } from '../core/resume.ts';
import { SetupError } from '../core/setup-error.ts';
import { isUnreadable } from '../core/unreadable.ts';
import type { Machine } from '../machine/machine.ts';
import { sha256Of } from '../machine/read-files.ts';
import { childrenOf } from '../run/children.ts';
import { writeEvent } from '../run/event-log.ts';
import { notBegun } from '../run/former-child.ts';
import { journalFile, noteIn } from '../run/journal-file.ts';
import { makeReady, standDown } from '../run/ready.ts';
import { restartServer } from '../run/restart.ts';
import type { RunDoors } from '../run/run-doors.ts';
import { runPlan } from '../run/run-plan.ts';
import { perform } from '../steps/perform.ts';
import { withSigners } from './check-signers.ts';
import { aroundSteps } from './children.ts';
import { type Decided, decideNow, historyOf, lookedOnly } from './decide-now.ts';
import { lockedAfterResume, resultOf } from './locked.ts';
import { readWanted, type WantedWithMedia } from './read-wanted.ts';
import { discard, placesGiven, receiveMedia } from './receive-media.ts';
import type { Doors, Request } from './request.ts';
import { waitForFormer } from './wait-for-former.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/** Brings the server to the state wanted, or says why not; verified, and walked back where it failed. */
export async function apply(request: Request, doors: Doors): Promise<RunReport> {
  if (request.plan === undefined) return run('apply', await readWanted(request, 'present'), doors);
  const { readPlan } = await import('./read-plan.ts');
  const { document, media } = await readPlan(request.plan, request, doors.program);
  const { heldAgainst } = await import('./hold-against.ts');
  return run('apply', media, doors, (decided) => heldAgainst(document, decided));
}

/** Backs up the connector's config and uninstalls it. */
export async function uninstall(request: Request, doors: Doors): Promise<RunReport> {
  return run('uninstall', await readWanted(request, 'absent'), doors);
}

/** What else a decision must stand up to before it is acted on. */
export type Check = (decided: Decided) => Decided;

/** Looks, decides, and performs what was decided as the only run on the server. */
export async function run(
  command: string,
  media: WantedWithMedia,
  doors: Doors,
  check: Check = (decided) => decided,
): Promise<RunReport> {
  const { machine, program } = doors;
  const early = await decideNow(machine, media.wanted, program);
  // Without rights not even the lock may be taken: its folder would not be protected.
  if (early.decision.findings.some((one) => one.id === 'not-elevated'))
    return report(command, lookedOnly(early, 'refused'));
  return lockedAfterResume(command, media.wanted, doors, async (hasWaited) => {
    const found = hasWaited ? await resultOf(command, media.wanted, machine) : null;
    return found ?? runLocked(command, media, doors, check);
  });
}

/** Decides, performs and reports, by the holder of the lock. */
export async function runLocked(
  command: string,
  media: WantedWithMedia,
  doors: Doors,
  check: Check,
): Promise<RunReport> {
  const { machine } = doors;
  const { limits } = media.wanted;
  await waitForFormer(limits, doors);
  await readyToGoOn(command, limits, doors);
  const seen = check(await decideNow(machine, media.wanted, doors.program));
  const decided = await withSigners(seen, placesGiven(media), (path) => machine.signatureOfGiven(path));
  const { decision } = decided;
  if (decision.verdict === 'refuse') return report(command, lookedOnly(decided, 'refused'));
  if (decision.verdict === 'nothing-to-do') {
    await standDown(limits, aroundSteps(doors));
    return report(command, lookedOnly(decided, 'nothing-to-do'));
  }
  if (doors.interrupted() !== 'no') throw notBegun();
  const begun = await begin(media, decided, decision.plan, doors);
  if ('refused' in begun) return report(command, lookedOnly(begun.refused, 'refused'));
  await writeEvent(begunEvent(command, decided.opened), limits, aroundSteps(doors));
  const entries = await performPlan(decision.plan, decided, begun.write, { ...doors, secrets: media.secrets });
  const result = report(command, entries);
  // A run that is left has no time for more.
  if (isLeft(entries)) return result;
  const ended = endedEvent(result);
  if (ended) await writeEvent(ended, limits, aroundSteps(doors));
  if (!result.resume.waits) await standDown(limits, aroundSteps(doors, begun.write));
  if (!isSettling(decision.plan) || !isSettled(result)) return result;
  // What Windows Installer has taken back may have changed everything that was decided on (T11).
  const again = () => runLocked(command, media, doors, check).catch(afterSettling);
  const first = await again();
  // As amid a run, a server that could not be read is looked at once more.
  const next = first.end === 'refused' && first.findings.some(isUnreadable) ? await again() : first;
  return { ...next, changed: true, ...(next.end === 'refused' ? refusedAfterwards(next) : {}) };
}

/** A run that is taken up may have waited for a restart: what Windows still does after it would stop this one (T8, peers 3.2). */
async function readyToGoOn(command: string, limits: Limits, doors: Doors): Promise<void> {
  // `resume` has waited for more than that.
  if (command === 'resume') return;
  const { unfinished } = await historyOf(doors.machine);
  if (unfinished?.touched) await waitUntilReady(limits, false, doors);
}

/**
 * Whether Windows Installer is seen to hold nothing any more, however the run that asked for it ended: what failed of that is not
 * needed for the next one, which keeps a journal of its own. Where a child may still be at work there is no last look.
 */
function isSettled({ after }: RunReport): boolean {
  return after?.installer.known === true && !after.installer.value.suspended;
}

/** What keeps the next run from beginning is no end at which nothing was touched. */
function afterSettling(error: unknown): never {
  if (!(error instanceof SetupError)) throw error;
  const message = 'Windows Installer has taken back what it held suspended, and then the run could not go on.';
  throw new SetupError(23, { message, hint: 'Run again.' }, ...error.problems);
}

/**
 * A refusal promises that nothing was touched, and this time something was. A run that was begun and could not prove its backup has
 * left the connector as Windows Installer had left it for that run.
 */
function refusedAfterwards({ runId, message }: RunReport): Pick<RunReport, 'end' | 'exitCode' | 'message'> {
  const end = runId === null ? 'failed-changed' : 'failed-as-before';
  const why = runId === null ? 'what is there now was refused, and nothing else was touched.' : message;
  const told = `Windows Installer has taken back what it held suspended; then: ${why}`;
  return { end, exitCode: exitCodeOf(end, false), message: told };
}

type Write = (entry: Entry) => Promise<void>;

type Begun = { readonly write: Write } | { readonly refused: Decided };

/**
 * Receives the media, asks Windows who signed the copies that are going to be executed, and opens the journal. Where that fails,
 * nothing of the server was touched yet.
 */
async function begin(media: WantedWithMedia, decided: Decided, plan: Plan, doors: Doors): Promise<Begun> {
  const { machine } = doors;
  // Whatever is at work for the startup task when the run cannot be begun: a task without a run finds nothing to do, and goes.
  const around = aroundSteps(doors);
  const append = journalFile(machine, decided.opened.places.journal);
  try {
    await tidy(decided.opened, machine);
    const copies = await receiveMedia(media, plan, decided, machine);
    const judged = await withSigners(decided, copies, (path) => machine.signature(path), { mustKnow: true });
    if (judged.decision.verdict === 'refuse') {
      await discard(copies, machine);
      return { refused: judged };
    }
    await makeReady(decided.opened, media.secrets, around);
    await append(decided.opened);
    return { write: append };
  } catch (error) {
    const text = fileErrorText(error);
    if (text === null && !(error instanceof SetupError)) throw error;
    // An earlier run of the chain is to be gone on with all the same.
    if (decided.opened.continues === null) await standDown(media.wanted.limits, around);
    if (text === null) throw error;
    throw new SetupError(21, {
      message: `The run could not be begun: ${text}.`,
      hint: `Make room in ${placesRoot}, or end what holds the file, then run again.`,
    });
  }
}

/** What a power cut has left of config files that the last run was writing: it holds keys. */
async function tidy({ before, continues }: Opened, machine: Machine): Promise<void> {
  if (continues === null || !before.config.known) return;
  for (const file of before.config.value) await machine.removePartial(file.path);
}

async function performPlan(
  plan: Plan,
  { opened, lookFor }: Decided,
  append: Write,
  doors: Doors & Pick<WantedWithMedia, 'secrets'>,
): Promise<readonly Entry[]> {
  const { machine, interrupted, leaving, tell, warn } = doors;
  const entries: Entry[] = [opened];
  doors.show(opened);
  const write = inTurn(async (entry: Entry) => {
    entries.push(entry);
    doors.show(entry);
    await append(entry);
  });
  const note = (entry: Entry) => noteIn({ write, warn }, entry);
  const around = aroundSteps(doors, write);
  const look = () => machine.look(lookFor);
  const { places, wanted } = opened;
  const doing = { machine, places, limits: wanted.limits, look, tell, fingerprint: sha256Of };
  const runDoors: RunDoors = {
    look,
    perform: (step, label, phase) => {
      const change = childrenOf(step, { ...doors, note });
      const isStopped = () => isToStop(interrupted(), phase);
      return perform(step, { ...doing, label, change, isStopped, isBack: phase === 'back' });
    },
    write,
    interrupted,
    leaving,
    reboot: rebootChoiceOf(opened),
    restart: () => restartServer(around.childrenFor('restart the server'), wanted.limits),
    now: () => machine.now(),
    warn,
  };
  await runPlan(plan, runDoors, opened);
  return entries;
}

/** Nobody stops the way back but one whose time is up. */
function isToStop(asked: Interrupt, phase: Phase): boolean {
  return asked === 'leave' || (asked === 'back' && phase !== 'back');
}

/** One line after the other: the loop and a child may have something to write at the same time. */
function inTurn(write: Write): Write {
  let last: Promise<void> = Promise.resolve();
  return (entry) => {
    const writing = last.then(() => write(entry));
    last = writing.catch(() => undefined);
    return writing;
  };
}
