import { rm } from 'node:fs/promises';
import type { Facts } from '../core/facts.ts';
import { SetupError } from '../core/setup-error.ts';
import type { Machine } from '../machine/machine.ts';
import { createFromFacts, createSandbox, openSandbox, type Sandbox } from '../sandbox/sandbox.ts';
import type { MadeFrom, Memory } from '../sandbox/server.ts';
import { detect } from './detect.ts';
import { type Doors, type Request, startupRequest } from './request.ts';
import type { ResumeReport } from './resume.ts';

export type SandboxReport = {
  readonly schema: 1;
  readonly command: 'sandbox';
  readonly sandbox: true;
  readonly exitCode: 0;
  readonly folder: string;
  /** The facts that it was made from, with what is not as on that server; null for a scenario. */
  readonly madeFrom: MadeFrom | null;
  readonly facts: Facts;
  /** The entries of its Application log that this program wrote, oldest first. */
  readonly events: Memory['events'];
};

/** Facts and their schema are loaded only where a file is given. */
async function factsIn(file: string): Promise<Facts> {
  const { readFacts } = await import('./read-facts.ts');
  return (await readFacts(file)).facts;
}

const usualScenario = 'scim-4.1';

/** Makes a simulated server in an empty folder, by a scenario or from kept facts, and shows it. */
export async function create(
  folder: string,
  { scenario, facts }: Pick<Request, 'scenario' | 'facts'>,
): Promise<SandboxReport> {
  if (scenario !== undefined && facts !== undefined) {
    throw new SetupError(20, {
      message: '--scenario and --facts contradict each other: both say what the server is made of.',
      hint: 'Leave one of them out, in the environment too.',
    });
  }
  const made =
    facts === undefined
      ? await createSandbox(folder, scenario ?? usualScenario)
      : await createFromFacts(folder, await factsIn(facts));
  if ('problem' in made)
    throw new SetupError(20, {
      message: `No simulated server was made: ${made.problem}.`,
      hint: 'Name an empty folder and a scenario.',
    });
  return show(made.folder);
}

/** Shows a simulated server. */
export async function show(folder: string): Promise<SandboxReport> {
  const { machine, folder: place } = await open(folder);
  const { facts } = await detect(machine);
  const { events, madeFrom = null } = machine.server.memory;
  return { schema: 1, command: 'sandbox', sandbox: true, exitCode: 0, folder: place, madeFrom, facts, events };
}

/** A simulated server that was restarted, and what its startup task has come to; null if there was none. */
export type RestartReport = SandboxReport & { readonly resumed: ResumeReport | ProblemOf | null };
type ProblemOf = { readonly sandbox: true; readonly exitCode: number; readonly message: string };

/** Restarts a simulated server, as `shutdown.exe` or a power cut would, and lets its Task Scheduler do what is registered. */
export async function restart(folder: string, doorsFor: (machine: Machine) => Doors): Promise<RestartReport> {
  const [{ reboot }, { startTask }] = [
    await import('../sandbox/reboot.ts'),
    await import('../sandbox/task-scheduler.ts'),
  ];
  await reboot((await open(folder)).machine.server);
  const { machine } = await open(folder);
  const resumed = (await startTask(machine.server)) ? await resumedAtStart(doorsFor(machine)) : null;
  return { ...(await show(folder)), resumed };
}

async function resumedAtStart(doors: Doors): Promise<ResumeReport | ProblemOf> {
  const { resume } = await import('./resume.ts');
  try {
    return await resume(startupRequest, doors);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { sandbox: true, exitCode: error.exitCode, message: error.message };
  }
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
