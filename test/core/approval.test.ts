import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedFacts, changedPlan, freeFacts } from '../../src/core/approval.ts';
import { decide } from '../../src/core/decide.ts';
import type { Plan } from '../../src/core/plan.ts';
import { hash, known, msi, server, wanted } from './server-facts.ts';

function planFor(version: string): Plan {
  const decision = decide(server(), wanted(msi(version)));
  assert.ok(decision.verdict === 'go');
  return decision.plan;
}

test('the same plan has not changed, and another version is told step by step', () => {
  assert.deepEqual(changedPlan(planFor('4.4.4'), structuredClone(planFor('4.4.4'))), []);
  const changes = changedPlan(planFor('4.4.4'), planFor('4.4.5'));
  assert.ok(changes.includes('the plan: connector[connector.upgrade].step.msi.version: 4.4.4 -> 4.4.5'));
  assert.ok(changes.every((one) => one.startsWith('the plan: ')));
});

test('steps in another order are another plan', () => {
  const plan = planFor('4.4.4');
  const turned = { ...plan, connector: plan.connector.toReversed() };
  assert.deepEqual(changedPlan(plan, turned), ['the plan: its steps are in another order']);
});

test('a plan that is none any more, or was none, says so', () => {
  assert.deepEqual(changedPlan(null, null), []);
  assert.match(changedPlan(planFor('4.4.4'), null)[0] ?? '', /nothing of it can be planned/);
  assert.match(changedPlan(null, planFor('4.4.4'))[0] ?? '', /nothing to do, and now it is the route upgrade/);
});

test('each fact that may change has its reason, and is one that servers have', () => {
  for (const { path, why } of freeFacts) {
    assert.match(why, /^[a-z].{10,}[^.]$/);
    assert.ok((path.split('.')[0] as string) in server(), path);
  }
});

test('a free fact is no change, and one beside it is', () => {
  const machine = (more: object) => {
    const one = server();
    return { ...one, machine: known({ ...(one.machine.known ? one.machine.value : assert.fail()), ...more }) };
  };
  assert.deepEqual(changedFacts(server(), machine({ freeMb: { 'C:': 1, 'D:': 2 }, cpuMhz: 1 })), []);
  assert.deepEqual(changedFacts(server(), machine({ name: 'SRV-WEB-08' })), ['machine.name: SRV-WEB-07 -> SRV-WEB-08']);
  const kept = server({ kept: known({ files: [], packages: [hash('4.1.0')] }) });
  assert.deepEqual(changedFacts(server(), kept), []);
});
