import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultLimits, type Limits } from '../../src/core/call.ts';
import type { End } from '../../src/core/exit-codes.ts';
import {
  cutRun,
  type Entry,
  hasTouched,
  isLeft,
  journalLine,
  parseJournal,
  replay,
  unendedChildren,
} from '../../src/core/journal.ts';
import { already, child, closed, ended, finished, left, opened, plan, restarting, started, turned } from './entries.ts';
import { codeOf, server } from './server-facts.ts';

const text = (entries: readonly Entry[]) => entries.map((entry) => `${journalLine(entry)}\n`).join('');
const read = (journal: string) => {
  const parsed = parseJournal(journal);
  assert.ok('entries' in parsed, 'problem' in parsed ? parsed.problem : '');
  return parsed.entries;
};

const run: readonly Entry[] = [
  opened(),
  already('config.backup'),
  started('pool.stop'),
  finished('pool.stop'),
  turned('It was interrupted'),
  closed('failed-as-before'),
];

test('what was written is what is read', () => assert.deepEqual(read(text(run)), run));

test('an entry is one line, whatever it holds', () => {
  const line = journalLine(turned('first\nsecond\r\nüber'));
  assert.ok(!/[\r\n]/.test(line));
  assert.deepEqual(JSON.parse(line), turned('first\nsecond\r\nüber'));
});

test('a last line that a power cut has torn is passed over', () => {
  const whole = text(run);
  const lastLine = whole.lastIndexOf('{"type":"closed"');
  for (const end of [lastLine + 1, lastLine + 10, whole.length - 2])
    assert.deepEqual(read(whole.slice(0, end)), run.slice(0, -1));
  assert.deepEqual(read(whole.slice(0, -1)), run, 'only the line break is missing');
});

test('a torn line in the middle is passed over, and what stands behind it counts', () => {
  const lines = text(run).split('\n');
  const torn = [...lines.slice(0, 3), `${lines[3]?.slice(0, 20)}`, ...lines.slice(4)].join('\n');
  assert.deepEqual(
    read(torn),
    run.filter((_entry, index) => index !== 3),
  );
});

test('zero bytes, which a power cut leaves on NTFS, are passed over', () => {
  assert.deepEqual(
    read(`${text(run.slice(0, 3))}${'\0'.repeat(300)}\n${text(run.slice(4))}`),
    run.filter((_entry, index) => index !== 3),
  );
});

test('Windows line ends do not matter', () => assert.deepEqual(read(text(run).replaceAll('\n', '\r\n')), run));

for (const [what, journal] of [
  ['empty', ''],
  ['one torn line', '{"type":"opened","sch'],
  ['zero bytes', '\0'.repeat(50)],
  ['lines that are no entries', '1\n"text"\nnull\n[]\n{}\n'],
] as const) {
  test(`a journal that is ${what} has no entries`, () => assert.deepEqual(parseJournal(journal), { entries: [] }));
}

test('a journal of a newer version of the program is a problem that says so', () => {
  const parsed = parseJournal(text([{ ...opened(), schema: 2 as 1 }, ...run.slice(1)]));
  assert.ok('problem' in parsed);
  assert.match(parsed.problem, /schema 2/);
});

test('a journal whose opening was lost is a problem: nobody knows what was there before', () => {
  const parsed = parseJournal(text(run.slice(2)));
  assert.ok('problem' in parsed);
  assert.match(parsed.problem, /opening/);
});

const ends: readonly (readonly [End, isFinished: boolean])[] = [
  ['converged', true],
  ['failed-as-before', true],
  ['failed-changed', false],
  ['reboot-first', false],
];

for (const [end, isFinished] of ends) {
  test(`a run that was closed as ${end} is ${isFinished ? 'finished' : 'to be taken up again'}`, () => {
    assert.equal(replay([opened(), started('pool.stop'), closed(end)]) === null, isFinished);
  });
}

test('a run that found Windows Installer busy touched nothing, unless it took up another one', () => {
  assert.equal(replay([opened(), closed('busy')]), null);
  assert.notEqual(replay([opened({ continues: 'an earlier run' }), closed('busy')]), null);
});

test('a run that was cut is taken up with the facts and the wish it began with', () => {
  const { before, wanted, places } = opened();
  for (const cut of [run.slice(0, 3), run.slice(0, 4)])
    assert.deepEqual(replay(cut), { before, wanted, direction: 'forward', backup: places.backup, reached: false });
});

test('a run that was cut before its backup was whole has touched nothing, unless it went on with that of another', () => {
  const first = opened({ runId: 'run', backupId: 'run' });
  const backingUp = [first, started('config.backup'), finished('config.backup')];
  for (const cut of [backingUp.slice(0, 1), backingUp.slice(0, 2), backingUp]) {
    assert.equal(hasTouched(cut), false);
    assert.notEqual(replay(cut), null, 'what it wanted is still to be done');
  }
  assert.equal(hasTouched([...backingUp, started('pool.stop')]), true);
  assert.equal(hasTouched([opened({ runId: 'run', backupId: 'an earlier run' })]), true);
});

