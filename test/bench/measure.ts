import { spawnSync } from 'node:child_process';

/** One comparison: how often the first takes the time of the second, and how often it may at most. */
export type Ratio = { readonly name: string; readonly value: number; readonly limit: number; readonly detail: string };

/** A command line of Node that must end with `code`. */
export type Timed = { readonly args: readonly string[]; readonly code: number };

/** Runs both by turns, so that a slow moment of the machine hits both, and compares the medians of their wall times. */
export function compare(name: string, one: Timed, other: Timed, limit: number, rounds: number): Ratio {
  const times = { one: [] as number[], other: [] as number[] };
  wallTime(one); // what the first run reads from the disk is in memory afterwards
  for (let round = 0; round < rounds; round++) {
    times.other.push(wallTime(other));
    times.one.push(wallTime(one));
  }
  const [slow, fast] = [median(times.one), median(times.other)];
  const detail = `${slow.toFixed(0)} ms against ${fast.toFixed(0)} ms, medians of ${rounds}`;
  return { name, value: slow / fast, limit, detail };
}

/** The middle value; of two middle ones the greater. */
export function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** One line for people: the ratio, its limit, whether it holds. */
export function printed({ name, value, limit, detail }: Ratio): string {
  return `${value <= limit ? 'pass' : 'FAIL'}  ${name}: ${value.toFixed(2)}, at most ${limit}  (${detail})`;
}

function wallTime({ args, code }: Timed): number {
  const start = performance.now();
  const child = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const ms = performance.now() - start;
  if (child.status === code) return ms;
  throw new Error(`node ${args.join(' ')} ended with ${child.status}, not ${code}:\n${child.stdout}${child.stderr}`);
}
