import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import { resumePlaces } from '../../src/core/places.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { remember, saveServer } from '../../src/sandbox/server.ts';
import { runWith } from '../cli/program.ts';
import { asked, doorsOf, givenServer } from '../given.ts';
import { cut, hasTask, restarted, runAfterRestart, seenIn, serverIn } from './restarts.ts';

const secret = 'hush "hush" of this run';
const given = {
  secretProperty: ['PASSPHRASE'],
  environmentSecrets: new Map([['PASSPHRASE', secret]]),
  accept: ['no-secret-after-restart'],
};
const upgrade = (name: string) => asked('apply', `SCIMConnector-${name}.msi`, given);
const amid = { at: { tool: 'msiexec', call: 1 }, trouble: { kind: 'power-cut', effect: 'none' } } as const;

async function cutUpgrade(name = '4.4.4'): Promise<string> {
  const { folder, machine } = await givenServer('scim-4.1');
  await cut(apply(upgrade(name), doorsOf(withFaults(machine, amid))));
  return folder;
}

async function holdsNothing(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const bytes = await readFile(join(entry.parentPath, entry.name));
    for (const text of ['hush', Buffer.from(secret).toString('base64').slice(0, 16), JSON.stringify(secret)])
      for (const form of ['utf8', 'utf16le'] as const)
        assert.ok(!bytes.includes(Buffer.from(text, form)), `${entry.name} holds the secret`);
  }
}

const isKept = async (folder: string) => (await serverIn(folder)).drive.hasFile(resumePlaces.secrets);

test('a run with secrets is refused until somebody decides whether they may be kept', async () => {
  const { folder, machine } = await givenServer('scim-4.1');
  const report = await apply({ ...upgrade('4.4.4'), accept: [] }, doorsOf(machine));
  assert.deepEqual([report.exitCode, report.findings.map((one) => one.id)], [21, ['no-secret-after-restart']]);
  assert.deepEqual([await isKept(folder), await hasTask(folder)], [false, false]);
});

test('secrets that may be kept are there after the restart, readable by this server alone, and gone at the end', async () => {
  const folder = await cutUpgrade();
  assert.ok(await isKept(folder));
  await holdsNothing(folder);
  const resumed = await runAfterRestart(folder);
  assert.equal(resumed.exitCode, 0, resumed.message);
  assert.deepEqual((await seenIn(folder)).versions, ['4.4.4']);
  assert.equal(await isKept(folder), false);
  await holdsNothing(folder);
});

test('a run that comes to its end without a restart leaves no secret either, whatever that end is', async () => {
  for (const [name, exitCode] of [
    ['4.4.4', 0],
    ['4.4.5-fails-old-gone', 22],
  ] as const) {
    const { folder, machine } = await givenServer('scim-4.1');
    assert.equal((await apply(upgrade(name), doorsOf(machine))).exitCode, exitCode);
    assert.equal(await isKept(folder), false);
    await holdsNothing(folder);
  }
});

test('with resume off no secret is kept', async () => {
  const { folder, machine } = await givenServer('scim-4.1');
  const off = { ...upgrade('4.4.4'), accept: [], resume: 'off' };
  await cut(apply(off, doorsOf(withFaults(machine, amid))));
  assert.equal(await isKept(folder), false);
  assert.equal((await restarted(folder)).resumed, null);
});

test('secrets that another server has encrypted are none: the run is not gone on with, and a person may give them', async () => {
  const folder = await cutUpgrade();
  const server = await serverIn(folder);
  remember(server, { secretKey: Buffer.alloc(32).toString('base64') });
  await saveServer(server);
  const resumed = await runAfterRestart(folder);
  assert.equal(resumed.exitCode, 21, resumed.message);
  assert.ok(resumed.findings.some((one) => one.id === 'no-secret'));
  const ended = await runWith({ SCIM_SETUP_SECRET_PASSPHRASE: secret }, 'resume', '--sandbox', folder, '--json');
  assert.equal(ended.exitCode, 0, ended.out);
  assert.equal(await isKept(folder), false);
  await holdsNothing(folder);
});
