import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call, RunChild } from '../../src/core/call.ts';
import type { Entry } from '../../src/core/journal.ts';
import { noSecrets } from '../../src/core/secrets.ts';
import { runChange } from '../../src/machine/children.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { childrenFor, childrenOf } from '../../src/run/children.ts';
import { upgrade } from '../core/entries.ts';

/** The door to real children: each is a Node that sleeps for some ms. */
const machine: Pick<Machine, 'change' | 'now'> = {
  change: (call, _secrets, onStart) => runChange(call, process.execPath, async () => 437, null, onStart),
  now: () => new Date().toISOString(),
};

function sleeping(ms: number, timeoutMs = 1_800_000): Call<'change'> {
  const args = ['-e', `setTimeout(() => {}, ${ms})`];
  return { intent: 'change', tool: 'msiexec', file: '', args, timeoutMs, quoting: 'argv', log: null };
}

/** What is told of children, and what of them stands in the journal. */
function watched(heartbeatMs?: number) {
  const entries: Entry[] = [];
  const told: string[] = [];
  const around = {
    machine,
    secrets: noSecrets,
    note: async (entry: Entry) => void entries.push(entry),
    tell: (text: string) => void told.push(text),
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
  };
  const { note: _note, ...unnoted } = around;
  return {
    ofStep: childrenOf(upgrade, around),
    around: childrenFor('remove the startup task', around),
    withoutJournal: childrenFor('copy the backup', unnoted),
    entries,
    told,
  };
}

const kinds: readonly (readonly [name: string, run: (from: ReturnType<typeof watched>) => RunChild, words: string])[] =
  [
    ['of a step', ({ ofStep }) => ofStep, 'upgrade to 4\\.4\\.4'],
    ['that no step has started', ({ around }) => around, 'remove the startup task'],
    ['of a command without a journal', ({ withoutJournal }) => withoutJournal, 'copy the backup'],
  ];

for (const [name, run, words] of kinds) {
  test(`a silent child ${name} is told of again and again, with its tool and its limit, until it ends`, async () => {
    const given = watched(100);
    assert.equal((await run(given)(sleeping(700))).code, 0);
    const count = given.told.length;
    assert.ok(count >= 3, `${count} lines`);
    for (const text of given.told)
      assert.match(text, new RegExp(`^still at work: msiexec, ${words}, \\d s \\(limit 30 min\\)$`));
    await new Promise((resolve) => setTimeout(resolve, 250));
    assert.equal(given.told.length, count);
  });

  test(`a child ${name} that does not end within its limit is told to be left at work, and which process it is`, async () => {
    const given = watched();
    assert.equal((await run(given)(sleeping(2_000, 1_000))).timedOut, true);
    const line = new RegExp(`^left at work past its limit of 1 s: msiexec, process \\d+, ${words}$`);
    assert.equal(given.told.length, 1);
    assert.match(given.told[0] ?? '', line);
  });
}

test('the time that a silent child has taken is told in whole intervals', async () => {
  const { ofStep, told } = watched(500);
  await ofStep(sleeping(1_300));
  assert.match(told[1] ?? '', /, 1 s \(/);
});

test('of a child that ends soon nobody is told', async () => {
  const { ofStep, told } = watched();
  await ofStep(sleeping(50));
  assert.deepEqual(told, []);
});

test('a child stands in the journal with its process and the span in which it was started', async () => {
  const { ofStep, entries } = watched();
  const before = Date.now();
  await ofStep(sleeping(50));
  const [child] = entries;
  assert.ok(entries.length === 1 && child?.type === 'child');
  assert.ok(child.pid > 0);
  assert.deepEqual([child.tool, child.limitMs], ['msiexec', 1_800_000]);
  assert.ok(before <= Date.parse(child.startedAt) && child.startedAt <= child.at);
});

test('that a child which no step has started has ended stands in the journal, and not while it is left at work', async () => {
  const { around, entries } = watched();
  await around(sleeping(50));
  assert.deepEqual(
    entries.map(({ type }) => type),
    ['child', 'ended'],
  );
  await around(sleeping(2_000, 1_000));
  assert.deepEqual(
    entries.slice(2).map(({ type }) => type),
    ['child'],
  );
});