test('a run that was cut on its way back goes on walking back', () => {
  assert.equal(replay(run.slice(0, 5))?.direction, 'back');
  assert.equal(
    replay([opened({ plan: { ...plan, direction: 'back' }, continues: 'an earlier run' })])?.direction,
    'back',
  );
  assert.equal(replay([opened(), started('pool.stop'), turned(), closed('failed-changed')])?.direction, 'back');
});

test('a run is stranded only where its way back has come to its end without getting there', () => {
  const back = [opened(), started('pool.stop'), turned()];
  const stranded = { ...closed('failed-changed'), walkedBack: true, after: server() } as Entry;
  const codes = [codeOf('4.1.0')];
  assert.deepEqual(replay([...back, stranded])?.stranded, codes);
  for (const entries of [back, [...back, closed('reboot-first')], [...back, closed('failed-changed')]])
    assert.equal(replay(entries)?.stranded, undefined);
  const once = opened({ plan: { ...plan, direction: 'back' }, stranded: codes });
  assert.deepEqual(
    replay([once])?.stranded,
    codes,
    'a run that goes back once more, and is cut, takes nothing from it',
  );
});

test('a run without a plan, and a journal without a run, leave nothing to take up', () => {
  assert.equal(replay([opened({ plan: null })]), null);
  assert.equal(replay([]), null);
});

/** A run of every kind of entry, as one that was interrupted, or that came to its end. */
const whole: readonly (readonly [end: string, readonly Entry[]])[] = [
  ['walked back', run],
  ['converged', [opened(), started('pool.stop'), finished('pool.stop'), closed('converged')]],
  ['waiting for a restart', [opened(), started('pool.stop'), restarting(), closed('reboot-started')]],
  ['on its way back and cut', [opened(), started('pool.stop'), turned(), started('pool.start', 3)]],
];

/** What a journal tells, if it can be read: nothing begun, finished, or the way it was going. */
function toldBy(bytes: Uint8Array): 'not begun' | 'finished' | 'forward' | 'back' {
  const parsed = parseJournal(new TextDecoder().decode(bytes));
  if ('problem' in parsed) return assert.fail(parsed.problem);
  if (parsed.entries.length === 0) return 'not begun';
  return replay(parsed.entries)?.direction ?? 'finished';
}

/** What the lines that are whole tell; one that lacks its line break only is whole. */
const toldByLines = (entries: readonly Entry[], count: number) =>
  count === 0 ? 'not begun' : (replay(entries.slice(0, count))?.direction ?? 'finished');

for (const [end, entries] of whole) {
  const bytes = Buffer.from(text(entries));
  const ends = entries.map((_entry, index) => Buffer.byteLength(text(entries.slice(0, index + 1))));

  test(`a journal of a run that was ${end}, cut at any byte, tells what its whole lines tell`, () => {
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const count = ends.filter((one) => one - 1 <= cut).length;
      assert.equal(toldBy(bytes.subarray(0, cut)), toldByLines(entries, count), `cut at byte ${cut}`);
    }
  });

  test(`the same, with zeros in place of what was lost, and another run's lines behind them`, () => {
    for (let cut = 0; cut <= bytes.length; cut += 7) {
      const count = ends.filter((one) => one - 1 <= cut).length;
      const zeroed = Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(bytes.length - cut)]);
      assert.equal(toldBy(zeroed), toldByLines(entries, count), `zeros from byte ${cut} on`);
      if (count === 0) continue;
      const more = Buffer.concat([zeroed, Buffer.from(`\n${journalLine(closed('failed-as-before'))}\n`)]);
      assert.equal(toldBy(more), 'finished', `a line behind zeros from byte ${cut} on`);
    }
  });
}

test('whatever stands in a journal, reading it never throws, and it says finished only where a whole line says so', () => {
  const bytes = Buffer.from(text([opened(), started('pool.stop'), finished('pool.stop'), turned()]));
  const damage = fc.record({
    at: fc.nat(bytes.length),
    length: fc.nat(400),
    by: fc.oneof(fc.constant(0), fc.constant(10), fc.integer({ min: 0, max: 255 })),
  });
  fc.assert(
    fc.property(fc.array(damage, { maxLength: 4 }), (all) => {
      const damaged = Buffer.from(bytes);
      for (const { at, length, by } of all) damaged.fill(by, at, Math.min(damaged.length, at + length));
      const parsed = parseJournal(new TextDecoder().decode(damaged));
      if ('problem' in parsed) return assert.equal(typeof parsed.problem, 'string');
      if (parsed.entries[0]?.type === 'opened') assert.notEqual(replay(parsed.entries), null);
      return undefined;
    }),
    { numRuns: 500 },
  );
});

for (const schema of [0, 2, '1', null, undefined] as const) {
  test(`a journal of schema ${schema} is refused with a sentence`, () => {
    const parsed = parseJournal(text([{ ...opened(), schema: schema as 1 }, closed('converged')]));
    assert.ok('problem' in parsed);
    assert.match(parsed.problem, /which this version does not know/);
  });
}

