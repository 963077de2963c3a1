import assert from 'node:assert/strict';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import type { SandboxMachine } from '../../src/sandbox/sandbox-machine.ts';

/** The server of a folder as it lies there: what a process that has died held in its memory is gone. */
export async function reopened(folder: string): Promise<SandboxMachine> {
  const found = await openSandbox(folder);
  assert.ok('machine' in found);
  return found.machine;
}
