import { cpSync, rmSync } from 'node:fs';
import { type Doors, nothingAsked, startupRequest } from '../../src/commands/request.ts';
import { resume } from '../../src/commands/resume.ts';
import { SetupError } from '../../src/core/setup-error.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { Killed, PowerCut } from '../../src/sandbox/fault.ts';
import { reboot } from '../../src/sandbox/reboot.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { type Server, saveServer } from '../../src/sandbox/server.ts';
import { startTask } from '../../src/sandbox/task-scheduler.ts';
import { type Trace, traced, withDoors } from './doors.ts';
import type { Goal } from './judge.ts';
import { judgedAfter, lastEnd, type Ran, taskLeft, wrongWith } from './judge-run.ts';
import { runCommand } from './route-command.ts';
import type { Route } from './routes.ts';
import { readState, type ServerState } from './server-state.ts';
import type { Trouble } from './trouble.ts';

/** A route with its server made, which every trial copies. */
export type Prepared = {
  readonly route: Route;
  readonly folder: string;
  /** The server as it lies in the folder. */
  readonly start: ServerState;
  /** The server that it is judged by: the same, unless Windows Installer has to take something back first. */
  readonly before: ServerState;
  /** The server whose settings, rights and site a converged end has: as of the backup that is put back, or where it is moved to. */
  readonly carried: ServerState;
  readonly goal: Goal;
};

/** How a trial went: the end of each run, and what the judge has against them. */
export type Result = { readonly ends: readonly string[]; readonly problems: readonly string[] };

/** What a run is begun by: the command of the route, the startup task, or an operator who goes on with what was cut. */
type By = 'command' | 'task' | 'resume';

const resumeRequests = { task: startupRequest, resume: { ...nothingAsked, command: 'resume' } };

const mostRuns = 5;

/** A run without a fault on a copy of the server, with everything it asked of the machine; questions included. */
export async function traceRoute(prepared: Prepared, folder: string): Promise<Trace> {
  cpSync(prepared.folder, folder, { recursive: true });
  const { machine } = await open(folder);
  const { machine: tracing, trace } = traced(withRoute(prepared.route, machine, machine.server));
  const counting = () => {
    trace.questions += 1;
    return false;
  };
  await runCommand(prepared.route, doorsOf(tracing, counting));
  rmSync(folder, { recursive: true });
  return trace;
}

/** One trouble in the first run, perhaps one in each after it, then runs without any until the server is where the route leads; judged after each. */
export async function tryOut(prepared: Prepared, trouble: Trouble | null, folder: string): Promise<Result> {
  cpSync(prepared.folder, folder, { recursive: true });
  const [ends, problems]: [string[], string[]] = [[], []];
  let [state, judged] = [prepared.start, prepared];
  let by: By = 'command';
  for (let run = 1; run <= mostRuns; run += 1) {
    const strikes = strikeOf(trouble, run);
    const ran = await runOnce(prepared.route, strikes, folder, by);
    const now = readState(folder);
    ends.push(ran.end);
    judged = judgedAfter(judged, ran, now);
    const found = wrongWith(judged, strikes, ran, { last: state, now });
    problems.push(...found.map((text) => `run ${run}, ${ran.end}: ${text}${ran.why ? ` [${ran.why}]` : ''}`));
    if (strikes === null && by === 'command' && ran.end === lastEnd(prepared.route)) {
      problems.push(...taskLeft(now).map((text) => `run ${run}, ${ran.end}: ${text}`));
      break;
    }
    if (run === mostRuns) problems.push(`after ${run} runs the server is not where the route leads: ${ran.why}`);
    by = wantsRestart(ran) ? await restarted(folder) : hinted(ran);
    state = wantsRestart(ran) ? readState(folder) : now;
  }
  rmSync(folder, { recursive: true });
  return { ends, problems };
}

/** What goes wrong in the n-th run. */
function strikeOf(trouble: Trouble | null, run: number): Trouble | null {
  return run === 1 ? trouble : trouble?.next ? strikeOf(trouble.next, run - 1) : null;
}

/** The hint of a refusal is always worth a try, and what is asked for most is a restart. */
function wantsRestart(ran: Ran): boolean {
  return ['power cut', 'reboot-first', 'refused'].includes(ran.end) && hinted(ran) === 'command';
}

/** The command that the hint of a refusal names, if it is another one than that of the route. */
function hinted({ end, why }: Ran): By {
  return end === 'refused' && why.includes('scim-setup resume') ? 'resume' : 'command';
}

/** Runs the command of the route, or what the startup task or an operator runs to go on. */
async function runOnce(route: Route, trouble: Trouble | null, folder: string, by: By): Promise<Ran> {
  const { machine } = await open(folder);
  const inner = withRoute(route, machine, machine.server);
  const outer = trouble ? trouble.machine(inner, machine.server) : inner;
  let questions = 0;
  const interrupted = () => {
    questions += 1;
    return trouble?.interruptAt !== undefined && questions >= trouble.interruptAt;
  };
  try {
    const doors = doorsOf(outer, interrupted);
    const report = by === 'command' ? await runCommand(route, doors) : await resume(resumeRequests[by], doors);
    // A process that died in its last journal line has told nobody of its end: then every door throws.
    await outer.hash('C:\\');
    // Time that passed in waiting alone is not on the disk yet.
    await saveServer(machine.server);
    if (report.runId === null && !('findings' in report)) return { end: 'nothing to resume', why: report.message };
    const told = 'findings' in report && report.findings.length > 0 ? ` ${JSON.stringify(report.findings)}` : '';
    return { end: report.end, why: report.message + told };
  } catch (error) {
    return thrown(error);
  }
}

function toldBy({ problems }: SetupError): string {
  return problems.map(({ message, hint }) => `${message} ${hint}`).join(' ');
}

function thrown(error: unknown): Ran {
  if (error instanceof Killed) return { end: 'killed', why: '' };
  if (error instanceof PowerCut) return { end: 'power cut', why: '' };
  if (error instanceof SetupError) return { end: error.exitCode === 1618 ? 'busy' : 'refused', why: toldBy(error) };
  return { end: 'bug', why: (error as Error).stack ?? String(error) };
}

/** Restarts the server, whose Task Scheduler then starts our task, if it has it. */
async function restarted(folder: string): Promise<By> {
  const { machine } = await open(folder);
  await reboot(machine.server);
  return (await startTask(machine.server)) ? 'task' : 'command';
}

async function open(folder: string): Promise<Sandbox> {
  const opened = await openSandbox(folder);
  if ('problem' in opened) throw new Error(opened.problem);
  return opened;
}

function doorsOf(machine: Machine, isInterrupted: () => boolean): Doors {
  const interrupted = () => (isInterrupted() ? 'back' : 'no');
  const silent = { show: () => undefined, tell: () => undefined, warn: () => undefined };
  return { machine, program: 'sweep', interrupted, leaving: new Promise(() => undefined), ...silent };
}

/** The machine as the route has it: msiexec may refuse the package as long as another version is there. */
function withRoute(route: Route, machine: Machine, server: Server): Machine {
  if (!route.upgradeFails) return machine;
  return withDoors(machine, {
    change: async (call, secrets, onStart) => {
      const words = [...call.args, ...(call.input ?? [])];
      const isInstall = call.tool === 'msiexec' && words.some((one) => String(one).endsWith(`-${route.to}.msi`));
      const { products } = server.facts;
      if (isInstall && products.known && products.value.length > 0) return { code: 1603, timedOut: false, output: '' };
      return machine.change(call, secrets, onStart);
    },
  });
}
