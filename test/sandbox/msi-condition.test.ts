import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionHolds } from '../../src/sandbox/tools/msi-condition.ts';

const properties = new Map([
  ['Installed', '00:00:00'],
  ['EMPTY', ''],
]);

const table: readonly (readonly [string | null, boolean])[] = [
  [null, true],
  ['Installed', true],
  ['NOT Installed', false],
  ['EMPTY', false],
  ['Installed OR NOT NEWERFOUND', true],
  ['NEWERFOUND OR NOT Installed', false],
  ['NOT EMPTY AND NOT NEWERFOUND', true],
  ['EMPTY AND Installed OR Installed', true],
];

for (const [condition, holds] of table) {
  test(`the condition ${condition ?? '(none)'} ${holds ? 'holds' : 'does not hold'}`, () => {
    assert.equal(conditionHolds(condition, properties), holds);
  });
}

test('a comparison is not known and throws', () => {
  assert.throws(() => conditionHolds('VersionNT >= 603', properties), /does not know the condition/);
  assert.throws(() => conditionHolds('(A)', properties), /does not know the condition/);
});
