import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeStreamName } from '../../src/msi/stream-name.ts';

// As they stand in packages that Windows and msitools wrote.
const vectors: readonly (readonly [string, string, boolean])[] = [
  ['4840 3F3F 4577 446C 3E6A 44B2 482F', '_StringPool', true],
  ['4840 3F3F 4577 446C 3B6A 45E4 4824', '_StringData', true],
  ['4840 3F7F 4164 422F 4836', '_Tables', true],
  ['4840 3B3F 43F2 4438 45B1', '_Columns', true],
  ['4840 4559 44F2 4568 4737', 'Property', true],
  ['4840 44DE 456A 41E4 4828', 'Upgrade', true],
  ['44CA 47B3 46E8 4828', 'App.exe', false],
];

for (const [units, name, isTable] of vectors) {
  test(`the stored stream name of ${name} is unpacked`, () => {
    const stored = String.fromCharCode(...units.split(' ').map((unit) => Number.parseInt(unit, 16)));
    assert.deepEqual(decodeStreamName(stored), { name, isTable });
  });
}

test('a stream name that is not packed stays as it is', () => {
  assert.deepEqual(decodeStreamName('\u0005SummaryInformation'), { name: '\u0005SummaryInformation', isTable: false });
});
