import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { ScenarioName } from '../../src/sandbox/scenario-list.ts';
import { known, look, sandboxOf, snapshot, uninstall } from './on-server.ts';

const noProduct = '{00000000-0000-0000-0000-000000000000}';

/** Asks Windows Installer for something, which takes a suspended installation back first. */
async function settled(t: TestContext, scenario: ScenarioName): Promise<Sandbox> {
  const sandbox = await sandboxOf(t, scenario);
  assert.equal(await uninstall(sandbox.machine.server, noProduct), 1605);
  return sandbox;
}

/** Products with their kept packages, sites and config, and every byte of the connector's folder. */
async function connectorOf(sandbox: Sandbox) {
  const facts = await look(sandbox);
  const cached = known(facts.products).map((one) => [one.version, one.cached?.sha256, one.folder, one.missingFiles]);
  const { sites, certificates } = known(facts.iis) ?? {};
  const files = await snapshot(`${sandbox.folder}/c/inetpub/wwwroot/SCIMConnector`);
  return { cached, sites, certificates, config: known(facts.config), files };
}

for (const [suspended, before] of [
  ['suspended', 'scim-4.1'],
  ['suspended-both', 'duplicate-fourth-field'],
] as const) {
  test(`what ${suspended} takes back is the connector of ${before} in every byte`, async (t) => {
    const sandbox = await settled(t, suspended);
    assert.equal(known((await look(sandbox)).installer).suspended, false);
    assert.deepEqual(await connectorOf(sandbox), await connectorOf(await sandboxOf(t, before)));
  });
}

test('what suspended-none takes back is not the old product, which was removed outside of the transaction', async (t) => {
  const sandbox = await settled(t, 'suspended-none');
  const { cached, files } = await connectorOf(sandbox);
  assert.deepEqual(cached, []);
  assert.deepEqual([...files.keys()], ['/Log/2026110309.log']);
  const { products, iis } = await look(sandbox);
  assert.deepEqual(known(products), []);
  assert.ok(
    known(iis)?.sites.some((site) => site.name === 'SCIMConnector'),
    'the old product left its site to the upgrade',
  );
});

test('a suspended installation stays suspended over another restart of the server', async (t) => {
  const { reboot } = await import('../../src/sandbox/reboot.ts');
  const sandbox = await sandboxOf(t, 'suspended');
  await reboot(sandbox.machine.server);
  assert.equal(known((await look(sandbox)).installer).suspended, true);
});
