import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Facts } from '../../src/core/facts.ts';
import type { ScenarioName } from '../../src/sandbox/scenario-list.ts';
import { connectorFolder, known, look, sandboxOf, textOf } from '../sandbox/on-server.ts';

async function factsOf(t: TestContext, scenario: ScenarioName): Promise<Facts> {
  return look(await sandboxOf(t, scenario));
}

/** What is registered, as `version bits context`. */
function registered(facts: Facts): string[] {
  return known(facts.products).map((one) => `${one.version} ${one.bits} ${one.context}`);
}

/** The sites and applications whose folder or name is the connector's, as `name+application folder pool ports`. */
function served(facts: Facts): string[] {
  const all = known(facts.iis)?.sites ?? [];
  const own = all.filter((site) => /scim/i.test(site.folder + site.name + site.pool));
  const ports = (bindings: readonly string[]) => bindings.map((one) => one.split(':')[1]).join(',');
  return own.map((site) => `${site.name}${site.application} ${site.folder} ${site.pool} ${ports(site.bindings)}`);
}

const standardSite = `SCIMConnector/ ${connectorFolder} SCIMConnectorAppPool 443,8080`;

/** Scenario to what is registered and what IIS serves of it. */
const shown: Partial<
  Record<ScenarioName, { readonly products: readonly string[]; readonly sites: readonly string[] }>
> = {
  'scim-4.1': { products: ['4.1.0 64 machine'], sites: [standardSite] },
  'scim-4.1-no-bundle': { products: ['4.1.0 64 machine'], sites: [standardSite] },
  'scim-2.5': { products: ['2.5.0 64 machine'], sites: [standardSite] },
  'own-folder': {
    products: ['4.1.0 64 machine'],
    sites: ['SCIMConnector/ D:\\Apps\\SCIM SCIMConnectorAppPool 443,8080'],
  },
  'own-ports': {
    products: ['4.1.0 64 machine'],
    sites: [`SCIMConnector/ ${connectorFolder} SCIMConnectorAppPool 9443,9080`],
  },
  'virtual-directory': {
    products: ['4.1.0 64 machine'],
    sites: [`Default Web Site/SCIMConnector ${connectorFolder} SCIMConnector 80,443`],
  },
  'renamed-site': {
    products: ['4.1.0 64 machine'],
    sites: [`Identity/ ${connectorFolder} SCIMConnectorAppPool 443,8080`],
  },
  'shared-pool': {
    products: ['4.1.0 64 machine'],
    sites: [standardSite, 'Intranet/ C:\\inetpub\\Intranet SCIMConnectorAppPool 8090'],
  },
  'shared-port': { products: ['4.1.0 64 machine'], sites: [standardSite] },
  'stopped-pool': { products: ['4.1.0 64 machine'], sites: [standardSite] },
  'pool-account': { products: ['4.1.0 64 machine'], sites: [standardSite] },
  'per-user': { products: ['4.1.0 64 user'], sites: [standardSite] },
  '32-bit': { products: ['4.1.0 32 machine'], sites: [standardSite] },
  broken: { products: ['4.4.4 64 machine'], sites: [standardSite] },
  'broken-package': { products: ['4.4.4 64 machine'], sites: [standardSite] },
  'damaged-package': { products: ['4.1.0 64 machine'], sites: [standardSite] },
  'external-cabinet': { products: ['4.1.0 64 machine'], sites: [standardSite] },
  duplicate: { products: ['4.1.0 32 machine', '4.4.4 64 machine'], sites: [standardSite] },
  'duplicate-fourth-field': { products: ['4.4.4 64 machine', '4.4.4.1 64 machine'], sites: [standardSite] },
  leftovers: { products: [], sites: [] },
  'leftover-site': { products: [], sites: [standardSite] },
  suspended: { products: ['4.4.4 64 machine'], sites: [standardSite] },
  'suspended-none': { products: [], sites: [standardSite] },
  'suspended-both': { products: ['4.4.4 64 machine', '4.4.4.1 64 machine'], sites: [standardSite] },
};

for (const [name, { products, sites }] of Object.entries(shown)) {
  test(`${name} has ${products.join(' and ') || 'no product'} registered and serves ${sites.join(' and ') || 'nothing'}`, async (t) => {
    const facts = await factsOf(t, name as ScenarioName);
    assert.deepEqual(registered(facts), products);
    assert.deepEqual(served(facts), sites);
  });
}

test('only the suspended scenarios hold a suspended installation', async (t) => {
  for (const [name] of Object.entries(shown)) {
    const facts = await factsOf(t, name as ScenarioName);
    assert.equal(known(facts.installer).suspended, name.startsWith('suspended'), name);
  }
});

