// Runs inside Wine, by Windows Node: starts one program with its output in files, and writes its full exit code, which
// Wine would cut to eight bits for a process of Linux. The argument is the path of the request.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';

/** What to start; all paths as Windows writes them. */
export type Launch = {
  readonly file: string;
  readonly args: readonly string[];
  readonly folder: string;
  /** What the program reads on its stdin. */
  readonly input: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Where the exit code goes, and the milliseconds that the program ran. */
  readonly ended: string;
};

const request: Launch = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const stdout = openSync(request.stdout, 'w');
const stderr = openSync(request.stderr, 'w');
const start = performance.now();
const child = spawnSync(request.file, request.args, {
  cwd: request.folder,
  input: request.input,
  stdio: ['pipe', stdout, stderr],
});
closeSync(stdout);
closeSync(stderr);
const ms = Math.round(performance.now() - start);
writeFileSync(request.ended, JSON.stringify({ code: child.status, ms, trouble: child.error?.message }));
