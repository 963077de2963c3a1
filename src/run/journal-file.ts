import {
  type Child,
  type Entry,
  hasTouched,
  journalLine,
  parseJournal,
  replay,
  unendedChildren,
} from '../core/journal.ts';
import { placesRoot } from '../core/places.ts';
import type { Unfinished } from '../core/plan.ts';
import type { Files, Machine } from '../machine/machine.ts';

/** What the journals on a server tell: the newest id of a run or backup, and the run to take up again, if there is one. */
export type History = {
  readonly lastRunId: string | null;
  readonly unfinished: UnfinishedRun | null;
  /** The children of the newest run that had begun that are not known to have ended. */
  readonly children: readonly (Child & { readonly runId: string })[];
};

/** `touched`: whether it, or a run before it in its chain, may have touched the server. */
export type UnfinishedRun = Unfinished & {
  readonly runId: string;
  readonly backupId: string;
  readonly touched: boolean;
};

/** Reads the journals from the newest on. A journal without its first line tells that its run had not begun. */
export async function readHistory(files: Files): Promise<History | { readonly problem: string }> {
  const newestFirst = await runsOf(files);
  const lastRunId = [...newestFirst, ...(await foldersIn(files, 'backups'))].sort().at(-1) ?? null;
  for (const runId of newestFirst) {
    const path = `${placesRoot}\\runs\\${runId}\\journal.jsonl`;
    const bytes = await files.read(path);
    const journal = bytes ? parseJournal(new TextDecoder().decode(bytes)) : { entries: [] };
    if ('problem' in journal) return { problem: `${path}: ${journal.problem}` };
    const opened = journal.entries[0];
    if (opened?.type !== 'opened') continue;
    const unfinished = replay(journal.entries);
    const { backupId } = opened;
    const touched = hasTouched(journal.entries);
    return {
      lastRunId,
      unfinished: unfinished && { ...unfinished, runId, backupId, touched },
      children: unendedChildren(journal.entries).map((child) => ({ ...child, runId })),
    };
  }
  return { lastRunId, unfinished: null, children: [] };
}

/** The entries of the newest run that had begun; empty if there is none, or if its journal cannot be read. */
export async function newestEntries(files: Files): Promise<readonly Entry[]> {
  for (const runId of await runsOf(files)) {
    const bytes = await files.read(`${placesRoot}\\runs\\${runId}\\journal.jsonl`);
    const journal = bytes ? parseJournal(new TextDecoder().decode(bytes)) : { entries: [] };
    if ('problem' in journal) return [];
    if (journal.entries.length > 0) return journal.entries;
  }
  return [];
}

/** The ids of all runs, the newest first. */
async function runsOf(files: Files): Promise<readonly string[]> {
  return (await foldersIn(files, 'runs')).toSorted().reverse();
}

/** Folders of our own naming: what somebody has put beside them is no run and no backup of one. */
async function foldersIn(files: Files, name: string): Promise<readonly string[]> {
  const names = await files.list(`${placesRoot}\\${name}`);
  return names.filter((one) => /^\d{4}-\d\d-\d\d.*\\$/.test(one)).map((one) => one.slice(0, -1));
}

/** A run's id: its start time, fit for a folder name, and always behind the last one, even if the clock was moved back. */
export function newRunId(now: string, lastRunId: string | null): string {
  const id = now.replace(/\.\d+/, '').replaceAll(':', '-');
  return lastRunId === null || id > lastRunId ? id : `${lastRunId}-2`;
}

/** Writes entries to a journal, each on the disk when its promise resolves. After a failed write a new line is begun. */
export function journalFile(machine: Pick<Machine, 'append'>, path: string): (entry: Entry) => Promise<void> {
  let torn = false;
  return async (entry) => {
    const line = journalLine(entry);
    const begun = torn ? `\n${line}` : line;
    torn = true;
    await machine.append(path, begun);
    torn = false;
  };
}

/** Writes an entry where a failure must not stop what is going on: then somebody is told what is missing. */
export async function noteIn(
  { write, warn }: { write(entry: Entry): Promise<void>; warn(text: string): void },
  entry: Entry,
): Promise<void> {
  try {
    await write(entry);
  } catch (error) {
    warn(`The journal could not be written (${(error as Error).message}): ${entry.type}`);
  }
}
