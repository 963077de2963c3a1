import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply, uninstall } from '../../src/commands/apply.ts';
import { backup } from '../../src/commands/backup.ts';
import { restore } from '../../src/commands/restore.ts';
import { defaultFolder } from '../../src/core/connector.ts';
import { poolSid } from '../../src/machine/application-host.ts';
import { sddlOf } from '../../src/sandbox/rights.ts';
import type { SandboxMachine } from '../../src/sandbox/sandbox-machine.ts';
import { remember, saveServer, without } from '../../src/sandbox/server.ts';
import { runText } from '../../src/view/run-text.ts';
import { asked, bundle, doorsOf, givenServer, sample } from '../given.ts';
import { settings, textOf } from '../steps/on-server.ts';
import { withDoors } from '../sweep/doors.ts';

const given = '(A;;FA;;;S-1-5-82-3876422241-1344743610-1729199087-774402673-2621913236)';
const ofOwn = ['web.config', 'appsettings.json'].map((name) => `c:\\inetpub\\wwwroot\\scimconnector\\${name}`);
const logs = `${defaultFolder}\\Log`;
const below = [defaultFolder, `${defaultFolder}\\Responses`, logs];

/** What an operator gives with icacls: to itself, and to all below. */
const toFolder = '(A;OICI;0x1301bf;;;S-1-5-21-1-2-3-1001)';

async function giveRights({ server }: SandboxMachine, paths: readonly string[], sddl: string): Promise<void> {
  const acls = Object.fromEntries(paths.map((path) => [path.toLowerCase(), sddl]));
  remember(server, { acls: { ...server.memory.acls, ...acls } });
  await saveServer(server);
}

async function takeRights({ server }: SandboxMachine, paths: readonly string[]): Promise<void> {
  for (const path of paths) remember(server, { acls: without(server.memory.acls, path) });
  await saveServer(server);
}

const upgradeWith = (machine: SandboxMachine, property: readonly string[], name = '4.4.4') =>
  apply(asked('apply', `SCIMConnector-${name}.msi`, { property }), doorsOf(machine));
const back = async (machine: SandboxMachine, from: string) =>
  restore(asked('restore', null, { from }), doorsOf(machine));

for (const [name, exitCode] of [
  ['4.4.5-fails-old-gone', 22],
  ['4.4.4', 0],
] as const)
  test(`rights that were given to a file itself are there again after ${name}, though its bytes are the same`, async () => {
    const { machine } = await givenServer('scim-4.1');
    const { server } = machine;
    await giveRights(machine, ofOwn, `O:BAG:SYD:AI${given}(A;ID;FA;;;SY)(A;ID;FA;;;BA)`);
    const report = await apply(asked('apply', `SCIMConnector-${name}.msi`), doorsOf(machine));
    assert.equal(report.exitCode, exitCode, report.message);
    const expected = exitCode === 22 ? ofOwn : ofOwn.slice(1);
    for (const path of expected)
      assert.ok(server.memory.acls[path]?.includes(given), `${path}: ${server.memory.acls[path]}`);
  });

test('a restore puts back rights that were taken from a file, though its bytes are the same', async () => {
  const { machine } = await givenServer('scim-4.1');
  const [, path = ''] = ofOwn;
  await giveRights(machine, [path], `O:BAG:SYD:AI${given}(A;ID;FA;;;SY)`);
  const { id } = await backup(asked('backup', null), doorsOf(machine));
  await takeRights(machine, [path]);
  const report = await back(machine, id);
  assert.equal(report.end, 'converged', report.message);
  assert.ok(machine.server.memory.acls[path]?.includes(given));
  assert.equal((await back(machine, id)).end, 'nothing-to-do');
});

