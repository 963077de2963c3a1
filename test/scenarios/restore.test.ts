import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply, uninstall } from '../../src/commands/apply.ts';
import { backup } from '../../src/commands/backup.ts';
import { backups } from '../../src/commands/backups.ts';
import { restore } from '../../src/commands/restore.ts';
import { resume } from '../../src/commands/resume.ts';
import { SetupError } from '../../src/core/setup-error.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { asked, doorsOf, givenServer } from '../given.ts';
import { settings, textOf } from '../steps/on-server.ts';
import { withDoors } from '../sweep/doors.ts';
import { readState, untouched } from '../sweep/server-state.ts';

/** A machine on which another program holds the copy of the settings at the very moment at which it is read for the n-th time. */
function heldAt(nth: number, machine: Machine): Machine {
  let times = 0;
  const check = (path: string) => {
    if (!/\\backups\\.*appsettings\.json$/.test(path)) return;
    times += 1;
    if (times === nth) throw Object.assign(new Error('EBUSY: resource busy or locked, open'), { code: 'EBUSY' });
  };
  return withDoors(machine, {
    read: async (path) => {
      check(path);
      return machine.read(path);
    },
    hash: async (path) => {
      check(path);
      return machine.hash(path);
    },
  });
}

for (const [nth, what] of ['as it is proven', 'as its values are read', 'as it is proven again'].entries()) {
  test(`a backup of which another program holds a file ${what} is refused, and no bug`, async () => {
    const { folder, machine } = await givenServer('scim-4.1');
    const { id: from } = await backup(asked('backup', null), doorsOf(machine));
    const before = readState(folder);
    const asking = restore(asked('restore', null, { from }), doorsOf(heldAt(nth + 1, machine)));
    const refusal = await asking.catch((error: unknown) => error);
    assert.ok(refusal instanceof SetupError, String(refusal));
    assert.equal(refusal.exitCode, 21);
    assert.match(refusal.message, /is not put back: it cannot be read \(EBUSY/);
    assert.deepEqual(untouched(before, readState(folder)), []);
  });
}

test('a backup of which another program holds a file is listed as one that cannot be read, and the others are', async () => {
  const { machine } = await givenServer('scim-4.1');
  for (let number = 1; number <= 2; number += 1) await backup(asked('backup', null), doorsOf(machine));
  const { backups: rows } = await backups(asked('backups', null), doorsOf(heldAt(1, machine)));
  assert.match(rows[0]?.problems.join() ?? '', /^it cannot be read \(EBUSY/);
  assert.deepEqual(rows[1]?.problems, []);
});

test('what restore is told to accept must be the id of a finding', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { id: from } = await backup(asked('backup', null), doorsOf(machine));
  const asking = restore(asked('restore', null, { from, accept: ['nonsense'] }), doorsOf(machine));
  await assert.rejects(asking, { exitCode: 20, message: /"nonsense" is no finding that can be accepted/ });
});

test('a restore that fails leaves no file that was not there before', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { id: from } = await backup(asked('backup', null), doorsOf(machine));
  const webConfig = settings.replace('appsettings.json', 'web.config');
  await machine.remove(webConfig);
  let isFirst = true;
  const failing = withDoors(machine, {
    change: async (call, ...more) => {
      if (!isFirst || !call.args.includes('start')) return machine.change(call, ...more);
      isFirst = false;
      return { code: 5, timedOut: false, output: '' };
    },
  });
  const report = await restore(asked('restore', null, { from }), doorsOf(failing));
  assert.equal(report.end, 'failed-as-before', report.message);
  assert.equal(await machine.hash(webConfig), null);
});

test('a restore that was cut is not undone by the next apply or uninstall, and resume brings it to its end', async () => {
  const { machine } = await givenServer('scim-4.1');
  const good = await textOf(machine, settings);
  const { id: from } = await backup(asked('backup', null), doorsOf(machine));
  await machine.write(settings, new TextEncoder().encode('{ "KEY": "spoilt" }'));
  const cut = { at: { tool: 'appcmd', call: 2 }, trouble: { kind: 'kill', effect: 'none' } } as const;
  await assert.rejects(restore(asked('restore', null, { from }), doorsOf(withFaults(machine, cut))));
  assert.equal(await textOf(machine, settings), good, 'it was put back before the cut');
  const upgrade = asked('apply', 'SCIMConnector-4.4.4.msi');
  for (const next of [
    () => apply(upgrade, doorsOf(machine)),
    () => uninstall(asked('uninstall', null), doorsOf(machine)),
  ]) {
    const { exitCode, findings } = await next();
    assert.deepEqual([exitCode, findings.map((one) => one.id)], [21, ['restore-unfinished']]);
  }
  await resume(asked('resume', null), doorsOf(machine));
  assert.equal(await textOf(machine, settings), good);
  const after = await apply(upgrade, doorsOf(machine));
  assert.equal(after.exitCode, 0, after.message);
});

test('a restore that can neither be done nor taken back keeps nobody from going forward, once that is accepted', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { id: from } = await backup(asked('backup', null), doorsOf(machine));
  await machine.write(settings, new TextEncoder().encode('{ "KEY": "spoilt" }'));
  const failing = withDoors(machine, {
    change: async (call, ...more) =>
      call.args.includes('start') ? { code: 5, timedOut: false, output: '' } : machine.change(call, ...more),
  });
  const failed = await restore(asked('restore', null, { from }), doorsOf(failing));
  assert.deepEqual([failed.exitCode, failed.end], [23, 'failed-changed'], failed.message);
  const upgrade = (more: object = {}) => asked('apply', 'SCIMConnector-4.4.4.msi', more);
  const again = await apply(upgrade(), doorsOf(failing));
  assert.deepEqual([again.exitCode, again.findings.map((one) => one.id)], [23, ['stranded']], again.message);
  assert.match(again.message, /had not brought back what was before \(.*pool/i);
  const forward = await apply(upgrade({ accept: ['stranded'] }), doorsOf(machine));
  assert.deepEqual([forward.exitCode, forward.end], [0, 'converged'], forward.message);
});
