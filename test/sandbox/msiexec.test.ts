import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reboot } from '../../src/sandbox/reboot.ts';
import { sddlOf } from '../../src/sandbox/rights.ts';
import { store, stored } from '../../src/sandbox/server.ts';
import { suspendMsiexec } from '../../src/sandbox/tools/msiexec.ts';
import { tools } from '../../src/sandbox/tools/table.ts';
import {
  connectorFolder,
  dll,
  install,
  installArgs,
  known,
  look,
  msiLog,
  sandboxOf,
  serverOf,
  settings,
  snapshot,
  stopPool,
  textOf,
  uninstall,
  versions,
} from './on-server.ts';

test('an upgrade replaces 4.1.0, keeps the edited settings with their rights, and keeps the site', async (t) => {
  const sandbox = await sandboxOf(t, 'scim-4.1');
  const { server } = sandbox.machine;
  await stopPool(server);
  const before = await look(sandbox);
  const text = await textOf(server, settings);
  assert.equal(await install(server, 'SCIMConnector-4.4.4.msi'), 0);
  const after = await look(sandbox);
  assert.deepEqual(
    known(after.products).map((one) => one.version),
    ['4.4.4'],
  );
  assert.deepEqual(known(after.products)[0]?.missingFiles, []);
  assert.equal(await textOf(server, settings), text);
  assert.equal(sddlOf(server, settings), known(before.config).find((one) => one.role === 'settings')?.sddl);
  assert.deepEqual(known(after.iis)?.sites, known(before.iis)?.sites);
  assert.equal(known(after.iis)?.pools[1]?.state, 'stopped');
});

test('a fresh installation writes its own keys and makes pool, site and certificate', async (t) => {
  const server = await serverOf(t, 'iis-only');
  assert.equal(await install(server, 'SCIMConnector-4.4.4.msi'), 0);
  const iis = stored(server, 'iis');
  assert.deepEqual(iis?.sites[1]?.bindings, ['https/*:443:', 'http/*:8080:']);
  assert.equal(iis?.certificates.length, 1);
  assert.equal(iis?.pools.find((one) => one.name === 'SCIMConnectorAppPool')?.workers, 1);
  const first = JSON.parse((await textOf(server, settings)) ?? '').KEY as string;
  await uninstall(server);
  await install(server, 'SCIMConnector-4.4.4.msi');
  assert.notEqual(JSON.parse((await textOf(server, settings)) ?? '').KEY, first);
});

test('a port that is taken is counted up from 8443', async (t) => {
  const server = await serverOf(t, 'iis-only');
  const bindings = '/bindings:http/*:80:,https/*:443:shop,https/*:8443:';
  assert.equal((await tools.appcmd(server, ['set', 'site', '/site.name:Default Web Site', bindings])).code, 0);
  await install(server, 'SCIMConnector-4.4.4.msi');
  assert.deepEqual(stored(server, 'iis')?.sites[1]?.bindings, ['https/*:8444:', 'http/*:8080:']);
});

test('INSTALLDIR puts the connector elsewhere', async (t) => {
  const sandbox = await sandboxOf(t, 'iis-only');
  await install(sandbox.machine.server, 'SCIMConnector-4.4.4.msi', ['INSTALLDIR=C:\\apps\\SCIM']);
  assert.equal(known((await look(sandbox)).products)[0]?.folder, 'C:\\apps\\SCIM');
});

test('a repair and an uninstall that name no folder find the connector where it was put', async (t) => {
  const server = await serverOf(t, 'iis-only');
  await install(server, 'SCIMConnector-4.4.4.msi', ['INSTALLDIR=C:\\apps\\SCIM']);
  await stopPool(server);
  const [folder, program] = ['C:\\apps\\SCIM', 'C:\\apps\\SCIM\\SCIMConnector.dll'];
  await server.drive.remove(program);
  await install(server, 'SCIMConnector-4.4.4.msi', ['REINSTALL=ALL', 'REINSTALLMODE=omus']);
  assert.deepEqual([await server.drive.hasFile(program), await server.drive.list(connectorFolder)], [true, []]);
  assert.equal(await uninstall(server), 0);
  assert.deepEqual(await server.drive.list(folder), []);
});

test('an uninstall removes what the package laid down and leaves what the product wrote', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  await stopPool(server);
  assert.equal(await uninstall(server), 0);
  assert.deepEqual(versions(server), []);
  assert.deepEqual(await server.drive.list(connectorFolder), ['Log\\']);
  assert.deepEqual(
    stored(server, 'iis')?.sites.map((one) => one.name),
    ['Default Web Site'],
  );
  assert.deepEqual(stored(server, 'iis')?.certificates, []);
  assert.deepEqual(await server.drive.list('C:\\Windows\\Installer'), []);
});

