import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plan } from '../../src/core/plan.ts';
import type { Step } from '../../src/core/step.ts';
import { runPlan } from '../../src/run/run-plan.ts';
import { installOld, plan, removeNew, start, stop } from '../core/entries.ts';
import { bareServer, folder, known, product, server, site } from '../core/server-facts.ts';
import { SmallServer, type Trouble } from './small-server.ts';

const fails: Trouble = { outcome: { ok: false, code: 1603, meaning: 'a fatal error' } };
const busy: Trouble = { outcome: { ok: false, code: 1618, meaning: 'another installation is running', busy: true } };
const putSite: Step = {
  kind: 'site.present',
  site,
  identity: 'LocalSystem',
  beside: [],
};

async function run(troubles: Readonly<Record<string, Trouble>>, more: Partial<Plan> = {}) {
  const given = new SmallServer(troubles);
  const result = await runPlan({ ...plan, ...more }, given, { before: given.facts });
  return { given, result, done: given.performed.map((label) => label.replace(/^\d+-/, '')) };
}

test('where the old version could not be put back, its site is not put up without it', async () => {
  const wayBack = [stop, removeNew, installOld, putSite, start];
  const { result, done } = await run({ 'pool.start-first': fails, 'back-connector.install-back': fails }, { wayBack });
  assert.equal(result.end, 'failed-changed');
  assert.ok(!done.some((label) => label.includes('site.present')));
  assert.ok(done.includes('back-pool.start-back'), 'the rest of the way is walked');
});

test('of several versions it is enough for the site that a later one could be put back', async () => {
  const older: Step = {
    kind: 'connector.install',
    msi: { name: 'older.msi', sha256: '', productCode: '{OLDER}', version: '4.0.0' },
    properties: {},
  };
  const wayBack = [stop, removeNew, older, installOld, putSite, start];
  const { done } = await run(
    { 'pool.start-first': fails, '6-back-connector.install-back': fails, 'back-site.present-back': fails },
    { wayBack },
  );
  assert.equal(done.filter((label) => label === 'back-connector.install-back').length, 2);
  assert.ok(done.includes('back-site.present-back'));
});

test('a failed upgrade that leaves a file to be put over one of the version that stays is not called as before', async () => {
  const replaced = (...renames: string[]) => ({
    restart: known({ reasons: ['file-renames'], deletions: [], renames }),
  });
  const ours = `${folder}\\InUse.dll`;
  const end = async (before: readonly string[], after: readonly string[]) => {
    const given = new SmallServer({ 'connector.upgrade-first': fails, 'connector.upgrade-orElse': fails });
    given.facts = { ...given.facts, ...replaced(...before) };
    const asItWas = given.facts;
    const perform = given.perform.bind(given);
    given.perform = async (step, label) => {
      if (label.includes('connector.upgrade')) given.facts = { ...given.facts, ...replaced(...after) };
      return perform(step, label);
    };
    return runPlan(plan, given, { before: asItWas });
  };
  const left = await end([], [ours]);
  assert.equal(left.end, 'failed-changed');
  assert.match(left.why, /Windows replaces .*InUse\.dll at its next start/);
  assert.equal((await end([], ['C:\\Windows\\other.dll'])).end, 'failed-as-before');
});

test('another installation that came in the middle of a call did touch something', async () => {
  const { result } = await run({ 'pool.stop-first': { ...busy, effect: true } });
  assert.equal(result.end, 'failed-as-before');
});

test('another installation after what was skipped is still one before the first change', async () => {
  const given = new SmallServer({ 'connector.install-first': busy });
  given.facts = bareServer();
  const install = { id: 'connector.install', step: { ...installOld }, why: '' };
  const gone = { id: 'connector.uninstall', step: removeNew, why: '' };
  const result = await runPlan({ ...plan, connector: [gone, install], wayBack: [] }, given, { before: given.facts });
  assert.equal(result.end, 'busy');
});

test('each effect has a look of its own after it, and what it shows is what the next one is judged by', async () => {
  const { given } = await run({});
  const effects = given.performed.length;
  assert.ok(given.looks >= effects + 1, 'one before the first and one after each');
  const shown = given.entries.filter((entry) => entry.type === 'finished').map((entry) => entry.missing);
  assert.deepEqual(
    shown,
    shown.map(() => known([])),
  );
});

test('the end is told with the very facts of the last look', async () => {
  const { given, result } = await run({ 'pool.start-first': fails });
  assert.deepEqual(result.after, given.facts);
  const closed = given.entries.at(-1);
  assert.ok(closed?.type === 'closed');
  assert.deepEqual([closed.end, closed.why, closed.after], [result.end, result.why, result.after]);
});

test('a server that is as before by itself is not worked on', async () => {
  const given = new SmallServer();
  given.facts = server({ products: known([product('4.1.0')]) });
  const result = await runPlan({ ...plan, direction: 'back', connector: [] }, given, { before: given.facts });
  assert.deepEqual([result.end, given.performed], ['failed-as-before', []]);
});
