import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import type { Call } from '../../src/core/call.ts';
import type { Child } from '../../src/core/journal.ts';
import { SetupError } from '../../src/core/setup-error.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { Killed } from '../../src/sandbox/fault.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import type { SandboxMachine } from '../../src/sandbox/sandbox-machine.ts';
import { saveServer, store, stored } from '../../src/sandbox/server.ts';
import { documentOf, run } from '../cli/program.ts';
import { asked, doorsOf, givenServer, sample } from '../given.ts';
import { withDoors } from '../sweep/doors.ts';

const request = asked('apply', 'SCIMConnector-4.4.4.msi');

/** A server on which the process was killed while its msiexec had just begun. */
async function killedAmid(): Promise<SandboxMachine> {
  const { machine } = await givenServer('scim-4.1');
  const fault = { at: { tool: 'msiexec', call: 1 }, trouble: { kind: 'kill', effect: 'begun' } } as const;
  await assert.rejects(apply(request, doorsOf(withFaults(machine, fault))), Killed);
  return machine;
}

/** The child of the killed run is at work for some questions; the machine notes which one was asked for, and what is done. */
function withChild(machine: Machine, questions: number) {
  const [children, calls]: [Child[], Call[]] = [[], []];
  const watched = withDoors(machine, {
    isAlive: async (child) => ({ known: true, value: children.push(child) <= questions }),
    change: (call, ...more) => {
      calls.push(call);
      return machine.change(call, ...more);
    },
  });
  return { children, calls, watched };
}

test('the next run waits for the child of a killed one, and says which it is, before it goes on', async () => {
  const machine = await killedAmid();
  const { children, watched } = withChild(machine, 2);
  const told: string[] = [];
  const { end } = await apply(request, doorsOf(watched, { tell: (text) => void told.push(text) }));
  assert.equal(end, 'converged');
  assert.equal(children.length, 3);
  assert.equal(children[0]?.tool, 'msiexec');
  assert.match(told[0] ?? '', /msiexec, process 4711, started by run .*; waiting for its end/);
});

test('a run that waits longer than the time limit of that child ends with 1618, and has begun nothing', async () => {
  const machine = await killedAmid();
  const { calls, watched } = withChild(machine, Number.POSITIVE_INFINITY);
  const before = Date.parse(machine.now());
  const error = await apply(request, doorsOf(watched)).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof SetupError);
  assert.equal(error.exitCode, 1618);
  assert.match(error.problems[0]?.message ?? '', /process 4711.*It was waited for 30 min\./);
  assert.ok(Date.parse(machine.now()) - before >= 1_800_000);
  assert.deepEqual(calls, []);
});

test('a run after one that ended has no child to ask for', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { children, watched } = withChild(machine, 0);
  assert.equal((await apply(request, doorsOf(watched))).end, 'converged');
  assert.equal((await apply(request, doorsOf(watched))).end, 'nothing-to-do');
  assert.deepEqual(children, []);
});

/** A server on which somebody else installs something that does not end. */
async function heldServer() {
  const { machine, folder } = await givenServer('scim-4.1');
  const { server } = machine;
  const holders = [{ pid: 4711, name: 'msiexec.exe', parent: 'setup.exe', startedAt: null }];
  store(server, 'installer', { ...stored(server, 'installer'), holders });
  await saveServer(server);
  return { machine, folder };
}

const who = /another installation is running: msiexec\.exe \(process 4711, started by setup\.exe\)/;

test('an installation that does not end is named in the end of the run, which puts everything back', async () => {
  const { machine } = await heldServer();
  const { end, message } = await apply(request, doorsOf(machine));
  assert.equal(end, 'failed-as-before');
  assert.match(message, who);
  assert.match(message, /1618, .*; waited 10 min/);
});

test('what goes on is told on stdout, and with --json on stderr alone', async () => {
  for (const json of [false, true]) {
    const { folder } = await heldServer();
    const argv = ['apply', '--sandbox', folder, '--msi', sample('SCIMConnector-4.4.4.msi')];
    const ended = await run(...argv, ...(json ? ['--json'] : []));
    const [told, other] = json ? [ended.err, ended.out] : [ended.out, ended.err];
    assert.match(told, /next attempt in 10 s/);
    assert.doesNotMatch(other, /next attempt/);
    if (json) assert.equal(documentOf(ended).end, 'failed-as-before');
  }
});
