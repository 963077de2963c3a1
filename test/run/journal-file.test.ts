import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entry, journalLine } from '../../src/core/journal.ts';
import { placesRoot } from '../../src/core/places.ts';
import type { Files } from '../../src/machine/machine.ts';
import { journalFile, newestEntries, newRunId, readHistory } from '../../src/run/journal-file.ts';
import { child, closed, opened, started } from '../core/entries.ts';

/** The journals of a server by run id; null for a run whose journal was never begun. */
function journals(texts: Readonly<Record<string, readonly Entry[] | string | null>>): Files {
  const text = (id: string) => {
    const journal = texts[id] ?? null;
    return typeof journal === 'object'
      ? (journal?.map((entry) => `${journalLine(entry)}\n`).join('') ?? null)
      : journal;
  };
  return {
    list: async (folder) =>
      folder === `${placesRoot}\\runs` ? [...Object.keys(texts).map((id) => `${id}\\`), 'note.txt'] : [],
    read: async (path) => {
      const id = path.slice(`${placesRoot}\\runs\\`.length).split('\\')[0] ?? '';
      const found = path.endsWith('\\journal.jsonl') ? text(id) : null;
      return found === null ? null : new TextEncoder().encode(found);
    },
    hash: async () => null,
  };
}

const history = async (texts: Parameters<typeof journals>[0]) => {
  const found = await readHistory(journals(texts));
  assert.ok('unfinished' in found, 'problem' in found ? found.problem : '');
  return found;
};

test('a server without runs has no history', async () => {
  assert.deepEqual(await history({}), { lastRunId: null, unfinished: null, children: [] });
});

test('the newest run counts, and it is taken up with the backup of its chain', async () => {
  const { lastRunId, unfinished } = await history({
    '2026-11-01T00-00-00Z': [opened({ backupId: 'old' })],
    '2026-11-02T00-00-00Z': [opened({ backupId: 'chain' }), started('pool.stop')],
  });
  assert.deepEqual(
    [lastRunId, unfinished?.runId, unfinished?.backupId],
    ['2026-11-02T00-00-00Z', '2026-11-02T00-00-00Z', 'chain'],
  );
  assert.deepEqual(
    [unfinished?.before, unfinished?.direction, unfinished?.touched],
    [opened().before, 'forward', true],
  );
});

test('the child that a cut run had started is known with its run, and none of an older one', async () => {
  const cut = [opened(), started('pool.stop'), child()];
  const { children: found } = await history({ '2026-11-01': [opened(), child({ pid: 1 })], '2026-11-02': cut });
  assert.deepEqual(found, [{ ...child(), runId: '2026-11-02' }]);
  const { children: none } = await history({ '2026-11-01': cut, '2026-11-02': [opened(), closed('converged')] });
  assert.deepEqual(none, []);
});

test('a run that was finished hides the unfinished ones before it', async () => {
  const { unfinished } = await history({
    '2026-11-01': [opened(), started('pool.stop')],
    '2026-11-02': [opened(), closed('converged')],
  });
  assert.equal(unfinished, null);
});

for (const [what, journal] of [
  ['has no journal', null],
  ['has an empty journal', ''],
  ['was cut while its first line was written', '{"type":"opened","schema":1,"befo'],
] as const) {
  test(`a run that ${what} had not begun: the one before it counts, and its id is not given again`, async () => {
    const { lastRunId, unfinished } = await history({
      '2026-11-01': [opened(), started('pool.stop')],
      '2026-11-02': journal,
    });
    assert.deepEqual([lastRunId, unfinished?.runId], ['2026-11-02', '2026-11-01']);
  });
}

for (const [what, journal] of [
  ['of a newer version', [{ ...opened(), schema: 2 as 1 }]],
  ['without its opening', [started('pool.stop')]],
] as const) {
  test(`a journal ${what} is a problem that names its file`, async () => {
    const found = await readHistory(journals({ '2026-11-01': [opened(), closed('converged')], '2026-11-02': journal }));
    assert.ok('problem' in found);
    assert.ok(found.problem.startsWith(`${placesRoot}\\runs\\2026-11-02\\journal.jsonl: `));
  });
}

test('the id of a run is its time, fit for a folder, and always behind the last one', () => {
  const now = '2026-11-23T20:41:07Z';
  assert.equal(newRunId(now, null), '2026-11-23T20-41-07Z');
  assert.equal(newRunId(now, '2026-11-22T00-00-00Z'), '2026-11-23T20-41-07Z');
  let last = newRunId(now, null);
  for (let count = 0; count < 5; count++) {
    const id = newRunId(count < 3 ? now : '2020-01-01T00:00:00Z', last);
    assert.ok(id > last && !/[:*?"<>|\\/]/.test(id), id);
    last = id;
  }
});

test('each entry is one line of the journal', async () => {
  const lines: string[] = [];
  const write = journalFile({ append: async (_path, line) => void lines.push(line) }, 'C:\\j');
  await write(opened());
  await write(closed('converged'));
  assert.deepEqual(lines, [journalLine(opened()), journalLine(closed('converged'))]);
});

test('after a write that may have left half a line, the next entry begins a line of its own', async () => {
  let text = '';
  let fails = true;
  const append = async (_path: string, line: string) => {
    if (fails) {
      text += line.slice(0, 10);
      throw new Error('no space is left');
    }
    text += `${line}\n`;
  };
  const write = journalFile({ append }, 'C:\\j');
  await assert.rejects(write(started('pool.stop')));
  fails = false;
  await write(started('pool.start'));
  await write(closed('converged'));
  assert.deepEqual(text.split('\n').slice(1), [
    journalLine(started('pool.start')),
    journalLine(closed('converged')),
    '',
  ]);
});

test('a journal cut at any byte never makes its run seem finished, and never hides it once its first line is whole', async () => {
  const continues = { backupId: 'chain', continues: '2026-11-01' };
  const entries = [opened(continues), started('pool.stop'), closed('failed-changed')];
  const bytes = Buffer.from(entries.map((entry) => `${journalLine(entry)}\n`).join(''));
  const first = Buffer.byteLength(journalLine(entries[0] as Entry));
  const before = { '2026-11-01': [opened({ backupId: 'older' }), started('pool.stop')] };
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    for (const rest of cut % 50 === 0 ? ['', '\0'.repeat(bytes.length - cut)] : ['']) {
      const text = bytes.subarray(0, cut).toString('utf8') + rest;
      const { unfinished } = await history({ ...before, '2026-11-02': text });
      assert.equal(unfinished?.backupId, cut < first ? 'older' : 'chain', `cut at byte ${cut}`);
    }
  }
});

test('the entries of the newest run that had begun are those of its journal; what cannot be read has none', async () => {
  const whole = [opened(), closed('converged')];
  const cut = { '2026-11-01': whole, '2026-11-02': '{"type":"opened"' };
  assert.deepEqual(await newestEntries(journals(cut)), JSON.parse(JSON.stringify(whole)));
  assert.deepEqual(await newestEntries(journals({})), []);
  assert.deepEqual(await newestEntries(journals({ '2026-11-01': [started('pool.stop')] })), []);
});
