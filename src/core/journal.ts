import type { StartedChild } from './call.ts';
import { defaultLimits } from './call.ts';
import type { CodeTable, Outcome } from './codes.ts';
import type { End } from './exit-codes.ts';
import type { Facts, Reading, Sha256 } from './facts.ts';
import { isPreparing } from './lasting.ts';
import type { Msi } from './media.ts';
import type { Places } from './places.ts';
import type { Finding, Plan, Route, Unfinished } from './plan.ts';
import { isSettling } from './plan-settle.ts';
import type { Step } from './step.ts';
import type { Wanted } from './wanted.ts';

/** `first`: as planned. `orElse`: in place of a step that failed. `back`: on the way back. */
export type Phase = 'first' | 'orElse' | 'back';

type StepEntry = { readonly at: string; readonly id: string; readonly phase: Phase; readonly step: Step };

export type Opened = {
  readonly type: 'opened';
  readonly at: string;
  readonly schema: 1;
  readonly program: string;
  readonly sandbox: boolean;
  readonly runId: string;
  /** The backup of the whole chain of runs. */
  readonly backupId: string;
  /** The run that this one takes up again. */
  readonly continues: string | null;
  /** The facts before the first run of the chain; of the connector those before the first run that has reached it. */
  readonly before: Facts;
  /** Of a run that takes up one that has touched the server: whether the connector itself may have been changed by then. */
  readonly reached?: boolean;
  /** Other packages that the runs of the chain before this one were given; absent where there were none. */
  readonly earlier?: readonly Msi[];
  /** Of a run that goes back once more: what the one before it was stranded with. */
  readonly stranded?: readonly string[];
  /** Of a run that goes on with a way back: why the first one had failed. */
  readonly failure?: string;
  readonly wanted: Wanted;
  readonly findings: readonly Finding[];
  readonly route: Route;
  /** null when nothing is to be done, or the run was refused. */
  readonly plan: Plan | null;
  readonly places: Places;
  /** Which start of the server by the startup task this is, from 1; absent where a person or a tool has started the run. */
  readonly attempt?: number;
  /** The kept plan that was to be performed: which one, and what is not so any more. */
  readonly approved?: Approved;
};

export type Approved = { readonly fingerprint: Sha256; readonly differences: readonly string[] };

/** A child that was started between `startedAt` and `at`. */
export type Child = StartedChild & {
  readonly type: 'child';
  readonly at: string;
  readonly tool: CodeTable;
  readonly limitMs: number;
};

/** One line of a journal, written and flushed before what it tells of is done. */
export type Entry =
  | Opened
  | ({ readonly type: 'already' } & StepEntry)
  | ({ readonly type: 'started' } & StepEntry)
  | ({
      readonly type: 'finished';
      readonly outcome: Outcome;
      readonly missing: Reading<readonly string[]>;
      readonly ms: number;
    } & StepEntry)
  | Child
  /** A child that no step has started has ended; that of a step has when the step is finished. */
  | { readonly type: 'ended'; readonly at: string; readonly tool: CodeTable }
  | { readonly type: 'turned'; readonly at: string; readonly why: string }
  /** The server is about to be restarted by this run, which goes on afterwards. */
  | { readonly type: 'restarting'; readonly at: string; readonly why: string }
  /** The run was left as it stood, and is taken up by the next one. */
  | { readonly type: 'left'; readonly at: string; readonly why: string }
  | {
      readonly type: 'closed';
      readonly at: string;
      readonly end: End;
      readonly rebootRequired: boolean;
      readonly why: string;
      readonly after: Facts | null;
      /** The way back was gone to its end, and the connector is not as before. */
      readonly walkedBack?: true;
    };

/**
 * The unfinished run that a journal tells of, or null if it was closed as converged or as before. One that only lets Windows
 * Installer take something back leaves nothing of ours to go on with or to walk back.
 */
export function replay(entries: readonly Entry[]): Unfinished | null {
  const opened = entries.find((entry) => entry.type === 'opened');
  if (!opened?.plan || isSettling(opened.plan) || entries.some((entry) => isFinished(entry, opened))) return null;
  const turned = entries.some((entry) => entry.type === 'turned');
  const direction = turned ? 'back' : opened.plan.direction;
  const { before, wanted, earlier } = opened;
  const isGoingBack = direction === 'back';
  const stranded = isGoingBack ? (strandedAt(entries) ?? opened.stranded) : undefined;
  const failure = isGoingBack ? (opened.failure ?? failureAt(entries)) : undefined;
  return {
    before,
    wanted: withAllLimits(wanted),
    direction,
    backup: opened.places.backup,
    reached: hasReached(entries, opened),
    ...(earlier ? { earlier } : {}),
    ...(stranded ? { stranded } : {}),
    ...(failure ? { failure } : {}),
    ...(opened.plan.noWayBack ? { noWayBack: opened.plan.noWayBack } : {}),
  };
}

/** A journal of an older version has no limit for what had none then. */
function withAllLimits(wanted: Wanted): Wanted {
  return { ...wanted, limits: { ...defaultLimits, ...wanted.limits } };
}