test('an opening that says nothing of what was there before is no run that can be taken up', () => {
  for (const lost of ['before', 'wanted', 'plan', 'places'] as const) {
    const { [lost]: _lost, ...rest } = opened();
    const parsed = parseJournal(`${JSON.stringify(rest)}\n`);
    assert.ok('problem' in parsed, lost);
  }
});

test('a run that has started a restart, or only was about to, is gone on with after it', () => {
  assert.equal(replay([opened(), restarting()])?.direction, 'forward');
  assert.equal(replay([opened(), restarting(), closed('reboot-started')])?.direction, 'forward');
});

test('a run that was left is taken up as it stood, and on its way back goes on walking back', () => {
  const { before, wanted, places } = opened();
  const cut = [opened(), started('pool.stop'), child(), left()];
  assert.deepEqual(replay(cut), { before, wanted, direction: 'forward', backup: places.backup, reached: false });
  assert.equal(replay([opened(), started('pool.stop'), turned(), left()])?.direction, 'back');
  assert.equal(isLeft(cut), true);
});

test('a run that came to its end although it was to be left is finished', () => {
  const ended = [opened(), started('pool.stop'), left(), finished('pool.stop'), closed('converged')];
  assert.deepEqual([replay(ended), isLeft(ended)], [null, false]);
});

/** The processes that may be at work. */
const unended = (entries: readonly Entry[]) => unendedChildren(entries).map(({ pid }) => pid);

test('the last child is at work perhaps, unless its step has ended', () => {
  const begun = [opened(), started('pool.stop'), child({ pid: 1 })];
  assert.deepEqual(unended(begun), [1]);
  assert.deepEqual(unended([...begun, child({ pid: 2 }), left()]), [2]);
  assert.deepEqual(unended([...begun, finished('pool.stop')]), []);
  assert.deepEqual(unended([opened(), started('pool.stop')]), []);
});

test('a child that was abandoned past its time limit may be at work after the end of its run', () => {
  const abandoned = finished('pool.stop', { outcome: { ok: false, abandoned: true } });
  const run = [opened(), started('pool.stop'), child({ pid: 1 }), abandoned, closed('failed-changed')];
  assert.deepEqual(unended(run), [1]);
  assert.deepEqual(unended([...run, child({ pid: 2 }), ended()]), [1], 'what came after it has ended');
  assert.deepEqual(unended([...run, child({ pid: 2 })]), [1, 2]);
});

test('a child that no step has started may be at work until its own line says that it has ended', () => {
  assert.deepEqual(unended([opened(), restarting(), child({ pid: 1 }), ended(), closed('reboot-started')]), []);
  assert.deepEqual(
    unended([opened(), restarting(), child({ pid: 1 }), closed('reboot-first'), child({ pid: 2 })]),
    [1, 2],
  );
});

test('a child after the end of a run does not tell that its run has touched the server', () => {
  const refused = [opened(), started('config.backup'), finished('config.backup'), closed('refused')];
  assert.equal(hasTouched([...refused, child({ tool: 'schtasks' }), ended()]), false);
});

test('a run has reached the connector once a step has begun that may change it, and then every run that takes it up', () => {
  const ids = ['config.backup', 'pool.stop'];
  const prepared = [opened(), ...ids.flatMap((id) => [started(id), child(), finished(id)]), restarting()];
  assert.equal(replay(prepared)?.reached, false);
  for (const id of ['connector.upgrade', 'pool.start'])
    assert.equal(replay([...prepared, started(id)])?.reached, true, id);
  assert.equal(replay([opened({ reached: true })])?.reached, true);
  assert.equal(replay([opened({ reached: false, backupId: 'of an earlier run' })])?.reached, false);
  assert.equal(replay([opened({ backupId: 'of an earlier run' })])?.reached, true, 'an older version did not say');
});

test('limits that an older version did not know are the usual ones, whatever its run had come to', () => {
  const { read: _read, ...known } = { ...defaultLimits, msiexec: 45 };
  const old = [opened({ wanted: { ...opened().wanted, limits: known as Limits } })];
  for (const wanted of [replay(old)?.wanted, cutRun(old)?.wanted])
    assert.deepEqual(wanted?.limits, { ...defaultLimits, msiexec: 45 });
});

test('a run that was cut is one to go on with after a restart, even if it only settled something', () => {
  assert.equal(cutRun([opened()])?.runId, opened().runId);
  const settling = {
    ...plan,
    connector: [{ id: 'installer.settle', why: '', step: { kind: 'installer.settle', by: null } as const }],
  };
  assert.equal(replay([opened({ plan: settling })]), null);
  assert.equal(cutRun([opened({ plan: settling })])?.runId, opened().runId);
  for (const entries of [[], [opened({ plan: null })], [opened(), closed('refused')], [opened(), closed('converged')]])
    assert.equal(cutRun(entries), null);
});
