import assert from 'node:assert/strict';
import { apply } from '../../src/commands/apply.ts';
import { type RestartReport, restart } from '../../src/commands/sandbox.ts';
import type { CallResult } from '../../src/core/call.ts';
import type { CodeTable } from '../../src/core/codes.ts';
import { startupTask } from '../../src/core/startup-task.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { Killed, PowerCut } from '../../src/sandbox/fault.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { type Server, saveServer, store, stored } from '../../src/sandbox/server.ts';
import { asked, bundle, doorsOf, givenServer, sample } from '../given.ts';
import { withDoors } from '../sweep/doors.ts';

/** Restarts a simulated server and lets its startup task run, on a machine that may be changed beforehand. */
export function restarted(
  folder: string,
  change: (machine: Machine) => Machine = (machine) => machine,
): Promise<RestartReport> {
  return restart(folder, (machine) => doorsOf(change(machine)));
}

/** The same, where what came of it is a run. */
export async function runAfterRestart(folder: string, change?: (machine: Machine) => Machine) {
  const { resumed } = await restarted(folder, change);
  if (!resumed || !('steps' in resumed)) return assert.fail(JSON.stringify(resumed));
  return resumed;
}

/** Whatever cut the run, as the end of our process or the loss of power. */
export async function cut(run: Promise<unknown>): Promise<void> {
  await assert.rejects(run, (error) => error instanceof PowerCut || error instanceof Killed);
}

/** A machine on which a tool, called for the first time, does what it is for and more. */
export function onFirst(machine: Machine, tool: CodeTable, more: (ended: CallResult) => Promise<CallResult>): Machine {
  let isFirst = true;
  return withDoors(machine, {
    change: async (call, ...rest) => {
      const ended = await machine.change(call, ...rest);
      if (!isFirst || call.tool !== tool) return ended;
      isFirst = false;
      return more(ended);
    },
  });
}

/** DISM wants a restart before what it has enabled is there (3010). */
export function dismWantsRestart({ machine }: Sandbox): Machine {
  return onFirst(machine, 'dism', async (ended) => {
    const { server } = machine;
    const pending = Object.entries(stored(server, 'features')).map(([name, state]) => [
      name,
      state === 'enabled' && name.startsWith('IIS-') ? ('enable-pending' as const) : state,
    ]);
    store(server, 'features', Object.fromEntries(pending));
    return wantsRestart(server, ended, { reasons: ['servicing'], deletions: [] });
  });
}

/** A server on which an upgrade waits for a restart that the hosting bundle wants before it is there: the connector runs on meanwhile. */
export async function waitingForBundle(msi: string) {
  const { folder, machine } = await givenServer('scim-4.1-no-bundle');
  const request = asked('apply', msi, { hostingBundle: sample(bundle) });
  const first = await apply(request, doorsOf(withFaults(machine, bundleNotThere)));
  assert.deepEqual([first.exitCode, first.end], [25, 'reboot-first'], first.message);
  return { folder, machine };
}

/** The hosting bundle says that a restart is needed, and has done nothing. */
export const bundleNotThere = {
  at: { tool: 'hosting', call: 1 },
  trouble: { kind: 'code', code: 3010, effect: 'none' },
} as const;

/** An uninstallation leaves a file in use to the next start of Windows (3010, T1). */
export function uninstallLeavesFile({ machine }: Sandbox, path: string): Machine {
  return onFirst(machine, 'msiexec /x', async (ended) => {
    await machine.server.drive.write(path, 'in use');
    return wantsRestart(machine.server, ended, { reasons: ['file-renames'], deletions: [path] });
  });
}

/** A setup that fails leaves a file to the next start of Windows, and nothing else (1603, T1). */
export function setupLeavesFile({ machine }: Sandbox, path: string): Machine {
  let isFirst = true;
  return withDoors(machine, {
    change: async (call, ...rest) => {
      if (!isFirst || call.tool !== 'msiexec') return machine.change(call, ...rest);
      isFirst = false;
      const ended = await withFaults(machine, failsUntouched).change(call, ...rest);
      await machine.server.drive.write(path, 'in use');
      store(machine.server, 'restart', { reasons: ['file-renames'], deletions: [path] });
      await saveServer(machine.server);
      return ended;
    },
  });
}

const failsUntouched = {
  at: { tool: 'msiexec', call: 1 },
  trouble: { kind: 'code', code: 1603, effect: 'none' },
} as const;

async function wantsRestart(
  server: Server,
  ended: CallResult,
  restart: { reasons: readonly string[]; deletions: readonly string[] },
): Promise<CallResult> {
  store(server, 'restart', restart);
  await saveServer(server);
  return { ...ended, code: 3010 };
}

/** A server as it lies in its folder. */
export async function serverIn(folder: string): Promise<Server> {
  const opened = await openSandbox(folder);
  if ('problem' in opened) throw new Error(opened.problem);
  return opened.machine.server;
}

/** Whether the startup task is registered. */
export async function hasTask(folder: string): Promise<boolean> {
  return (await serverIn(folder)).memory.tasks?.[startupTask] !== undefined;
}

/** The versions that are registered, and the ids of the entries in the event log. */
export async function seenIn(folder: string) {
  const { facts, memory } = await serverIn(folder);
  const versions = facts.products.known ? facts.products.value.map((one) => one.version) : [];
  return { versions, events: memory.events.map((one) => one.id) };
}
