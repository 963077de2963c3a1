import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../src/core/journal.ts';
import { lineView } from '../../src/view/lines.ts';
import { already, closed, finished, install, opened, start, started, stop, turned, upgrade } from './entries.ts';

async function linesOf(...entries: readonly Entry[]): Promise<readonly string[]> {
  let text = '';
  const view = lineView((line) => {
    text += line;
  });
  for (const entry of entries) view.show(entry);
  await view.close();
  assert.ok(text === '' || text.endsWith('\n'));
  return text.split('\n').slice(0, -1);
}

test('each step has a line when it begins and one when it ends, with the time of day', async () => {
  assert.deepEqual(await linesOf(opened(), started('pool.stop', stop), finished('pool.stop', stop)), [
    '20:41:01  stop pool ConnectorPool ...',
    '20:41:09  stop pool ConnectorPool: done (8 s)',
  ]);
});

test('a state that held needs one line', async () => {
  assert.deepEqual(await linesOf(already('pool.stop', stop)), ['20:41:01  stop pool ConnectorPool: already so']);
});

test('a failure says its code, its meaning and what is missing', async () => {
  const [line = ''] = await linesOf(finished('connector.upgrade', upgrade, 'first', ['4.4.4 is not registered']));
  for (const part of ['FAILED', '1603', 'a fatal error', '4.4.4 is not registered'])
    assert.ok(line.includes(part), line);
});

test('what was done instead and the way back are called so', async () => {
  const lines = await linesOf(
    started('connector.upgrade', install, 'orElse'),
    turned('Upgrade to 4.4.4: ended with 1603.'),
    finished('back-pool.start', start, 'back'),
    closed('failed-as-before'),
  );
  assert.deepEqual(lines, [
    '20:41:01  or else install 4.4.4 ...',
    '20:41:10  going back: Upgrade to 4.4.4: ended with 1603.',
    '20:41:09  way back: start pool ConnectorPool: done (8 s)',
  ]);
});

test('a run that takes up another says which', async () => {
  const [line = ''] = await linesOf(opened({ continues: 'the-run-before' }));
  assert.match(line, /unfinished run the-run-before$/);
});

test('what goes on between entries has the time of day too, and a run that is left says so', async () => {
  const lines: string[] = [];
  const view = lineView((line) => void lines.push(line));
  view.tell('2026-11-23T20:43:09Z', 'still at work: msiexec, upgrade to 4.4.4, 2 min (limit 30 min)');
  view.show({ type: 'child', at: '2026-11-23T20:43:10Z', tool: 'msiexec', pid: 4, startedAt: '', limitMs: 1 });
  view.show({ type: 'left', at: '2026-11-23T20:43:11Z', why: 'its console was closed' });
  assert.deepEqual(lines, [
    '20:43:09  still at work: msiexec, upgrade to 4.4.4, 2 min (limit 30 min)\n',
    '20:43:11  left as it stands: its console was closed\n',
  ]);
});
