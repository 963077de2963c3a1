import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply, uninstall } from '../../src/commands/apply.ts';
import { Killed, type Position } from '../../src/sandbox/fault.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import type { SandboxMachine } from '../../src/sandbox/sandbox-machine.ts';
import { asked, bundle, doorsOf, givenServer, sample } from '../given.ts';
import { known, look } from '../sandbox/on-server.ts';

const request = (name: string) => asked('apply', `SCIMConnector-${name}.msi`, { hostingBundle: sample(bundle) });
const versions = async (machine: SandboxMachine) => known((await look({ machine })).products).map((one) => one.version);

async function killed(machine: SandboxMachine, name: string, at: Position): Promise<void> {
  const dying = withFaults(machine, { at, trouble: { kind: 'kill', effect: 'done' } });
  await assert.rejects(apply(request(name), doorsOf(dying)), Killed);
}

/** A run has installed its package and was killed; the next one, with another package, was killed before it had undone that. */
async function afterTwoKilledRuns(): Promise<SandboxMachine> {
  const { machine } = await givenServer('fresh');
  await killed(machine, '4.4.4', { tool: 'msiexec', call: 1 });
  await killed(machine, '4.3.0', { door: 2 });
  assert.deepEqual(await versions(machine), ['4.4.4']);
  return machine;
}

test('what the first of three packages has left, which no other replaces, is gone after the third', async () => {
  const machine = await afterTwoKilledRuns();
  const third = await apply(request('4.1.0'), doorsOf(machine));
  assert.deepEqual([third.end, await versions(machine)], ['converged', ['4.1.0']], third.message);
  assert.equal((await apply(request('4.1.0'), doorsOf(machine))).end, 'nothing-to-do');
});

test('what the first of two packages has left is gone after an uninstallation, and nobody else is blamed', async () => {
  const machine = await afterTwoKilledRuns();
  const third = await uninstall(asked('uninstall', null), doorsOf(machine));
  assert.deepEqual([third.end, await versions(machine)], ['converged', []], third.message);
});

test('what the first of three packages has left is gone where the third fails', async () => {
  const machine = await afterTwoKilledRuns();
  const third = await apply(request('4.4.5-fails-old-kept'), doorsOf(machine));
  assert.deepEqual([third.end, await versions(machine)], ['failed-as-before', []], third.message);
});
