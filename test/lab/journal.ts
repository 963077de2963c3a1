// The journal of a run in a Wine prefix, read from outside while the run writes it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostPath } from './drive.ts';
import type { Wine } from './wine.ts';

/** What the tests read of a journal's line. */
export type Line = {
  readonly type: string;
  readonly id?: string;
  readonly phase?: string;
  readonly step?: { readonly kind: string };
  readonly end?: string;
};

/** The whole lines of the newest run's journal; none if there is no run. */
export function newestJournal(wine: Wine): readonly Line[] {
  const runs = hostPath(wine.drive, 'C:\\ProgramData\\ScimSetup\\runs');
  const newest = namesIn(runs).sort().at(-1);
  return newest === undefined ? [] : linesOf(join(runs, newest, 'journal.jsonl'));
}

/** The step that was begun last and is not finished, or null; what a step has started stands in the journal beside it. */
export function atWork(lines: readonly Line[]): string | null {
  const last = lines.findLast(({ type }) => type !== 'already' && type !== 'child');
  return last?.type === 'started' ? (last.id ?? null) : null;
}

function linesOf(file: string): readonly Line[] {
  return textOf(file)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
