import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply, uninstall } from '../../src/commands/apply.ts';
import { backup } from '../../src/commands/backup.ts';
import { backups } from '../../src/commands/backups.ts';
import { verify } from '../../src/commands/plan.ts';
import { restore } from '../../src/commands/restore.ts';
import { type Manifest, manifestPath, manifestText, storedPath } from '../../src/core/backup.ts';
import type { RunReport } from '../../src/core/report.ts';
import { SetupError } from '../../src/core/setup-error.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { sha256Of } from '../../src/machine/read-files.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { backupsText } from '../../src/view/backups-text.ts';
import { asked, doorsOf, givenServer } from '../given.ts';
import { responses, settings, textOf } from '../steps/on-server.ts';
import { withDoors } from '../sweep/doors.ts';
import { readState, untouched } from '../sweep/server-state.ts';

const edited = '{ "IV": "another", "KEY": "another", "Configurations": "entered since" }';

async function edit(machine: Machine, text: string): Promise<void> {
  await machine.write(settings, new TextEncoder().encode(text));
}

const idsIn = ({ findings }: RunReport) => findings.map((one) => one.id);

const back = (machine: Machine, from: string) => restore(asked('restore', null, { from }), doorsOf(machine));
const make = (machine: Machine, to?: string) => backup(asked('backup', null, { to }), doorsOf(machine));
const list = (machine: Machine) => backups(asked('backups', null), doorsOf(machine));
const prune = (machine: Machine, keep: string) =>
  backups(asked('backups', null, { action: 'prune', keep }), doorsOf(machine));

async function problemsOf(work: Promise<unknown>): Promise<{ exitCode: number; told: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof SetupError) return { exitCode: error.exitCode, told: error.message };
    throw error;
  }
  return { exitCode: 0, told: '' };
}

/** A refusal with its reason, at which nothing was touched. */
async function refused({ machine, folder }: Sandbox, from: string, ...says: readonly RegExp[]): Promise<void> {
  const before = readState(folder);
  const { exitCode, told } = await problemsOf(back(machine, from));
  assert.equal(exitCode, 21, told);
  for (const one of says) assert.match(told, one);
  assert.deepEqual(untouched(before, readState(folder)), []);
}

async function copied(machine: Machine, from: string, to: string): Promise<void> {
  for (const name of await machine.list(from)) await machine.copy(`${from}\\${name}`, `${to}\\${name}`);
}

/** Writes a manifest anew as a forger would who knows how its fingerprint is made. */
async function forge(machine: Machine, folder: string, change: (manifest: Manifest) => object): Promise<void> {
  const text = new TextDecoder().decode((await machine.read(manifestPath(folder))) ?? new Uint8Array());
  const { schema: _schema, fingerprint: _fingerprint, ...parts } = JSON.parse(text) as Manifest;
  const forged = { ...parts, ...change(JSON.parse(text) as Manifest) };
  await machine.write(manifestPath(folder), new TextEncoder().encode(manifestText(forged, sha256Of)));
}

test('settings that were changed come back byte for byte, with their rights and times; what was there is backed up', async () => {
  const { machine } = await givenServer('scim-4.1');
  const before = await textOf(machine, settings);
  const details = await machine.details(settings);
  const { id } = await make(machine);
  await edit(machine, edited);
  const report = await back(machine, id);
  assert.equal(report.exitCode, 0, report.message);
  assert.match(report.message, /^Done: the config of SCIM Connector 4\.1\.0 is put back, checked/);
  assert.equal(await textOf(machine, settings), before);
  assert.equal((await machine.details(settings))?.changedAt, details?.changedAt);
  const kept = await back(machine, report.runId ?? '');
  assert.equal(kept.exitCode, 0, kept.message);
  assert.equal(await textOf(machine, settings), edited);
});

test('a backup is put back while the pool is stopped, which then runs again', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { id } = await make(machine);
  await edit(machine, edited);
  const report = await back(machine, id);
  const kinds = report.steps.map((step) => step.step.kind);
  assert.deepEqual(kinds, ['config.backup', 'pool.stop', 'config.restore', 'pool.start']);
});

