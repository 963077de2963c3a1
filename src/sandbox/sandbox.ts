import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SandboxMachine } from './sandbox-machine.ts';
import { loadServer } from './server.ts';

/** A simulated server that is open; `isNew` when a scenario has just been laid out in a temporary folder. */
export type Sandbox = { readonly machine: SandboxMachine; readonly folder: string; readonly isNew: boolean };

/** One sentence on why there is no sandbox. */
export type NoSandbox = { readonly problem: string };

export type SandboxOptions = {
  /** Folder of the sample packages, from which scenarios are made. */
  readonly packages?: string;
};

const samples = fileURLToPath(new URL('../../templates/samples', import.meta.url));

/** Opens the sandbox of a folder, or lays a scenario out in a folder of its own below the system's temporary one. */
export async function openSandbox(
  nameOrFolder: string,
  { packages = samples }: SandboxOptions = {},
): Promise<Sandbox | NoSandbox> {
  const folder = resolve(nameOrFolder);
  const server = await loadServer(folder);
  if (!('problem' in server)) return { machine: new SandboxMachine(server), folder, isNew: false };
  const { isScenario, layScenario, scenarioNames } = await import('./scenarios.ts');
  if (!isScenario(nameOrFolder)) {
    return { problem: `${server.problem}, and the scenarios are ${scenarioNames().join(', ')}` };
  }
  const fresh = await mkdtemp(join(tmpdir(), `scim-setup-sandbox-${nameOrFolder}-`));
  return { machine: new SandboxMachine(await layScenario(fresh, nameOrFolder, packages)), folder: fresh, isNew: true };
}

/** Lays a scenario out in a folder that is empty or not there yet. */
export async function createSandbox(
  folder: string,
  scenario: string,
  { packages = samples }: SandboxOptions = {},
): Promise<{ readonly folder: string } | NoSandbox> {
  const { isScenario, layScenario, scenarioNames } = await import('./scenarios.ts');
  if (!isScenario(scenario)) return { problem: `${scenario} is no scenario; those are ${scenarioNames().join(', ')}` };
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? [] : null));
  if (names === null) return { problem: `${folder} is not a folder` };
  if (names.length > 0) return { problem: `${folder} is not empty` };
  await mkdir(folder, { recursive: true });
  await layScenario(resolve(folder), scenario, packages);
  return { folder: resolve(folder) };
}
