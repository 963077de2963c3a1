import { withConnectorNow } from '../core/connector-now.ts';
import { decide } from '../core/decide.ts';
import type { Facts } from '../core/facts.ts';
import { fileErrorText } from '../core/file-error.ts';
import type { Entry, Opened } from '../core/journal.ts';
import { placesOf } from '../core/places.ts';
import { type Decision, packagesTried } from '../core/plan.ts';
import { SetupError } from '../core/setup-error.ts';
import { instanceProperties } from '../core/shared-folder.ts';
import type { Wanted } from '../core/wanted.ts';
import { isMendedByHand } from '../core/way-back.ts';
import type { LookFor, Probe } from '../machine/machine.ts';
import { type History, newRunId, readHistory, type UnfinishedRun } from '../run/journal-file.ts';

/** What a command knows after it looked and decided: all that it takes to report, or to begin the run. */
export type Decided = {
  readonly now: Facts;
  readonly decision: Decision;
  readonly opened: Opened;
  /** The run to take up again, if there is one that may have touched something; else all is found anew. */
  readonly unfinished: UnfinishedRun | undefined;
  readonly lookFor: LookFor;
};

/**
 * Looks at the server and its journals and decides; changes nothing. Where somebody has put the old version back by hand, what there
 * is now is the begin of everything, as if no run were unfinished.
 */
export async function decideNow(probe: Probe, wanted: Wanted, program: string): Promise<Decided> {
  const { lastRunId, unfinished: former } = await historyOf(probe);
  const asked = { probe, wanted, program, runId: newRunId(probe.now(), lastRunId) };
  const cut = former?.touched ? former : undefined;
  const decided = await decideAfter(cut, { ...asked, continues: former?.runId ?? null });
  const isOver = cut !== undefined && isMendedByHand(cut, decided.now);
  return isOver ? decideAfter(undefined, { ...asked, continues: null }) : decided;
}

type Asked = { readonly probe: Probe; readonly wanted: Wanted } & Pick<Opened, 'program' | 'runId' | 'continues'>;

async function decideAfter(unfinished: UnfinishedRun | undefined, asked: Asked): Promise<Decided> {
  const { probe, program, runId, continues } = asked;
  const wanted = unfinished ? withFormer(asked.wanted, unfinished.wanted) : asked.wanted;
  const backupId = unfinished && holdsConnector(unfinished) ? unfinished.backupId : runId;
  const places = placesOf(runId, backupId, probe.scripts);
  const tried = unfinished ? packagesTried(unfinished) : [];
  const earlier = tried.filter((one) => one.productCode !== wanted.msi?.productCode);
  const upgradeCodes = [
    ...new Set([wanted.msi, wanted.oldMsi, ...earlier].map((one) => one?.upgradeCode).filter(isCode)),
  ];
  const sharedFolder = sharedFolderIn(wanted) ?? (unfinished && sharedFolderIn(unfinished.wanted));
  const first: LookFor = {
    upgradeCodes,
    backup: places.backup,
    packages: places.packages,
    folders: unfinished ? foldersIn(unfinished.before) : [],
    limitMs: wanted.limits.read * 60_000,
    ...(sharedFolder ? { sharedFolder } : {}),
  };
  const now = await probe.look(first);
  const lookFor = { ...first, folders: [...(first.folders ?? []), ...foldersIn(now)] };
  const former = unfinished && asFound(unfinished, now);
  const decision = decide(now, wanted, former);
  const plan = decision.verdict === 'go' ? decision.plan : null;
  const opened: Opened = {
    type: 'opened',
    at: probe.now(),
    schema: 1,
    program,
    sandbox: probe.sandbox,
    runId,
    backupId,
    continues,
    ...(former ? { before: former.before, reached: former.reached } : { before: now }),
    ...(earlier.length > 0 ? { earlier } : {}),
    ...(former && plan?.direction === 'back' ? whyBack(former) : {}),
    wanted,
    findings: decision.findings,
    route: decision.route,
    plan,
    places,
  };
  return { now, decision, opened, unfinished: former, lookFor };
}

/** What a run that goes on with a way back is told of the ones before it. */
function whyBack({ stranded, failure }: UnfinishedRun): Pick<Opened, 'stranded' | 'failure'> {
  return { ...(stranded ? { stranded } : {}), ...(failure ? { failure } : {}) };
}

/** Whether the backup of an unfinished run has the connector as it is to be put back; else a new one is made. */
function holdsConnector({ reached, direction }: UnfinishedRun): boolean {
  return reached || direction === 'back';
}

/** An unfinished run that has not reached the connector puts back nothing that was saved since. */
function asFound(unfinished: UnfinishedRun, now: Facts): UnfinishedRun {
  return unfinished.reached ? unfinished : { ...unfinished, before: withConnectorNow(unfinished.before, now) };
}

/** What an unfinished run was given for the way back counts on, as long as nothing else is given for it. */
function withFormer(wanted: Wanted, former: Wanted): Wanted {
  const wayBackProperties = { ...former.wayBackProperties, ...wanted.wayBackProperties };
  return { ...wanted, oldMsi: wanted.oldMsi ?? former.oldMsi, wayBackProperties };
}

/** What the journals tell; one that cannot be read stops every command (exit 21). */
export async function historyOf(probe: Probe): Promise<History> {
  const history = await readHistory(probe).catch(unreadable);
  if (!('problem' in history)) return history;
  throw new SetupError(21, {
    message: `A journal cannot be read: ${history.problem}.`,
    hint: 'Run again; if it stays so, move that run away only when you know in which state it left the server.',
  });
}

/** A package may have no upgrade code. */
function isCode(code: string | undefined): code is string {
  return code !== undefined && code !== '';
}

/** The shared folder that the package is to be told of. */
function sharedFolderIn({ msi, properties }: Wanted): string | undefined {
  const name = msi && instanceProperties(msi).folder;
  return name ? properties[name] || undefined : undefined;
}

/** Where the connector lay when a run began: once its product and its site are gone, nothing else names that folder. */
function foldersIn({ folders }: Facts): readonly string[] {
  return folders.known ? folders.value.map((one) => one.path) : [];
}

/** Another program may hold a journal for a moment. */
function unreadable(error: unknown): { readonly problem: string } {
  const text = fileErrorText(error);
  if (text === null) throw error;
  return { problem: text };
}

/** The entries that tell of a decision on which nothing was done. */
export function lookedOnly(
  { opened, now }: Decided,
  end: 'planned' | 'different' | 'refused' | 'nothing-to-do',
): readonly Entry[] {
  return [opened, { type: 'closed', at: opened.at, end, rebootRequired: false, why: '', after: now }];
}
