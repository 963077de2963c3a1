import { asciiJson } from '../core/ascii-json.ts';
import { defaultLimits } from '../core/call.ts';
import { givenUpEvent, notResumedEvent } from '../core/event-log.ts';
import type { Facts } from '../core/facts.ts';
import { cutRun } from '../core/journal.ts';
import { refOf } from '../core/media.ts';
import { cabinetPath, packagePath, placesOf, placesRoot, resumePlaces } from '../core/places.ts';
import type { RunReport } from '../core/report.ts';
import { mostAttempts } from '../core/resume.ts';
import type { Secrets } from '../core/secrets.ts';
import { SetupError } from '../core/setup-error.ts';
import { valueOr } from '../core/situation.ts';
import type { PackageRef } from '../core/step.ts';
import type { Wanted } from '../core/wanted.ts';
import type { Machine } from '../machine/machine.ts';
import { writeEvent } from '../run/event-log.ts';
import { type History, newestEntries, readHistory } from '../run/journal-file.ts';
import { isOwnCopy } from '../run/own-copy.ts';
import { standDown } from '../run/ready.ts';
import { runLocked } from './apply.ts';
import { aroundSteps } from './children.ts';
import { locked } from './locked.ts';
import { plainLook } from './plain-look.ts';
import type { WantedWithMedia } from './read-wanted.ts';
import type { Doors, Request } from './request.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/** There was no unfinished run. */
export type NothingToResume = {
  readonly schema: 1;
  readonly command: 'resume';
  readonly sandbox: boolean;
  readonly runId: null;
  readonly exitCode: 0;
  readonly end: 'nothing-to-do';
  readonly message: string;
  readonly changed: false;
  readonly rebootRequired: false;
};

export type ResumeReport = RunReport | NothingToResume;

type Unfinished = Pick<NonNullable<History['unfinished']>, 'runId' | 'before' | 'wanted'>;

/**
 * Goes on with the unfinished run, as its journal has it: what was wanted then, the packages and secrets that were kept. `startup`
 * says that the startup task asks: that is counted, and what comes of it is kept in the run's folder.
 */
export async function resume(request: Request, doors: Doors): Promise<ResumeReport> {
  await mustBeElevated(doors.machine);
  return locked('resume', doors, async () => {
    const unfinished = await unfinishedRun(doors.machine);
    if (unfinished) return request.startup ? atStartup(unfinished, request, doors) : goOn(unfinished, request, doors);
    await standDown(defaultLimits, aroundSteps(doors));
    return nothing(doors.machine);
  });
}

/** Without rights not even the lock may be taken: its folder would not be protected. So no journal has told the limits yet. */
async function mustBeElevated(machine: Machine): Promise<void> {
  const facts = await machine.look(plainLook());
  if (valueOr(facts.machine, null)?.elevated !== false) return;
  throw new SetupError(21, {
    message: 'This process has no administrator rights.',
    hint: 'Start it from an elevated command prompt, or as a service account with administrator rights.',
  });
}

async function unfinishedRun(machine: Machine): Promise<Unfinished | null> {
  const history = await readHistory(machine);
  // What only lets Windows Installer take something back is unfinished for none but those who were promised that the rest follows.
  if ('unfinished' in history) return history.unfinished ?? cutRun(await newestEntries(machine));
  throw new SetupError(21, {
    message: `A journal cannot be read: ${history.problem}.`,
    hint: 'Move that run away only when you know in which state it left the server.',
  });
}

function nothing({ sandbox }: Machine): NothingToResume {
  return {
    schema: 1,
    command: 'resume',
    sandbox,
    runId: null,
    exitCode: 0,
    end: 'nothing-to-do',
    message: 'Nothing to resume: no run is unfinished.',
    changed: false,
    rebootRequired: false,
  };
}

/** Whatever comes of it, somebody must be able to read it afterwards: there is no one at the screen. */
async function atStartup(unfinished: Unfinished, request: Request, doors: Doors): Promise<RunReport> {
  const { machine } = doors;
  const attempt = (await attemptsSoFar(machine)) + 1;
  if (attempt > mostAttempts) {
    await giveUp(unfinished, doors);
    throw new SetupError(21, {
      message: `The run ${unfinished.runId} was taken up ${mostAttempts} times and is not at its end.`,
      hint: 'Read its journal, then run scim-setup resume yourself.',
    });
  }
  await machine.write(resumePlaces.attempts, new TextEncoder().encode(`${attempt}\n`));
  try {
    return await reported(unfinished, attempt, request, doors);
  } finally {
    if (attempt === mostAttempts && (await isStillUnfinished(machine))) await giveUp(unfinished, doors);
  }
}

