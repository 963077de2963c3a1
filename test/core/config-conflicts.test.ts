import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configConflicts } from '../../src/core/config-conflicts.ts';
import type { Facts, Product, Values } from '../../src/core/facts.ts';
import { situationOf } from '../../src/core/situation.ts';
import type { Wanted } from '../../src/core/wanted.ts';
import {
  backupFolder,
  configFile,
  hash,
  known,
  msi,
  product,
  responses,
  server,
  settings,
  unread,
  wanted,
} from './server-facts.ts';

const newDefaults = (values: Values) => wanted(msi('4.4.4', { defaults: { 'responses\\appsettings.json': values } }));
const conflicts = (goal: Wanted, now: Facts = server()) => configConflicts(situationOf(now, goal));
const none = { changed: [], unclear: [] };
const threshold = `${responses} /Threshold`;
const withoutPackage = server({ products: known([product('4.1.0', { cached: null })]) });

test('a setting that was changed here and whose default the new version changes too is told', () => {
  assert.deepEqual(conflicts(newDefaults({ '/Threshold': hash('30') })), { ...none, changed: [threshold] });
  assert.deepEqual(conflicts(newDefaults({ '/threshold': hash('30') })), { ...none, changed: [threshold] }, 'case');
});

for (const [why, values] of [
  ['the default is the old one', { '/Threshold': hash('20') }],
  ['the new default is what was set here', { '/Threshold': hash('50') }],
  ['it was not changed here', { '/Path': hash('other') }],
  ['the new version does not have it', {}],
] as const) {
  test(`nothing is told of a setting in an upgrade where ${why}`, () => {
    assert.deepEqual(conflicts(newDefaults(values)), none);
  });
}

test('where the old default is not known, what goes over another new default is told as unclear, and not as changed', () => {
  const defaults = newDefaults({ '/Threshold': hash('30'), '/Path': hash('log'), '/New': hash('x') });
  assert.deepEqual(conflicts(defaults, withoutPackage), { ...none, unclear: [threshold] });
});

test('a package does not conflict with its own installation', () => {
  const now = server({ products: known([product('4.4.4')]) });
  assert.deepEqual(conflicts(newDefaults({ '/Threshold': hash('30') }), now), none);
});

const defaults = { '/Threshold': hash('20'), '/Path': hash('log') };
const inBackup = { '/Threshold': hash('50'), '/Path': hash('log') };

/** A backup of 4.1.0 that is put back. */
function restoring(values: Values, known?: Values): Wanted {
  const file = { path: responses, role: 'responses', sha256: hash('kept'), values } as const;
  const own = { path: settings, role: 'settings', sha256: hash('keys'), values: { '/KEY': hash('old') } } as const;
  const restore = {
    folder: backupFolder,
    isOwn: true,
    takenAt: '2026-11-23T20:41:07Z',
    versions: ['4.1.0'],
    files: [own, { ...file, ...(known ? { defaults: known } : {}) }],
    folders: [],
    sites: [],
    pools: [],
  };
  return { ...wanted(null), goal: 'restored', restore };
}

/** A version is installed, and its file of Responses has these values. */
const installed = (version: string, values: Values, more: Partial<Product> = {}) =>
  server({
    products: known([product(version, more)]),
    config: known([
      configFile(settings, { values: { '/KEY': hash('new') } }),
      configFile(responses, { role: 'responses', values }),
    ]),
  });

test('a setting that was changed in the backup, and is neither that nor the old default in the installed version, is told', () => {
  const other = { '/threshold': hash('30'), '/Path': hash('other'), '/New': hash('x') };
  for (const cached of [product('4.4.4').cached, null])
    assert.deepEqual(conflicts(restoring(inBackup, defaults), installed('4.4.4', other, { cached })), {
      ...none,
      changed: [threshold],
    });
});

for (const [why, values] of [
  ['the installed version has the old default', { '/Threshold': hash('20') }],
  ['the installed version has the same value', { '/Threshold': hash('50') }],
  ['the backup has the old default', { '/Threshold': hash('50'), '/Path': hash('other') }],
  ['the installed version does not have it', {}],
] as const) {
  test(`nothing is told of a setting in a restore where ${why}`, () => {
    assert.deepEqual(conflicts(restoring(inBackup, defaults), installed('4.4.4', values)), none);
  });
}

test('where the backup does not tell the old default, what goes over another value is told as unclear', () => {
  const other = { '/Threshold': hash('50'), '/Path': hash('other') };
  assert.deepEqual(conflicts(restoring(inBackup), installed('4.4.4', other)), {
    ...none,
    unclear: [`${responses} /Path`],
  });
});

test('over the version that a backup was made of it goes whole, and nothing conflicts', () => {
  const other = { '/Threshold': hash('30'), '/Path': hash('other') };
  assert.deepEqual(conflicts(restoring(inBackup, defaults), installed('4.1.0', other)), none);
  assert.deepEqual(conflicts(restoring(inBackup), installed('4.1.0', other)), none);
});

test('a restore that was cut tells again what it goes over, though some of it is there by now', () => {
  const goal = restoring(inBackup, defaults);
  const before = installed('4.4.4', { '/Threshold': hash('30') });
  const cut = { before, wanted: goal, direction: 'forward' as const, backup: backupFolder, reached: true };
  const now = installed('4.4.4', { '/Threshold': hash('50') });
  assert.deepEqual(configConflicts(situationOf(now, goal, cut)), { ...none, changed: [threshold] });
});

test('config that could not be read conflicts with nothing', () => {
  assert.deepEqual(conflicts(restoring(inBackup, defaults), server({ config: unread() })), none);
});
