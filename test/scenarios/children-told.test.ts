import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { apply } from '../../src/commands/apply.ts';
import { backup } from '../../src/commands/backup.ts';
import { restore } from '../../src/commands/restore.ts';
import { resume } from '../../src/commands/resume.ts';
import type { CodeTable } from '../../src/core/codes.ts';
import type { Child } from '../../src/core/journal.ts';
import { SetupError } from '../../src/core/setup-error.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { asked, doorsOf, givenServer } from '../given.ts';
import { overwrite, settings, textOf } from '../steps/on-server.ts';
import { withDoors } from '../sweep/doors.ts';

const upgrade = asked('apply', 'SCIMConnector-4.4.4.msi');

/** A server with a backup, whose settings were spoilt since. */
async function spoilt() {
  const { machine } = await givenServer('scim-4.1');
  const { id } = await backup(asked('backup', null), doorsOf(machine));
  await overwrite(machine, settings, '{}');
  return { machine, back: asked('restore', null, { from: id }) };
}

/** The n-th child of a tool does not end. */
function hanging(machine: Machine, tool: CodeTable, call = 1): Machine {
  return withFaults(machine, { at: { tool, call }, trouble: { kind: 'hang', effect: 'none' } });
}

/** What a former run has left at work ends when it is asked for a second time; the machine notes what was asked for. */
function withFormer(machine: Machine) {
  const children: Child[] = [];
  const isAlive = async (child: Child) => ({ known: true, value: children.push(child) < 2 }) as const;
  return { children, watched: withDoors(machine, { isAlive }) };
}

/** The doors of a command, and what was told and warned of. */
function listening(machine: Machine) {
  const [told, warned]: [string[], string[]] = [[], []];
  const tell = (text: string) => void told.push(text);
  return { told, warned, doors: doorsOf(machine, { tell, warn: (text) => void warned.push(text) }) };
}

test('a child that gives a restored file its rights and hangs is left at work, and the next run waits for it', async () => {
  const { machine, back } = await spoilt();
  const { told, doors } = listening(hanging(machine, 'powershell'));
  const { end, message } = await restore(back, doors);
  assert.equal(end, 'failed-changed');
  assert.match(message, /may still be at work/);
  assert.deepEqual(told, ['left at work past its limit of 10 min: powershell, process 4711, put the config back']);
  assert.equal(await textOf(machine, settings), '{}', 'the file is as it was');
  const { children, watched } = withFormer(machine);
  assert.equal((await resume(asked('resume', null), doorsOf(watched))).exitCode, 0);
  assert.deepEqual([children.length, children[0]?.tool, children[0]?.limitMs], [2, 'powershell', 600_000]);
  assert.notEqual(await textOf(machine, settings), '{}');
});

test('a startup task that cannot be removed in time spoils no end, and the next run waits for what may remove its own', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { told, warned, doors } = listening(hanging(machine, 'schtasks', 2));
  assert.equal((await apply(upgrade, doors)).exitCode, 0);
  assert.deepEqual(told, ['left at work past its limit of 2 min: schtasks, process 4711, remove the startup task']);
  assert.match(warned.join(), /startup task is left \(schtasks: .*may still be at work\)/);
  const { children, watched } = withFormer(machine);
  assert.equal((await apply(upgrade, doorsOf(watched))).end, 'nothing-to-do');
  assert.deepEqual(
    children.map(({ tool }) => tool),
    ['schtasks', 'schtasks'],
  );
});

test('a startup task that is not registered in time refuses the run, and says that schtasks may be at work', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { told, doors } = listening(hanging(machine, 'schtasks'));
  const error = await apply(upgrade, doors).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof SetupError && error.exitCode === 21);
  assert.match(error.message, /startup task could not be registered \(schtasks: .*may still be at work\)/);
  assert.match(told.join(), /schtasks, process 4711, register the startup task/);
});

test('a restart that is not started in time is told, and the next run waits for what may start it', async () => {
  const { machine } = await givenServer('scim-4.1');
  const request = asked('apply', 'SCIMConnector-4.4.5-asks-reboot.msi', { reboot: 'auto' });
  const { told, doors } = listening(hanging(machine, 'shutdown'));
  const { exitCode, message } = await apply(request, doors);
  assert.equal(exitCode, 3010);
  assert.match(told.join(), /shutdown, process 4711, restart the server/);
  const { children, watched } = withFormer(machine);
  assert.equal((await apply(request, doorsOf(watched))).end, 'nothing-to-do', message);
  assert.deepEqual(
    children.map(({ tool }) => tool),
    ['shutdown', 'shutdown'],
  );
});

test('an entry of the event log that is not written in time is told and changes no end, and nobody waits for it', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { told, warned, doors } = listening(hanging(machine, 'eventcreate', 2));
  assert.equal((await apply(upgrade, doors)).exitCode, 0);
  assert.match(told.join(), /^left at work past its limit of 1 min: eventcreate, process 4711/);
  assert.match(warned.join(), /no entry 10 of this run: eventcreate: .*may still be at work/);
  const { children, watched } = withFormer(machine);
  assert.equal((await apply(upgrade, doorsOf(watched))).end, 'nothing-to-do');
  assert.deepEqual(children, []);
});

test('a copy of a backup whose rights are not set in time is no copy, and which process was left at work is told', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { told, doors } = listening(hanging(machine, 'powershell'));
  const error = await backup(asked('backup', null, { to: 'D:\\keep' }), doors).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof SetupError && error.exitCode === 21);
  assert.match(error.message, /its copy in D:\\keep is not: the access rights .*may still be at work/);
  assert.deepEqual(told, ['left at work past its limit of 10 min: powershell, process 4711, copy the backup']);
});

test('every child that is silent is told of, whatever it is at work for', async () => {
  const { machine, back } = await spoilt();
  const slow = withDoors(machine, {
    change: async (...args) => {
      await pause(150);
      return machine.change(...args);
    },
  });
  const { told, doors } = listening(slow);
  assert.equal((await restore(back, { ...doors, heartbeatMs: 50 })).exitCode, 0);
  const { told: ofBackup, doors: others } = listening(slow);
  await backup(asked('backup', null, { to: 'D:\\keep' }), { ...others, heartbeatMs: 50 });
  const tools = new Set([...told, ...ofBackup].map((text) => /^still at work: (.*), 0 s/.exec(text)?.[1]));
  for (const one of [
    'schtasks, register the startup task',
    'eventcreate, write to the Windows event log',
    'powershell, put the config back',
    'schtasks, remove the startup task',
    'powershell, copy the backup',
  ])
    assert.ok(tools.has(one), `${one} is not in ${[...tools].join('; ')}`);
});
