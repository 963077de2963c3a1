import { rm } from 'node:fs/promises';
import type { Facts } from '../core/facts.ts';
import { SetupError } from '../core/setup-error.ts';
import { createSandbox, openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import type { Memory } from '../sandbox/server.ts';
import { detect } from './detect.ts';

export type SandboxReport = {
  readonly schema: 1;
  readonly command: 'sandbox';
  readonly sandbox: true;
  readonly exitCode: 0;
  readonly folder: string;
  readonly facts: Facts;
  /** The entries of its Application log that this program wrote, oldest first. */
  readonly events: Memory['events'];
};

/** Makes a simulated server in an empty folder, and shows it. */
export async function create(folder: string, scenario: string): Promise<SandboxReport> {
  const made = await createSandbox(folder, scenario);
  if ('problem' in made)
    throw new SetupError(20, {
      message: `No simulated server was made: ${made.problem}.`,
      hint: 'Name an empty folder and a scenario.',
    });
  return show(made.folder);
}

/** Shows a simulated server. */
export async function show(folder: string): Promise<SandboxReport> {
  const opened = await open(folder);
  const { facts } = await detect(opened.machine);
  const { events } = opened.machine.server.memory;
  return { schema: 1, command: 'sandbox', sandbox: true, exitCode: 0, folder: opened.folder, facts, events };
}

/** The simulated server of a folder, or a fresh one of a scenario's name. */
export async function open(nameOrFolder: string): Promise<Sandbox> {
  const opened = await openSandbox(nameOrFolder);
  if ('problem' in opened)
    throw new SetupError(20, {
      message: `There is no simulated server "${nameOrFolder}": ${opened.problem}.`,
      hint: 'Make one with: scim-setup sandbox create <folder> --scenario scim-4.1',
    });
  return opened;
}

/** Removes a simulated server that was made for one look. */
export async function discard(sandbox: Sandbox): Promise<void> {
  if (sandbox.isNew) await rm(sandbox.folder, { recursive: true, force: true });
}
