import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Server } from '../../src/sandbox/server.ts';
import { tools } from '../../src/sandbox/tools/table.ts';
import { dll, install, msiLog, samples, serverOf, stopPool, uninstall, versions } from './on-server.ts';

const name = 'SCIMConnector-4.1.0-cabinet-beside';
const cabinet = `C:\\packages\\${name}.cab`;

/** Lays the cabinet where the package is installed from. */
async function bringCabinet(server: Server): Promise<void> {
  await server.drive.receive(join(samples, `${name}.cab`), cabinet);
}

async function installed(server: Server): Promise<void> {
  await bringCabinet(server);
  assert.equal(await install(server, `${name}.msi`), 0);
  await stopPool(server);
}

/** `/fomus`, which lays down what is missing. */
async function repair(server: Server): Promise<number | null> {
  const [code = ''] = Object.keys(server.memory.registered);
  const always = ['REBOOT=ReallySuppress', 'MSIRESTARTMANAGERCONTROL=Disable', 'ALLUSERS=1'];
  const args = ['/fomus', code, '/qn', '/norestart', '/l*v', 'C:\\logs\\msi.log', ...always];
  return (await tools.msiexec(server, args)).code;
}

test('a package without its cabinet beside it ends in 1603 and leaves nothing', async (t) => {
  const server = await serverOf(t, 'iis-only');
  assert.equal(await install(server, `${name}.msi`), 1603);
  assert.match(await msiLog(server), /Error 1311\. Source file not found/);
  assert.deepEqual(versions(server), []);
  assert.equal(await server.drive.hasFile(dll), false);
});

test('a damaged cabinet ends in 1603 with another reason', async (t) => {
  const server = await serverOf(t, 'iis-only');
  await server.drive.write(cabinet, new TextEncoder().encode('no cabinet at all, but long enough for one'));
  assert.equal(await install(server, `${name}.msi`), 1603);
  assert.match(await msiLog(server), /Error 1335/);
});

test('Windows Installer keeps the package and not its cabinet', async (t) => {
  const server = await serverOf(t, 'iis-only');
  await installed(server);
  const kept = await server.drive.list('C:\\Windows\\Installer');
  assert.deepEqual([kept.length, kept[0]?.endsWith('.msi')], [1, true]);
});

test('a repair takes the cabinet from where the package was installed, and fails when that is gone', async (t) => {
  const server = await serverOf(t, 'iis-only');
  await installed(server);
  await server.drive.remove(dll);
  assert.equal(await repair(server), 0);
  assert.equal(await server.drive.hasFile(dll), true);
  await server.drive.remove(dll);
  await server.drive.remove(cabinet);
  assert.equal(await repair(server), 1603);
  assert.match(await msiLog(server), /Error 1311/);
});

test('an uninstallation needs no cabinet', async (t) => {
  const server = await serverOf(t, 'iis-only');
  await installed(server);
  for (const path of [cabinet, `C:\\packages\\${name}.msi`]) await server.drive.remove(path);
  assert.equal(await uninstall(server), 0);
  assert.deepEqual(versions(server), []);
});