test('a copy elsewhere is readable for SYSTEM and Administrators only, and is put back like the backup itself', async () => {
  const { machine, folder } = await givenServer('scim-4.1');
  const before = await textOf(machine, settings);
  const made = await make(machine, 'D:\\keep\\one');
  assert.equal(made.copy, 'D:\\keep\\one');
  const { acls } = readState(folder).document.sandbox;
  const own = Object.entries(acls).filter(([path]) => path.startsWith('d:\\keep\\one\\'));
  assert.equal(own.length, made.files.length + 1);
  for (const [, sddl] of own) assert.equal(sddl, 'O:BAG:SYD:P(A;;FA;;;SY)(A;;FA;;;BA)');
  await edit(machine, edited);
  assert.equal((await back(machine, 'D:/keep/one/')).exitCode, 0);
  assert.equal(await textOf(machine, settings), before);
});

test('what a power cut leaves of a copy elsewhere is closed to others too', async () => {
  const { machine, folder } = await givenServer('scim-4.1');
  const cut = withDoors(machine, {
    replace: async () => {
      throw new Error('the power is cut');
    },
  });
  await assert.rejects(make(cut, 'D:\\keep\\one'), /the power is cut/);
  const { acls } = readState(folder).document.sandbox;
  assert.equal(acls['d:\\keep\\one'], 'O:BAG:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)');
});

test('no copy goes where a site would serve it, into our own folder, or over something else', async () => {
  const { machine } = await givenServer('scim-4.1');
  await machine.write('D:\\full\\file', new Uint8Array(1));
  for (const [to, why] of [
    ['C:\\inetpub\\wwwroot\\keep', /would serve it/],
    ['C:\\ProgramData\\ScimSetup\\backups\\mine', /for this program alone/],
    ['D:\\full', /is not empty/],
    ['D:\\full\\file', /is a file/],
  ] as const) {
    const { exitCode, told } = await problemsOf(make(machine, to));
    assert.deepEqual([exitCode, why.test(told)], [20, true], told);
  }
  assert.deepEqual((await list(machine)).backups, []);
});

test('a copy whose paths would be too long for PowerShell is refused before anything is written, with all of them', async () => {
  const { machine } = await givenServer('scim-4.1');
  const to = `D:\\${'n'.repeat(210)}`;
  const { exitCode, told } = await problemsOf(make(machine, to));
  assert.equal(exitCode, 20);
  assert.match(told, /SCIMConnector-4\.1\.0\.msi\.partial/);
  for (const name of ['appsettings.json', 'web.config', 'applicationHost.config'])
    assert.match(told, new RegExp(`nnn\\\\[0-9a-f]{16}-${name}\\.partial`, 'i'));
  assert.match(told, /less than 248 characters/);
  assert.deepEqual([(await list(machine)).backups, await machine.list(to)], [[], []]);
  assert.ok((await make(machine, `D:\\${'n'.repeat(130)}`)).copy);
});

test('a path that is not whole, leads upwards or is no name to Windows is neither read nor written', async () => {
  const { machine } = await givenServer('scim-4.1');
  const unnamed = ['C:\\ke|ep', 'C:\\keep\\a?b', 'C:\\keep\\nul', 'C:\\keep\\dot.\\one'];
  for (const path of ['..\\..\\Windows', 'C:\\keep\\..\\Windows', '..', 'C:keep', '\\keep', ...unnamed]) {
    const [read, written] = [await problemsOf(back(machine, path)), await problemsOf(make(machine, path))];
    assert.deepEqual([read.exitCode, written.exitCode], [20, 20], path);
    assert.match(read.told, /nor the whole path of a folder/);
    assert.match(written.told, /is not the whole path of a folder/);
  }
  assert.equal((await problemsOf(make(machine, 'relative'))).exitCode, 20);
  assert.deepEqual((await list(machine)).backups, []);
});

