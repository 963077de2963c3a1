import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runCli } from '../../src/cli.ts';

/** How one run of the program ended, and what it said. */
export type Ended = { readonly exitCode: number; readonly out: string; readonly err: string };

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Runs the program in this process, as if on a system that is not Windows and without a terminal. */
export function run(...argv: readonly string[]): Promise<Ended> {
  return runWith({}, ...argv);
}

/** The same with these environment variables and no others. */
export async function runWith(env: Readonly<Record<string, string>>, ...argv: readonly string[]): Promise<Ended> {
  const said = { out: '', err: '' };
  let journal = '';
  const exitCode = await runCli({
    argv,
    env,
    version: '1.2.3',
    node: 'v22.0.0',
    platform: 'linux',
    isTerminal: false,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    interrupted: () => 'no',
    leaving: new Promise(() => undefined),
    setJournal: (path) => {
      journal = path;
    },
    journal: () => journal,
  });
  return { exitCode, ...said };
}

/** Starts the program as a process of its own; `nodeArgs` go before it. */
export async function start(
  argv: readonly string[],
  { env = {}, nodeArgs = [] }: { env?: Readonly<Record<string, string>>; nodeArgs?: readonly string[] } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [...nodeArgs, main, ...argv], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number>((settle) => child.once('close', (code) => settle(code ?? -1)));
  const [out, err, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { exitCode, out, err };
}

/** An exit code as the system hands it to a caller: Linux keeps eight bits. */
export function asSeenByCaller(exitCode: number): number {
  return process.platform === 'win32' ? exitCode : exitCode & 0xff;
}

/** The one document that `--json` prints; anything else on stdout is an error. */
export function documentOf({ out }: Ended): Record<string, unknown> {
  if (!/^[\x20-\x7e]+\n$/.test(out)) throw new Error(`not one line of ASCII: ${JSON.stringify(out.slice(0, 300))}`);
  return JSON.parse(out) as Record<string, unknown>;
}

const folders: string[] = [];

/** An empty folder that is removed after the tests of this file. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'scim-setup-test-'));
  folders.push(folder);
  return folder;
}

after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** Every file and folder below a folder, files with their hash: two of them are equal if nothing was touched. */
export async function treeOf(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const rows = entries.map(async (entry): Promise<[string, string]> => {
    const path = join(entry.parentPath, entry.name);
    return [path.slice(folder.length), entry.isFile() ? hashOf(await readFile(path)) : 'folder'];
  });
  return Object.fromEntries((await Promise.all(rows)).sort());
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
