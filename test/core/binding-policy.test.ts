import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSamePolicy, policyFrom, policyWords, usualPolicy } from '../../src/core/binding-policy.ts';
import type { BindingPolicy } from '../../src/core/facts.ts';

const name = fc.stringMatching(/^[A-Za-z0-9]{1,12}$/);
const settable = fc.record({
  flags: fc.integer({ min: 0, max: 0x1fff }).map((bits) => bits & ~0x4),
  checks: fc.subarray([0x1, 0x2, 0x10000]),
  revocationFreshnessTime: fc.nat(100_000),
  urlRetrievalTimeout: fc.nat(100_000),
  ctlIdentifier: fc.option(name),
  ctlStoreName: fc.option(name),
});

test('what netsh is told of any binding gives the binding that was there', () => {
  fc.assert(
    fc.property(settable, ({ checks, ...rest }) => {
      const freshness = rest.revocationFreshnessTime > 0 ? 0x4 : 0;
      const policy: BindingPolicy = { ...rest, certCheckMode: checks.reduce((all, bit) => all | bit, freshness) };
      const words = Object.fromEntries(policyWords(policy).map((word) => word.split('=') as [string, string]));
      assert.deepEqual(policyFrom(words), policy);
    }),
  );
});

test('a binding that treats clients as usual needs no word, and a flag that netsh does not know is not held against one', () => {
  assert.deepEqual(policyWords(usualPolicy), []);
  assert.ok(isSamePolicy(usualPolicy, { ...usualPolicy, flags: 0x4 }));
  assert.ok(!isSamePolicy(usualPolicy, { ...usualPolicy, flags: 0x2 }));
});

test('a word that netsh does not know, or a time of 0, which it refuses, gives none', () => {
  assert.equal(policyFrom({ sslflags: 'enable' }), null);
  assert.equal(policyFrom({ revocationfreshnesstime: '0' }), null);
  assert.equal(policyFrom({ reject: 'yes' }), null);
});
