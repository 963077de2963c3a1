import { copiesIn, type Manifest } from '../core/backup.ts';
import { defaultLimits } from '../core/call.ts';
import { missing } from '../core/missing.ts';
import { whyNoPackage } from '../core/old-package.ts';
import { type Places, packagePath, placesOf } from '../core/places.ts';
import { backupSteps } from '../core/plan-backup.ts';
import { type Problem, SetupError } from '../core/setup-error.ts';
import { type Situation, situationOf, valueOr } from '../core/situation.ts';
import type { Step } from '../core/step.ts';
import { unusableSettings } from '../core/usable-settings.ts';
import { nothingWanted } from '../core/wanted.ts';
import { capitalised, counted, titleOf } from '../core/words.ts';
import { sha256Of } from '../machine/read-files.ts';
import { newRunId } from '../run/journal-file.ts';
import type { Doing } from '../steps/doing.ts';
import { perform } from '../steps/perform.ts';
import { aroundSteps } from './children.ts';
import { checkTarget, copyTo } from './copy-backup.ts';
import { historyOf } from './decide-now.ts';
import { locked } from './locked.ts';
import { openBackup, wholePath } from './open-backup.ts';
import { plainLook } from './plain-look.ts';
import type { Doors, Request } from './request.ts';
import { waitForFormer } from './wait-for-former.ts';

export type BackupReport = {
  readonly schema: 1;
  readonly command: 'backup';
  readonly sandbox: boolean;
  readonly exitCode: 0;
  readonly message: string;
  readonly id: string;
  /** Where it lies, and where a copy of it was asked for. */
  readonly folder: string;
  readonly copy: string | null;
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly size: number }[];
  /** The kept packages, from which the versions that are there can be installed again. */
  readonly packages: readonly { readonly path: string; readonly sha256: string }[];
  /** Whether settings are in it that the connector can use. */
  readonly holdsSettings: boolean;
  /** What is not in it, or of no use: whoever relies on it should know. */
  readonly warnings: readonly Problem[];
};

/** Backs up the config and the kept package, proven by reading it back; changes nothing else. With `--to` a copy lies there too. */
export async function backup(request: Request, doors: Doors): Promise<BackupReport> {
  const { machine } = doors;
  return locked('backup', doors, async () => {
    await waitForFormer(defaultLimits, doors);
    const { lastRunId, unfinished } = await historyOf(machine);
    if (unfinished?.reached) throw amidRun(unfinished.runId);
    const id = newRunId(machine.now(), lastRunId);
    const places = placesOf(id, id, machine.scripts);
    const now = await machine.look(plainLook());
    const one = situationOf(now, nothingWanted);
    const step = stepFor(one);
    const copy = request.to === undefined ? null : wholePath(request.to);
    if (copy !== null) await checkTarget(copy, now, step, machine);
    const { manifest, holdsSettings } = await proven(step, places, doors);
    const packages = step.packages.map((each) => ({ path: packagePath(places, each), sha256: each.sha256 }));
    const what = { manifest, packages: step.packages };
    if (copy !== null) await copyTo(copy, what, doingBy('copy the backup', places, doors));
    const made = { id, folder: places.backup, copy, packages, holdsSettings, warnings: warningsOf(one) };
    return reportOf(made, manifest, machine.sandbox);
  });
}

type Proven = { readonly manifest: Manifest; readonly holdsSettings: boolean };

async function proven(step: Step<'config.backup'>, places: Places, doors: Doors): Promise<Proven> {
  const { machine } = doors;
  const doing = doingBy(titleOf(step), places, doors);
  const outcome = await perform(step, doing);
  const gaps = missing(step, await doing.look());
  const { manifest, problems, holdsSettings } = await openBackup(machine, places.backup);
  const why = [...(outcome.ok ? [] : [outcome.meaning]), ...(gaps.known ? gaps.value : [gaps.why]), ...problems];
  if (!manifest || why.length > 0) throw notBackedUp(why);
  return { manifest, holdsSettings };
}

/** A backup is no run and keeps no journal, so its children are only told to whoever watches. */
function doingBy(purpose: string, places: Places, doors: Doors): Doing {
  const { machine, tell } = doors;
  return {
    ...{ machine, places, limits: defaultLimits, label: 'backup', tell, fingerprint: sha256Of, isBack: false },
    look: () => machine.look({ upgradeCodes: [], backup: places.backup, packages: places.packages }),
    change: aroundSteps(doors).childrenFor(purpose),
    isStopped: () => doors.interrupted() !== 'no',
  };
}

function reportOf(
  made: Pick<BackupReport, 'id' | 'folder' | 'copy' | 'packages' | 'holdsSettings' | 'warnings'>,
  manifest: Manifest,
  sandbox: boolean,
): BackupReport {
  const { folder, copy, packages } = made;
  const files = copiesIn(manifest);
  const whole = packages.length === 0 ? '' : ` and ${counted(packages.length, 'package')}`;
  const also = copy === null ? '' : `, and a copy in ${copy}`;
  return {
    schema: 1,
    command: 'backup',
    sandbox,
    exitCode: 0,
    message: `Backed up and read back: ${counted(files.length, 'file')}${whole}, in ${folder}${also}.`,
    ...made,
    files: files.map(({ path, sha256, size }) => ({ path, sha256, size })),
  };
}

/** A backup is made all the same: what there is, is better than nothing. */
function warningsOf(one: Situation): readonly Problem[] {
  const packages = one.products.flatMap((product) => whyNoPackage(one, product) ?? []);
  return [
    ...packages.map((why) => ({
      message: `${capitalised(why)}.`,
      hint: 'Keep your own copy of that package, its cabinets beside it; a later run takes it with --old-msi.',
    })),
    ...unusableSettings(one).map((what) => ({
      message: `The connector cannot use its settings: ${what}.`,
      hint: 'This backup cannot put them back; scim-setup backups lists those that can.',
    })),
  ];
}

function stepFor(one: Situation): Step<'config.backup'> {
  const { machine, config, products } = one.now;
  const unread = [machine, config, products].flatMap((reading) => (reading.known ? [] : [reading.why]));
  if (unread.length > 0) throw notBackedUp(unread);
  if (!valueOr(machine, null)?.elevated) throw notBackedUp(['this process has no administrator rights']);
  const [draft] = backupSteps(one);
  if (draft?.step.kind !== 'config.backup') throw notBackedUp(['there is no config of the connector on this server']);
  return draft.step;
}

/** What lies there may be what a new version has laid down: such a backup would look as good as that of the run. */
function amidRun(runId: string): SetupError {
  return new SetupError(21, {
    message: `The run ${runId} is not finished, and what lies there now need not be the connector's own config.`,
    hint: 'Its backup has that. Finish it with scim-setup resume, then back up.',
  });
}

function notBackedUp(reasons: readonly string[]): SetupError {
  const problem = (why: string): Problem => ({
    message: `The config could not be backed up: ${why}.`,
    hint: 'Mend that, then run again; nothing of the connector was touched.',
  });
  return new SetupError(21, ...reasons.map(problem));
}
