import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Facts } from '../core/facts.ts';
import { fileErrorText } from '../core/file-error.ts';
import { SandboxMachine } from './sandbox-machine.ts';
import { isScenario, scenarioNames } from './scenario-list.ts';
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
  if (!isScenario(nameOrFolder)) {
    return { problem: `${server.problem}, and the scenarios are ${scenarioNames().join(', ')}` };
  }
  const { layScenario } = await import('./scenarios.ts');
  const fresh = await mkdtemp(join(tmpdir(), `scim-setup-sandbox-${nameOrFolder}-`));
  return { machine: new SandboxMachine(await layScenario(fresh, nameOrFolder, packages)), folder: fresh, isNew: true };
}

/** Lays a scenario out in a folder that is empty or not there yet. */
export async function createSandbox(
  folder: string,
  scenario: string,
  { packages = samples }: SandboxOptions = {},
): Promise<{ readonly folder: string } | NoSandbox> {
  if (!isScenario(scenario)) return { problem: `${scenario} is no scenario; those are ${scenarioNames().join(', ')}` };
  const problem = await whyNotEmpty(folder);
  if (problem !== null) return { problem };
  const { layScenario } = await import('./scenarios.ts');
  await mkdir(folder, { recursive: true });
  await layScenario(resolve(folder), scenario, packages);
  return { folder: resolve(folder) };
}

/** Lays a server out of facts in a folder that is empty or not there yet. */
export async function createFromFacts(
  folder: string,
  facts: Facts,
  { packages = samples }: SandboxOptions = {},
): Promise<{ readonly folder: string } | NoSandbox> {
  const problem = await whyNotEmpty(folder);
  if (problem !== null) return { problem };
  const [{ layFacts }, { UnknownCall }] = [await import('./from-facts.ts'), await import('./tools/tool.ts')];
  const names = (await readdir(packages)).filter((name) => name.toLowerCase().endsWith('.msi')).sort();
  const place = resolve(folder);
  await mkdir(place, { recursive: true });
  try {
    const files = names.map((name) => join(packages, name));
    await layFacts(place, facts, files);
    return { folder: place };
  } catch (error) {
    for (const name of await readdir(place)) await rm(join(place, name), { recursive: true, force: true });
    const text = error instanceof UnknownCall ? error.message : fileErrorText(error);
    if (text === null) throw error;
    return { problem: `these facts cannot be simulated: ${text}` };
  }
}

async function whyNotEmpty(folder: string): Promise<string | null> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? [] : null));
  if (names === null) return `${folder} is not a folder`;
  return names.length > 0 ? `${folder} is not empty` : null;
}
