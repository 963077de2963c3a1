import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply, uninstall } from '../../src/commands/apply.ts';
import { type Manifest, manifestPath, manifestText, storedPath } from '../../src/core/backup.ts';
import { placesRoot } from '../../src/core/places.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { sha256Of } from '../../src/machine/read-files.ts';
import { Killed } from '../../src/sandbox/fault.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { asked, doorsOf, givenServer } from '../given.ts';
import { settings } from '../steps/on-server.ts';
import { configLost } from '../sweep/judge.ts';
import { readState } from '../sweep/server-state.ts';

const request = asked('apply', 'SCIMConnector-4.4.5-loses-config.msi');

type Damage = (machine: Machine, folder: string) => Promise<void>;

async function bytesOf(machine: Machine, path: string): Promise<Uint8Array> {
  const bytes = await machine.read(path);
  assert.ok(bytes, path);
  return Uint8Array.from(bytes);
}

const manifestIn = async (machine: Machine, folder: string): Promise<Manifest> =>
  JSON.parse(new TextDecoder().decode(await bytesOf(machine, manifestPath(folder))));

const copyOfSettings = async (machine: Machine, folder: string) => {
  const { files } = await manifestIn(machine, folder);
  const kept = files.find((one) => one.path === settings);
  assert.ok(kept);
  return storedPath(folder, kept);
};

const damages: Readonly<Record<string, Damage>> = {
  'one bit of a copy has flipped': async (machine, folder) => {
    const path = await copyOfSettings(machine, folder);
    const bytes = await bytesOf(machine, path);
    bytes[3] = (bytes[3] ?? 0) ^ 1;
    await machine.write(path, bytes);
  },
  'a copy is gone': async (machine, folder) => machine.remove(await copyOfSettings(machine, folder)),
  'the manifest is torn': async (machine, folder) => {
    const bytes = await bytesOf(machine, manifestPath(folder));
    await machine.write(manifestPath(folder), bytes.subarray(0, bytes.length >> 1));
  },
  'the manifest is empty': (machine, folder) => machine.write(manifestPath(folder), new Uint8Array()),
  'the manifest is gone': (machine, folder) => machine.remove(manifestPath(folder)),
  'the manifest names another file than it did': async (machine, folder) => {
    const { schema: _schema, fingerprint: _fingerprint, ...parts } = await manifestIn(machine, folder);
    const files = parts.files.map((one) => ({ ...one, path: one.path.replace('SCIMConnector', 'Other') }));
    await machine.write(manifestPath(folder), new TextEncoder().encode(manifestText({ ...parts, files }, sha256Of)));
  },
};

/** A run that was killed once the package had put its own settings in the place of those that were there, and its backup. */
async function killedAfterUpgrade() {
  const { folder, machine } = await givenServer('scim-4.1');
  const before = readState(folder);
  const killing = withFaults(machine, { at: { tool: 'msiexec', call: 1 }, trouble: { kind: 'kill', effect: 'done' } });
  await assert.rejects(apply(request, doorsOf(killing)), Killed);
  const [id = ''] = await machine.list(`${placesRoot}\\backups`);
  return { folder, machine, before, backup: `${placesRoot}\\backups\\${id.slice(0, -1)}` };
}

test('with its backup whole, the settings come back after a kill', async () => {
  const { folder, machine, before } = await killedAfterUpgrade();
  const next = await apply(request, doorsOf(machine));
  assert.equal(next.end, 'converged', next.message);
  assert.deepEqual(configLost(before, readState(folder)), []);
});

for (const [what, damage] of Object.entries(damages)) {
  test(`${what} in the backup of a run that was killed: every later run says so, and touches nothing`, async () => {
    const { machine, backup } = await killedAfterUpgrade();
    const now = await bytesOf(machine, settings);
    await damage(machine, backup);
    for (let turn = 1; turn <= 2; turn += 1) {
      const next = await apply(request, doorsOf(machine));
      assert.deepEqual([next.exitCode, next.findings.map((one) => one.id)], [21, ['backup-damaged']], next.message);
      const told = next.findings[0]?.message ?? '';
      assert.match(told, /appsettings\.json/);
      assert.ok(told.includes(backup), `where the damaged backup lies is not told: ${told}`);
    }
    assert.deepEqual(await bytesOf(machine, settings), now, 'damaged bytes were put in place');
  });
}

test('where the journal of such a run is moved away, the next run begins anew with what is there', async () => {
  const { machine, backup, folder } = await killedAfterUpgrade();
  await machine.remove(manifestPath(backup));
  const runs = `${placesRoot}\\runs`;
  for (const id of await machine.list(runs))
    await machine.move(`${runs}\\${id.slice(0, -1)}`, `${placesRoot}\\${id.slice(0, -1)}`);
  const before = readState(folder);
  const next = await uninstall(asked('uninstall', null), doorsOf(machine));
  assert.equal(next.end, 'converged', next.message);
  assert.deepEqual(configLost(before, readState(folder)), []);
});

test('a backup that was damaged, and is whole again, is gone on with', async () => {
  const { machine, before, backup, folder } = await killedAfterUpgrade();
  const path = await copyOfSettings(machine, backup);
  const whole = await bytesOf(machine, path);
  await machine.write(path, whole.subarray(1));
  assert.equal((await apply(request, doorsOf(machine))).exitCode, 21);
  await machine.write(path, whole);
  const next = await apply(request, doorsOf(machine));
  assert.equal(next.end, 'converged', next.message);
  assert.deepEqual(configLost(before, readState(folder)), []);
});
