import assert from 'node:assert/strict';
import { startupRequest } from '../../src/commands/request.ts';
import { resume } from '../../src/commands/resume.ts';
import { reboot } from '../../src/sandbox/reboot.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import type { SandboxMachine } from '../../src/sandbox/sandbox-machine.ts';
import { startTask } from '../../src/sandbox/task-scheduler.ts';
import { doorsOf } from '../given.ts';

/** The server of a folder as it lies there: what a process that has died held in its memory is gone. */
export async function reopened(folder: string): Promise<SandboxMachine> {
  const found = await openSandbox(folder);
  assert.ok('machine' in found);
  return found.machine;
}

/** What a power cut is followed by: the start of the server, and what the startup task does then. */
export async function startedAgain(folder: string): Promise<void> {
  const machine = await reopened(folder);
  await reboot(machine.server);
  if (await startTask(machine.server)) await resume(startupRequest, doorsOf(machine));
}
