import assert from 'node:assert/strict';
import { test } from 'node:test';
import { iisNow } from '../../src/sandbox/iis.ts';
import { reboot } from '../../src/sandbox/reboot.ts';
import { elapse, type Server, store, stored, timeOf } from '../../src/sandbox/server.ts';
import { tools } from '../../src/sandbox/tools/table.ts';
import { known, look, sandboxOf, serverOf, settings } from './on-server.ts';

const head = ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File'];
const restartIis = [...head, 'C:\\Program Files\\ScimSetup\\scripts\\Restart-Iis.ps1'];
const setAcl = [...head, 'C:\\Program Files\\ScimSetup\\scripts\\Set-ScimFile.ps1'];

function statesOf(server: Server): string[] {
  return (iisNow(server)?.pools ?? []).map((pool) => `${pool.name} ${pool.state} ${pool.workers}`);
}

async function stopPool(server: Server): Promise<void> {
  await tools.appcmd(server, ['stop', 'apppool', '/apppool.name:SCIMConnectorAppPool']);
  elapse(server, 10_000);
}

test('restarting IIS makes it younger than the hosting bundle and starts a pool that appcmd had stopped', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  await stopPool(server);
  assert.equal((await tools.powershell(server, restartIis)).code, 0);
  assert.equal(iisNow(server)?.services.W3SVC?.startedAt, timeOf(server));
  assert.ok(statesOf(server).includes('SCIMConnectorAppPool started 1'));
});

test('a pool that IIS does not start by itself, and that was started by hand, is stopped after a restart of IIS', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  await tools.appcmd(server, ['set', 'apppool', '/apppool.name:SCIMConnectorAppPool', '/autoStart:false']);
  assert.ok(statesOf(server).includes('SCIMConnectorAppPool started 1'));
  await tools.powershell(server, restartIis);
  assert.ok(statesOf(server).includes('SCIMConnectorAppPool stopped 0'));
});

test('a restart starts IIS where it was stopped', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  await tools.net(server, ['stop', 'was', '/y']);
  assert.equal(iisNow(server)?.services.W3SVC?.state, 'stopped');
  await tools.powershell(server, restartIis);
  assert.equal(iisNow(server)?.services.W3SVC?.state, 'running');
});

test('net stops every worker process with WAS and leaves the application host helper running', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  assert.equal((await tools.net(server, ['stop', 'was', '/y'])).code, 0);
  assert.deepEqual(
    statesOf(server).map((one) => one.at(-1)),
    ['0', '0'],
  );
  assert.equal(iisNow(server)?.services.AppHostSvc?.state, 'running');
  assert.equal((await tools.net(server, ['stop', 'was', '/y'])).code, 2);
  assert.equal((await tools.net(server, ['start', 'WAS'])).code, 0);
  assert.equal(iisNow(server)?.services.W3SVC?.state, 'stopped');
  assert.equal((await tools.net(server, ['start', 'W3SVC'])).code, 0);
  assert.ok(statesOf(server).includes('SCIMConnectorAppPool started 1'));
  assert.equal((await tools.net(server, ['start', 'w3svc'])).code, 2);
});

test('net and powershell throw on what nobody has given them a source for', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  await assert.rejects(tools.net(server, ['stop', 'w3svc']), /does not know/);
  await assert.rejects(tools.powershell(server, ['-Command', 'Stop-Service']), /does not know/);
  await assert.rejects(tools.powershell(server, [...head, 'C:\\other.ps1']), /does not know/);
  await assert.rejects(tools.powershell(server, [...restartIis, '-Now']), /does not know/);
  await assert.rejects(tools.powershell(server, [...setAcl, '-Path', settings]), /does not know/);
});

test('Set-ScimFile gives a file its own security descriptor, and says why it cannot', async (t) => {
  const sandbox = await sandboxOf(t, 'scim-4.1');
  const { server } = sandbox.machine;
  const sddl = 'O:BAG:SYD:P(A;;FA;;;SY)';
  assert.equal((await tools.powershell(server, [...setAcl, '-Path', settings, '-Sddl', sddl])).code, 0);
  assert.equal(known((await look(sandbox)).config).find((one) => one.role === 'settings')?.sddl, sddl);
  const lost = await tools.powershell(server, [...setAcl, '-Path', 'C:\\none', '-Sddl', sddl]);
  assert.deepEqual([lost.code, lost.output], [1, 'There is no file C:\\none.\r\n']);
  assert.equal((await tools.powershell(server, [...setAcl, '-Path', settings, '-Sddl', 'all'])).code, 1);
});

test('Set-ScimFile gives a file its times and attributes too, and knows nothing else', async (t) => {
  const { machine } = await sandboxOf(t, 'scim-4.1');
  const time = '2026-02-03T04:05:06.000Z';
  const rights = [...setAcl, '-Path', settings, '-Sddl', 'O:BAG:SYD:P(A;;FA;;;SY)'];
  const state = ['-Created', time, '-Changed', time, '-Attributes', 'ReadOnly,Hidden'];
  assert.equal((await tools.powershell(machine.server, [...rights, ...state])).code, 0);
  const { changedAt, attributes } = (await machine.details(settings)) ?? {};
  assert.deepEqual([changedAt, attributes], [time, ['ReadOnly', 'Hidden']]);
  await assert.rejects(tools.powershell(machine.server, [...rights, '-Recurse', '1']), /Set-ScimFile/);
});

test('a restart of the server settles what waited for it and starts pools that start by themselves', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  await stopPool(server);
  await server.drive.write('C:\\doomed.dll', 'x');
  store(server, 'restart', { reasons: ['servicing', 'file-renames'], deletions: ['C:\\doomed.dll', 'C:\\gone'] });
  const before = timeOf(server);
  await reboot(server);
  assert.deepEqual(stored(server, 'restart'), { reasons: [], deletions: [] });
  assert.equal(await server.drive.hasFile('C:\\doomed.dll'), false);
  assert.ok(statesOf(server).includes('SCIMConnectorAppPool started 1'));
  assert.ok((iisNow(server)?.services.AppHostSvc?.startedAt ?? '') > before);
});

test('a pool that does not start by itself stays stopped over a restart', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  await stopPool(server);
  await tools.appcmd(server, ['set', 'apppool', '/apppool.name:SCIMConnectorAppPool', '/autoStart:false']);
  await reboot(server);
  assert.ok(statesOf(server).includes('SCIMConnectorAppPool stopped 0'));
});
