import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Product } from '../../src/core/facts.ts';
import type { Msi, UpgradeRow } from '../../src/core/media.ts';
import { routeOf } from '../../src/core/route.ts';
import { codeOf, msi, product } from './server-facts.ts';

const present = (from: Product | null, to: Msi | null) => routeOf(from, { msi: to, goal: 'present' });

/** 4.4.4, with its one row of the Upgrade table changed. */
function withRow(row: Partial<UpgradeRow>, more: Partial<Msi> = {}): Msi {
  const usual = msi('4.4.4');
  return { ...usual, upgrade: usual.upgrade.map((one) => ({ ...one, ...row })), ...more };
}

for (const [what, from, to, route] of [
  ['no connector: install', null, msi('4.4.4'), 'install'],
  ['the same version, whole: nothing', product('4.4.4'), msi('4.4.4'), 'none'],
  ['the same version, files gone: repair', product('4.4.4', { missingFiles: ['a.dll'] }), msi('4.4.4'), 'repair'],
  ['the same version, its package gone: repair', product('4.4.4', { cached: null }), msi('4.4.4'), 'repair'],
  ['an older package: downgrade', product('5.0.0'), msi('4.4.4'), 'downgrade'],
  ['a newer package that replaces it: upgrade', product('4.1.0'), msi('4.4.4'), 'upgrade'],
  ['4.0.0 itself can be upgraded in place', product('4.0.0'), msi('4.4.4'), 'upgrade'],
  ['below 4.0 is replaced, whatever the package says', product('3.9.9'), withRow({ min: null }), 'replace'],
  ['old to old is replaced too', product('3.0.0'), withRow({ min: null }, { productVersion: '3.2.0' }), 'replace'],
  [
    'another build of the same version is no newer one',
    product('4.4.4.1', { productCode: codeOf('4.0.9') }),
    msi('4.4.4'),
    'replace',
  ],
  [
    'another version under the same product code is replaced',
    product('4.4.3', { productCode: codeOf('4.4.4') }),
    msi('4.4.4'),
    'replace',
  ],
] as const) {
  test(what, () => assert.equal(present(from, to), route));
}

test('of two registered versions none is kept, and one that is newer than the package is a downgrade', () => {
  const both = (one: Product, other: Product) =>
    routeOf(other, { msi: msi('4.4.4'), goal: 'present' }, { products: [one, other] });
  assert.equal(both(product('4.1.0'), product('4.4.4')), 'replace');
  assert.equal(both(product('4.4.4'), product('4.4.4.1')), 'replace');
  assert.equal(both(product('4.4.4'), product('5.0.0')), 'downgrade');
});

test('what an uninstallation has left is cleared away, though no version is registered', () => {
  assert.equal(routeOf(null, { msi: null, goal: 'absent' }, { isAnyLeft: true }), 'uninstall');
});

test('what is not there is not uninstalled', () => {
  assert.equal(routeOf(null, { msi: null, goal: 'absent' }), 'none');
  assert.equal(routeOf(product('4.1.0'), { msi: null, goal: 'absent' }), 'uninstall');
  assert.equal(routeOf(product('3.2.0', { missingFiles: ['a.dll'] }), { msi: null, goal: 'absent' }), 'uninstall');
});

for (const [what, from, to] of [
  ['for one user', product('4.1.0', { context: 'user' }), msi('4.4.4')],
  ['of other bits', product('4.1.0', { bits: 32 }), msi('4.4.4')],
  ['under a package for 32 bits', product('4.1.0'), msi('4.4.4', { platform: 'x86' })],
  ['of another upgrade code', product('4.1.0', { upgradeCode: codeOf('9.9.9') }), msi('4.4.4')],
  ['that the package only detects', product('4.1.0'), withRow({ onlyDetect: true })],
  ['of other languages', product('4.1.0'), withRow({ languages: [1031] })],
  ['of a language that the row leaves out', product('4.1.0'), withRow({ languages: [1033], languagesExcluded: true })],
  ['below the range', product('4.1.0'), withRow({ min: '4.2.0' })],
  [
    'at an end of the range that does not belong to it',
    product('4.1.0'),
    withRow({ min: '4.1.0', minInclusive: false }),
  ],
  ['above the range', product('4.3.0'), withRow({ max: '4.2.0' })],
  ['under a package without RemoveExistingProducts', product('4.1.0'), msi('4.4.4', { removeExistingProducts: null })],
  ['under a row without either end, which is not valid', product('4.1.0'), withRow({ min: null, max: null })],
  [
    'that is above the range but for the fourth field',
    product('4.4.4.1', { productCode: codeOf('4.0.9') }),
    withRow({ max: '4.4.4' }),
  ],
  [
    'of the lowest version but for the fourth field',
    product('4.1.0.7'),
    withRow({ min: '4.1.0', minInclusive: false }),
  ],
  ['under a package without an Upgrade table', product('4.1.0'), msi('4.4.4', { upgrade: [] })],
] as const) {
  test(`a product ${what} is not upgraded in place but uninstalled first`, () => {
    assert.equal(present(from, to), 'replace');
  });
}

for (const [what, from, to] of [
  ['32 bits by 32 bits', product('4.1.0', { bits: 32 }), msi('4.4.4', { platform: 'x86' })],
  ['its own language', product('4.1.0'), withRow({ languages: [1031, 1033] })],
  ['a language that is not left out', product('4.1.0'), withRow({ languages: [1031], languagesExcluded: true })],
  ['the end of the range that belongs to it', product('4.2.0'), withRow({ max: '4.2.0', maxInclusive: true })],
  ['all versions below', product('4.1.0'), withRow({ min: null })],
  ['all versions above', product('4.1.0'), withRow({ max: null })],
  ['a version below but for the fourth field', product('4.4.3.9'), withRow({})],
  [
    'an upgrade code in lower case',
    product('4.1.0', { upgradeCode: '{08adbe36-3757-4f7a-855c-2ac97ab28395}' }),
    msi('4.4.4'),
  ],
] as const) {
  test(`a package replaces in place: ${what}`, () => assert.equal(present(from, to), 'upgrade'));
}