test('over another version only values go: settings, and what was changed by hand in Responses', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { id } = await make(machine);
  const old = JSON.parse(await textOf(machine, settings));
  const upgraded = await apply(asked('apply', 'SCIMConnector-4.4.4.msi'), doorsOf(machine));
  assert.equal(upgraded.exitCode, 0, upgraded.message);
  const webConfig = settings.replace('appsettings.json', 'web.config');
  const newWebConfig = await textOf(machine, webConfig);
  const { Configurations: _gone, ...rest } = JSON.parse(await textOf(machine, settings));
  await edit(machine, JSON.stringify({ ...rest, OnlyHere: 1 }));
  const report = await back(machine, id);
  assert.equal(report.exitCode, 0, report.message);
  const now = JSON.parse(await textOf(machine, settings));
  assert.deepEqual({ ...now, ...old }, now);
  assert.equal(now.OnlyHere, 1);
  assert.equal(await textOf(machine, webConfig), newWebConfig);
});

/** Over 4.4.4, in which two settings were changed since; in 4.1.0 the threshold had been 50, and the frequency its default. */
async function backOverNewer(change: (manifest: Manifest) => object = () => ({})) {
  const { machine } = await givenServer('scim-4.1');
  const { id, folder } = await make(machine);
  await forge(machine, folder, change);
  const upgraded = await apply(asked('apply', 'SCIMConnector-4.4.4.msi'), doorsOf(machine));
  assert.equal(upgraded.exitCode, 0, upgraded.message);
  const text = (await textOf(machine, responses)).replace('50', '40').replace('Hourly', 'Daily');
  await machine.write(responses, new TextEncoder().encode(text));
  const report = await back(machine, id);
  assert.equal(report.exitCode, 0, report.message);
  const told = report.findings.find((one) => one.id === 'config-conflict')?.message ?? '';
  return { machine, report, told, values: JSON.parse(await textOf(machine, responses)) };
}

test('a setting of the backup that goes over another value in a newer version is told, and goes; one that had its default stays', async () => {
  const { told, values, report } = await backOverNewer();
  assert.equal(
    told,
    `4.4.4 has other values for settings that are changed in the backup: ${responses} /SCIM_Threshold.`,
  );
  assert.deepEqual([values.SCIM_Threshold, values.LOG_FREQUENCY], [50, 'Daily']);
  assert.ok(
    report.changes.some((one) => one.endsWith('from the backup: /SCIM_Threshold')),
    report.changes.join(),
  );
});

test('where the defaults of the version in the backup are not known, that is told of each setting that goes over another value', async () => {
  const { told, values } = await backOverNewer(({ files }) => ({
    files: files.map(({ defaults: _defaults, ...file }) => file),
  }));
  assert.match(told, /whether they were changed cannot be told, for what 4\.1\.0 comes with is not known/);
  for (const name of ['/SCIM_Threshold', '/LOG_FREQUENCY']) assert.ok(told.includes(`${responses} ${name}`), told);
  assert.deepEqual([values.SCIM_Threshold, values.LOG_FREQUENCY], [50, 'Hourly']);
});

test('settings that only the newer version has are told when an older backup is put back over it', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { id } = await make(machine);
  await apply(asked('apply', 'SCIMConnector-4.4.4.msi'), doorsOf(machine));
  const { KEY: _gone, ...rest } = JSON.parse(await textOf(machine, settings));
  await edit(machine, JSON.stringify({ ...rest, Roles: { Enabled: true } }));
  const { changes } = await back(machine, id);
  const told = changes.find((one) => one.startsWith(settings)) ?? changes.join();
  assert.match(told, /from the backup: \/KEY; kept, not in the backup: \/Roles\/Enabled$/);
});