function strandedAt(entries: readonly Entry[]): readonly string[] | undefined {
  const closed = entries.find((entry) => entry.type === 'closed');
  const products = closed?.walkedBack ? closed.after?.products : undefined;
  return products?.known ? products.value.map((one) => one.productCode) : undefined;
}

/** Why a run has turned back, and where it came to its end, how that differs from what was before. */
function failureAt(entries: readonly Entry[]): string | undefined {
  return entries.findLast((entry) => entry.type === 'closed' || entry.type === 'turned')?.why;
}

/** The opening of a run that was cut, also of one that only settled something; null for one that came to an end, or had no plan. */
export function cutRun(entries: readonly Entry[]): Opened | null {
  const opened = entries.find((entry) => entry.type === 'opened');
  const isCut = opened?.plan && !entries.some((entry) => entry.type === 'closed');
  return isCut ? { ...opened, wanted: withAllLimits(opened.wanted) } : null;
}

/**
 * Whether a run, or one before it in its chain, may have touched the server. The backup comes before all else, so one that was cut
 * until that was whole has not: what it wanted is still to be done, and what has changed since is found anew.
 */
export function hasTouched(entries: readonly Entry[]): boolean {
  return entries.some((entry) => (entry.type === 'opened' ? takesUpTouched(entry) : isTouching(entry)));
}

/** An older version has not said so, and its chain has one backup. */
function takesUpTouched({ reached, backupId, runId }: Opened): boolean {
  return reached !== undefined || backupId !== runId;
}

/** What a child may have done, the line before it tells. */
const harmless: readonly Entry['type'][] = ['opened', 'already', 'child', 'ended', 'turned', 'left', 'closed'];

/** An entry that is damaged, or that a newer version has written, may tell of anything. */
function isTouching(entry: Entry): boolean {
  const isOfBackup = 'step' in entry && entry.step?.kind === 'config.backup';
  return !harmless.includes(entry.type) && !isOfBackup;
}

/** Whether a run, or one before it in its chain, may have changed the connector. A damaged entry may tell of anything. */
function hasReached(entries: readonly Entry[], opened: Opened): boolean {
  return (opened.reached ?? takesUpTouched(opened)) || entries.some(isReaching);
}

function isReaching(entry: Entry): boolean {
  if (entry.type === 'restarting' || harmless.includes(entry.type)) return false;
  return !('step' in entry) || !entry.step || !isPreparing(entry.step);
}

/** Whether a run was left as it stood, and did not come to its end all the same. */
export function isLeft(entries: readonly Entry[]): boolean {
  return entries.some((entry) => entry.type === 'left') && !entries.some((entry) => entry.type === 'closed');
}

/** The children of which the journal does not tell that they have ended: one past its time limit may still be at work. */
export function unendedChildren(entries: readonly Entry[]): readonly Child[] {
  const left: Child[] = [];
  // Children of one step run one after the other, so only the last of them may be at work.
  let last: Child | null = null;
  for (const entry of entries) {
    const isLeft = entry.type === 'closed' || (entry.type === 'finished' && entry.outcome.abandoned);
    if (isLeft && last) left.push(last);
    if (entry.type === 'child') last = entry;
    else if (entry.type === 'closed' || entry.type === 'finished' || entry.type === 'ended') last = null;
  }
  return last ? [...left, last] : left;
}

/** Ends after which the server needs no other run: as wanted, as before, or never touched by the whole chain. */
function isFinished(entry: Entry, opened: Opened): boolean {
  if (entry.type !== 'closed') return false;
  if (entry.end === 'busy' || entry.end === 'refused') return opened.continues === null;
  return entry.end === 'converged' || entry.end === 'failed-as-before';
}

/**
 * The entries of a journal's text. Lines that a power cut or a full disk has torn are passed over: what they told of is
 * seen by looking at the server.
 */
export function parseJournal(text: string): { readonly entries: readonly Entry[] } | { readonly problem: string } {
  const entries = text.split('\n').flatMap((line) => parseLine(line) ?? []);
  const opened = entries[0];
  if (!opened) return { entries };
  if (opened.type !== 'opened') return { problem: 'its first line is not the opening of a run' };
  if (opened.schema !== 1) return { problem: `it is of schema ${opened.schema}, which this version does not know` };
  return isWhole(opened)
    ? { entries }
    : { problem: 'its first line does not say what the server was like, or what was planned' };
}

/** Without what was there before and what was to be done, nothing can be taken up; an older version may have written neither. */
function isWhole({ before, wanted, plan, places }: Partial<Opened>): boolean {
  return isObject(before) && isObject(wanted) && isObject(places) && (plan === null || isWholePlan(plan));
}

function isWholePlan(plan: Partial<Plan> | undefined): boolean {
  const steps = isObject(plan) ? plan.connector : undefined;
  return Array.isArray(steps) && steps.every((one) => isObject(one?.step));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** One entry as the line that is written. */
export function journalLine(entry: Entry): string {
  return JSON.stringify(entry);
}

function parseLine(line: string): Entry | null {
  try {
    // On NTFS what a power cut has taken of a file are zeros; JSON itself never holds one.
    const value: unknown = JSON.parse(line.replaceAll('\0', ''));
    return typeof value === 'object' && value !== null && 'type' in value ? (value as Entry) : null;
  } catch {
    return null;
  }
}
