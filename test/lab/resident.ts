// Runs inside Wine, by Windows Node, as long as a lab lives: performs one request after the other, so that no call pays for
// a start of Node. Requests and answers are files of one folder, the argument, because Wine gives Node no pipe to Linux.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Programs that run side by side; a path as Windows writes it, and its arguments. `stop` ends the resident itself. */
export type Request = { readonly calls: readonly (readonly [file: string, ...args: string[]])[]; readonly stop?: true };

/** How each call ended, in their order: the full exit code, and its output as text. */
export type Answer = readonly { readonly code: number | null; readonly output: string }[];

const folder = process.argv[2] ?? '';
const pauseMs = 10;

// Nobody sees the output of this process; whoever waits for its answer reads this instead.
process.once('uncaughtException', (error) => {
  writeFileSync(`${folder}\\trouble.txt`, String(error.stack));
  process.exit(1);
});

for (let number = 1; ; number += 1) {
  const path = `${folder}\\request-${number}.json`;
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  const { calls, stop }: Request = JSON.parse(readFileSync(path, 'utf8'));
  if (stop) break;
  const answer: Answer = await Promise.all(calls.map(([file, ...args]) => perform(file, args)));
  // Whoever waits for the answer must never see half of it.
  writeFileSync(`${folder}\\answer.partial`, JSON.stringify(answer));
  renameSync(`${folder}\\answer.partial`, `${folder}\\answer-${number}.json`);
}

function perform(file: string, args: readonly string[]): Promise<Answer[number]> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output: Buffer.concat(pieces).toString('utf8') }));
  });
}
