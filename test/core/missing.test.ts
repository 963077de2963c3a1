import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holds, missing } from '../../src/core/missing.ts';
import { settingsFile, stepCases, touched } from './missing-cases.ts';
import { known, product, readings, server, unread } from './server-facts.ts';

for (const [kind, { step, holds: good, fails, unknown }] of Object.entries(stepCases)) {
  for (const [what, facts] of Object.entries(good)) {
    test(`${kind} holds: ${what}`, () => {
      assert.deepEqual(missing(step, facts), { known: true, value: [] });
      assert.ok(holds(step, facts));
    });
  }
  for (const [what, facts, gap] of fails) {
    test(`${kind} does not hold: ${what}`, () => {
      const gaps = missing(step, facts);
      assert.ok(gaps.known && gaps.value.length > 0 && !holds(step, facts));
      assert.match(gaps.value.join('\n'), gap);
    });
  }
  test(`whether ${kind} holds is not known without ${unknown.join(' and ')}, and only without them`, () => {
    for (const fact of readings) {
      const facts = { ...server(), [fact]: unread(`no ${fact}`) };
      assert.equal(missing(step, facts).known, !unknown.includes(fact));
      if (unknown.includes(fact)) assert.ok(!holds(step, facts));
    }
  });
}

test('a version that is to make way for others may stay where they are', () => {
  const [old, current] = [product('4.1.0'), product('4.4.4')];
  const { productCode, version, folder } = current;
  const step = { kind: 'connector.uninstall', productCode, version, folder, beneath: [old.productCode] } as const;
  assert.ok(holds(step, server({ products: known([old, current]) })));
  assert.ok(!holds(step, server({ products: known([current]) })));
  assert.ok(holds(step, server({ products: known([]) })));
});

test('going back to the very bytes is not the same as keeping every value', () => {
  assert.ok(holds({ kind: 'config.restore', files: [settingsFile], match: 'values' }, touched));
  assert.ok(!holds({ kind: 'config.restore', files: [settingsFile], match: 'exact' }, touched));
});