for (const [scenario, name, exitCode] of [
  ['scim-4.1', '4.4.4', 0],
  ['scim-4.1', '4.4.5-fails-old-gone', 22],
  ['newer', '4.4.4', 0],
] as const)
  test(`rights that were given to the folders of ${scenario} are there after ${name}, and hold for what lies in them`, async () => {
    const { machine } = await givenServer(scenario);
    await giveRights(machine, below, `O:BAG:SYD:AI${toFolder}`);
    const accept = ['downgrade'];
    const report = await apply(asked('apply', `SCIMConnector-${name}.msi`, { accept }), doorsOf(machine));
    assert.equal(report.exitCode, exitCode, report.message);
    for (const path of below) assert.ok(sddlOf(machine.server, path).includes(toFolder), path);
    const inherited = toFolder.replace('OICI', 'ID');
    assert.ok(sddlOf(machine.server, `${defaultFolder}\\web.config`).includes(inherited));
  });

test('what a new setup gives to a folder stays beside what was given before; a failed one leaves nothing of it', async () => {
  const bySetup = '(A;OICI;FA;;;S-1-5-21-9-9-9-1002)';
  for (const [name, exitCode, stays] of [
    ['4.4.4', 0, true],
    ['4.4.5-fails-old-kept', 22, false],
  ] as const) {
    const { machine } = await givenServer('scim-4.1');
    await giveRights(machine, below, `O:BAG:SYD:AI${toFolder}`);
    const asSetup = withDoors(machine, {
      change: async (call, ...more) => {
        if (call.tool === 'msiexec') await giveRights(machine, below, `O:BAG:SYD:AI${bySetup}`);
        return machine.change(call, ...more);
      },
    });
    const report = await apply(asked('apply', `SCIMConnector-${name}.msi`), doorsOf(asSetup));
    assert.equal(report.exitCode, exitCode, report.message);
    const sddl = sddlOf(machine.server, defaultFolder);
    assert.deepEqual([sddl.includes(toFolder), sddl.includes(bySetup)], [true, stays], sddl);
  }
});

test('a repair, and a restore over the same version, take no rights away that a folder has got since', async () => {
  const { machine } = await givenServer('broken');
  await giveRights(machine, [logs], `O:BAG:SYD:AI${toFolder}`);
  const { id } = await backup(asked('backup', null), doorsOf(machine));
  const since = '(A;OICI;FA;;;S-1-5-21-9-9-9-1002)';
  const asRepair = withDoors(machine, {
    change: async (call, ...more) => {
      const ended = await machine.change(call, ...more);
      if (call.tool === 'msiexec') await giveRights(machine, [defaultFolder], `O:BAG:SYD:AI${since}`);
      return ended;
    },
  });
  const report = await apply(asked('apply', 'SCIMConnector-4.4.4.msi'), doorsOf(asRepair));
  assert.deepEqual([report.end, report.route], ['converged', 'repair'], report.message);
  assert.ok(sddlOf(machine.server, defaultFolder).includes(since));
  await takeRights(machine, [logs]);
  assert.equal((await back(machine, id)).end, 'converged');
  assert.ok(sddlOf(machine.server, defaultFolder).includes(since));
  assert.ok(sddlOf(machine.server, logs).includes(toFolder));
});

test('rights of a folder with nothing in it but logs come back without a backup of config', async () => {
  const { machine } = await givenServer('scim-4.1-no-bundle');
  await uninstall(asked('uninstall', null), doorsOf(machine));
  await machine.write(`${logs}\\1.log`, new TextEncoder().encode('a log'));
  await giveRights(machine, [defaultFolder], `O:BAG:SYD:AI${toFolder}`);
  const asSetup = withDoors(machine, {
    change: async (call, ...more) => {
      if (call.tool === 'msiexec') await giveRights(machine, [defaultFolder], 'O:BAG:SYD:AI(A;OICI;FA;;;WD)');
      return machine.change(call, ...more);
    },
  });
  const hostingBundle = sample(bundle);
  const report = await apply(
    asked('apply', 'SCIMConnector-4.4.5-fails-old-kept.msi', { hostingBundle }),
    doorsOf(asSetup),
  );
  assert.equal(report.end, 'failed-as-before', report.message);
  assert.ok(sddlOf(machine.server, defaultFolder).includes(toFolder));
});

