import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { movedState } from './moved-state.ts';
import { newFolderInMemory } from './quick-files.ts';
import { change, goalOf, prepare, settledState } from './route-server.ts';
import type { Route } from './routes.ts';
import { readState } from './server-state.ts';
import { type Prepared, type Result, traceRoute, tryOut } from './trial.ts';
import type { Trouble } from './trouble.ts';
import { troublesOf } from './troubles.ts';

const golden = fileURLToPath(new URL('../golden/sweep-summary.txt', import.meta.url));

type Tried = { readonly trouble: Trouble; readonly result: Result };

/** How many of all troubles are tried: of power cuts, second ones with them, and of everything else, one in so many. */
export type Share = { readonly cuts: number; readonly others: number };

/** Every trouble, at every position: what the long tests try. */
export const all: Share = { cuts: 1, others: 1 };

/** Tries troubles of a route, and compares the summary of any share but `all` with the golden one. */
export async function sweep(route: Route, share: Share): Promise<void> {
  const work = newFolderInMemory();
  try {
    const tried = await tryAll(await preparedIn(work, route), work, share);
    const failures = tried.filter(({ result }) => result.problems.length > 0).map(described);
    assert.equal(
      failures.length,
      0,
      `${route.name}: ${failures.length} of ${tried.length}\n${failures.slice(0, 5).join('\n')}`,
    );
    if (share !== all) compareSummary(route, summaryOf(route, tried));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Makes a route's server and what the judge compares with, below a folder. */
export async function preparedIn(work: string, route: Route): Promise<Prepared> {
  const folder = join(work, 'prepared');
  await prepare(route, folder);
  const good = readState(folder);
  if (route.spoil) await change(folder, route.spoil);
  const start = readState(folder);
  const before = route.settles ? await settledState(folder, join(work, 'settled')) : start;
  const carried = route.moves ? movedState(before, route.moves) : route.restores === undefined ? before : good;
  return { route, folder, start, before, carried, goal: await goalOf(route, join(work, 'fresh')) };
}

/** A share of the troubles of a route with their results, in order. */
export async function tryAll(prepared: Prepared, work: string, share: Share): Promise<Tried[]> {
  const troubles = shareOf(troublesOf(await traceRoute(prepared, join(work, 'traced'))), share);
  const tried: Tried[] = [];
  for (const [index, trouble] of troubles.entries())
    tried.push({ trouble, result: await tryOut(prepared, trouble, join(work, `trial-${index}`)) });
  return tried;
}

/** The same ones at every time. */
function shareOf(troubles: readonly Trouble[], share: Share): readonly Trouble[] {
  const kinds = Map.groupBy(troubles, kindOf);
  return (['cuts', 'others'] as const).flatMap((kind) =>
    (kinds.get(kind) ?? []).filter((_one, index) => index % share[kind] === 0),
  );
}

function kindOf({ kind }: Trouble): keyof Share {
  return kind.startsWith('power cut') ? 'cuts' : 'others';
}

/** In memory where the system has such a folder: the program flushes every write. */
export function workspace(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}

function described({ trouble, result }: Tried): string {
  return `- ${trouble.kind} at ${trouble.at}: ${result.ends.join(', then ')}\n    ${result.problems.join('\n    ')}`;
}

/** For each kind of trouble, of power cuts for each step, the number of trials and how often their runs ended in which way. */
function summaryOf(route: Route, tried: readonly Tried[]): string {
  const kinds = Map.groupBy(tried, ({ trouble: { kind, step } }) => (step === undefined ? kind : `${kind} ${step}`));
  const lines = [...kinds].map(([kind, all]) => {
    const ways = Map.groupBy(all, ({ result }) => result.ends.join(' > '));
    const counted = [...ways].map(([ends, some]) => `${some.length} ${ends}`).sort();
    return `  ${kind}: ${all.length} trials: ${counted.join('; ')}\n`;
  });
  return `${route.name}\n${lines.join('')}`;
}

/** With UPDATE_GOLDEN=1 (and --test-concurrency=1) the section of the route is written anew. */
function compareSummary(route: Route, summary: string): void {
  const sections = existsSync(golden) ? readFileSync(golden, 'utf8').split(/\n(?=\S)/) : [];
  const others = sections
    .filter((section) => section.split('\n')[0] !== route.name)
    .map((section) => section.trimEnd());
  if (process.env.UPDATE_GOLDEN === '1') {
    writeFileSync(golden, `${[...others, summary.trimEnd()].sort().join('\n')}\n`);
    return;
  }
  const kept = sections.find((section) => section.split('\n')[0] === route.name);
  assert.equal(summary.trimEnd(), kept?.trimEnd(), 'the summary is not the one in test/golden/sweep-summary.txt');
}
