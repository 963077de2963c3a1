import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultLimits } from '../../src/core/call.ts';
import { begunEvent, endedEvent, eventCall, eventRows } from '../../src/core/event-log.ts';
import { type End, exitCodeOf, exitCodes } from '../../src/core/exit-codes.ts';
import { report } from '../../src/core/report.ts';
import type { RestoreFrom } from '../../src/core/restore.ts';
import { closed, finished, opened } from './entries.ts';
import { known, places, product, server, wanted } from './server-facts.ts';

const upgraded = server({ products: known([product('4.4.4')]) });

function ended(end: End, more: Parameters<typeof closed>[1] = {}) {
  return endedEvent(report('apply', [opened(), finished('connector.upgrade'), closed(end, more)]));
}

test('the entry of a begun run says what is going to be done, in which run, and where its journal lies', () => {
  const { id, level, text } = begunEvent('apply', opened());
  assert.deepEqual([id, level], [1, 'INFORMATION']);
  assert.equal(
    text,
    `scim-setup apply has begun. SCIM Connector 4.1.0 -> 4.4.4, route upgrade. Run 2026-11-23T20-41-07Z. Journal: ${places.journal}`,
  );
});

test('a run that takes up another one names it', () => {
  assert.match(begunEvent('apply', opened({ continues: 'the-cut-run' })).text, /It takes up run the-cut-run\./);
});

test('an uninstallation leads to a connector that is not installed', () => {
  assert.match(begunEvent('uninstall', opened({ wanted: wanted(null) })).text, /4\.1\.0 -> not installed/);
  const restore = { takenAt: '2026-11-22T01:02:03Z' } as RestoreFrom;
  const restored = opened({ wanted: { ...wanted(null), goal: 'restored', restore } });
  assert.match(
    begunEvent('restore', restored).text,
    /SCIM Connector 4\.1\.0, its config from the backup of 2026-11-22T01:02:03Z/,
  );
});

/** Every end that a run whose journal is open can have. */
const ends: readonly (readonly [End, boolean, number, string])[] = [
  ['converged', false, 10, 'INFORMATION'],
  ['converged', true, 11, 'WARNING'],
  ['busy', false, 12, 'WARNING'],
  ['failed-as-before', false, 22, 'ERROR'],
  ['failed-changed', false, 23, 'ERROR'],
  ['reboot-first', true, 25, 'WARNING'],
];

for (const [end, rebootRequired, id, level] of ends) {
  test(`a run that ended "${end}"${rebootRequired ? ' with a restart to come' : ''} is entry ${id}, ${level}`, () => {
    const event = ended(end, { rebootRequired, after: upgraded });
    assert.deepEqual([event?.id, event?.level], [id, level]);
    assert.match(event?.text ?? '', new RegExp(`Exit code ${exitCodeOf(end, rebootRequired)}\\.`));
    assert.match(event?.text ?? '', /4\.1\.0 -> 4\.4\.4, route upgrade\. Run 2026-11-23T20-41-07Z\./);
    assert.ok(event?.text.endsWith(`Journal: ${places.journal}`));
  });
}

test('a command that only looked, or had nothing to do, writes no entry', () => {
  for (const end of ['planned', 'different'] as const) assert.equal(ended(end), null);
  for (const end of ['refused', 'nothing-to-do'] as const)
    assert.equal(endedEvent(report('apply', [opened({ plan: null }), closed(end)])), null);
});

test('a server that could not be read at the end is not said to be in any version', () => {
  assert.match(ended('failed-changed', { after: null })?.text ?? '', /4\.1\.0 -> not read/);
});

test('a long reason is cut, and what identifies the run is kept', () => {
  const text = ended('failed-changed', { why: 'because '.repeat(500) })?.text ?? '';
  assert.ok(text.length <= 1_000, String(text.length));
  assert.match(text, / \.\.\. Exit code 23\./);
  assert.ok(text.endsWith(`Journal: ${places.journal}`));
});

test('no text has what the event viewer would expand, or a line of its own', () => {
  const text = ended('failed-changed', { why: 'C:\\100%1\\a is gone\r\nand\tso on' })?.text ?? '';
  assert.doesNotMatch(text, /[%\p{Cc}]/u);
});

test('every id is its own and one that eventcreate takes, and every exit code that is told is one of ours', () => {
  const ids = eventRows.map((row) => row.id);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every((id) => id >= 1 && id <= 1000));
  for (const { exitCode } of eventRows)
    assert.ok(exitCode === null || exitCodes.some((one) => one.code === exitCode), String(exitCode));
});

test('an entry is written by eventcreate, within the limit of the answers, to the log Application', () => {
  const call = eventCall({ id: 22, level: 'ERROR', text: 'It failed.' }, defaultLimits);
  assert.equal(call.file, '%SystemRoot%\\System32\\eventcreate.exe');
  assert.equal(call.args.join(' '), '/L APPLICATION /SO scim-setup /T ERROR /ID 22 /D It failed.');
  assert.equal(call.timeoutMs, defaultLimits.eventcreate * 60_000);
});