test('web.config stays the new one after an upgrade, and that the old one was edited is told then and when it is put back', async () => {
  const { machine } = await givenServer('scim-4.1');
  const webConfig = settings.replace('appsettings.json', 'web.config');
  await machine.write(webConfig, new TextEncoder().encode(`${await textOf(machine, webConfig)}<!-- by hand -->`));
  const { id } = await make(machine);
  const upgraded = await apply(asked('apply', 'SCIMConnector-4.4.4.msi'), doorsOf(machine));
  assert.match(upgraded.findings.find((one) => one.id === 'web-config-edited')?.message ?? '', /is not as the package/);
  assert.doesNotMatch(await textOf(machine, webConfig), /by hand/);
  const { findings } = await back(machine, id);
  const told = findings.find((one) => one.id === 'left-in-backup')?.message ?? '';
  assert.ok(told.includes(`${webConfig} (edited on this server)`), told);
});

test('a backup of another server, or for another format of settings, is refused', async () => {
  const sandbox = await givenServer('scim-4.1');
  const { id, folder } = await make(sandbox.machine);
  await forge(sandbox.machine, folder, () => ({ server: 'SRV-WEB-99', versions: ['3.2.0'] }));
  await refused(sandbox, id, /was made on SRV-WEB-99, and this is SRV-WEB-07/, /3\.2\.0 keeps its settings in a form/);
  const error = await back(sandbox.machine, id).catch((one: unknown) => one);
  assert.ok(error instanceof SetupError);
  for (const { hint } of error.problems) assert.match(hint, /Name a backup of this server/);
});

test('a backup is not put back where no connector is', async () => {
  const sandbox = await givenServer('scim-4.1');
  const { id } = await make(sandbox.machine);
  const { uninstall } = await import('../../src/commands/apply.ts');
  assert.equal((await uninstall(asked('uninstall', null), doorsOf(sandbox.machine))).exitCode, 0);
  await refused(sandbox, id, /no connector is installed/);
});

for (const [what, change, says] of [
  ['was edited by hand', null, /its manifest: it was changed after it was written/],
  [
    'names a file of Windows',
    { path: 'C:\\Windows\\System32\\appsettings.json' },
    /is no config file of the connector/,
  ],
  [
    'leaves the folder of the connector',
    { path: `${settings}\\..\\..\\web.config` },
    /is no config file of the connector/,
  ],
  [
    'names a program as settings',
    { path: settings.replace('appsettings.json', 'SCIMConnector.dll') },
    /is no config file/,
  ],
  ['names a copy outside the backup', { stored: '..\\..\\lock' }, /names a copy outside its own folder/],
] as const)
  test(`a backup whose manifest ${what} is refused`, async () => {
    const sandbox = await givenServer('scim-4.1');
    const { machine } = sandbox;
    const { id, folder } = await make(machine);
    if (change)
      await forge(machine, folder, ({ files: [first, ...others] }) => ({
        files: [{ ...first, ...change }, ...others],
      }));
    else {
      const text = await textOf(machine, manifestPath(folder));
      await machine.write(manifestPath(folder), new TextEncoder().encode(text.replaceAll('Archive', 'Hidden')));
    }
    await refused(sandbox, id, says);
  });

test('everything that is damaged or missing in a backup is told at once', async () => {
  const sandbox = await givenServer('scim-4.1');
  const { machine } = sandbox;
  const { id, folder } = await make(machine);
  const { files } = JSON.parse(await textOf(machine, manifestPath(folder))) as Manifest;
  const [one, other] = files;
  assert.ok(one && other);
  const bytes = (await machine.read(storedPath(folder, one))) ?? new Uint8Array();
  await machine.write(
    storedPath(folder, one),
    bytes.map((byte, index) => (index === 5 ? byte ^ 1 : byte)),
  );
  await machine.remove(storedPath(folder, other));
  await refused(sandbox, id, /the copy of .* is damaged/, /the copy of .* is not there/);
  const [row] = (await list(machine)).backups;
  assert.equal(row?.problems.length, 2);
});

test('there is no such backup, and a folder without a manifest is none', async () => {
  const sandbox = await givenServer('scim-4.1');
  await refused(sandbox, '2020-01-01T00-00-00Z', /there is no such backup/);
  await refused(sandbox, 'C:\\inetpub\\wwwroot', /has no manifest/);
});