async function reported(unfinished: Unfinished, attempt: number, request: Request, doors: Doors): Promise<RunReport> {
  const { limits } = unfinished.wanted;
  try {
    if (!(await isOwnCopy(doors.machine))) {
      throw new SetupError(21, {
        message: 'The copy of scim-setup that the startup task has started is not as it was put there.',
        hint: 'Run scim-setup resume yourself, by a program that you trust.',
      });
    }
    const result = await goOn(unfinished, request, doors, attempt);
    await keepResult(result.runId ?? unfinished.runId, result, doors);
    if (result.runId === null)
      await writeEvent(
        notResumedEvent(unfinished.runId, result.exitCode, tellingOf(result)),
        limits,
        aroundSteps(doors),
      );
    return result;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    const { exitCode, problems } = error;
    await keepResult(unfinished.runId, { exitCode, problems }, doors);
    await writeEvent(notResumedEvent(unfinished.runId, exitCode, error.message), limits, aroundSteps(doors));
    throw error;
  }
}

function tellingOf({ message, findings }: RunReport): string {
  return [message, ...findings.map((one) => one.message)].join(' ');
}

async function keepResult(runId: string, result: object, { machine, warn }: Doors): Promise<void> {
  const { run } = placesOf(runId, runId, machine.scripts);
  await machine
    .write(`${run}\\resume.json`, new TextEncoder().encode(`${asciiJson(result)}\n`))
    .catch((error: Error) => warn(`What came of it could not be kept in the run's folder: ${error.message}`));
}

async function giveUp({ runId, wanted }: Unfinished, doors: Doors): Promise<void> {
  // The last line of its journal may be torn, so none is added to it here.
  await standDown(wanted.limits, aroundSteps(doors));
  await writeEvent(givenUpEvent(runId), wanted.limits, aroundSteps(doors));
}

async function isStillUnfinished(machine: Machine): Promise<boolean> {
  return unfinishedRun(machine).then(
    (run) => run !== null,
    () => true,
  );
}

/** A file that cannot be read counts as one attempt too many: nobody may go on for ever. */
async function attemptsSoFar(machine: Machine): Promise<number> {
  const bytes = await machine.read(resumePlaces.attempts);
  if (!bytes) return 0;
  const count = Number(new TextDecoder().decode(bytes).trim() || Number.NaN);
  return Number.isInteger(count) && count >= 0 ? count : mostAttempts;
}

async function goOn(unfinished: Unfinished, request: Request, doors: Doors, attempt?: number): Promise<RunReport> {
  await waitUntilReady(unfinished.wanted.limits, wasServing(unfinished.before), doors);
  const media = await keptMedia(unfinished.wanted, request, doors.machine);
  return runLocked('resume', media, doors, (decided) =>
    attempt === undefined ? decided : { ...decided, opened: { ...decided.opened, attempt } },
  );
}

function wasServing({ iis }: Facts): boolean {
  return valueOr(iis, null)?.services.W3SVC?.state === 'running';
}

/** What the run was given, from where it was kept: each package by its hash, secrets from their file or from the environment. */
async function keptMedia(wanted: Wanted, { environmentSecrets }: Request, machine: Machine): Promise<WantedWithMedia> {
  const lost = await Promise.all(packagesOf(wanted).map((one) => lostParts(one, machine)));
  if (lost.flat().length > 0) {
    const hint = 'Run the command of that run again.';
    throw new SetupError(
      21,
      ...lost.flat().map((path) => ({ message: `${path} is not there any more, or was changed.`, hint })),
    );
  }
  const kept = wanted.secrets.length > 0 ? await machine.keptSecrets(resumePlaces.secrets) : null;
  const secrets = valuesOf(wanted, kept, environmentSecrets);
  return {
    wanted: { ...wanted, secrets: wanted.secrets.map(({ name }) => ({ name, given: secrets.has(name) })) },
    msiPath: null,
    bundlePath: null,
    oldMsiPath: null,
    secrets,
  };
}

function packagesOf({ msi, bundle, oldMsi }: Wanted): readonly PackageRef[] {
  return [msi && refOf(msi), bundle, oldMsi && refOf(oldMsi)].filter((one) => one !== null);
}

const packages = `${placesRoot}\\packages`;

/** What of a kept package is not as it was: itself, under whatever name Windows Installer asks for it, and its cabinets. */
async function lostParts(one: PackageRef, machine: Machine): Promise<readonly string[]> {
  const folder = `${packages}\\${one.sha256}`;
  const files = (await machine.list(folder)).filter((name) => !name.endsWith('\\'));
  const hashes = await Promise.all(files.map((name) => machine.hash(`${folder}\\${name}`)));
  const cabinets = (one.cabinets ?? []).map((cabinet) => ({
    ...cabinet,
    path: cabinetPath({ packages }, one, cabinet),
  }));
  const found = await Promise.all(
    cabinets.map(async (cabinet) => (await machine.hash(cabinet.path)) === cabinet.sha256),
  );
  return [
    ...(hashes.includes(one.sha256) ? [] : [packagePath({ packages }, one)]),
    ...cabinets.filter((_cabinet, index) => !found[index]).map((cabinet) => cabinet.path),
  ];
}

function valuesOf({ secrets }: Wanted, ...sources: readonly (Secrets | null | undefined)[]): Secrets {
  const values = new Map<string, string>();
  for (const { name } of secrets) {
    const value = sources.map((source) => source?.get(name)).findLast((one) => one !== undefined);
    if (value !== undefined) values.set(name, value);
  }
  return values;
}
