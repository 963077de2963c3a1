import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holds } from '../../src/core/missing.ts';
import { movedFolder } from '../../src/core/places.ts';
import type { Step } from '../../src/core/step.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { perform } from '../../src/steps/perform.ts';
import { givenServer } from '../given.ts';
import { withDoors } from '../sweep/doors.ts';
import { backupOf, doingOn, givenDoing, overwrite, putAs, textOf } from './on-server.ts';

const path = 'C:\\inetpub\\wwwroot\\SCIMConnector';
const clear: Step<'folder.clear'> = { kind: 'folder.clear', path };
const present: Step<'folder.present'> = { kind: 'folder.present', folder: { path, files: 2, logs: 1 } };
const sddl = 'O:BAG:SYD:PAI(A;;FA;;;SY)';
const changedAt = '2026-01-02T03:04:05.000Z';
const as = { sddl, createdAt: changedAt, changedAt, attributes: ['Archive'] };

/** A server on which files of the connector lie without a product. */
async function leftBehind() {
  const { machine } = await givenServer('iis-only');
  await putAs(machine, `${path}\\appsettings.json`, '{"KEY": "old"}', as);
  await overwrite(machine, `${path}\\bin\\a.dll`, 'a library');
  await overwrite(machine, `${path}\\Log\\1.log`, 'a log');
  return { machine, doing: doingOn(machine) };
}

/** The other drive of these tests: a rename from C: to it is none. */
const acrossDrives = (machine: Machine) => doingOn(withDoors(machine, { move: async () => false }));

async function rightsOf(machine: Machine): Promise<string | undefined> {
  const { config } = await doingOn(machine).look();
  return config.known ? config.value.find((one) => one.path.endsWith('appsettings.json'))?.sddl : undefined;
}

for (const [how, doingFor] of [
  ['by one rename', doingOn],
  ['file by file to another drive', acrossDrives],
] as const) {
  test(`a folder that is left over goes into the backup and comes back, ${how}`, async () => {
    const { machine } = await leftBehind();
    const doing = doingFor(machine);
    assert.equal((await perform(clear, doing)).ok, true);
    assert.ok(holds(clear, await doing.look()));
    const aside = movedFolder(doing.places, path);
    assert.equal(await textOf(machine, `${aside}\\bin\\a.dll`), 'a library');
    assert.deepEqual(await machine.list(path), []);
    assert.equal((await perform(present, doing)).ok, true);
    assert.ok(holds(present, await doing.look()));
    assert.equal(await textOf(machine, `${path}\\appsettings.json`), '{"KEY": "old"}');
    assert.equal(await textOf(machine, `${path}\\Log\\1.log`), 'a log');
  });
}

for (const [how, doingFor] of [
  ['renamed', doingOn],
  ['copied from another drive', acrossDrives],
] as const) {
  test(`config files have their access rights again when their folder is ${how}`, async () => {
    const { machine } = await leftBehind();
    const doing = doingFor(machine);
    assert.equal((await perform(await backupOf(doing), doing)).ok, true);
    await perform(clear, doing);
    assert.equal((await perform(present, doing)).ok, true);
    assert.equal(await rightsOf(machine), sddl);
  });
}

test('what comes to the place of a folder later never goes over its copy', async () => {
  const { machine, doing } = await leftBehind();
  await perform(clear, doing);
  await overwrite(machine, `${path}\\appsettings.json`, '{"KEY": "new"}');
  assert.equal((await perform(clear, doing)).ok, true);
  assert.equal(await textOf(machine, `${movedFolder(doing.places, path)}\\appsettings.json`), '{"KEY": "old"}');
  assert.equal(await textOf(machine, `${movedFolder(doing.places, path, 2)}\\appsettings.json`), '{"KEY": "new"}');
  await overwrite(machine, `${path}\\appsettings.json`, '{"KEY": "newer"}');
  const outcome = await perform(clear, acrossDrives(machine));
  assert.match(outcome.meaning, /is another file than/);
  assert.equal(await textOf(machine, `${path}\\appsettings.json`), '{"KEY": "newer"}');
});

test('a copying that was cut is finished, and nothing is removed before its copy was compared', async () => {
  const { machine } = await leftBehind();
  const removed: string[] = [];
  let copies = 0;
  const copy: Machine['copy'] = (from, to) =>
    ++copies === 2
      ? Promise.reject(Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' }))
      : machine.copy(from, to);
  const remove: Machine['remove'] = (one) => {
    removed.push(one);
    return machine.remove(one);
  };
  const cut = await perform(clear, doingOn(withDoors(machine, { move: async () => false, copy, remove })));
  assert.deepEqual([cut.ok, removed], [false, []]);
  assert.equal((await perform(clear, acrossDrives(machine))).ok, true);
  assert.ok(holds(clear, await doingOn(machine).look()));
});

test('a copy that arrived otherwise is a failure, and the file stays', async () => {
  const { machine } = await leftBehind();
  const doing = doingOn(withDoors(machine, { move: async () => false, copy: async () => 'f'.repeat(64) }));
  assert.match((await perform(clear, doing)).meaning, /could not be copied/);
  assert.equal(await textOf(machine, `${path}\\bin\\a.dll`), 'a library');
});

test('the folder of a registered product is not moved, whatever was planned', async () => {
  const { machine, doing } = await givenDoing();
  const before = await machine.list(path);
  assert.match((await perform(clear, doing)).meaning, /belongs to 4\.1\.0, which is registered/);
  assert.deepEqual(await machine.list(path), before);
});

test('a folder of which the backup holds nothing cannot be put back, and that is said', async () => {
  const { doing } = await leftBehind();
  assert.match((await perform(present, doing)).meaning, /is not in the backup/);
});

test('files that came meanwhile stay when a folder is put back over them, but its own win', async () => {
  const { machine, doing } = await leftBehind();
  await perform(clear, doing);
  await overwrite(machine, `${path}\\appsettings.json`, '{"KEY": "new"}');
  await overwrite(machine, `${path}\\Log\\2.log`, 'a newer log');
  assert.equal((await perform(present, doing)).ok, true);
  assert.equal(await textOf(machine, `${path}\\appsettings.json`), '{"KEY": "old"}');
  assert.equal(await textOf(machine, `${path}\\Log\\2.log`), 'a newer log');
});
