import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestPath, storedPath } from '../../src/core/backup.ts';
import { holds } from '../../src/core/missing.ts';
import type { Step } from '../../src/core/step.ts';
import { type Doing, failure } from '../../src/steps/doing.ts';
import { perform } from '../../src/steps/perform.ts';
import { withDoors } from '../sweep/doors.ts';
import { backupOf, doingOn, givenDoing, manifestOf, overwrite, responses, settings, textOf } from './on-server.ts';

async function backedUp() {
  const { machine, doing } = await givenDoing();
  const step = await backupOf(doing);
  assert.equal((await perform(step, doing)).ok, true);
  const before = await textOf(machine, settings);
  const restore = (match: 'values' | 'exact'): Step<'config.restore'> => ({
    kind: 'config.restore',
    files: step.files,
    match,
  });
  return { machine, doing, step, before, restore };
}

test('a backup holds every config file and the old package, each proven by its hash', async () => {
  const { machine, doing, step } = await backedUp();
  assert.ok(holds(step, await doing.look()));
  const manifest = await manifestOf(doing);
  assert.equal(manifest.files.length, step.files.length);
  for (const file of manifest.files) {
    assert.equal(await machine.hash(storedPath(doing.places.backup, file)), file.sha256);
    assert.match(file.sddl, /D:/);
  }
});

test('a file that was changed since the server was read is not backed up as if it were the old one', async () => {
  const { machine, doing } = await givenDoing();
  const step = await backupOf(doing);
  await overwrite(machine, settings, '{"KEY": "another"}');
  const outcome = await perform(step, doing);
  assert.equal(outcome.ok, false);
  assert.match(outcome.meaning, /appsettings\.json was changed/);
  assert.equal(await machine.read(manifestPath(doing.places.backup)), null);
});

test('a good copy of an earlier run is never copied over', async () => {
  const { machine, doing, step, before } = await backedUp();
  await overwrite(machine, settings, '{}');
  assert.equal((await perform(step, doing)).ok, true);
  const manifest = await manifestOf(doing);
  const kept = manifest.files.find((file) => file.path === settings);
  assert.ok(kept);
  assert.equal(await textOf(machine, storedPath(doing.places.backup, kept)), before);
});

test('lost settings come back byte for byte, with the rights they had', async () => {
  const { machine, doing, before, restore } = await backedUp();
  const rights = (await doing.look()).config;
  await overwrite(machine, settings, '{}');
  assert.equal((await perform(restore('exact'), doing)).ok, true);
  assert.equal(await textOf(machine, settings), before);
  assert.deepEqual((await doing.look()).config, rights);
});

test('keys that only the new version has are added to the old settings, which stay as they are', async () => {
  const { machine, doing, before, restore } = await backedUp();
  await overwrite(machine, settings, '{ "NewSwitch": true, "KEY": "a default of the package" }');
  assert.equal((await perform(restore('values'), doing)).ok, true);
  const now = await textOf(machine, settings);
  assert.equal(JSON.parse(now).NewSwitch, true);
  const [old, { NewSwitch, ...kept }] = [JSON.parse(before), JSON.parse(now)];
  assert.equal(NewSwitch, true);
  assert.deepEqual(kept, old);
});

test('values of Responses are put into the file of the new version, whose other values stay', async () => {
  const { machine, doing, step } = await backedUp();
  const file = step.files.find((one) => one.path === responses);
  assert.ok(file);
  const [pointer = ''] = Object.keys(file.values);
  const changed = { ...file, values: { [pointer]: file.values[pointer] ?? '' } };
  const old = JSON.parse(await textOf(machine, responses));
  const fresh = { ...Object.fromEntries(Object.keys(old).map((key) => [key, 'new default'])), Added: 1 };
  await overwrite(machine, responses, JSON.stringify(fresh));
  assert.equal((await perform({ kind: 'config.restore', files: [changed], match: 'values' }, doing)).ok, true);
  const key = pointer.slice(1);
  assert.deepEqual(JSON.parse(await textOf(machine, responses)), { ...fresh, [key]: old[key] });
});

test('what is as it should be is not written again', async () => {
  const { machine, step, restore } = await backedUp();
  const doing = doingOn(withDoors(machine, { replace: refuse }));
  assert.equal((await perform(restore('exact'), doing)).ok, true);
  assert.ok(step.files.length > 0);
});

test('a damaged backup is not put back', async () => {
  const { machine, doing, restore } = await backedUp();
  const manifest = await manifestOf(doing);
  const kept = manifest.files.find((file) => file.path === settings);
  assert.ok(kept);
  await overwrite(machine, storedPath(doing.places.backup, kept), '{"KEY": "forged"}');
  await overwrite(machine, settings, '{}');
  const outcome = await perform(restore('exact'), doing);
  assert.equal(outcome.ok, false);
  assert.match(outcome.meaning, /backup of .*appsettings\.json is damaged/);
  assert.equal(await textOf(machine, settings), '{}');
});