test('the newest good backup is never removed, even where newer ones are damaged', async () => {
  const { machine } = await givenServer('scim-4.1');
  const ids: string[] = [];
  for (let number = 1; number <= 5; number += 1) ids.push((await make(machine)).id);
  const damage = (id: string | undefined) => machine.remove(manifestPath(`C:\\ProgramData\\ScimSetup\\backups\\${id}`));
  await damage(ids[4]);
  await damage(ids[3]);
  const { removed, backups: left } = await prune(machine, '1');
  assert.deepEqual(removed, [ids[1], ids[0]]);
  assert.deepEqual(
    left.map(({ id, problems }) => [id, problems.length]),
    [
      [ids[4], 1],
      [ids[3], 1],
      [ids[2], 0],
    ],
  );
  assert.deepEqual((await prune(machine, '1')).removed, []);
});

test('the backup of a run that is not finished stays, and only a number of at least 1 is kept', async () => {
  const { machine } = await givenServer('scim-4.1');
  const old = (await make(machine)).id;
  const request = asked('apply', 'SCIMConnector-4.4.4.msi');
  const killed = withFaults(machine, { at: { tool: 'appcmd', call: 1 }, trouble: { kind: 'kill', effect: 'none' } });
  await assert.rejects(apply(request, doorsOf(killed)));
  const unfinished = (await list(machine)).backups[0]?.id ?? '';
  await make(machine);
  const { removed, backups: left } = await prune(machine, '1');
  assert.deepEqual(removed, [old]);
  assert.ok(left.some(({ id }) => id === unfinished));
  assert.match((await problemsOf(back(machine, unfinished))).told, /is not finished/);
  for (const keep of ['0', '-1', '1.5', '1e2', 'all', ''])
    assert.equal((await problemsOf(prune(machine, keep))).exitCode, 20);
});

test('while a run that has reached the connector is not finished, no other backup is made that would look as good', async () => {
  const { machine } = await givenServer('scim-4.1');
  const request = asked('apply', 'SCIMConnector-4.4.5-fails-old-gone.msi');
  const killed = withFaults(machine, { at: { tool: 'msiexec', call: 1 }, trouble: { kind: 'kill', effect: 'done' } });
  await assert.rejects(apply(request, doorsOf(killed)));
  const { exitCode, told } = await problemsOf(make(machine));
  assert.deepEqual([exitCode, /The run \S+ is not finished/.test(told)], [21, true], told);
  assert.equal((await list(machine)).backups.length, 1);
});

test('prune that removes nothing says so, and what it would have removed; a list says neither', async () => {
  const { machine } = await givenServer('scim-4.1');
  await make(machine);
  const text = backupsText(await prune(machine, '5')).replaceAll(/\s+/g, ' ');
  assert.match(text, /^Nothing removed: only what is older than the 5 newest good ones with usable settings may go/);
  assert.match(backupsText(await list(machine)), /^1 backup, the newest first:/);
});

test('a backup of a site alone never makes prune remove the last one with settings', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { id } = await make(machine);
  await uninstall(asked('uninstall', null), doorsOf(machine));
  const folder = 'C:\\ProgramData\\ScimSetup\\backups\\2999-01-01T00-00-00Z';
  await copied(machine, `C:\\ProgramData\\ScimSetup\\backups\\${id}`, folder);
  await forge(machine, folder, () => ({ files: [] }));
  const { removed, backups: left } = await prune(machine, '1');
  assert.deepEqual(removed, [id], 'the uninstallation has kept the same settings');
  assert.deepEqual(
    left.map(({ holdsSettings, problems }) => [holdsSettings, problems.length]),
    [
      [false, 0],
      [true, 0],
    ],
  );
});

