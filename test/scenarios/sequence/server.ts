import { startupRequest } from '../../../src/commands/request.ts';
import { resume } from '../../../src/commands/resume.ts';
import { exitCodes } from '../../../src/core/exit-codes.ts';
import { mayBeAccepted } from '../../../src/core/finding-row.ts';
import { findingRows } from '../../../src/core/findings.ts';
import type { RunReport } from '../../../src/core/report.ts';
import { SetupError } from '../../../src/core/setup-error.ts';
import { Killed, PowerCut } from '../../../src/sandbox/fault.ts';
import { reboot } from '../../../src/sandbox/reboot.ts';
import { openSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { saveServer } from '../../../src/sandbox/server.ts';
import { startTask } from '../../../src/sandbox/task-scheduler.ts';
import { doorsOf } from '../../given.ts';
import { runCommand } from '../../sweep/route-command.ts';
import type { Trouble } from '../../sweep/trouble.ts';

/** How a run ended: by a name of the table of exit codes or its own, as killed or cut, or as a bug. */
export type Ran = {
  readonly end: string;
  readonly exitCode: number | null;
  readonly why: string;
  /** Findings that cannot be accepted. */
  readonly stops: readonly string[];
};

const acceptable = findingRows.filter(mayBeAccepted).map((row) => row.id);

/** Runs the program once towards a version, or away from all, with everything accepted that can be. */
export async function runOnce(folder: string, to: string | null, trouble: Trouble | null): Promise<Ran> {
  const { machine } = await open(folder);
  const outer = trouble ? trouble.machine(machine, machine.server) : machine;
  let questions = 0;
  const interrupted = () => {
    questions += 1;
    return trouble?.interruptAt !== undefined && questions >= trouble.interruptAt ? 'back' : 'no';
  };
  const doors = doorsOf(outer, { interrupted });
  const route = { name: '', scenario: '', from: null, to, accept: acceptable, end: 'converged' } as const;
  try {
    const report = await runCommand(route, doors);
    // A process that died in its last journal line has told nobody of its end: then every door throws.
    await outer.hash('C:\\');
    await saveServer(machine.server);
    return endOf(report);
  } catch (error) {
    return thrown(error);
  }
}

/** What the startup task does after a restart, and towards which version; null where no run waits for one. */
export async function resumeOnce(folder: string): Promise<(Ran & { readonly to: string | null }) | null> {
  const { machine } = await open(folder);
  if (!(await startTask(machine.server))) return null;
  try {
    const report = await resume(startupRequest, doorsOf(machine));
    await saveServer(machine.server);
    if (!('findings' in report)) {
      const { exitCode, message: why } = report;
      return { end: 'nothing to resume', exitCode, why, stops: [], to: null };
    }
    return { ...endOf(report), to: report.goal.msi?.replace(/^SCIMConnector-|\.msi$/g, '') ?? null };
  } catch (error) {
    return { ...thrown(error), to: null };
  }
}

function endOf({ end, exitCode, message, findings }: RunReport): Ran {
  const stops = findings.filter((one) => one.stops === 'always').map((one) => one.id);
  return { end, exitCode, why: [message, ...stops].join(' '), stops };
}

function thrown(error: unknown): Ran {
  const ended = { exitCode: null, why: '', stops: [] };
  if (error instanceof Killed) return { ...ended, end: 'killed' };
  if (error instanceof PowerCut) return { ...ended, end: 'power cut' };
  if (!(error instanceof SetupError)) return { ...ended, end: 'bug', why: (error as Error).stack ?? String(error) };
  const { exitCode, message: why } = error;
  return { ...ended, end: exitCodes.find((one) => one.code === exitCode)?.name ?? 'unnamed', exitCode, why };
}

/** Restarts the server. */
export async function restart(folder: string): Promise<void> {
  await reboot((await open(folder)).machine.server);
}

/** Where settings are entered, by what the formats of the connector have. */
const settingsFiles = ['appsettings.json', 'Settings.enc'];

/** Changes a setting as the connector's own pages do, if a connector runs; whether it was done. */
export async function edit(folder: string, value: number): Promise<string | null> {
  const { server } = (await open(folder)).machine;
  const { products, iis } = server.facts;
  const serving = iis.known ? (iis.value?.pools.filter((pool) => pool.workers > 0).map((pool) => pool.name) ?? []) : [];
  const site = iis.known ? iis.value?.sites.find((one) => isOwn(one.folder) && serving.includes(one.pool)) : undefined;
  if (!products.known || products.value.length === 0 || !site) return null;
  for (const name of settingsFiles) {
    const path = `${site.folder}\\${name}`;
    const bytes = await server.drive.read(path);
    if (!bytes) continue;
    await server.drive.write(path, edited(Buffer.from(bytes).toString(), value));
    return path.toLowerCase();
  }
  return null;
}

const isOwn = (folder: string) => /scim/i.test(folder);

function edited(text: string, value: number): string {
  const entered = Buffer.from(`simulated: settings entered at ${value}`).toString('base64');
  if (!text.trimStart().startsWith('{') && !text.startsWith('\uFEFF{')) return `${entered}\r\n`;
  return text.replace(/("Configurations"\s*:\s*)"[^"]*"/, `$1"${entered}"`);
}

async function open(folder: string): Promise<Sandbox> {
  const opened = await openSandbox(folder);
  if ('problem' in opened) throw new Error(opened.problem);
  return opened;
}