test('every scenario with a product that runs has a worker process, and the stopped one has none', async (t) => {
  for (const [name, { products, sites }] of Object.entries(shown)) {
    if (products.length === 0 || sites.length === 0) continue;
    const iis = known((await factsOf(t, name as ScenarioName)).iis);
    const pool = iis?.pools.find((one) => /scim/i.test(one.name));
    const wanted = name === 'stopped-pool' ? ['stopped', 0] : ['started', 1];
    assert.deepEqual([pool?.state, pool?.workers], wanted, name);
  }
});

test('Server 2012 R2 has IIS 8.5, PowerShell 4.0 and no Visual C++ runtime', async (t) => {
  const facts = await factsOf(t, '2012r2');
  const { os, powershell } = known(facts.machine);
  assert.deepEqual([os.version, powershell.version], ['6.3.9600', '4.0']);
  assert.equal(known(facts.iis)?.version, '8.5');
  assert.equal(known(facts.hosting).vcRuntime, null);
});

test('the shared configuration lies on another server', async (t) => {
  assert.equal(known((await factsOf(t, 'shared-config')).iis)?.sharedConfiguration, '\\\\FILES-01\\iis');
});

test('4.1.0 without a bundle has neither runtime nor module', async (t) => {
  const { runtimes, module } = known((await factsOf(t, 'scim-4.1-no-bundle')).hosting);
  assert.deepEqual([runtimes, module.registered, module.files], [[], false, false]);
});

test('the broken connector lacks a program file and a query, and keeps package and settings', async (t) => {
  const facts = await factsOf(t, 'broken');
  const [product] = known(facts.products);
  assert.deepEqual(product?.missingFiles, ['SCIMConnector.dll', 'SqlQuery\\SCIM All Users.sql']);
  assert.equal(product?.cached?.name, 'SCIMConnector-4.4.4.msi');
  assert.equal(known(facts.config).length, 4);
});

test('the broken package is gone, and the connector whole', async (t) => {
  const [product] = known((await factsOf(t, 'broken-package')).products);
  assert.deepEqual([product?.cached, product?.missingFiles], [null, []]);
});

test('the damaged package is known to be there, and to be of no use', async (t) => {
  const [product] = known((await factsOf(t, 'damaged-package')).products);
  assert.deepEqual([product?.cached, product?.missingFiles], [null, []]);
  assert.match(product?.damaged?.path ?? '', /^C:\\Windows\\Installer\\[0-9a-f]+\.msi$/);
  assert.match(product?.damaged?.why ?? '', /^is damaged: /);
});

test('the package with a cabinet beside it is kept without that', async (t) => {
  const { machine } = await sandboxOf(t, 'external-cabinet');
  const [product] = known((await look({ machine })).products);
  const names = product?.cached?.externalCabinets;
  assert.deepEqual(names, ['SCIMConnector-4.1.0-cabinet-beside.cab']);
  const kept = await machine.list('C:\\Windows\\Installer');
  assert.deepEqual(
    kept.filter((name) => !name.endsWith('.msi')),
    [],
  );
});

test('the leftovers are settings with what an operator entered, and a log', async (t) => {
  const { machine } = await sandboxOf(t, 'leftovers');
  assert.deepEqual(await machine.list(connectorFolder), ['appsettings.json', 'Log\\', 'Responses\\', 'web.config']);
  const text = (await textOf(machine.server, `${connectorFolder}\\appsettings.json`)) ?? '';
  assert.notEqual(JSON.parse(text).Configurations, '');
});

test('the leftover site has a pool and a certificate, and no folder', async (t) => {
  const { machine } = await sandboxOf(t, 'leftover-site');
  const iis = known((await look({ machine })).iis);
  assert.ok(iis?.pools.some((one) => one.name === 'SCIMConnectorAppPool'));
  assert.deepEqual(
    iis?.certificates.map((one) => one.endpoint),
    ['0.0.0.0:443'],
  );
  assert.equal(await machine.server.drive.hasFolder(connectorFolder), false);
});

test('2.5.0 keeps its settings in one encrypted file and its key in web.config', async (t) => {
  const { machine } = await sandboxOf(t, 'scim-2.5');
  const roles = known((await look({ machine })).config).map((one) => one.role);
  assert.deepEqual(roles, ['legacy', 'web.config', 'responses']);
  assert.match((await textOf(machine.server, `${connectorFolder}\\web.config`)) ?? '', /CipherData/);
});

test('the other site of a shared port uses the one certificate of that port', async (t) => {
  const iis = known((await factsOf(t, 'shared-port')).iis);
  const secure = iis?.sites.filter((site) => site.bindings.some((one) => one.startsWith('https/*:443:')));
  assert.deepEqual(
    secure?.map((site) => site.name),
    ['SCIMConnector', 'Portal'],
  );
  assert.deepEqual(
    iis?.certificates.map((one) => one.endpoint),
    ['0.0.0.0:443'],
  );
});
