import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareMsiVersions, parseMsiVersion } from '../../src/core/version.ts';

for (const [text, fields] of [
  ['4.4.4', [4, 4, 4]],
  ['4.4', [4, 4, 0]],
  ['4.4.4.9', [4, 4, 4]],
  ['04.04.004', [4, 4, 4]],
  ['255.255.65535', [255, 255, 65535]],
  ['0.0.0', [0, 0, 0]],
  ['4.4.4.99999999', [4, 4, 4]],
] as const) {
  test(`${text} is the MSI version ${fields.join('.')}`, () => assert.deepEqual(parseMsiVersion(text), fields));
}

for (const text of [
  '',
  '4',
  '256.0.0',
  '4.256.0',
  '4.4.65536',
  '4.4.4.4.4',
  '4.4.4-rc1',
  'v4.4.4',
  ' 4.4.4',
  '4..4',
  '٤.4.4',
]) {
  test(`"${text}" is no MSI version`, () => assert.equal(parseMsiVersion(text), null));
}

for (const [left, right, sign] of [
  ['4.4.4', '4.4.4', 0],
  ['4.4.4.1', '4.4.4.2', 0],
  ['4.4', '4.4.0', 0],
  ['4.9.0', '4.10.0', -1],
  ['4.4.10', '4.4.9', 1],
  ['3.99.0', '4.0.0', -1],
  ['10.0.0', '9.0.0', 1],
] as const) {
  test(`Windows Installer orders ${left} and ${right} as ${sign}`, () => {
    assert.equal(Math.sign(compareMsiVersions(left, right) ?? Number.NaN), sign);
    assert.equal(Math.sign(compareMsiVersions(right, left) ?? Number.NaN) + sign, 0);
  });
}

test('a text that is no version has no order', () => {
  assert.equal(compareMsiVersions('4.4.4', 'newest'), null);
  assert.equal(compareMsiVersions('newest', '4.4.4'), null);
});
