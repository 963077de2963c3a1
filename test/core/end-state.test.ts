import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../src/core/decide.ts';
import type { Facts } from '../../src/core/facts.ts';
import { unsettled } from '../../src/core/lasting.ts';
import { type Plan, stepsForward } from '../../src/core/plan.ts';
import type { Wanted } from '../../src/core/wanted.ts';
import { acceptable, anyServer, anyWish } from './any-server.ts';
import { after } from './model.ts';

const runs = { numRuns: 600 };
const acceptingAll = (goal: Wanted): Wanted => ({ ...goal, accept: acceptable });
const stepsOf = (plan: Plan) => stepsForward(plan).map((one) => one.step);

/** The end of a run in which every step does what it is for; a run that only lets something be taken back is followed by the next. */
function endOf(now: Facts, goal: Wanted): { readonly end: Facts; readonly plan: Plan } | null {
  const decision = decide(now, goal);
  if (decision.verdict !== 'go') return null;
  const end = stepsOf(decision.plan).reduce(after, now);
  const isSettling = decision.plan.connector.some(({ step }) => step.kind === 'installer.settle');
  return isSettling ? endOf(end, goal) : { end, plan: decision.plan };
}

test('a run in which every step does what it is for leaves nothing to do', () => {
  fc.assert(
    fc.property(anyServer, anyWish, (now, wish) => {
      const goal = acceptingAll(wish);
      // What was left by a product whose folder is not known is found by the next run.
      if (goal.msi === null && now.products.known && now.products.value.some((one) => one.folder === null)) return;
      const reached = endOf(now, goal);
      if (!reached) return;
      const again = decide(reached.end, goal);
      const findings = again.findings.map((one) => `${one.id}: ${one.message}`);
      assert.equal(again.verdict, 'nothing-to-do', JSON.stringify({ again, findings, plan: reached.plan }, null, 1));
    }),
    runs,
  );
});

test('the way back, gone after any step of a run, leaves everything as it was', () => {
  fc.assert(
    fc.property(anyServer, anyWish, fc.nat(12), (now, wish, cut) => {
      const decision = decide(now, acceptingAll(wish));
      if (decision.verdict !== 'go') return;
      const { plan } = decision;
      const middle = stepsOf(plan).slice(0, cut).reduce(after, now);
      const end = plan.wayBack.reduce(after, middle);
      assert.deepEqual(unsettled(plan.wayBack, end), [], JSON.stringify(plan.wayBack, null, 1));
    }),
    runs,
  );
});
