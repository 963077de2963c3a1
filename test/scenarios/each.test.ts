import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factsSchema } from '../../src/core/facts-schema.ts';
import { scenarioNames } from '../../src/sandbox/scenario-list.ts';
import { known, lay, look, sandboxOf, settings, snapshot, textOf } from '../sandbox/on-server.ts';

for (const name of scenarioNames()) {
  test(`the facts of the scenario ${name} follow their schema and know every reading`, async (t) => {
    const facts = factsSchema.parse(await look(await sandboxOf(t, name)));
    const unknown = Object.values(facts).filter((one) => typeof one === 'object' && !one.known);
    assert.deepEqual(unknown, []);
  });

  test(`the scenario ${name} is the same byte for byte each time`, async () => {
    assert.deepEqual(await snapshot(await lay(name)), await snapshot(await lay(name)));
  });

  test(`looking at the scenario ${name} changes not one byte`, async (t) => {
    const sandbox = await sandboxOf(t, name);
    const before = await snapshot(sandbox.folder);
    await look(sandbox);
    await sandbox.machine.sleep(5_000);
    await look(sandbox);
    assert.deepEqual(await snapshot(sandbox.folder), before);
  });
}

test('the files of a folder are told by their bytes where several versions lie in it, and only there', async (t) => {
  const [folder] = known((await look(await sandboxOf(t, 'scim-4.1'))).folders);
  assert.equal(folder?.content, undefined);
  const sandbox = await sandboxOf(t, 'duplicate');
  const content = async () => known((await look(sandbox)).folders)[0]?.content;
  const before = await content();
  assert.match(before ?? '', /^[0-9a-f]{64}$/);
  await sandbox.machine.write(settings.replace('appsettings.json', 'SCIMConnector.dll'), Buffer.from('another'));
  assert.notEqual(await content(), before);
});

test('a fresh server has no IIS, no hosting bundle and no connector', async (t) => {
  const facts = await look(await sandboxOf(t, 'fresh'));
  assert.equal(known(facts.iis), null);
  assert.deepEqual(known(facts.hosting).runtimes, []);
  assert.deepEqual(known(facts.products), []);
});

test('a bundle that was there before IIS has its runtimes and no module', async (t) => {
  const hosting = known((await look(await sandboxOf(t, 'bundle-before-iis'))).hosting);
  assert.equal(hosting.bundles[0]?.version, '6.0.36');
  assert.ok(hosting.runtimes.some((one) => one.name === 'Microsoft.AspNetCore.App' && one.bits === 64));
  assert.deepEqual(hosting.module, {
    registered: false,
    files: false,
    schema: false,
    configured: false,
    eventSource: false,
  });
});

const installed = { 'scim-4.1': '4.1.0', 'scim-3.2': '3.2.0', 'same-version': '4.4.4', newer: '5.0.0' };

for (const [name, version] of Object.entries(installed)) {
  test(`the scenario ${name} runs ${version} with a kept package and a started site`, async (t) => {
    const facts = await look(await sandboxOf(t, name));
    const [product] = known(facts.products);
    assert.equal(product?.version, version);
    assert.deepEqual(product?.missingFiles, []);
    assert.equal(product?.cached?.name, `SCIMConnector-${version}.msi`);
    const site = known(facts.iis)?.sites.find((one) => one.name === 'SCIMConnector');
    assert.equal(site?.folder, product?.folder);
    assert.equal(known(facts.iis)?.pools.find((one) => one.name === site?.pool)?.workers, 1);
  });
}

test('the settings of 4.1 carry keys of their own and what an operator entered', async (t) => {
  const { machine } = await sandboxOf(t, 'scim-4.1');
  const text = (await textOf(machine.server, settings)) ?? '';
  const values = JSON.parse(text) as Record<string, string>;
  const [product] = known((await look({ machine })).products);
  const fresh = known((await look({ machine })).config).find((one) => one.role === 'settings')?.values ?? {};
  for (const key of ['/IV', '/KEY', '/TokenEncryptionKey', '/TokenSigningKey', '/Configurations']) {
    assert.notEqual(fresh[key], product?.cached?.defaults['appsettings.json']?.[key], key);
  }
  assert.equal(values.KEY?.length, 44);
});
