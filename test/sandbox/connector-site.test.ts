import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Iis } from '../../src/core/facts.ts';
import type { ScenarioName } from '../../src/sandbox/scenario-list.ts';
import { elapse, type Server, stored } from '../../src/sandbox/server.ts';
import { tools } from '../../src/sandbox/tools/table.ts';
import { connectorFolder, install, serverOf, uninstall } from './on-server.ts';

/** The sites of a scenario after an installation of 4.4.4 with some properties. */
async function upgraded(t: TestContext, scenario: ScenarioName, properties: readonly string[] = []): Promise<Iis> {
  const server = await stopped(t, scenario);
  assert.equal(await install(server, 'SCIMConnector-4.4.4.msi', properties), 0);
  return iisOf(server);
}

async function stopped(t: TestContext, scenario: ScenarioName): Promise<Server> {
  const server = await serverOf(t, scenario);
  for (const { name } of stored(server, 'iis')?.pools ?? [])
    await tools.appcmd(server, ['stop', 'apppool', `/apppool.name:${name}`]);
  elapse(server, 60_000);
  return server;
}

function iisOf(server: Server): Iis {
  const iis = stored(server, 'iis');
  assert.ok(iis);
  return iis;
}

const shown = ({ sites }: Iis) => sites.map((one) => `${one.name}${one.application} ${one.bindings.join()}`);
const defaultSite = 'Default Web Site/ http/*:80:';

test('an upgrade without properties moves a connector from its own folder to the default one', async (t) => {
  const before = iisOf(await serverOf(t, 'own-folder')).sites.find((one) => one.name === 'SCIMConnector');
  const after = (await upgraded(t, 'own-folder')).sites.find((one) => one.name === 'SCIMConnector');
  assert.deepEqual([before?.folder, after?.folder], ['D:\\Apps\\SCIM', connectorFolder]);
});

test('an upgrade without properties counts up from the standard ports of a connector with its own', async (t) => {
  const sites = shown(await upgraded(t, 'own-ports'));
  assert.ok(sites.includes('SCIMConnector/ https/*:8443:,http/*:8080:'), sites.join('\n'));
});

test('an upgrade without properties leaves an application under another site and makes a second site', async (t) => {
  assert.deepEqual(shown(await upgraded(t, 'virtual-directory')), [
    'Default Web Site/ http/*:80:,https/*:443:',
    'Default Web Site/SCIMConnector http/*:80:,https/*:443:',
    'SCIMConnector/ https/*:8443:,http/*:8080:',
  ]);
});

test('an upgrade without properties leaves a renamed site and makes a second one on other ports', async (t) => {
  assert.deepEqual(shown(await upgraded(t, 'renamed-site')), [
    defaultSite,
    'Identity/ https/*:443:,http/*:8080:',
    'SCIMConnector/ https/*:8443:,http/*:8081:',
  ]);
});

for (const [scenario, properties] of [
  ['own-folder', ['INSTALLDIR=D:\\Apps\\SCIM']],
  ['own-ports', ['HTTPSPORT=9443', 'HTTPPORT=9080']],
  ['virtual-directory', ['SITEMODE=VirtualDirectory']],
  ['renamed-site', ['SITENAME=Identity']],
  ['shared-pool', []],
  ['shared-port', ['HTTPSPORT=443']],
] as const) {
  test(`an upgrade of ${scenario} that is told of it by properties leaves every site and certificate as it was`, async (t) => {
    const before = iisOf(await serverOf(t, scenario));
    const after = await upgraded(t, scenario, properties);
    assert.deepEqual(after.sites, before.sites);
    assert.deepEqual(after.certificates, before.certificates);
  });
}

test('an uninstallation removes the site with its certificate, which another site on the port loses too', async (t) => {
  const server = await stopped(t, 'shared-port');
  assert.equal(await uninstall(server), 0);
  assert.deepEqual(shown(iisOf(server)), [defaultSite, 'Portal/ https/*:443:portal.example.com']);
  assert.deepEqual(iisOf(server).certificates, []);
});

test('an uninstallation removes the application and leaves the site above it as it was', async (t) => {
  const server = await stopped(t, 'virtual-directory');
  const before = iisOf(server);
  assert.equal(await uninstall(server), 0);
  const after = iisOf(server);
  assert.deepEqual(after.sites, before.sites.slice(0, 1));
  assert.deepEqual(after.certificates, before.certificates);
  assert.deepEqual(
    after.pools.map((one) => one.name),
    ['DefaultAppPool'],
  );
});

test('an uninstallation leaves a pool that another site uses, and a site that was renamed', async (t) => {
  const shared = await stopped(t, 'shared-pool');
  assert.equal(await uninstall(shared), 0);
  assert.deepEqual(shown(iisOf(shared)), [defaultSite, 'Intranet/ http/*:8090:']);
  assert.ok(iisOf(shared).pools.some((one) => one.name === 'SCIMConnectorAppPool'));
  const renamed = await stopped(t, 'renamed-site');
  assert.equal(await uninstall(renamed), 0);
  assert.deepEqual(shown(iisOf(renamed)), [defaultSite, 'Identity/ https/*:443:,http/*:8080:']);
});

test('a mode that the samples do not know is not guessed', async (t) => {
  const server = await serverOf(t, 'iis-only');
  await assert.rejects(install(server, 'SCIMConnector-4.4.4.msi', ['SITEMODE=Cluster']), /site mode cluster/);
});
