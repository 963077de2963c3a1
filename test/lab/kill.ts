// Kills Windows Node in the middle of a run, as a kill -9 does, while the real msiexec it started runs on; then runs again.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { filesBelow, hostPath } from './drive.ts';
import { atWork, type Line, newestJournal } from './journal.ts';
import { type Lab, openLab, type Ran, sample } from './lab.ts';
import { effortOf, isInstalling, programsIn, type Running } from './processes.ts';
import type { Wine } from './wine.ts';
import { configLost, configOf, connectorFolder, installedConnectors, sighting } from './witness.ts';

/** A scenario, and the words by which it is changed. */
export type Change = { readonly scenario: string; readonly args: readonly string[] };

const toNewest = [
  'apply',
  '--msi',
  sample('SCIMConnector-4.4.4.msi'),
  '--hosting-bundle',
  sample('dotnet-hosting-6.0.36-win.exe'),
];

/** 4.1.0 to 4.4.4 in place. */
export const upgrade: Change = { scenario: 'scim-4.1', args: toNewest };
/** 3.2.0 is uninstalled and 4.4.4 installed, after the hosting bundle. */
export const replace: Change = { scenario: 'scim-3.2', args: [...toNewest, '--accept', 'reconfiguration'] };

/** The moment at which to kill: asked again and again while the run is at work. */
export type Moment = (wine: Wine, journal: readonly Line[]) => boolean;

/** A step has been begun, and nothing of it is done yet. */
export const begun =
  (id: string): Moment =>
  (_wine, journal) =>
    atWork(journal) === id;

/**
 * The step's msiexec is at work, and the journal names it. Not sooner: libuv starts a detached child suspended and lets it run a
 * moment later, so that a kill between the two leaves one that stays for good, has done nothing and holds nothing.
 */
export const installing =
  (id: string): Moment =>
  (wine, journal) =>
    atWork(journal) === id && journal.at(-1)?.type === 'child' && isInstalling(wine);

/** The step's msiexec has ended, and its end is not in the journal yet. */
export function installed(id: string): Moment {
  let wasThere = false;
  return (wine, journal) => {
    if (atWork(journal) !== id) return false;
    const isThere = isInstalling(wine);
    wasThere ||= isThere;
    return wasThere && !isThere;
  };
}

/** Some of the backup is written, and the manifest that vouches for it is not. */
export const backingUp: Moment = (wine, journal) => {
  if (atWork(journal) !== 'config.backup') return false;
  const names = filesBelow(hostPath(wine.drive, 'C:\\ProgramData\\ScimSetup\\backups'));
  return names.length > 0 && !names.some((name) => /manifest\.json$/i.test(name));
};

/** A config file is being put back: the new one lies beside the one that it is to replace. */
export const restoring: Moment = (wine, journal) => atWork(journal) === 'config.restore' && hasPartial(wine);

function hasPartial(wine: Wine): boolean {
  return filesBelow(hostPath(wine.drive, connectorFolder)).some((name) => name.endsWith('.partial'));
}

/** The exit codes of the README's table, said here once more. */
const named = [0, 3010, 1641, 1618, 20, 21, 22, 23, 24, 25, 27, 29];

/** Where and when to kill, and the connectors that must be registered once all that was started then has ended by itself. */
export type Kill = { readonly change: Change; readonly at: () => Moment; readonly leaves?: readonly string[] };

/**
 * Kills a run at that moment, lets what it had started end by itself, and runs the same words twice more. Through all of it
 * no byte of config is lost and at most one product is registered; the second run ends with 0, and the third changes nothing.
 */
export async function survivesKill(test: TestContext, { change, at, leaves }: Kill): Promise<void> {
  const { lab, config } = await killed(change, at, 3);
  test.after(() => lab.close());
  await ended(lab.wine);
  holds(lab.wine, config);
  if (leaves) assert.deepEqual(installedConnectors(lab.wine), leaves);
  const next = lab.run(change.args);
  holds(lab.wine, config, next);
  assert.equal(next.code, 0, next.gist);
  assert.deepEqual(installedConnectors(lab.wine), ['SCIM Connector 4.4.4']);
  assert.ok(!hasPartial(lab.wine), 'half of a config file was left, with its keys');
  const seen = sighting(lab.wine);
  const third = lab.run(change.args);
  holds(lab.wine, config, third);
  assert.equal(third.code, 0, third.gist);
  assert.deepEqual(sighting(lab.wine), seen);
  assert.deepEqual(third.json.steps ?? [], []);
}

