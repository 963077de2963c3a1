import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { powershellEngine } from '../../scripts/build/powershell-engine.mjs';

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type RunOptions = {
  /** What the script reads on its standard input. */
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly languageMode?: 'FullLanguage' | 'ConstrainedLanguage';
};

const scripts = fileURLToPath(new URL('../../scripts/', import.meta.url));

/** Path of a shipped script, by its name below scripts/. */
export function shipped(name: string): string {
  return join(scripts, name);
}

/** Runs the engine with the very words of its command line; the exit code has the eight bits that Linux keeps. */
export function engine(words: readonly string[], { input = '', environment = {} }: RunOptions = {}): Ended {
  const { status, stdout, stderr } = spawnSync(powershellEngine({ runtime: 'linux-x64' }), words, {
    input,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    timeout: 60_000,
  });
  return { code: status, stdout, stderr };
}

/** Runs a script file as callers of powershell.exe do. */
export function runScript(script: string, args: readonly string[] = [], options: RunOptions = {}): Ended {
  const { languageMode = 'FullLanguage' } = options;
  const switches = ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass'];
  return engine([...switches, '-LanguageMode', languageMode, '-File', script, ...args], options);
}

/** Hands a new temporary folder over and removes it afterwards. */
export function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'scim-setup-engine-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a script given as text. */
export function runText(text: string, args: readonly string[] = [], options: RunOptions = {}): Ended {
  return inFolder((folder) => {
    const script = join(folder, 'script.ps1');
    writeFileSync(script, text);
    return runScript(script, args, options);
  });
}