test('a lower version and a version below 4.0 without its removal are refused with 1603, and nothing is changed', async (t) => {
  for (const [scenario, sample] of [
    ['same-version', '4.1.0'],
    ['scim-3.2', '4.4.4'],
  ] as const) {
    const sandbox = await sandboxOf(t, scenario);
    const before = await snapshot(`${sandbox.folder}/c/inetpub`);
    const { products, iis } = await look(sandbox);
    assert.equal(await install(sandbox.machine.server, `SCIMConnector-${sample}.msi`), 1603);
    assert.deepEqual(await snapshot(`${sandbox.folder}/c/inetpub`), before);
    const after = await look(sandbox);
    assert.deepEqual([after.products, after.iis], [products, iis]);
  }
});

test('a package that fails before it removes anything leaves the old product whole', async (t) => {
  const sandbox = await sandboxOf(t, 'scim-4.1');
  await stopPool(sandbox.machine.server);
  const before = await snapshot(`${sandbox.folder}/c/inetpub`);
  assert.equal(await install(sandbox.machine.server, 'SCIMConnector-4.4.5-fails-old-kept.msi'), 1603);
  assert.deepEqual(versions(sandbox.machine.server), ['4.1.0']);
  assert.deepEqual(await snapshot(`${sandbox.folder}/c/inetpub`), before);
});

test('a package that fails after it removed the old product leaves none', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  await stopPool(server);
  assert.equal(await install(server, 'SCIMConnector-4.4.5-fails-old-gone.msi'), 1603);
  assert.deepEqual(versions(server), []);
  assert.equal(await server.drive.hasFile(settings), false);
});

test('a package that asks for a restart ends with 3010', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  await stopPool(server);
  assert.equal(await install(server, 'SCIMConnector-4.4.5-asks-reboot.msi'), 3010);
  assert.deepEqual(versions(server), ['4.4.5']);
});

test('a package that loses the config ends with 0 and leaves its own defaults', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  await stopPool(server);
  const before = await textOf(server, settings);
  assert.equal(await install(server, 'SCIMConnector-4.4.5-loses-config.msi'), 0);
  assert.notEqual(await textOf(server, settings), before);
  assert.equal(JSON.parse((await textOf(server, settings)) ?? '').Configurations, '');
});

test('the same package again is maintenance: 0, and nothing is changed', async (t) => {
  const sandbox = await sandboxOf(t, 'same-version');
  const before = await snapshot(`${sandbox.folder}/c/inetpub`);
  assert.equal(await install(sandbox.machine.server, 'SCIMConnector-4.4.4.msi'), 0);
  assert.deepEqual(await snapshot(`${sandbox.folder}/c/inetpub`), before);
  assert.deepEqual(versions(sandbox.machine.server), ['4.4.4']);
});

test('a program file that the worker process holds is left for the next boot by an uninstall', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  assert.equal(await uninstall(server), 3010);
  assert.deepEqual(stored(server, 'restart'), { reasons: ['file-renames'], deletions: [dll] });
  assert.equal(await install(server, 'SCIMConnector-4.1.0.msi'), 0);
  await reboot(server);
  assert.equal(
    await server.drive.hasFile(dll),
    false,
    'the restart wipes the file of what was installed meanwhile (T1)',
  );
});

test('an upgrade moves a held program file out of the way and asks for a restart', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  assert.equal(await install(server, 'SCIMConnector-4.4.4.msi'), 3010);
  assert.ok(stored(server, 'restart').deletions.every((path) => path.startsWith('C:\\Config.Msi\\')));
  await reboot(server);
  assert.ok(await server.drive.hasFile(dll));
  assert.deepEqual(stored(server, 'restart'), { reasons: [], deletions: [] });
});

test('a product without its kept package cannot be removed: 1612 alone, 1603 inside an upgrade', async (t) => {
  const sandbox = await sandboxOf(t, 'scim-4.1');
  const { server } = sandbox.machine;
  const [product] = known((await look(sandbox)).products);
  await server.drive.remove(product?.cached?.path ?? '');
  assert.equal(known((await look(sandbox)).products)[0]?.cached, null);
  assert.equal(await uninstall(server), 1612);
  const before = await snapshot(`${sandbox.folder}/c/inetpub`);
  assert.equal(await install(server, 'SCIMConnector-4.4.4.msi'), 1603);
  assert.deepEqual(await snapshot(`${sandbox.folder}/c/inetpub`), before, 'the transaction was taken back');
  assert.match(await msiLog(server), /Error 1714[\s\S]*System Error 1612/);
});