test('settings that are no UTF-8 cannot be edited as text, so the old bytes go back as they were', async () => {
  const { machine, doing } = await givenDoing();
  const old = Uint8Array.from([...new TextEncoder().encode('{"KEY": "'), 0xfc, ...new TextEncoder().encode('"}')]);
  await machine.write(settings, old);
  const backup = await backupOf(doing);
  assert.equal((await perform(backup, doing)).ok, true);
  await overwrite(machine, settings, '{"NewSwitch": true}');
  assert.equal((await perform({ kind: 'config.restore', files: backup.files, match: 'values' }, doing)).ok, true);
  assert.deepEqual(Uint8Array.from((await machine.read(settings)) ?? []), old);
});

test('access rights that cannot be put back are a failure that names the file and the reason', async () => {
  const { machine, restore } = await backedUp();
  await overwrite(machine, settings, '{}');
  const locked = withDoors(machine, { replace: async () => failure('access was denied') });
  const outcome = await perform(restore('exact'), doingOn(locked));
  assert.deepEqual([outcome.ok, outcome.code], [false, undefined]);
  assert.match(outcome.meaning, /access rights of .*appsettings\.json .*access was denied/);
});

test('a child that gives a file its rights and does not end is left at work, and the file stays as it was', async () => {
  const { machine, restore } = await backedUp();
  await overwrite(machine, settings, '{}');
  const doing: Doing = { ...doingOn(machine), change: async () => ({ code: null, timedOut: true, output: '' }) };
  const outcome = await perform(restore('exact'), doing);
  assert.deepEqual([outcome.ok, outcome.abandoned], [false, true]);
  assert.match(outcome.meaning, /access rights of .*appsettings\.json .*it may still be at work/);
  assert.equal(await textOf(machine, settings), '{}');
});

test('without a whole backup nothing is put back', async () => {
  const { machine, doing } = await givenDoing();
  const { files } = await backupOf(doing);
  const [file] = files;
  assert.ok(file);
  await overwrite(machine, file.path, 'spoilt');
  const outcome = await perform({ kind: 'config.restore', files, match: 'exact' }, doing);
  assert.match(outcome.meaning, /there is no whole backup in C:/);
  assert.equal(await textOf(machine, file.path), 'spoilt');
});

test('an old package that is not the one that was read is no way back, and the backup says so', async () => {
  const { machine, doing } = await givenDoing();
  const step = await backupOf(doing);
  const [old] = step.packages;
  assert.ok(old?.from);
  await overwrite(machine, old.from, 'another package');
  assert.match((await perform(step, doing)).meaning, /is not what it was when the server was read/);
  assert.equal(await machine.read(manifestPath(doing.places.backup)), null);
});

test('what a new version has put in the place of the settings is kept before they come back', async () => {
  const { machine, doing, before, restore } = await backedUp();
  const fresh = '{"KEY": "made by the new version"}';
  await overwrite(machine, settings, fresh);
  assert.equal((await perform(restore('exact'), doing)).ok, true);
  assert.equal(await textOf(machine, settings), before);
  const kept = (await manifestOf(doing)).files.filter((file) => file.path === settings);
  const texts = await Promise.all(kept.map((file) => textOf(machine, storedPath(doing.places.backup, file))));
  assert.deepEqual(texts, [before, fresh]);
  assert.deepEqual(
    kept.map((file) => file.since !== undefined),
    [false, true],
  );
});

test('what cannot be kept is not put at risk, except on the way back, which goes on', async () => {
  const { machine, doing, before, restore } = await backedUp();
  await overwrite(machine, settings, '{"KEY": "made by the new version"}');
  const full = withDoors(machine, { copy: async () => null });
  const outcome = await perform(restore('exact'), { ...doing, machine: full });
  assert.match(outcome.meaning, /appsettings\.json was changed while it was being backed up/);
  assert.equal(outcome.ok, false);
  assert.equal((await perform(restore('exact'), { ...doing, machine: full, isBack: true })).ok, true);
  assert.equal(await textOf(machine, settings), before);
});

test('a backup tells size, times, attributes and rights of each file, and what was around them', async () => {
  const { machine, doing } = await backedUp();
  const manifest = await manifestOf(doing);
  const [file] = manifest.files;
  assert.ok(file);
  const { size, createdAt, changedAt, attributes } = file;
  assert.deepEqual({ size, createdAt, changedAt, attributes }, await machine.details(file.path));
  assert.equal(size, (await machine.read(file.path))?.length);
  assert.deepEqual(manifest.versions, ['4.1.0']);
  assert.ok(manifest.sites.some((site) => site.name === 'SCIMConnector'));
  assert.ok(manifest.pools.length > 0 && manifest.certificates.length > 0);
});

async function refuse(): Promise<never> {
  throw new Error('nothing was to be written');
}

test('the child that gives a file its rights may take as long as the answers say', async () => {
  const { machine, doing } = await givenDoing();
  const step = await backupOf(doing);
  await perform(step, doing);
  const [file] = step.files;
  assert.ok(file);
  await overwrite(machine, file.path, 'spoilt');
  const limits: number[] = [];
  const timed = withDoors(machine, {
    change: (call) => {
      limits.push(call.timeoutMs);
      return machine.change(call);
    },
  });
  const slow = { ...doingOn(timed), limits: { ...doing.limits, powershell: 17 } };
  await perform({ kind: 'config.restore', files: [file], match: 'exact' }, slow);
  assert.deepEqual(limits, [17 * 60_000]);
});
