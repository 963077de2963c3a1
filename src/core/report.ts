import type { Attempt, Call } from './call.ts';
import { callsOf } from './calls.ts';
import { changesBetween } from './changes.ts';
import type { Outcome } from './codes.ts';
import { type End, exitCodeOf } from './exit-codes.ts';
import type { Facts } from './facts.ts';
import { type OthersChanged, othersChanged } from './foreign-sites.ts';
import type { Approved, Entry, Opened, Phase } from './journal.ts';
import { lastingSteps } from './lasting.ts';
import { missing } from './missing.ts';
import type { Places } from './places.ts';
import { type Finding, type Plan, type Planned, type Route, stepsForward } from './plan.ts';
import { type Closed, messageOf } from './report-message.ts';
import { type Resume, resumeOf } from './resume.ts';
import type { Step } from './step.ts';
import { titleOf } from './words.ts';

export type ReportedStep = { readonly step: Step; readonly title: string; readonly calls: readonly Call[] };
export type ReportedPlanned = ReportedStep & {
  readonly id: string;
  readonly why: string;
  readonly orElse: readonly ReportedStep[];
};

export type ReportedPlan = {
  readonly route: Route;
  readonly direction: Plan['direction'];
  readonly backup: readonly ReportedPlanned[];
  readonly prerequisites: readonly ReportedPlanned[];
  readonly connector: readonly ReportedPlanned[];
  readonly wayBack: readonly ReportedStep[];
  readonly noWayBack: string | null;
};

/** What happened to one step of the plan. */
export type HappenedStep = Pick<Outcome, 'ok' | 'reboot' | 'meaning'> & {
  readonly id: string;
  readonly phase: Phase;
  readonly step: Step;
  readonly title: string;
  readonly code: number | null;
  readonly missing: readonly string[];
  readonly ms: number;
  readonly log: string | null;
};

/** The result of a command that decides or performs: what wrappers read and what the views print. */
export type RunReport = {
  readonly schema: 1;
  readonly command: string;
  readonly sandbox: boolean;
  readonly runId: string | null;
  readonly exitCode: number;
  readonly end: End;
  readonly message: string;
  readonly changed: boolean;
  readonly rebootRequired: boolean;
  readonly route: Route;
  readonly before: Facts;
  readonly after: Facts | null;
  /** The id of the unfinished run that this one takes up, or would; null where there is none. */
  readonly continues: string | null;
  readonly goal: { readonly version: string | null; readonly msi: string | null };
  /** Ids of the findings that the operator accepted. */
  readonly accepted: readonly string[];
  readonly plan: ReportedPlan | null;
  readonly steps: readonly HappenedStep[];
  /** What differs between the looks before and after, in sentences. */
  readonly changes: readonly string[];
  /** What of them is not the connector's in IIS and http.sys. */
  readonly others: OthersChanged;
  /** How long the pool of the connector was stopped, and the whole run took, in ms; null where nothing was run. */
  readonly took: null | { readonly totalMs: number; readonly downMs: number };
  /** What of the wanted state does not hold, by the steps that would bring it about. */
  readonly differences: readonly string[];
  readonly findings: readonly Finding[];
  /** What is done where Windows wants a restart, and whether the run goes on by itself after one. */
  readonly resume: Resume;
  /** The kept plan that was to be performed, with what is not so any more; null if none was given. */
  readonly approved: Approved | null;
  readonly paths: {
    readonly journal: string | null;
    readonly logs: string | null;
    readonly backup: string | null;
    /** The file in which `plan --out` has kept the plan; no other command has it. */
    readonly plan?: string;
  };
};

/** The result of a run, from its journal's entries and nothing else. */
export function report(command: string, entries: readonly Entry[]): RunReport {
  const opened = entries.find((entry) => entry.type === 'opened');
  const closed = entries.findLast((entry) => entry.type === 'closed') ?? asClosed(entries);
  if (!opened || !closed) throw new Error('a report needs a journal that was opened and closed');
  const { plan, wanted, before, findings, sandbox } = opened;
  const attempt = { places: opened.places, limits: wanted.limits };
  const others = othersIn(opened, closed);
  return {
    schema: 1,
    command,
    sandbox,
    exitCode: exitCodeOf(closed.end, closed.rebootRequired, others.perhapsByRun.length > 0),
    end: closed.end,
    message: messageOf(opened, closed, others),
    rebootRequired: closed.rebootRequired,
    route: opened.route,
    before,
    after: closed.after,
    continues: opened.continues,
    goal: { version: wanted.msi?.productVersion ?? null, msi: wanted.msi?.name ?? null },
    accepted: wanted.accept,
    plan: plan && reportedPlan(plan, attempt),
    differences: plan ? [...unfinishedIn(opened, closed), ...differencesOf(plan, closed.after ?? before)] : [],
    findings,
    resume: resumeOf(opened, closed.end),
    approved: opened.approved ?? null,
    others,
    ...(isRun(opened, closed) ? whatWasRun(opened, closed, entries, others) : nothingRun(opened)),
  };
}