test('an installation that lost its power is taken back when Windows Installer runs the next time', async (t) => {
  const sandbox = await sandboxOf(t, 'scim-4.1');
  const { server } = sandbox.machine;
  await stopPool(server);
  const before = await snapshot(`${sandbox.folder}/c/inetpub`);
  await suspendMsiexec(server, await installArgs(server, 'SCIMConnector-4.4.4.msi'));
  await reboot(server);
  const between = await look(sandbox);
  assert.deepEqual(known(between.installer), { suspended: true, disabledByPolicy: false, holders: [] });
  assert.notDeepEqual(await snapshot(`${sandbox.folder}/c/inetpub`), before);
  assert.equal(await uninstall(server, '{00000000-0000-0000-0000-000000000000}'), 1605);
  assert.deepEqual(await snapshot(`${sandbox.folder}/c/inetpub`), before);
  assert.deepEqual(versions(server), ['4.1.0']);
  assert.equal(known((await look(sandbox)).installer).suspended, false);
});

test('an unknown product is 1605, a missing package 1619, a file that is none 1620, a log without a folder 1622', async (t) => {
  const server = await serverOf(t, 'iis-only');
  assert.equal(await uninstall(server, '{00000000-0000-0000-0000-000000000000}'), 1605);
  const args = await installArgs(server, 'SCIMConnector-4.4.4.msi');
  const withPackage = (path: string) => args.map((word, index) => (index === 1 ? path : word));
  assert.equal((await tools.msiexec(server, withPackage('C:\\none.msi'))).code, 1619);
  await server.drive.write('C:\\text.msi', 'text');
  assert.equal((await tools.msiexec(server, withPackage('C:\\text.msi'))).code, 1620);
  const noFolder = args.map((word) => (word.endsWith('.log') ? 'C:\\no\\folder\\msi.log' : word));
  assert.equal((await tools.msiexec(server, noFolder)).code, 1622);
});

test('a policy that forbids Windows Installer ends everything with 1625', async (t) => {
  const server = await serverOf(t, 'iis-only');
  store(server, 'installer', { suspended: false, disabledByPolicy: true, holders: [] });
  assert.equal(await install(server, 'SCIMConnector-4.4.4.msi'), 1625);
});

test('the log is UTF-16 with its mark, names the action that failed, and holds no value of a property', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  await install(server, 'SCIMConnector-4.4.5-fails-old-kept.msi', ['PASSPHRASE=hunter2']);
  const text = await msiLog(server);
  assert.equal(text.charCodeAt(0), 0xfeff);
  assert.match(
    text,
    /FailOnPurpose\. Return value 3\.[\s\S]*INSTALL\. Return value 3\.[\s\S]*MainEngineThread is returning 1603/,
  );
  assert.doesNotMatch(text, /hunter2/);
});

test('msiexec throws on arguments that nobody has given it a source for', async (t) => {
  const server = await serverOf(t, 'iis-only');
  const args = await installArgs(server, 'SCIMConnector-4.4.4.msi');
  await assert.rejects(tools.msiexec(server, ['/fq', ...args.slice(1)]), /does not know/);
  await assert.rejects(tools.msiexec(server, ['/fc', ...args.slice(1)]), /does not know REINSTALLMODE=c/);
  await assert.rejects(tools.msiexec(server, [...args, 'REINSTALL=Connector']), /does not know REINSTALL=Connector/);
  await assert.rejects(tools.msiexec(server, [...args, 'ADDLOCAL=ALL']), /does not know the property ADDLOCAL/);
  await assert.rejects(tools.msiexec(server, [...args, '/forcerestart']), /does not know/);
  await assert.rejects(
    tools.msiexec(
      server,
      args.filter((word) => !word.startsWith('REBOOT')),
    ),
    /without REBOOT/,
  );
});

test('while somebody else installs something, msiexec ends with 1618, with a log and without a change', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  const holders = [{ pid: 4711, name: 'msiexec.exe', parent: 'setup.exe', startedAt: null }];
  store(server, 'installer', { suspended: true, disabledByPolicy: false, holders });
  const before = server.facts;
  assert.equal(await install(server, 'SCIMConnector-4.4.4.msi'), 1618);
  assert.equal(server.facts, before);
});