for (const [how, text] of [
  ['empty', ''],
  ['cut off', '{ "IV": "a",'],
  ['full of zeros, as a power cut leaves it', '\0'.repeat(64)],
] as const) {
  test(`settings that are ${how} are no good backup, and nothing says that the connector is as wanted`, async () => {
    const { machine } = await givenServer('same-version');
    const { id } = await make(machine);
    await edit(machine, text);
    const made = await make(machine);
    assert.equal(made.holdsSettings, false);
    assert.match(made.warnings[0]?.message ?? '', /appsettings\.json is empty or no whole JSON/);
    assert.deepEqual(
      (await list(machine)).backups.map((row) => row.holdsSettings),
      [false, true],
    );
    assert.deepEqual((await prune(machine, '1')).removed, []);
    const looked = await verify(asked('verify', 'SCIMConnector-4.4.4.msi'), machine, 'test');
    assert.deepEqual([looked.exitCode, idsIn(looked)], [21, ['settings-unusable']]);
    const again = await apply(asked('apply', 'SCIMConnector-4.4.4.msi'), doorsOf(machine));
    assert.deepEqual([again.exitCode, idsIn(again)], [21, ['settings-unusable']]);
    const { exitCode, told } = await problemsOf(back(machine, made.id));
    assert.deepEqual([exitCode, /no whole JSON when it was made/.test(told)], [21, true], told);
    assert.equal((await back(machine, id)).exitCode, 0);
    assert.equal((await verify(asked('verify', 'SCIMConnector-4.4.4.msi'), machine, 'test')).exitCode, 0);
  });
}

test('settings that are gone are told before anything is changed, and the last ones come back', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { id } = await make(machine);
  await machine.remove(settings);
  const ran = await apply(asked('apply', 'SCIMConnector-4.4.4.msi'), doorsOf(machine));
  assert.deepEqual([ran.exitCode, idsIn(ran)], [21, ['settings-unusable']]);
  const { warnings, id: without } = await make(machine);
  assert.match(warnings[0]?.message ?? '', /appsettings\.json is not there/);
  assert.deepEqual((await list(machine)).backups.find((row) => row.id === without)?.holdsSettings, false);
  assert.equal((await back(machine, id)).exitCode, 0);
  assert.equal((await apply(asked('apply', 'SCIMConnector-4.4.4.msi'), doorsOf(machine))).exitCode, 0);
});

test('a backup says which package is kept with it, and a copy holds it too', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { packages, warnings } = await make(machine, 'D:\\keep\\one');
  assert.deepEqual(warnings, []);
  const [kept] = packages;
  assert.match(kept?.path ?? '', /SCIMConnector-4\.1\.0\.msi$/);
  const name = kept?.path.slice(kept.path.lastIndexOf('\\') + 1);
  assert.equal(await machine.hash(`D:\\keep\\one\\packages\\${kept?.sha256}\\${name}`), kept?.sha256);
});

for (const scenario of ['damaged-package', 'broken-package']) {
  test(`a backup on ${scenario} says that the package is not in it`, async () => {
    const { machine } = await givenServer(scenario);
    const { packages, warnings } = await make(machine);
    assert.deepEqual(packages, []);
    assert.match(warnings[0]?.message ?? '', /cannot be installed again/);
    assert.match(warnings[0]?.hint ?? '', /--old-msi/);
  });
}

