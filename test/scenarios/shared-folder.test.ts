import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { apply, uninstall } from '../../src/commands/apply.ts';
import { openBackup } from '../../src/commands/open-backup.ts';
import type { Request } from '../../src/commands/request.ts';
import { storedPath } from '../../src/core/backup.ts';
import type { Call } from '../../src/core/call.ts';
import type { RunReport } from '../../src/core/report.ts';
import { parseSharedNote, sharedNotePath } from '../../src/core/shared-folder.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { remember, type Share, saveServer, store, stored } from '../../src/sandbox/server.ts';
import { run } from '../cli/program.ts';
import { asked, doorsOf, givenServer, sample } from '../given.ts';
import { withDoors } from '../sweep/doors.ts';
import { reopened } from '../sweep/reopened.ts';

const share = '\\\\FILESRV\\SCIM';
const settings = `${share}\\appsettings.json`;

const mode = ['INSTANCEMODE=Multiple', `SHAREDFOLDER=${share}`];

/** The answers that keep a server in multiple-instance mode, and put it back into it. */
const instance: Partial<Request> = {
  property: mode,
  wayBackProperty: mode,
  resume: 'off',
  secretProperty: ['PASSPHRASE'],
  environmentSecrets: new Map([['PASSPHRASE', 'of the simulated servers']]),
};
const upgradeTo = (name: string, more: Partial<Request> = {}): Request =>
  asked('apply', `SCIMConnector-${name}.msi`, { ...instance, ...more });

const onHost = ({ folder }: Sandbox): string => join(folder, 'shares', 'filesrv', 'scim', 'appsettings.json');
const textOf = (sandbox: Sandbox): Promise<string | null> => readFile(onHost(sandbox), 'utf8').catch(() => null);
const bytesText = (bytes: Uint8Array | null) => new TextDecoder().decode(bytes ?? new Uint8Array());
const idsOf = ({ findings }: RunReport) => findings.map((one) => one.id);