/** The ids of the steps that a run begins when nobody kills it, in order. */
export async function stepsOf({ scenario, args }: Change): Promise<readonly string[]> {
  const lab = await openLab({ scenario });
  try {
    const { code, gist } = lab.run(args);
    assert.equal(code, 0, gist);
    return newestJournal(lab.wine).flatMap(({ type, id }) => (type === 'started' && id !== undefined ? [id] : []));
  } finally {
    lab.close();
  }
}

/** A run that was killed while the step was unfinished. A step may be too quick for whoever watches it: then once more. */
async function killed({ scenario, args }: Change, moment: () => Moment, attempts: number) {
  const lab = await openLab({ scenario });
  try {
    const config = configOf(lab.wine);
    assert.notDeepEqual(config, {});
    if (await killAt(lab, args, moment())) return { lab, config };
  } catch (error) {
    lab.close();
    throw error;
  }
  lab.close();
  assert.ok(attempts > 1, 'the run was over, or the step finished, before it could be killed');
  return killed({ scenario, args }, moment, attempts - 1);
}

/** Whether the kill has struck while the step that it was meant for was at work. */
async function killAt(lab: Lab, args: readonly string[], isNow: Moment): Promise<boolean> {
  const child = lab.begin(args);
  const gone = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  let [journal, step]: [readonly Line[], string | null] = [[], null];
  while (child.exitCode === null && step === null) {
    journal = newestJournal(lab.wine);
    if (isNow(lab.wine, journal)) step = atWork(journal);
    else await pause(5);
  }
  if (step === null) return false;
  const line = programsIn(lab.wine).find(({ pid }) => pid === child.pid)?.line ?? '';
  assert.match(line, /node\.exe .*main\.ts apply/, 'the process to be killed is not the program');
  process.kill(child.pid as number, 'SIGKILL');
  await gone;
  return atWork(newestJournal(lab.wine)) === step;
}

const longestMs = 60_000;

/** Taken for suspended: one thread, and no tick for this long. One that only waits looks the same; what it waits for is at work. */
const standstillMs = 10_000;

/**
 * Waits until whatever the killed run had started has ended by itself. A child that the kill has left suspended before its first
 * instruction stays, as it would on Windows, and the next run goes on beside it. Wine has loaded it by then, which costs some ticks.
 */
async function ended(wine: Wine): Promise<void> {
  const isSuspended = suspendedChildren();
  for (let waited = 0; ; waited += 50) {
    const working = programsIn(wine).filter((one) => !isSuspended(one, waited));
    if (working.length === 0) return;
    assert.ok(
      waited < longestMs,
      `still at work: ${working.map((one) => `${one.line} ${JSON.stringify(effortOf(one))}`)}`,
    );
    await pause(50);
  }
}

/** Tells by asking again and again which programs stand still before their first instruction. */
function suspendedChildren(): (one: Running, waited: number) => boolean {
  const last = new Map<number, { readonly ticks: number; readonly since: number }>();
  return (one, waited) => {
    const { threads, ticks } = effortOf(one);
    const before = last.get(one.pid);
    const since = before?.ticks === ticks ? before.since : waited;
    last.set(one.pid, { ticks, since });
    return threads === 1 && waited - since >= standstillMs;
  };
}

function holds(wine: Wine, config: ReturnType<typeof configOf>, ran?: Ran): void {
  assert.deepEqual(configLost(wine, config), [], ran?.gist);
  const products = installedConnectors(wine);
  assert.ok(products.length <= 1, `${products}\n${ran?.gist}`);
  if (ran) assert.ok(named.includes(ran.code), `${ran.code} has no name\n${ran.gist}`);
}
