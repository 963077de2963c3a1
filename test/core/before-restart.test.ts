import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyNotBeforeRestart } from '../../src/core/before-restart.ts';
import type { Facts } from '../../src/core/facts.ts';
import { missing } from '../../src/core/missing.ts';
import type { Step } from '../../src/core/step.ts';
import { installOld, upgrade } from './entries.ts';
import { settingsFile } from './missing-cases.ts';
import { codeOf, folder, known, pool, product, server, settings, unread } from './server-facts.ts';

const doomed = (path: string, more: Partial<Facts> = {}) =>
  server({ restart: known({ reasons: ['file-renames'], deletions: [path] }), ...more });
const { msi } = installOld as Step<'connector.install'>;
const restore: Step = { kind: 'config.restore', files: [settingsFile], match: 'exact' };
const elsewhere = 'D:\\Web\\SCIMConnector';
const dll = `${folder}\\SCIMConnector.dll`;

const waiting: Readonly<Record<string, readonly [step: Step, path: string]>> = {
  'an installation': [installOld, dll],
  'an upgrade': [upgrade, dll],
  'a repair': [{ kind: 'connector.repair', msi, properties: {} }, dll],
  'a folder from the backup': [{ kind: 'folder.present', folder: { path: folder, files: 2, logs: 0 } }, dll],
  'a config file from the backup': [restore, settings],
};

for (const [what, [step, path]] of Object.entries(waiting)) {
  test(`${what} waits for the start at which Windows would delete or replace it`, () => {
    assert.match(whyNotBeforeRestart(step, doomed(path)) ?? '', /^Windows deletes or replaces .* at its next start$/);
  });

  test(`${what} does not wait for what Windows does elsewhere at its next start`, () => {
    for (const other of ['C:\\Config.Msi\\1a2b.rbf', `${folder}-old\\appsettings.json`])
      assert.equal(whyNotBeforeRestart(step, doomed(other)), null);
  });
}

test('a setup waits for files that an earlier one has left to be replaced, and is itself done with such that it leaves', () => {
  const renames = known({ reasons: ['file-renames'], deletions: [], renames: [`${folder}\\TBD1.tmp`, dll] });
  assert.match(whyNotBeforeRestart(installOld, server({ restart: renames })) ?? '', /TBD1\.tmp/);
  const products = known([product(msi.version, { productCode: msi.productCode })]);
  assert.deepEqual(missing(installOld, server({ restart: renames, products })), { known: true, value: [] });
});

test('a config file waits for what Windows does to it in its new place, not in the one it had', () => {
  const into = { folder, identity: pool.identity, productCode: codeOf('4.4.4') };
  const moving: Step = { kind: 'config.restore', files: [settingsFile], match: 'values', into };
  const products = known([product('4.4.4', { folder: elsewhere })]);
  assert.match(
    whyNotBeforeRestart(moving, doomed(`${elsewhere}\\appsettings.json`, { products })) ?? '',
    /D:\\Web\\SCIMConnector\\appsettings\.json/,
  );
  assert.equal(whyNotBeforeRestart(moving, doomed(settings, { products })), null);
});

test('a config file does not wait for another file of its folder, and a pool for none', () => {
  assert.equal(whyNotBeforeRestart(restore, doomed(dll)), null);
  assert.equal(whyNotBeforeRestart({ kind: 'pool.start', pool: pool.name }, doomed(dll)), null);
});

test('where it is not known what Windows does at its next start, no restart is asked for', () => {
  for (const [step] of Object.values(waiting))
    assert.equal(whyNotBeforeRestart(step, server({ restart: unread() })), null);
});
