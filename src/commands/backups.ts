import { copiesIn, manifestPath } from '../core/backup.ts';
import { SetupError } from '../core/setup-error.ts';
import type { Files, Machine } from '../machine/machine.ts';
import { removeAll } from '../run/remove-all.ts';
import { historyOf } from './decide-now.ts';
import { locked } from './locked.ts';
import { backupsFolder, openBackupOrSay } from './open-backup.ts';
import type { Doors, Request } from './request.ts';

/** One backup as it is told: `problems` is empty where every byte of it is proven. */
export type BackupRow = {
  readonly id: string;
  readonly takenAt: string | null;
  readonly server: string | null;
  readonly versions: readonly string[];
  readonly files: number;
  readonly bytes: number;
  readonly problems: readonly string[];
  /** Whether settings are in it that the connector can use; one of a site alone has none, and puts no key back. */
  readonly holdsSettings: boolean;
  /** It also holds folders that were moved out of the way. */
  readonly holdsFolders: boolean;
};

export type BackupsReport = {
  readonly schema: 1;
  readonly command: 'backups';
  readonly sandbox: boolean;
  readonly exitCode: 0;
  /** The newest first. */
  readonly backups: readonly BackupRow[];
  /** How many good ones were to stay; null where nothing was to be removed. */
  readonly keep: number | null;
  /** Ids of those that were removed. */
  readonly removed: readonly string[];
};

/** Lists the backups on the server, each proven now; or removes the older ones, and never the newest good one. */
export async function backups(request: Request, doors: Doors): Promise<BackupsReport> {
  const { machine } = doors;
  if (request.action !== 'prune' && request.keep !== undefined) {
    throw new SetupError(20, {
      message: '--keep says how many backups prune leaves, and nothing is to be pruned.',
      hint: `To remove the older ones: scim-setup backups prune --keep ${request.keep}`,
    });
  }
  const keep = request.action === 'prune' ? keptCount(request.keep) : null;
  const removed = keep === null ? [] : await prune(keep, doors);
  return {
    schema: 1,
    command: 'backups',
    sandbox: machine.sandbox,
    exitCode: 0,
    backups: await rowsOf(machine),
    keep,
    removed,
  };
}

function keptCount(keep: string | undefined): number {
  const count = Number(keep);
  if (keep !== undefined && /^\d+$/.test(keep) && Number.isSafeInteger(count) && count >= 1) return count;
  throw new SetupError(20, {
    message:
      keep === undefined ? 'How many backups to keep was not said.' : `"${keep}" is no number of backups to keep.`,
    hint: 'Say at least 1: scim-setup backups prune --keep 5',
  });
}

async function rowsOf(files: Files): Promise<readonly BackupRow[]> {
  const names = (await files.list(backupsFolder)).filter((name) => name.endsWith('\\'));
  const rows: BackupRow[] = [];
  for (const name of names.toSorted().toReversed()) rows.push(await rowOf(files, name.slice(0, -1)));
  return rows;
}

async function rowOf(files: Files, id: string): Promise<BackupRow> {
  const { folder, manifest, problems, holdsSettings } = await openBackupOrSay(files, `${backupsFolder}\\${id}`);
  const copies = manifest ? copiesIn(manifest) : [];
  return {
    id,
    takenAt: manifest?.takenAt ?? null,
    server: manifest?.server ?? null,
    versions: manifest?.versions ?? [],
    files: copies.length,
    bytes: copies.reduce((sum, file) => sum + file.size, 0),
    problems,
    holdsSettings,
    holdsFolders: (await files.list(`${folder}\\folders`)).length > 0,
  };
}

/** The `count` newest good ones with usable settings stay, all that are newer than them, and that of a run which is not finished. */
async function prune(count: number, doors: Doors): Promise<readonly string[]> {
  const { machine } = doors;
  return locked('backups prune', doors, async () => {
    const { unfinished } = await historyOf(machine);
    const rows = await rowsOf(machine);
    const last = rows.filter((row) => row.problems.length === 0 && row.holdsSettings)[count - 1];
    if (!last) return [];
    const old = rows.slice(rows.indexOf(last) + 1).filter((row) => row.id !== unfinished?.backupId);
    for (const { id } of old) await removeBackup(`${backupsFolder}\\${id}`, machine);
    return old.map((row) => row.id);
  });
}

/** The manifest goes first: what is left by a power cut is no backup any more. */
async function removeBackup(folder: string, machine: Machine): Promise<void> {
  await machine.remove(manifestPath(folder));
  await removeAll(folder, machine);
}
