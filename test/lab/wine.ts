import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyTemplate, labTemplate, wineEnvironment } from '../../scripts/build/lab.mjs';
import { windowsNode } from '../../scripts/build/windows-node.mjs';
import type { Launch } from './launch.ts';

/** How a program inside Wine ended: its full 32-bit exit code, how long it ran, and what it wrote. */
export type Ended = { readonly code: number; readonly ms: number; readonly stdout: string; readonly stderr: string };

/** A Wine prefix of its own, in a temporary folder. */
export type Wine = {
  readonly folder: string;
  /** The host's folder that is drive C:. */
  readonly drive: string;
  /** The environment of the programs. */
  readonly variables: Readonly<Record<string, string>>;
  /** Adds to the environment of every program started from now on. */
  environment(more: Readonly<Record<string, string>>): void;
  /** Runs a Windows program to its end; `input` is what it reads on its stdin. */
  start(file: string, args: readonly string[], input?: string): Ended;
  /** Starts a Windows program of the host without waiting for its end; its process is the program itself. */
  begin(file: string, args: readonly string[]): ChildProcess;
  /** Runs one of Wine's own small programs (reg, regedit) and returns its stdout; any failure throws. */
  tool(name: string, args: readonly string[]): string;
  /** Ends every process of this prefix and removes its folder. */
  close(): void;
};

type Place = { readonly folder: string; readonly env: Record<string, string> };

const longestRunMs = 180_000;
const launcher = fileURLToPath(new URL('./launch.ts', import.meta.url));

/** The path by which Windows programs see a file of the host. */
export function windowsPath(path: string): string {
  return `Z:${path.replaceAll('/', '\\')}`;
}

/** Copies the template prefix; the first process started in it starts its Wine server. */
export async function openWine(): Promise<Wine> {
  const template = labTemplate();
  const node = windowsNode();
  const folder = mkdtempSync(join(tmpdir(), 'scim-setup-lab-'));
  const prefix = join(folder, 'prefix');
  copyTemplate(template, prefix);
  const env = wineEnvironment(prefix);
  let launches = 0;
  return {
    folder,
    drive: join(prefix, 'drive_c'),
    variables: env,
    environment: (more) => void Object.assign(env, more),
    start: (file, args, input = '') => launch(join(folder, `launch-${++launches}`), { file, args, input }, node, env),
    // Output to a pipe of the host fails for Windows Node, so there is none.
    begin: (file, args) => spawn('wine', [file, ...args], { env: { ...env }, stdio: 'ignore' }),
    tool: (name, args) => runTool(name, args, { folder, env }),
    close: () => {
      spawnSync('wineserver', ['--kill'], { env });
      spawnSync('wineserver', ['--wait'], { env, timeout: 10_000 });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Streams = { readonly stdout: 'pipe' | 'ignore'; readonly stderr: number | 'ignore' };

function wine(args: readonly string[], env: Record<string, string>, { stdout, stderr }: Streams) {
  return spawnSync('wine', args, { env, encoding: 'utf8', stdio: ['ignore', stdout, stderr], timeout: longestRunMs });
}

function launch(
  work: string,
  what: Pick<Launch, 'file' | 'args' | 'input'>,
  node: string,
  env: Record<string, string>,
): Ended {
  mkdirSync(work);
  const at = (name: string) => windowsPath(join(work, name));
  const request: Launch = {
    ...what,
    folder: windowsPath(work),
    stdout: at('stdout'),
    stderr: at('stderr'),
    ended: at('ended.json'),
  };
  writeFileSync(join(work, 'request.json'), JSON.stringify(request));
  const child = wine([node, windowsPath(launcher), at('request.json')], env, { stdout: 'ignore', stderr: 'ignore' });
  const text = (name: string) => readFileSync(join(work, name), 'utf8');
  if (child.status !== 0) {
    const said = ['stdout', 'stderr'].map((name) => join(work, name)).filter((path) => existsSync(path));
    const until = said.map((path) => readFileSync(path, 'utf8')).join('\n');
    throw new Error(`Wine did not run ${what.file} to its end: ${child.error ?? child.status}. Until then:\n${until}`);
  }
  const { code, ms, trouble } = JSON.parse(text('ended.json'));
  if (code === null) throw new Error(`${what.file} could not be started: ${trouble}`);
  return { code, ms, stdout: text('stdout'), stderr: text('stderr') };
}

/** Its stderr goes to a file: a pipe would be held open by Wine's own programs, which go on running. */
function runTool(name: string, args: readonly string[], { folder, env }: Place): string {
  const path = join(folder, 'stderr');
  const stderr = openSync(path, 'w');
  try {
    const child = wine([name, ...args], env, { stdout: 'pipe', stderr });
    if (child.status === 0) return child.stdout;
    const said = `${child.stdout}\n${readFileSync(path, 'utf8')}`;
    throw new Error(`wine ${[name, ...args].join(' ')} ended with ${child.error ?? child.status}: ${said}`);
  } finally {
    closeSync(stderr);
  }
}
