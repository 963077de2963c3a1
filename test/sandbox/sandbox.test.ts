import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Call } from '../../src/core/call.ts';
import type { Lock } from '../../src/machine/machine.ts';
import { createSandbox, openSandbox } from '../../src/sandbox/sandbox.ts';
import { putAs, textOf } from '../steps/on-server.ts';
import { known, look, samples, sandboxOf, settings, temporaryFolder } from './on-server.ts';

const lockPath = 'C:\\ProgramData\\ScimSetup\\lock';
const stopPool: Call<'change'> = {
  intent: 'change',
  tool: 'appcmd',
  file: '%SystemRoot%\\System32\\inetsrv\\appcmd.exe',
  args: ['stop', 'apppool', '/apppool.name:SCIMConnectorAppPool'],
  timeoutMs: 60_000,
  quoting: 'argv',
  log: null,
};

async function reopened(folder: string) {
  const sandbox = await openSandbox(folder);
  assert.ok(!('problem' in sandbox));
  return sandbox;
}

test('what a command changed is there for the next command', async (t) => {
  const one = await sandboxOf(t, 'scim-4.1');
  assert.deepEqual((await one.machine.change(stopPool)).code, 0);
  await one.machine.sleep(10_000);
  await one.machine.append('C:\\ProgramData\\ScimSetup\\runs\\1\\journal.jsonl', '{"type":"opened"}');
  const before = await look(one);
  const two = await reopened(one.folder);
  assert.deepEqual(await look(two), before);
  assert.equal(two.machine.now(), one.machine.now());
  assert.equal(known(before.iis)?.pools[1]?.workers, 0);
  const journal = await two.machine.read('C:\\programdata\\scimsetup\\RUNS\\1\\journal.jsonl');
  assert.equal(Buffer.from(journal ?? []).toString(), '{"type":"opened"}\n');
});

test('a scenario named for a command is laid out in a folder of its own', async () => {
  const [one, two] = [await openSandbox('fresh', { packages: samples }), await openSandbox('fresh')];
  assert.ok(!('problem' in one) && !('problem' in two));
  assert.notEqual(one.folder, two.folder);
  assert.equal(one.isNew, true);
  for (const { folder } of [one, two]) await rm(folder, { recursive: true });
});

test('a folder without a sandbox, a damaged one and an unknown name each give a sentence', async (t) => {
  const folder = await temporaryFolder(t);
  const problemOf = async (name: string) => {
    const opened = await openSandbox(name);
    return 'problem' in opened ? opened.problem : '';
  };
  assert.match(await problemOf(folder), /holds no sandbox.*scim-4\.1/);
  assert.match(await problemOf('scim-9'), /holds no sandbox/);
  await writeFile(join(folder, 'server.json'), '{"schema":');
  assert.match(await problemOf(folder), /damaged/);
  await writeFile(join(folder, 'server.json'), '{"schema":1}');
  assert.match(await problemOf(folder), /not the state of a sandbox/);
});

test('a sandbox is made in an empty folder only', async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, 'full', 'of', 'things'), { recursive: true });
  assert.match(JSON.stringify(await createSandbox(join(folder, 'full'), 'fresh')), /is not empty/);
  assert.match(JSON.stringify(await createSandbox(join(folder, 'new'), 'scim-9')), /is no scenario/);
  assert.deepEqual(await createSandbox(join(folder, 'new'), 'fresh'), { folder: join(folder, 'new') });
});

test('a file renamed over another one has the rights its folder hands down until they are set again', async (t) => {
  const sandbox = await sandboxOf(t, 'scim-4.1');
  const sddl = async () => known((await look(sandbox)).config).find((one) => one.role === 'settings')?.sddl ?? '';
  const own = await sddl();
  await sandbox.machine.write(settings, (await sandbox.machine.read(settings)) ?? new Uint8Array());
  assert.notEqual(await sddl(), own);
  const text = await textOf(sandbox.machine, settings);
  const kept = {
    createdAt: '2026-01-02T03:04:05.000Z',
    changedAt: '2026-02-03T04:05:06.000Z',
    attributes: ['ReadOnly'],
  };
  assert.equal((await putAs(sandbox.machine, settings, text, { sddl: own, ...kept })).ok, true);
  assert.equal(await sddl(), own);
  const { changedAt, attributes } = (await sandbox.machine.details(settings)) ?? {};
  assert.deepEqual([changedAt, attributes], [kept.changedAt, kept.attributes]);
});

test('a program that is not where Windows has it is not run', async (t) => {
  const { machine } = await sandboxOf(t, 'scim-4.1');
  await assert.rejects(machine.change({ ...stopPool, file: 'C:\\temp\\appcmd.exe' }), /not where appcmd lies/);
});

test('one lock is held by one owner, who is named to the other', async (t) => {
  const one = await sandboxOf(t, 'fresh');
  const two = await reopened(one.folder);
  const lock = (await one.machine.lock(lockPath, 'run 1')) as Lock;
  assert.deepEqual(await two.machine.lock(lockPath, 'run 2'), { heldBy: 'run 1' });
  const other = (await (await sandboxOf(t, 'fresh')).machine.lock(lockPath, 'elsewhere')) as Lock;
  await lock.release();
  const second = (await two.machine.lock(lockPath, 'run 2')) as Lock;
  assert.ok('release' in second);
  for (const held of [other, second]) await held.release();
});

test('whoever takes the lock sees what its last holder changed, at a later time', async (t) => {
  const one = await sandboxOf(t, 'scim-4.1');
  const two = await reopened(one.folder);
  const lock = (await one.machine.lock(lockPath, 'run 1')) as Lock;
  await one.machine.change(stopPool);
  await lock.release();
  const second = (await two.machine.lock(lockPath, 'run 2')) as Lock;
  assert.equal(known((await look(two)).iis)?.pools[1]?.state, 'stopped');
  assert.ok(two.machine.now() > one.machine.now());
  await second.release();
});

test('a lock is free again when its holder dies', async (t) => {
  const { folder, machine } = await sandboxOf(t, 'fresh');
  const holder = fileURLToPath(new URL('./hold-lock.ts', import.meta.url));
  const child = spawn(process.execPath, [holder, folder, lockPath], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((held) => child.stdout.once('data', held));
  assert.deepEqual(await machine.lock(lockPath, 'us'), { heldBy: 'a child' });
  child.kill('SIGKILL');
  await new Promise((gone) => child.once('exit', gone));
  const lock = (await machine.lock(lockPath, 'us')) as Lock;
  assert.ok('release' in lock);
  await lock.release();
});
