import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../src/core/journal.ts';
import { stepsForward } from '../../src/core/plan.ts';
import { runPlan } from '../../src/run/run-plan.ts';
import { plan } from '../core/entries.ts';
import { server } from '../core/server-facts.ts';
import { SmallServer, type Trouble } from './small-server.ts';

const fails: Trouble = { outcome: { ok: false, code: 1603, meaning: 'a fatal error' } };

async function run(isFull: (entry: Entry, write: number) => boolean, troubles: Readonly<Record<string, Trouble>> = {}) {
  const given = new SmallServer(troubles);
  given.isFull = isFull;
  return { given, result: await runPlan(plan, given, { before: given.facts }) };
}

const isAt = (type: Entry['type'], id: string) => (entry: Entry) =>
  entry.type === type && 'id' in entry && entry.id === id;
const asBefore = (given: SmallServer) => assert.deepEqual({ ...given.facts, kept: null }, { ...server(), kept: null });

test('a journal that fails once, at whatever line, stops the way forward, and the connector is as before', async () => {
  const linesOfBackup = 2;
  for (let line = 1; line <= 8; line++) {
    const { given, result } = await run((_entry, write) => write === line);
    assert.equal(result.end, line <= linesOfBackup ? 'refused' : 'failed-as-before', `line ${line}`);
    assert.match(result.why, /the journal could not be written: no space is left/);
    asBefore(given);
  }
});

test('nothing is done forward that does not stand in the journal', async () => {
  for (const { id } of stepsForward(plan)) {
    const { given } = await run(isAt('started', id));
    assert.ok(!given.performed.some((label) => label.endsWith(`${id}-first`)), id);
  }
});

test('a journal that could not be written is no reason to try something else', async () => {
  for (const type of ['started', 'finished'] as const) {
    const { given } = await run(isAt(type, 'connector.upgrade'));
    assert.ok(!given.performed.some((label) => label.endsWith('orElse')), type);
  }
});

test('a journal that fails for ever does not stop the way back, and says so', async () => {
  let isOver = false;
  const { given, result } = await run((entry) => {
    isOver ||= isAt('started', 'pool.start')(entry);
    return isOver;
  });
  assert.equal(result.end, 'failed-as-before');
  asBefore(given);
  assert.ok(given.warnings.some((text) => /turned/.test(text)) && given.warnings.some((text) => /closed/.test(text)));
});

test('a journal line that fails at the end does not change the end', async () => {
  const { given, result } = await run((entry) => entry.type === 'closed');
  assert.equal(result.end, 'converged');
  assert.equal(given.warnings.length, 1);
});

test('a child that may still be at work is not walked over because its line could not be written', async () => {
  const abandoned: Trouble = { outcome: { ok: false, meaning: 'its time limit passed', abandoned: true } };
  const { given, result } = await run(isAt('finished', 'connector.upgrade'), { 'connector.upgrade-first': abandoned });
  assert.equal(result.end, 'failed-changed');
  assert.ok(given.performed.at(-1)?.endsWith('connector.upgrade-first'));
});

test('a server that is restarting is not worked on because a line could not be written', async () => {
  const restarts: Trouble = { outcome: { reboot: 'initiated' }, effect: true };
  const { given, result } = await run(isAt('finished', 'connector.upgrade'), { 'connector.upgrade-first': restarts });
  assert.equal(result.end, 'reboot-first');
  assert.ok(given.performed.at(-1)?.endsWith('connector.upgrade-first'));
});

test('another installation and a journal that fails do not end as if nothing had been touched', async () => {
  const busy: Trouble = { outcome: { ok: false, busy: true, code: 1618, meaning: 'busy' } };
  const { result } = await run(isAt('finished', 'pool.stop'), { 'pool.stop-first': busy });
  assert.equal(result.end, 'failed-as-before');
});

test('on the way back every line is tried, and its failures are warnings', async () => {
  const { given, result } = await run((entry) => 'phase' in entry && entry.phase === 'back', {
    'pool.start-first': fails,
  });
  assert.equal(result.end, 'failed-as-before');
  asBefore(given);
  assert.ok(given.warnings.length >= 4);
});
