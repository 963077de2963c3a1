import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editHost, hostText } from '../../src/sandbox/host-config.ts';
import { removeFromHost } from '../../src/sandbox/host-edit.ts';
import { iisNow } from '../../src/sandbox/iis.ts';
import { elapse, type Server } from '../../src/sandbox/server.ts';
import { tools } from '../../src/sandbox/tools/table.ts';
import { known, look, sandboxOf, serverOf } from './on-server.ts';

const pool = '/apppool.name:SCIMConnectorAppPool';

function poolNow(server: Server) {
  return iisNow(server)?.pools.find((one) => one.name === 'SCIMConnectorAppPool');
}

test('stopping a pool returns before its worker process is gone', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  assert.equal((await tools.appcmd(server, ['stop', 'apppool', pool])).code, 0);
  assert.deepEqual([poolNow(server)?.state, poolNow(server)?.workers], ['stopped', 1]);
  elapse(server, 10_000);
  assert.deepEqual([poolNow(server)?.state, poolNow(server)?.workers], ['stopped', 0]);
});

test('starting a pool brings a worker process for its started site', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  await tools.appcmd(server, ['stop', 'apppool', pool]);
  elapse(server, 10_000);
  assert.equal((await tools.appcmd(server, ['start', 'apppool', pool])).code, 0);
  elapse(server, 10_000);
  assert.deepEqual([poolNow(server)?.state, poolNow(server)?.workers], ['started', 1]);
});

test('stopping what is stopped is 1062, starting what runs 1056, a pool that is not there 1168', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  assert.equal((await tools.appcmd(server, ['start', 'apppool', pool])).code, 1056);
  await tools.appcmd(server, ['stop', 'apppool', pool]);
  assert.equal((await tools.appcmd(server, ['stop', 'apppool', pool])).code, 1062);
  assert.equal((await tools.appcmd(server, ['stop', 'apppool', '/apppool.name:None'])).code, 1168);
});

test('a site of its own is put there with its pool, bindings and folder', async (t) => {
  const sandbox = await sandboxOf(t, 'iis-only');
  const { server } = sandbox.machine;
  const bindings = '/bindings:https/*:443:,http/*:8080:';
  for (const args of [
    ['add', 'apppool', '/name:Own'],
    ['set', 'apppool', '/apppool.name:Own', '/processModel.identityType:ApplicationPoolIdentity'],
    ['add', 'site', '/name:Own', '/physicalPath:C:\\own', bindings],
    ['set', 'app', '/app.name:Own/', '/applicationPool:Own'],
    ['set', 'site', '/site.name:Own', bindings],
  ]) {
    assert.equal((await tools.appcmd(server, args)).code, 0, args.join(' '));
  }
  const iis = known((await look(sandbox)).iis);
  const site = { name: 'Own', application: '/', folder: 'C:\\own', pool: 'Own', state: 'started' };
  const [{ element, ...own } = { element: undefined }, pool] = [iis?.sites[1], iis?.pools[1]];
  assert.match(element ?? '', /^[0-9a-f]{64}$/);
  assert.deepEqual(own, { ...site, bindings: ['https/*:443:', 'http/*:8080:'] });
  assert.partialDeepStrictEqual(pool, {
    name: 'Own',
    identity: 'ApplicationPoolIdentity',
    state: 'started',
    workers: 1,
  });
});

test('an application is put under another site', async (t) => {
  const server = await serverOf(t, 'iis-only');
  const add = ['add', 'app', '/site.name:Default Web Site', '/path:/SCIM', '/physicalPath:C:\\own'];
  assert.equal((await tools.appcmd(server, add)).code, 0);
  assert.equal((await tools.appcmd(server, add)).code, 183);
  const site = iisNow(server)?.sites.find((one) => one.application === '/SCIM');
  assert.deepEqual([site?.name, site?.folder], ['Default Web Site', 'C:\\own']);
});

test('what is there already ends in 183', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  assert.equal((await tools.appcmd(server, ['add', 'apppool', '/name:scimconnectorapppool'])).code, 183);
  const site = ['add', 'site', '/name:SCIMConnector', '/physicalPath:C:\\x', '/bindings:http/*:81:'];
  assert.equal((await tools.appcmd(server, site)).code, 183);
});

test('sites, pools and worker processes are listed as XML', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  const list = async (kind: string) => (await tools.appcmd(server, ['list', kind, '/xml'])).output;
  assert.match(await list('site'), /<SITE SITE\.NAME="SCIMConnector" [^>]*state="Started"/);
  assert.match(await list('apppool'), /<APPPOOL APPPOOL\.NAME="SCIMConnectorAppPool" [^>]*state="Started"/);
  assert.match(await list('wp'), /<WP [^>]*APPPOOL\.NAME="SCIMConnectorAppPool"/);
});

const sites = (server: Server) => iisNow(server)?.sites.map((one) => one.name + one.application);