test('a folder of logs that only the old version makes is there again with its rights', async () => {
  const { machine } = await givenServer('scim-4.1');
  await giveRights(machine, [logs], `O:BAG:SYD:AI${toFolder}`);
  const { id } = await backup(asked('backup', null), doorsOf(machine));
  for (const name of await machine.list(logs)) await machine.remove(`${logs}\\${name}`);
  await machine.remove(logs);
  const report = await back(machine, id);
  assert.equal(report.end, 'converged', report.message);
  assert.ok(sddlOf(machine.server, logs).includes(toFolder));
});

test('where a property puts the connector into another pool, that may do what the old one might', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { server } = machine;
  const old = poolSid('SCIMConnectorAppPool');
  const now = poolSid('Own');
  await giveRights(machine, [logs], `O:BAG:SYD:AI(A;OICI;0x1301bf;;;${old})`);
  assert.ok(sddlOf(server, settings).includes(old));
  const report = await upgradeWith(machine, ['APPPOOL=Own']);
  assert.equal(report.end, 'converged', report.message);
  for (const path of [settings, logs]) {
    const sddl = sddlOf(server, path);
    assert.deepEqual([sddl.includes(now), sddl.includes(old)], [true, false], `${path}: ${sddl}`);
  }
  assert.equal((await upgradeWith(machine, ['APPPOOL=Own'])).end, 'nothing-to-do');
});

const elsewhere = 'D:\\Web\\SCIMConnector';

test('where a property puts the connector into another folder, its settings go along', async () => {
  const { machine } = await givenServer('scim-4.1');
  const before = JSON.parse(await textOf(machine, settings));
  const responses = 'Responses\\AppSettings.json';
  const report = await upgradeWith(machine, [`INSTALLDIR=${elsewhere}`]);
  assert.equal(report.end, 'converged', report.message);
  assert.ok(report.findings.some(({ id }) => id === 'folder-moves'));
  const now = JSON.parse(await textOf(machine, `${elsewhere}\\appsettings.json`));
  assert.deepEqual({ ...now, ...before }, now);
  assert.equal(JSON.parse(await textOf(machine, `${elsewhere}\\${responses}`)).SCIM_Threshold, 50);
  assert.equal((await upgradeWith(machine, [`INSTALLDIR=${elsewhere}`])).end, 'nothing-to-do');
  assert.doesNotMatch(runText(report), /scim-setup restore --from/);
  const old = report.paths.backup?.split('\\').at(-1) ?? '';
  await assert.rejects(back(machine, old), /its config lay elsewhere, .* and 4\.4\.4 lies in D:/);
});

for (const properties of [
  [`INSTALLDIR=${elsewhere}`],
  ['APPPOOL=Own'],
  ['HTTPSPORT=443', 'HTTPPORT=8088'],
  ['HTTPPORT=8088'],
]) {
  test(`whoever calls the connector still sees its certificate after an upgrade with ${properties.join(' and ')}`, async () => {
    const { machine } = await givenServer('scim-4.1');
    const bound = () => {
      const { iis } = machine.server.facts;
      return iis.known ? iis.value?.certificates : null;
    };
    const before = bound();
    assert.equal((await upgradeWith(machine, properties)).end, 'converged');
    assert.deepEqual(bound(), before);
  });
}

test('an upgrade onto another port binds no certificate to the old one', async () => {
  const { machine } = await givenServer('scim-4.1');
  const report = await upgradeWith(machine, ['HTTPSPORT=9443']);
  assert.equal(report.end, 'converged', report.message);
  assert.ok(!report.steps.some(({ step }) => step.kind === 'certificates.present'));
});

test('a move into another folder that fails leaves the connector where it was', async () => {
  const { machine } = await givenServer('scim-4.1');
  const before = await textOf(machine, settings);
  const report = await upgradeWith(machine, [`INSTALLDIR=${elsewhere}`], '4.4.5-fails-old-gone');
  assert.equal(report.end, 'failed-as-before', report.message);
  assert.equal(await textOf(machine, settings), before);
});
