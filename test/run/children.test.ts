import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../../src/core/call.ts';
import type { Entry } from '../../src/core/journal.ts';
import { noSecrets } from '../../src/core/secrets.ts';
import { runChange } from '../../src/machine/children.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { childrenOf } from '../../src/run/children.ts';
import { upgrade } from '../core/entries.ts';

/** The door to real children: each is a Node that sleeps for some ms. */
const machine: Pick<Machine, 'change' | 'now'> = {
  change: (call, _secrets, onStart) => runChange(call, process.execPath, async () => 437, null, onStart),
  now: () => new Date().toISOString(),
};

function sleeping(ms: number): Call<'change'> {
  const args = ['-e', `setTimeout(() => {}, ${ms})`];
  return { intent: 'change', tool: 'msiexec', file: '', args, timeoutMs: 1_800_000, quoting: 'argv', log: null };
}

function watched(heartbeatMs?: number) {
  const entries: Entry[] = [];
  const told: string[] = [];
  const change = childrenOf(upgrade, {
    machine,
    secrets: noSecrets,
    note: async (entry) => void entries.push(entry),
    tell: (text) => void told.push(text),
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
  });
  return { change, entries, told };
}

test('a silent child is told of again and again, with its tool, its step and its limit, until it ends', async () => {
  const { change, told } = watched(100);
  assert.equal((await change(sleeping(700))).code, 0);
  const count = told.length;
  assert.ok(count >= 3, `${count} lines`);
  for (const text of told) assert.match(text, /^still at work: msiexec, upgrade to 4\.4\.4, \d s \(limit 30 min\)$/);
  await new Promise((resolve) => setTimeout(resolve, 250));
  assert.equal(told.length, count);
});

test('the time that a silent child has taken is told in whole intervals', async () => {
  const { change, told } = watched(500);
  await change(sleeping(1_300));
  assert.match(told[1] ?? '', /, 1 s \(/);
});

test('of a child that ends soon nobody is told', async () => {
  const { change, told } = watched();
  await change(sleeping(50));
  assert.deepEqual(told, []);
});

test('a child stands in the journal with its process and the span in which it was started', async () => {
  const { change, entries } = watched();
  const before = Date.now();
  await change(sleeping(50));
  const [child] = entries;
  assert.ok(entries.length === 1 && child?.type === 'child');
  assert.ok(child.pid > 0);
  assert.deepEqual([child.tool, child.limitMs], ['msiexec', 1_800_000]);
  assert.ok(before <= Date.parse(child.startedAt) && child.startedAt <= child.at);
});