/** A run that was left is not closed: the next one takes it up. */
function asClosed(entries: readonly Entry[]): Closed | undefined {
  const left = entries.find((entry) => entry.type === 'left');
  if (!left) return undefined;
  const why = `It was left as it stood, because ${left.why}; a child at work goes on. The run goes on with the next run`;
  const at = entries.at(-1)?.at ?? left.at;
  return { type: 'closed', at, end: 'failed-changed', rebootRequired: false, why, after: null };
}

type Happened = Pick<RunReport, 'runId' | 'changed' | 'steps' | 'changes' | 'took' | 'paths'>;

/** A plan that was only looked at has a journal in memory alone. */
function isRun({ plan }: Opened, { end }: Closed): boolean {
  return plan !== null && end !== 'planned' && end !== 'different';
}

function whatWasRun(opened: Opened, closed: Closed, entries: readonly Entry[], others: OthersChanged): Happened {
  const steps = entries.flatMap(happened);
  return {
    runId: opened.runId,
    changed: steps.length > 0 && !['busy', 'refused'].includes(closed.end),
    steps,
    changes: [
      ...(closed.after ? changesBetween(opened.before, closed.after, opened.wanted.restore) : []),
      ...others.perhapsByRun,
      ...others.byOthers,
    ],
    took: { totalMs: Date.parse(closed.at) - Date.parse(opened.at), downMs: downtime(entries) },
    paths: pathsOf(opened, entries),
  };
}

function othersIn({ before, route }: Opened, { after }: Closed): OthersChanged {
  return after ? othersChanged(before, after, route) : { perhapsByRun: [], byOthers: [] };
}

/** `changed` says what `apply` would say. */
function nothingRun({ plan }: Opened): Happened {
  const paths = { journal: null, logs: null, backup: null };
  return { runId: null, changed: plan !== null, steps: [], changes: [], took: null, paths };
}

function happened(entry: Entry): HappenedStep[] {
  if (entry.type !== 'finished') return [];
  const { id, phase, step, outcome, ms } = entry;
  const gaps = entry.missing.known ? entry.missing.value : [entry.missing.why];
  const isHeld = entry.missing.known && entry.missing.value.length === 0;
  return [
    {
      id,
      phase,
      step,
      title: titleOf(step),
      ok: outcome.ok && isHeld,
      reboot: outcome.reboot,
      meaning: outcome.meaning,
      code: outcome.code ?? null,
      missing: gaps,
      ms,
      log: outcome.log ?? null,
    },
  ];
}

/** From the first stop of the pool to its last start, or to the end of the run. */
function downtime(entries: readonly Entry[]): number {
  const stopped = entries.find((entry) => entry.type === 'started' && entry.step.kind === 'pool.stop');
  const started = entries.findLast((entry) => entry.type === 'finished' && entry.step.kind === 'pool.start');
  const last = started ?? entries.findLast((entry) => entry.type === 'closed') ?? entries.at(-1);
  return stopped && last ? Date.parse(last.at) - Date.parse(stopped.at) : 0;
}

function pathsOf({ places }: Opened, entries: readonly Entry[]): RunReport['paths'] {
  const isKept = (entry: Entry) => entry.type === 'already' || (entry.type === 'finished' && entry.outcome.ok);
  const isBackedUp = entries.some((entry) => 'step' in entry && entry.step.kind === 'config.backup' && isKept(entry));
  return { journal: places.journal, logs: places.logs, backup: isBackedUp ? places.backup : null };
}

function reportedPlan(plan: Plan, attempt: { places: Places; limits: Attempt['limits'] }): ReportedPlan {
  const one = (step: Step, label: string): ReportedStep => ({
    step,
    title: titleOf(step),
    calls: callsOf(step, { ...attempt, label }),
  });
  const planned = ({ id, step, why, orElse = [] }: Planned): ReportedPlanned => ({
    id,
    why,
    ...one(step, id),
    orElse: orElse.map((other) => one(other, `${id}-orElse`)),
  });
  return {
    route: plan.route,
    direction: plan.direction,
    backup: plan.backup.map(planned),
    prerequisites: plan.prerequisites.map(planned),
    connector: plan.connector.map(planned),
    wayBack: plan.wayBack.map((step) => one(step, `back-${step.kind}`)),
    noWayBack: plan.noWayBack ?? null,
  };
}

/** A server on which a run is unfinished is not as wanted, though every state of it may hold. */
function unfinishedIn({ continues, plan }: Opened, { end }: Closed): string[] {
  const isOnlyLookedAt = end === 'planned' || end === 'different';
  if (!isOnlyLookedAt || continues === null) return [];
  const whither =
    plan?.direction === 'back'
      ? 'it is on its way back, which the next run goes to its end'
      : 'the next run takes it up';
  return [`the run ${continues} is not finished; ${whither}`];
}

/** What the plan leads to and is not so: the wanted state, or on the way back what was there before. */
function differencesOf(plan: Plan, now: Facts): string[] {
  const all = plan.direction === 'back' ? plan.wayBack : stepsForward(plan).map(({ step }) => step);
  const steps = lastingSteps(all).filter(({ kind }) => kind !== 'pool.stop');
  return steps.flatMap((step) => {
    const gaps = missing(step, now);
    return gaps.known ? gaps.value : [gaps.why];
  });
}
