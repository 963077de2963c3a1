import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../src/core/decide.ts';
import { fingerprintOf, type PlanSources, planDocument } from '../../src/core/plan-document.ts';
import { matchesGolden } from '../golden.ts';
import { anyServer, anyWish } from './any-server.ts';
import { bundle, msi, server, wanted } from './server-facts.ts';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

const sources: PlanSources = {
  program: '1.2.3',
  sandbox: false,
  media: {
    msi: { path: 'SCIMConnector-4.4.4.msi', sha256: msi('4.4.4').sha256 },
    bundle: { path: '../net/dotnet-hosting-6.0.36-win.exe', sha256: bundle.sha256 },
    oldMsi: null,
  },
  wanted: wanted(msi('4.4.4'), { bundle }),
  facts: server(),
};

test('a kept plan reads as its golden text', () => {
  matchesGolden('plan.json', `${JSON.stringify(planDocument(sources, hashOf), null, 2)}\n`);
});

test('a kept plan is the same when it is made again from what a file holds of it', () => {
  fc.assert(
    fc.property(anyServer, anyWish, (facts, wish) => {
      const document = planDocument({ ...sources, facts, wanted: wish }, hashOf);
      const read = JSON.parse(JSON.stringify(document, null, 2)) as typeof document;
      assert.equal(JSON.stringify(planDocument(read, hashOf)), JSON.stringify(document));
      assert.equal(fingerprintOf(read, hashOf), document.fingerprint);
      assert.equal(document.verdict, decide(facts, wish).verdict);
    }),
  );
});

test('whatever is changed in a kept plan changes its fingerprint', () => {
  const document = planDocument(sources, hashOf);
  const edits: readonly object[] = [
    { program: '1.2.4' },
    { sandbox: true },
    { wanted: { ...document.wanted, accept: ['downgrade'] } },
    { plan: { ...document.plan, connector: [] } },
    { facts: { ...document.facts, takenAt: '2026-11-23T20:41:08Z' } },
    { more: 1 },
  ];
  for (const edit of edits)
    assert.notEqual(fingerprintOf({ ...document, ...edit }, hashOf), document.fingerprint, JSON.stringify(edit));
});
