import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call, CallResult } from '../core/call.ts';
import { decodeOutput } from './decode.ts';
import type { OnStart } from './machine.ts';
import { msiexecLine } from './msiexec-line.ts';

/**
 * Runs a child that changes the server (T3): detached, so that our own end does not kill it; output into a file, so that
 * handles its grandchildren inherit do not matter; `input`, if any, as lines of UTF-8 by a pipe; ended by its exit. Past its time limit it is left alone, never killed.
 * Node's own spawn, because these are the very things that a library around it would have to be told to leave alone.
 */
export async function runChange(
  call: Call<'change'>,
  file: string,
  oemCodePage: () => Promise<number>,
  input: readonly string[] | null = null,
  onStart: OnStart = async () => undefined,
): Promise<CallResult> {
  const folder = await mkdtemp(join(tmpdir(), 'scim-setup-'));
  const outputPath = join(folder, 'output');
  const output = await open(outputPath, 'w');
  try {
    const { problem, ...ended } = await start(call, file, { output: output.fd, input, onStart });
    const text = await decodeOutput(await readFile(outputPath), oemCodePage);
    return { ...ended, output: problem ?? text.slice(0, 100_000) };
  } finally {
    await output.close();
    // An abandoned child still writes there; its file then stays.
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

type Ended = Omit<CallResult, 'output'> & { readonly problem?: string };

type Around = { readonly output: number; readonly input: readonly string[] | null; readonly onStart: OnStart };

async function start(call: Call<'change'>, file: string, { output, input, onStart }: Around): Promise<Ended> {
  const isMsiexec = call.quoting === 'msiexec';
  const args = isMsiexec
    ? msiexecLine(call.args)
    : call.args.map((arg) => (typeof arg === 'string' ? arg : `${arg.property}=${arg.value}`));
  const startedAt = new Date().toISOString();
  const child = spawn(file, args, {
    detached: true,
    stdio: [input ? 'pipe' : 'ignore', output, output],
    windowsHide: true,
    windowsVerbatimArguments: isMsiexec,
  });
  // A child that ends without reading all of it says so by its code.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(input?.map((line) => `${line}\n`).join(''));
  const ended = endOf(child, call.timeoutMs);
  if (child.pid !== undefined) await onStart({ pid: child.pid, startedAt });
  return ended;
}

/** Resolves when the child has ended, or is abandoned past its limit. */
function endOf(child: ChildProcess, limitMs: number): Promise<Ended> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      child.unref();
      resolve({ code: null, timedOut: true });
    }, limitMs);
    const finish = (ended: Ended) => {
      clearTimeout(timer);
      resolve(ended);
    };
    child.once('exit', (code) => finish({ code, timedOut: false }));
    child.once('error', ({ message }) => finish({ code: null, timedOut: false, problem: message }));
  });
}