test('an application is deleted, and its pool, which then serves nothing, has no worker process', async (t) => {
  const server = await serverOf(t, 'virtual-directory');
  const before = iisNow(server);
  const ended = await tools.appcmd(server, ['delete', 'app', '/app.name:Default Web Site/SCIMConnector']);
  assert.deepEqual(ended, { code: 0, output: 'APP object "Default Web Site/SCIMConnector" deleted\r\n' });
  assert.deepEqual(sites(server), ['Default Web Site/']);
  assert.equal(iisNow(server)?.pools.find((one) => one.name === 'SCIMConnector')?.workers, 0);
  assert.deepEqual(iisNow(server)?.sites[0], before?.sites[0]);
});

test('a site is deleted with its applications, and the certificate of its port stays bound', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  const { certificates } = iisNow(server) ?? {};
  await tools.appcmd(server, ['add', 'app', '/site.name:SCIMConnector', '/path:/x', '/physicalPath:C:\\x']);
  assert.equal((await tools.appcmd(server, ['delete', 'site', '/site.name:scimconnector'])).code, 0);
  assert.deepEqual(sites(server), ['Default Web Site/']);
  assert.equal(certificates?.length, 1);
  assert.deepEqual(iisNow(server)?.certificates, certificates);
});

test('a pool is deleted, even one that something is assigned to', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  assert.equal((await tools.appcmd(server, ['delete', 'apppool', pool])).code, 0);
  assert.equal(poolNow(server), undefined);
  assert.equal((await tools.appcmd(server, ['start', 'apppool', pool])).code, 1168);
});

test('a pool that comes back under the name of one that was still being stopped keeps its worker process', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  const text = hostText(server) ?? '';
  await tools.appcmd(server, ['stop', 'apppool', pool]);
  editHost(server, removeFromHost({ kind: 'site', name: 'SCIMConnector', application: '/' }));
  editHost(server, removeFromHost({ kind: 'pool', name: 'SCIMConnectorAppPool' }));
  editHost(server, () => text);
  elapse(server, 60_000);
  assert.deepEqual([poolNow(server)?.state, poolNow(server)?.workers], ['started', 1]);
});

test('deleting what is not there is 1168', async (t) => {
  const server = await serverOf(t, 'iis-only');
  for (const args of [
    ['delete', 'site', '/site.name:None'],
    ['delete', 'app', '/app.name:Default Web Site/None'],
    ['delete', 'apppool', '/apppool.name:None'],
  ]) {
    assert.equal((await tools.appcmd(server, args)).code, 1168, args.join(' '));
  }
});

test('a renamed site keeps its applications, and a name that is taken is refused with 183', async (t) => {
  const server = await serverOf(t, 'virtual-directory');
  const rename = (from: string, to: string) =>
    tools.appcmd(server, ['set', 'site', `/site.name:${from}`, `/name:${to}`]);
  assert.equal((await rename('Default Web Site', 'Main')).code, 0);
  assert.deepEqual(sites(server), ['Main/', 'Main/SCIMConnector']);
  const other = ['add', 'site', '/name:Other', '/physicalPath:C:\\other', '/bindings:http/*:81:'];
  assert.equal((await tools.appcmd(server, other)).code, 0);
  assert.equal((await rename('Main', 'other')).code, 183);
});

test('a pool that does not start by itself stays stopped over a restart of the web services', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  assert.equal((await tools.appcmd(server, ['set', 'apppool', pool, '/autoStart:false'])).code, 0);
  await tools.appcmd(server, ['stop', 'apppool', pool]);
  await tools.net(server, ['stop', 'was', '/y']);
  await tools.net(server, ['start', 'w3svc']);
  assert.equal(poolNow(server)?.state, 'stopped');
  assert.equal((await tools.appcmd(server, ['set', 'apppool', pool, '/autoStart:true'])).code, 0);
  await tools.net(server, ['stop', 'was', '/y']);
  await tools.net(server, ['start', 'w3svc']);
  assert.equal(poolNow(server)?.state, 'started');
});

test('without IIS there is no appcmd', async (t) => {
  const server = await serverOf(t, 'fresh');
  assert.equal((await tools.appcmd(server, ['list', 'site', '/xml'])).code, null);
});

test('appcmd throws on what nobody has given it a source for', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  await assert.rejects(tools.appcmd(server, ['list', 'apppool', '/config']), /does not know/);
  await assert.rejects(tools.appcmd(server, ['delete', 'app', '/app.name:SCIMConnector/']), /does not know/);
  await assert.rejects(tools.appcmd(server, ['set', 'site', '/site.name:SCIMConnector']), /does not know/);
  await assert.rejects(tools.appcmd(server, ['stop', 'apppool', 'SCIMConnectorAppPool']), /does not know/);
  const user = '/processModel.identityType:SpecificUser';
  await assert.rejects(tools.appcmd(server, ['set', 'apppool', pool, user]), /does not know the identity/);
  const account = ['/processModel.userName:CORP\\scim', '/processModel.password:open sesame'];
  const system = '/processModel.identityType:LocalSystem';
  await assert.rejects(tools.appcmd(server, ['set', 'apppool', pool, system, ...account]), /with a password/);
});