/** Another server changes a setting in the shared folder. */
async function writeTheirs(sandbox: Sandbox): Promise<void> {
  const text = (await textOf(sandbox)) ?? '';
  await writeFile(onHost(sandbox), text.replace(/"Configurations": "[^"]*"/, '"Configurations": "theirs"'));
}

function changeShare({ machine: { server } }: Sandbox, change: Partial<Share>): void {
  const shares = Object.entries(server.memory.shares ?? {}).map(([name, one]) => [name, { ...one, ...change }]);
  remember(server, { shares: Object.fromEntries(shares) });
}

/** A machine on which somebody does something once the journal has a line that tells of this. */
function whenNoted(machine: Machine, isMeant: (line: string) => boolean, deed: () => Promise<void>): Machine {
  let isDone = false;
  return withDoors(machine, {
    append: async (path, line) => {
      await machine.append(path, line);
      if (isDone || !isMeant(line)) return;
      isDone = true;
      await deed();
    },
  });
}

/** A machine on which the first call of a kind fails without an effect. */
function failing(machine: Machine, isMeant: (call: Call) => boolean): Machine {
  let isFirst = true;
  return withDoors(machine, {
    change: async (call, ...more) => {
      if (!isFirst || !isMeant(call)) return machine.change(call, ...more);
      isFirst = false;
      return { code: 1603, timedOut: false, output: '' };
    },
  });
}

/** A server of the scenario on which the share is changed in some way. */
async function given(change: Partial<Share> = {}): Promise<Sandbox> {
  const sandbox = await givenServer('multi-instance');
  changeShare(sandbox, change);
  // The lock reads again what the disk holds.
  await saveServer(sandbox.machine.server);
  return sandbox;
}

const isInstall = (call: Call) => call.tool === 'msiexec';
const isPoolStart = (call: Call) => call.args.includes('start');
const stops = (line: string) => line.includes('"finished"') && line.includes('pool.stop');
const upgrades = (line: string) => line.includes('"finished"') && line.includes('connector.upgrade');

test('an upgrade keeps every value of the shared config, and says which keys came', async () => {
  const sandbox = await given();
  const before = JSON.parse((await textOf(sandbox)) ?? '');
  const report = await apply(upgradeTo('4.4.4'), doorsOf(sandbox.machine));
  assert.equal(report.exitCode, 0, report.message);
  const now = JSON.parse((await textOf(sandbox)) ?? '');
  assert.deepEqual({ ...now, ...before }, now);
  assert.ok(report.changes.some((line) => line.startsWith(settings) && line.includes('/RefreshReports')));
  const again = await apply(upgradeTo('4.4.4'), doorsOf(sandbox.machine));
  assert.equal(again.end, 'nothing-to-do', again.message);
});

test('a failed run puts back what it has changed in the shared folder, byte for byte', async () => {
  const sandbox = await given();
  const before = await textOf(sandbox);
  let upgraded: string | null = null;
  const watched = whenNoted(sandbox.machine, upgrades, async () => {
    upgraded = await textOf(sandbox);
  });
  const report = await apply(upgradeTo('4.4.4'), doorsOf(failing(watched, isPoolStart)));
  assert.equal(report.exitCode, 22, report.message);
  assert.notEqual(upgraded, before, 'the upgrade was to change the shared file');
  assert.equal(await textOf(sandbox), before);
  assert.doesNotMatch(report.message, /stays as it is/);
});

const failures = ['4.4.5-fails-old-kept', '4.4.5-fails-old-gone'] as const;
for (const name of failures) {
  test(`what another server writes after ${name} has failed stays, and the report says so`, async () => {
    const sandbox = await given();
    const machine = whenNoted(sandbox.machine, upgrades, () => writeTheirs(sandbox));
    const report = await apply(upgradeTo(name), doorsOf(machine));
    assert.equal(report.exitCode, 22, report.message);
    assert.match((await textOf(sandbox)) ?? '', /"Configurations": "theirs"/);
    assert.match(report.message, /stays as it is: \\\\FILESRV\\SCIM\\appsettings\.json/);
  });
}

test('what another server writes after an upgrade that works stays too, and the report says so', async () => {
  const sandbox = await given();
  const machine = whenNoted(sandbox.machine, upgrades, () => writeTheirs(sandbox));
  const report = await apply(upgradeTo('4.4.4'), doorsOf(machine));
  assert.equal(report.exitCode, 0, report.message);
  assert.match((await textOf(sandbox)) ?? '', /"Configurations": "theirs"/);
  assert.match(report.message, /stays as it is/);
});

test('what another server writes while the pool is stopped stays, and the report says so', async () => {
  const sandbox = await given();
  const machine = whenNoted(sandbox.machine, stops, () => writeTheirs(sandbox));
  const report = await apply(upgradeTo('4.4.4'), doorsOf(machine));
  assert.equal(report.exitCode, 0, report.message);
  assert.match(report.message, /stays as it is/);
  assert.match((await textOf(sandbox)) ?? '', /"Configurations": "theirs"/);
});

test('shared config that an uninstallation takes along is put back, whether the run fails or not', async () => {
  for (const [name, exitCode] of [
    ['4.4.4', 0],
    ['4.4.5-fails-old-kept', 22],
  ] as const) {
    const sandbox = await given({ isEmptiedByUninstall: true });
    const before = await textOf(sandbox);
    // The upgrade in place fails, so the old version is uninstalled and the new one installed.
    const report = await apply(upgradeTo(name), doorsOf(failing(sandbox.machine, isInstall)));
    assert.equal(report.exitCode, exitCode, report.message);
    const now = (await textOf(sandbox)) ?? '';
    if (exitCode === 22) assert.equal(now, before);
    assert.deepEqual({ ...JSON.parse(now), ...JSON.parse(before ?? '') }, JSON.parse(now));
  }
});

test('what a setup was begun for is settled once it is noted what it has changed', async () => {
  const sandbox = await given();
  const report = await apply(upgradeTo('4.4.4'), doorsOf(sandbox.machine));
  const bytes = await sandbox.machine.read(sharedNotePath(report.paths.backup ?? ''));
  const note = bytes && parseSharedNote(new TextDecoder().decode(bytes));
  assert.ok(note && note.changes.length > 0, report.message);
  assert.deepEqual([note.begun, note.changes.filter(({ assumed }) => assumed)], [undefined, []]);
});

test('what another server has saved after a cut gives way to the settings of before, is told, and lies in the backup', async () => {
  const sandbox = await given({ isEmptiedByUninstall: true });
  const before = JSON.parse((await textOf(sandbox)) ?? '');
  const at = { tool: 'msiexec', call: 2 } as const;
  const cut = withFaults(failing(sandbox.machine, isInstall), { at, trouble: { kind: 'power-cut', effect: 'done' } });
  await apply(upgradeTo('4.4.4'), doorsOf(cut)).catch(() => undefined);
  await writeTheirs(sandbox);
  const theirs = await textOf(sandbox);
  const again = await openSandbox(sandbox.folder);
  assert.ok('machine' in again);
  const report = await apply(upgradeTo('4.4.4'), doorsOf(again.machine));
  assert.equal(report.exitCode, 0, report.message);
  assert.ok(idsOf(report).includes('shared-assumed'), idsOf(report).join());
  const now = JSON.parse((await textOf(sandbox)) ?? '');
  assert.deepEqual({ ...now, ...before }, now);
  const folder = report.paths.backup ?? '';
  const { manifest } = await openBackup(again.machine, folder);
  const kept = (manifest?.files ?? []).filter(({ path, since }) => path === settings && since !== undefined);
  const texts = await Promise.all(
    kept.map(async (one) => bytesText(await again.machine.read(storedPath(folder, one)))),
  );
  assert.ok(texts.includes(theirs ?? ''), texts.join());
});

test('a folder that cannot be written to ends the run before the connector is touched', async () => {
  const sandbox = await given({ access: 'read' });
  const before = await textOf(sandbox);
  const report = await apply(upgradeTo('4.4.4'), doorsOf(sandbox.machine));
  assert.equal(report.exitCode, 22, report.message);
  assert.match(report.message, /cannot be written to: EPERM/);
  assert.deepEqual(
    report.steps.map((step) => step.step.kind),
    ['config.backup', 'shared.prove'],
  );
  assert.equal(await textOf(sandbox), before);
});

test('a folder that cannot be read is refused, and so is one that is not there', async () => {
  const sandbox = await given({ access: 'none' });
  const denied = await apply(upgradeTo('4.4.4'), doorsOf(sandbox.machine));
  assert.deepEqual([denied.exitCode, idsOf(denied)], [21, ['shared-unreadable', 'pool-share-unknown']]);
  changeShare(sandbox, { access: 'write' });
  await rm(join(sandbox.folder, 'shares'), { recursive: true });
  await saveServer(sandbox.machine.server);
  const gone = await apply(upgradeTo('4.4.4'), doorsOf(sandbox.machine));
  assert.deepEqual([gone.exitCode, idsOf(gone)], [21, ['shared-unreadable']]);
});

test('a remote session without a second hop gets its own sentence', async () => {
  const sandbox = await given();
  const { server } = sandbox.machine;
  store(server, 'machine', { ...stored(server, 'machine'), networkLogon: true });
  await saveServer(server);
  const report = await apply(upgradeTo('4.4.4'), doorsOf(sandbox.machine));
  assert.equal(report.exitCode, 21);
  assert.ok(idsOf(report).includes('no-second-hop') && !idsOf(report).includes('shared-unreadable'));
});

test('a share that is lost in the middle ends as not the same, with the connector walked back', async () => {
  const sandbox = await given();
  const machine = whenNoted(sandbox.machine, upgrades, async () => changeShare(sandbox, { access: 'none' }));
  const report = await apply(upgradeTo('4.4.5-fails-old-kept'), doorsOf(machine));
  assert.equal(report.exitCode, 23, report.message);
  assert.match(report.message, /FILESRV\\SCIM could not be read/);
  const { products } = report.after ?? report.before;
  assert.deepEqual(products.known && products.value.map((one) => one.version), ['4.1.0']);
});

test('a power cut in the middle of an upgrade loses no shared config', async () => {
  for (const call of [1, 2]) {
    const sandbox = await given({ isEmptiedByUninstall: true });
    const before = JSON.parse((await textOf(sandbox)) ?? '');
    const cut = withFaults(sandbox.machine, {
      at: { tool: 'msiexec', call },
      trouble: { kind: 'power-cut', effect: 'done' },
    });
    await apply(upgradeTo(call === 1 ? '4.4.4' : '4.4.5-fails-old-gone'), doorsOf(cut)).catch(() => undefined);
    const again = await openSandbox(sandbox.folder);
    assert.ok('machine' in again);
    const report = await apply(upgradeTo('4.4.4'), doorsOf(again.machine));
    assert.ok([0, 22].includes(report.exitCode), report.message);
    const now = JSON.parse((await textOf(sandbox)) ?? '{}');
    assert.deepEqual({ ...now, ...before }, now);
  }
});

test('without the mode, the folder and the passphrase an upgrade is refused by name', async () => {
  const sandbox = await given();
  const report = await apply(asked('apply', 'SCIMConnector-4.4.4.msi'), doorsOf(sandbox.machine));
  assert.deepEqual([report.exitCode, idsOf(report)], [21, ['no-way-back', 'settings-not-carried']]);
  for (const finding of report.findings)
    for (const name of ['INSTANCEMODE', 'SHAREDFOLDER', 'PASSPHRASE'])
      assert.ok(finding.message.includes(name), finding.message);
});

test('a way back without the mode, the folder or the passphrase must be accepted', async () => {
  const sandbox = await given();
  for (const wayBackProperty of [[], mode.slice(1), mode.slice(0, 1)]) {
    const report = await apply(upgradeTo('4.4.4', { wayBackProperty }), doorsOf(sandbox.machine));
    assert.deepEqual([report.exitCode, idsOf(report)], [21, ['no-way-back']]);
  }
});

test('a server whose upgrade failed is put back into multiple-instance mode, with the secret', async () => {
  const sandbox = await given();
  const report = await apply(upgradeTo('4.4.5-fails-old-gone'), doorsOf(sandbox.machine));
  assert.equal(report.exitCode, 22, report.message);
  const back = report.steps.find((one) => one.phase === 'back' && one.step.kind === 'connector.install')?.step;
  assert.ok(back?.kind === 'connector.install');
  assert.deepEqual(
    [back.properties, back.secrets],
    [{ INSTANCEMODE: 'Multiple', SHAREDFOLDER: share }, [{ name: 'PASSPHRASE', hidden: false }]],
  );
});

test('a broken server of several is repaired as one of them', async () => {
  const sandbox = await given();
  assert.equal((await apply(upgradeTo('4.4.4'), doorsOf(sandbox.machine))).exitCode, 0);
  const { server } = sandbox.machine;
  await server.drive.remove('C:\\inetpub\\wwwroot\\SCIMConnector\\SCIMConnector.dll');
  const before = await textOf(sandbox);
  const untold = await apply(asked('apply', 'SCIMConnector-4.4.4.msi'), doorsOf(sandbox.machine));
  assert.ok(untold.exitCode === 21 && idsOf(untold).includes('settings-not-carried'));
  const request = upgradeTo('4.4.4', { accept: ['no-way-back'] });
  const report = await apply(request, doorsOf(sandbox.machine));
  assert.deepEqual([report.exitCode, report.route], [0, 'repair'], report.message);
  assert.equal(await textOf(sandbox), before);
  const { shared } = report.after ?? report.before;
  assert.equal(shared.known && shared.value?.folder, share);
});

test('a server that is taken out of service leaves the others their config', async () => {
  const sandbox = await given({ isEmptiedByUninstall: true });
  const before = await textOf(sandbox);
  const untold = await uninstall(asked('uninstall', null), doorsOf(sandbox.machine));
  assert.deepEqual([untold.exitCode, idsOf(untold)], [21, ['no-way-back']]);
  const report = await uninstall(asked('uninstall', null, instance), doorsOf(sandbox.machine));
  assert.equal(report.exitCode, 0, report.message);
  assert.equal(await textOf(sandbox), before);
  assert.ok(report.steps.some((step) => step.step.kind === 'shared.restore' && step.ok));
});

test('the facts for a person name the shared folder and what lies there', async () => {
  const { folder } = await given();
  const { out } = await run('detect', '--sandbox', folder);
  assert.match(out, /Shared +\\\\FILESRV\\SCIM; 1 file: appsettings\.json/);
  const other = await run('detect', '--sandbox', (await givenServer('scim-4.1')).folder);
  assert.doesNotMatch(other.out, /Shared/);
});

test('a server that joins the others keeps what they have in the folder', async () => {
  const sandbox = await givenServer('iis-only');
  const { server } = sandbox.machine;
  const sddl = 'O:BAG:SYD:PAI(A;OICI;0x1301bf;;;DC)';
  await mkdir(dirname(onHost(sandbox)), { recursive: true });
  await server.drive.write(settings, '{ "KEY": "theirs", "Configurations": "theirs" }');
  remember(server, { shares: { [share.toLowerCase()]: { access: 'write', sddl } } });
  await saveServer(sandbox.machine.server);
  const request = upgradeTo('4.4.4', {
    hostingBundle: sample('dotnet-hosting-6.0.36-win.exe'),
  });
  const report = await apply(request, doorsOf(sandbox.machine));
  assert.equal(report.exitCode, 0, report.message);
  assert.ok(report.steps.some((step) => step.step.kind === 'shared.prove'));
  const now = JSON.parse((await textOf(sandbox)) ?? '');
  assert.deepEqual([now.KEY, now.Configurations], ['theirs', 'theirs']);
  assert.ok('RefreshReports' in now);
});

for (const [what, at, isGone] of [
  ['an uninstallation took along right before', { tool: 'msiexec /x', call: 1 }, true],
  ['a setup made anew right before', { tool: 'msiexec', call: 2 }, false],
] as const) {
  test(`shared config that ${what} a power cut comes back`, async () => {
    const sandbox = await given({ isEmptiedByUninstall: true });
    const before = JSON.parse((await textOf(sandbox)) ?? '');
    const cut = { kind: 'power-cut', effect: 'done' } as const;
    const struck = withFaults(failing(sandbox.machine, isInstall), { at, trouble: cut });
    await assert.rejects(apply(upgradeTo('4.4.4'), doorsOf(struck)));
    const left = await textOf(sandbox);
    assert.deepEqual([left === null, left?.includes(before.IV) ?? false], [isGone, false]);
    const next = await apply(upgradeTo('4.4.4'), doorsOf(await reopened(sandbox.folder)));
    assert.equal(next.exitCode, 0, next.message);
    const now = JSON.parse((await textOf(sandbox)) ?? '');
    assert.deepEqual({ ...now, ...before }, now);
    assert.doesNotMatch(next.message, /stays as it is/);
  });
}
