import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Server, stored } from '../../src/sandbox/server.ts';
import { tools } from '../../src/sandbox/tools/table.ts';
import {
  bring,
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

/** The arguments of a repair or reinstallation; `what` is a product code or a path. */
async function maintenance(server: Server, verb: string, what: string, properties: readonly string[] = []) {
  await server.drive.makeFolder('C:\\logs');
  const always = ['REBOOT=ReallySuppress', 'MSIRESTARTMANAGERCONTROL=Disable', 'ALLUSERS=1'];
  const args = [verb, what, '/qn', '/norestart', '/l*v', 'C:\\logs\\msi.log', ...properties, ...always];
  return (await tools.msiexec(server, args)).code;
}

const code44 = '{15D14DF3-61A2-40EC-80F4-861B58407587}';
const package44 = 'C:\\packages\\SCIMConnector-4.4.4.msi';
const webConfig = `${connectorFolder}\\web.config`;

test('the same package again lays down nothing that is gone; a repair does, and leaves edited settings and files', async (t) => {
  const server = await serverOf(t, 'same-version');
  const [before, edited] = [await textOf(server, settings), 'edited'];
  await bring(server, 'SCIMConnector-4.4.4.msi');
  await server.drive.write(webConfig, edited);
  await server.drive.remove(dll);
  assert.equal(await install(server, 'SCIMConnector-4.4.4.msi'), 0);
  assert.equal(await server.drive.hasFile(dll), false);
  assert.equal(await maintenance(server, '/f', package44), 0);
  assert.equal(await server.drive.hasFile(dll), true);
  assert.deepEqual([await textOf(server, webConfig), await textOf(server, settings)], [edited, before]);
});

test('a lower version that another product laid down gives way to a repair, not to the same package again nor to `p`', async (t) => {
  const server = await serverOf(t, 'iis-only');
  await install(server, 'SCIMConnector-4.4.4.msi');
  await stopPool(server);
  const newer = await server.drive.hash(dll);
  await install(server, 'SCIMConnector-4.1.0-x86.msi');
  await stopPool(server);
  const older = await server.drive.hash(dll);
  assert.notEqual(older, newer);
  for (const [verb, stays] of [
    ['/i', older],
    ['/fpmus', older],
    ['/fomus', newer],
  ] as const) {
    assert.equal(await maintenance(server, verb, package44), 0);
    assert.deepEqual([verb, await server.drive.hash(dll)], [verb, stays]);
  }
});

test('REINSTALLMODE decides which files that are there give way: `a` all, `e` those of equal version, `p` none', async (t) => {
  for (const [mode, isDllNew, isConfigNew] of [
    ['omus', false, false],
    ['pmus', false, false],
    ['emus', true, false],
    ['dmus', false, false],
    ['amus', true, true],
  ] as const) {
    const server = await serverOf(t, 'same-version');
    await stopPool(server);
    for (const path of [dll, webConfig]) await server.drive.write(path, 'edited');
    const reinstall = ['REINSTALL=ALL', `REINSTALLMODE=${mode}`];
    assert.equal(await maintenance(server, '/i', code44, reinstall), 0);
    const isNew = async (path: string) => (await textOf(server, path)) !== 'edited';
    assert.deepEqual([mode, await isNew(dll), await isNew(webConfig)], [mode, isDllNew, isConfigNew]);
  }
});

test('a cached package that is lost is made anew by `v` only, from the package given', async (t) => {
  const sandbox = await sandboxOf(t, 'same-version');
  const { server } = sandbox.machine;
  const cached = async () => known((await look(sandbox)).products)[0]?.cached;
  const path = (await cached())?.path ?? '';
  await bring(server, 'SCIMConnector-4.4.4.msi');
  await server.drive.remove(path);
  assert.equal(await maintenance(server, '/f', package44), 0);
  assert.equal(await cached(), null);
  assert.equal(await maintenance(server, '/fvomus', package44), 0);
  assert.equal((await cached())?.name, 'SCIMConnector-4.4.4.msi');
  assert.deepEqual(versions(server), ['4.4.4']);
  assert.ok(stored(server, 'iis')?.sites.some((one) => one.name === 'SCIMConnector'));
  assert.equal(await uninstall(server), 3010);
});

test('a package of another name is not taken for the source: 1603 with error 1316 in the log, and nothing changed', async (t) => {
  const sandbox = await sandboxOf(t, 'same-version');
  const { server } = sandbox.machine;
  await bring(server, 'SCIMConnector-4.4.4.msi');
  await server.drive.copy(package44, 'C:\\packages\\other.msi');
  const before = await snapshot(`${sandbox.folder}/c/inetpub`);
  assert.equal(await maintenance(server, '/fvamus', 'C:\\packages\\other.msi'), 1603);
  assert.match(await msiLog(server), /Error 1316/);
  assert.deepEqual(await snapshot(`${sandbox.folder}/c/inetpub`), before);
});

test('another build of an installed product is 1638, for an installation, a removal and a repair without `v`', async (t) => {
  const server = await serverOf(t, 'same-version');
  await bring(server, 'SCIMConnector-4.4.4.msi');
  const bytes = Buffer.from((await server.drive.read(package44)) ?? []);
  const at = bytes.indexOf('{CADEBD3E-CDF4-4C66-AEEA-342994C41193}');
  bytes.write('{CADEBD3E-0000-4C66-AEEA-342994C41193}', at);
  const rebuilt = 'C:\\rebuilt\\SCIMConnector-4.4.4.msi';
  await server.drive.write(rebuilt, bytes);
  for (const verb of ['/i', '/x', '/f']) assert.equal(await maintenance(server, verb, rebuilt), 1638);
  await stopPool(server);
  assert.equal(await maintenance(server, '/fvomus', rebuilt), 0);
  assert.equal(await maintenance(server, '/i', rebuilt), 0, 'from now on it is the installed one');
  assert.deepEqual(versions(server), ['4.4.4']);
});

test('a lost cached package is found by removal in the folder it came from, or given; else it is 1612', async (t) => {
  const lost = async () => {
    const server = await serverOf(t, 'iis-only');
    await install(server, 'SCIMConnector-4.4.4.msi');
    await stopPool(server);
    await server.drive.remove(server.memory.registered[code44]?.localPackage ?? '');
    return server;
  };
  assert.equal(await uninstall(await lost()), 0);
  const given = await lost();
  await given.drive.copy(package44, 'C:\\elsewhere\\given.msi');
  await given.drive.remove(package44);
  assert.equal(await uninstall(given), 1612);
  assert.equal(await maintenance(given, '/x', 'C:\\elsewhere\\given.msi'), 0);
  assert.deepEqual(versions(given), []);
});

test('what is not installed can be neither repaired nor removed by its package: 1605; REINSTALL installs nothing', async (t) => {
  const server = await serverOf(t, 'iis-only');
  await bring(server, 'SCIMConnector-4.4.4.msi');
  for (const verb of ['/f', '/fvomus', '/x']) assert.equal(await maintenance(server, verb, package44), 1605);
  assert.equal(await install(server, 'SCIMConnector-4.4.4.msi', ['REINSTALL=ALL', 'REINSTALLMODE=vomus']), 0);
  assert.deepEqual(versions(server), []);
  assert.equal(await server.drive.hasFile(settings), false);
});

test('a repair whose package has a damaged cabinet ends with 1603 and changes nothing', async (t) => {
  const sandbox = await sandboxOf(t, 'same-version');
  const { server } = sandbox.machine;
  await bring(server, 'SCIMConnector-4.4.4.msi');
  const bytes = Buffer.from((await server.drive.read(package44)) ?? []);
  bytes.fill(0xff, bytes.indexOf('MSCF') + 60, bytes.indexOf('MSCF') + 1_000);
  await server.drive.write(package44, bytes);
  await server.drive.remove(dll);
  const before = await snapshot(`${sandbox.folder}/c/inetpub`);
  assert.equal(await maintenance(server, '/fvamus', package44), 1603);
  assert.match(await msiLog(server), /Error 1335/);
  assert.deepEqual(await snapshot(`${sandbox.folder}/c/inetpub`), before);
});

test('a product installed for one user is not replaced by a package for everybody', async (t) => {
  const server = await serverOf(t, 'iis-only');
  const args = await installArgs(server, 'SCIMConnector-4.1.0.msi');
  const own = [...args.filter((word) => word !== 'ALLUSERS=1'), 'ALLUSERS=', 'MSIINSTALLPERUSER=1'];
  assert.equal((await tools.msiexec(server, own)).code, 0);
  assert.deepEqual(
    stored(server, 'products').map((one) => one.context),
    ['user'],
  );
  await stopPool(server);
  assert.equal(await install(server, 'SCIMConnector-4.4.4.msi'), 0);
  assert.deepEqual(versions(server), ['4.1.0', '4.4.4']);
});