test('a share that is closed to this account is refused, and no bug', async () => {
  const { machine } = await givenServer('scim-4.1');
  const [written, read] = [
    await problemsOf(make(machine, '\\\\FILESRV\\SCIM\\keep')),
    await problemsOf(back(machine, '\\\\FILESRV\\SCIM\\keep')),
  ];
  assert.deepEqual([written.exitCode, read.exitCode], [20, 21]);
  assert.match(written.told, /cannot be looked into \(EPERM/);
  assert.match(read.told, /cannot be read \(EPERM/);
  assert.doesNotMatch(read.told, /backups for those that are whole/);
  assert.deepEqual((await list(machine)).backups, []);
});

test('a backup that cannot be made or proven says why, and is none', async () => {
  const { machine } = await givenServer('scim-4.1');
  const full = withFaults(machine, { at: { door: 3 }, trouble: { kind: 'disk-full' } });
  const { exitCode, told } = await problemsOf(make(full));
  assert.equal(exitCode, 21);
  assert.match(told, /could not be backed up: ENOSPC/);
  assert.ok((await list(machine)).backups.every(({ problems }) => problems.length > 0));
  const bare = await givenServer('fresh');
  assert.match((await problemsOf(make(bare.machine))).told, /there is no config of the connector/);
});

test('a restore that fails puts back what was there before it', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { id } = await make(machine);
  await edit(machine, edited);
  const failing = withFaults(machine, {
    at: { tool: 'appcmd', call: 2 },
    trouble: { kind: 'code', code: 5, effect: 'none' },
  });
  const report = await restore(asked('restore', null, { from: id }), doorsOf(failing));
  assert.equal(report.exitCode, 22, report.message);
  assert.equal(await textOf(machine, settings), edited);
});

const shapes: Readonly<Record<string, (manifest: Manifest) => object>> = {
  'no versions': () => ({ versions: undefined }),
  'a number for a version': () => ({ versions: [4] }),
  'no server': () => ({ server: undefined }),
  'a text for its pools': () => ({ pools: 'none' }),
  'a file without attributes': ({ files }) => ({ files: files.map((one) => ({ ...one, attributes: undefined })) }),
};

for (const [what, change] of Object.entries(shapes)) {
  test(`a manifest with ${what} is refused, and listed as not whole`, async () => {
    const sandbox = await givenServer('scim-4.1');
    const { id, folder } = await make(sandbox.machine);
    await forge(sandbox.machine, folder, change);
    await refused(sandbox, id, /its manifest: it does not (say|name)/);
    assert.equal((await list(sandbox.machine)).backups[0]?.problems.length, 1);
  });
}

test('a backup elsewhere is put back if the protected folder has the very same one, else only if that is accepted', async () => {
  const { machine } = await givenServer('scim-4.1');
  const before = await textOf(machine, settings);
  const copy = 'D:\\keep\\one';
  await make(machine, copy);
  await edit(machine, edited);
  const proven = await back(machine, copy);
  assert.equal(proven.end, 'converged');
  const froms = proven.plan?.connector.flatMap(({ step }) => (step.kind === 'config.restore' ? [step.from ?? ''] : []));
  assert.ok(
    froms?.length && froms.every((one) => one.startsWith('C:\\ProgramData\\ScimSetup\\backups\\')),
    String(froms),
  );
  await edit(machine, edited);
  await forge(machine, copy, ({ files }) => ({
    files: files.map((file) => ({ ...file, sddl: `${file.sddl}(A;;FA;;;WD)` })),
  }));
  const refusal = await back(machine, copy);
  assert.deepEqual([refusal.exitCode, refusal.findings.map(({ id }) => id)], [21, ['backup-elsewhere']]);
  assert.equal(await textOf(machine, settings), edited);
  const accept = ['backup-elsewhere'];
  const accepted = await restore(asked('restore', null, { from: copy, accept }), doorsOf(machine));
  assert.equal(accepted.end, 'converged', accepted.message);
  assert.equal(await textOf(machine, settings), before);
});

test('a backup that holds no config is not said to be put back', async () => {
  const sandbox = await givenServer('scim-4.1');
  const { id, folder } = await make(sandbox.machine);
  await forge(sandbox.machine, folder, () => ({ files: [] }));
  await refused(sandbox, id, /it holds no config/);
});

test('a folder that somebody has put beside the backups neither names the next one nor hides any', async () => {
  const { machine } = await givenServer('scim-4.1');
  await machine.makeFolder('C:\\ProgramData\\ScimSetup\\backups\\foo');
  const { id } = await make(machine);
  assert.match(id, /^\d{4}-/);
});

test('a number of backups to keep, where nothing is pruned, is a mistake', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { exitCode, told } = await problemsOf(backups(asked('backups', null, { keep: '1' }), doorsOf(machine)));
  assert.equal(exitCode, 20);
  assert.match(told, /prune/);
});
