import { spawnSync } from 'node:child_process';

/** Ends the command with a sentence for the person who typed it; the exit code is 1. */
export class Stop extends Error {}

/** Says on stderr what takes a while, so that nobody believes the command hangs. */
export function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}

/** Runs a program with its output on our own terminal and returns its exit code; one that cannot be started is a Stop. */
export function run(file, args, options = {}) {
  const child = spawnSync(file, args, { stdio: 'inherit', ...options });
  if (child.error) throw new Stop(`${file} could not be started: ${child.error.message}`);
  return child.status ?? 1;
}

/** Runs a program unseen and returns its stdout; its whole output is shown only when it fails, and then it is a Stop. */
export function quietly(file, args, options = {}) {
  const child = spawnSync(file, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  if (child.error) throw new Stop(`${file} could not be started: ${child.error.message}`);
  if (child.status === 0) return child.stdout ?? '';
  throw new Stop(
    `${[file, ...args].join(' ')}\n${child.stdout ?? ''}${child.stderr ?? ''}ended with exit code ${child.status}`,
  );
}

/** Runs a command's main function: a Stop becomes its sentence and exit code 1, anything else is a bug and shows its stack. */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
