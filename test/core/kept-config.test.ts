import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigFile, Facts } from '../../src/core/facts.ts';
import { filesToCarry, filesToKeep } from '../../src/core/kept-config.ts';
import { situationOf } from '../../src/core/situation.ts';
import type { Wanted } from '../../src/core/wanted.ts';
import {
  backupFolder,
  bareServer,
  config,
  configFile,
  folder,
  hash,
  known,
  msi,
  product,
  responses,
  server,
  settings,
  wanted,
} from './server-facts.ts';

const upgrade = wanted(msi('4.4.4'));
const situation = (now: Facts = server(), goal: Wanted = upgrade) => situationOf(now, goal);
const withConfig = (...files: ConfigFile[]) => server({ config: known(files) });
const carried = (now: Facts, goal?: Wanted) =>
  Object.fromEntries(filesToCarry(situation(now, goal)).map((file) => [file.path, file.values]));
const threshold = (value: string): ConfigFile =>
  configFile(responses, { role: 'responses', values: { '/Threshold': hash(value), '/Path': hash('log') } });

test('every config file is kept for the way back, by its very bytes', () => {
  const kept = filesToKeep(situation());
  assert.deepEqual(
    kept.map(({ path, sha256 }) => ({ path, sha256 })),
    config.map(({ path, sha256 }) => ({ path, sha256 })),
  );
});

test('the config of the time before the first run of a chain is what is kept', () => {
  const before = server();
  const now = bareServer();
  assert.deepEqual(
    filesToKeep(
      situationOf(now, upgrade, { before, wanted: upgrade, direction: 'forward', backup: backupFolder, reached: true }),
    ),
    filesToKeep(situation(before)),
  );
});

test('every value of the root settings is carried into the new version', () => {
  assert.deepEqual(carried(server())[settings], { '/KEY': hash('key'), '/IV': hash('iv') });
});

test('of the responses only what was changed against the default of the old version is carried', () => {
  assert.deepEqual(carried(server())[responses], { '/Threshold': hash('50') });
  assert.equal(carried(withConfig(threshold('20')))[responses], undefined);
});

test('a setting that the old version did not have was put there by somebody, and is carried', () => {
  const added = configFile(responses, {
    role: 'responses',
    values: { '/Threshold': hash('20'), '/Path': hash('log'), '/Own': hash('x') },
  });
  assert.deepEqual(carried(withConfig(added))[responses], { '/Own': hash('x') });
});

test('the defaults are found whatever the case of the path', () => {
  const shouting = { ...threshold('50'), path: responses.toUpperCase() };
  assert.deepEqual(carried(withConfig(shouting)), { [responses.toUpperCase()]: { '/Threshold': hash('50') } });
});

for (const [what, old] of [
  ['the old package is not kept', product('4.1.0', { cached: null })],
  [
    'the old package has no such file',
    product('4.1.0', {
      cached: { path: '', name: '', sha256: '', externalCabinets: [], defaults: {}, properties: [] },
    }),
  ],
] as const) {
  test(`where ${what}, every value of the responses counts as changed`, () => {
    const now = server({ products: known([old]) });
    assert.deepEqual(carried(now)[responses], { '/Threshold': hash('50'), '/Path': hash('log') });
  });
}

test('web.config and the settings of the old format never go over another version', () => {
  const files = [
    configFile(`${folder}\\web.config`, { role: 'web.config', values: { '/a': hash('b') } }),
    configFile(`${folder}\\Settings.enc`, { role: 'legacy' }),
  ];
  assert.deepEqual(carried(withConfig(...files)), {});
});

for (const [from, to, isCarried] of [
  ['3.2.0', '4.4.4', false],
  ['4.4.4', '3.2.0', false],
  ['3.2.0', '3.3.0', true],
  ['4.0.0', '4.4.4', true],
] as const) {
  test(`from ${from} to ${to} the settings are ${isCarried ? '' : 'not '}carried over`, () => {
    const now = server({ products: known([product(from)]) });
    assert.equal(Object.keys(carried(now, wanted(msi(to)))).length > 0, isCarried);
  });
}

test('nothing is carried where there is no connector, or none shall be', () => {
  assert.deepEqual(carried(server({ products: known([]) })), {});
  assert.deepEqual(carried(server(), wanted(null)), {});
});
