import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAlive } from '../../src/machine/is-alive.ts';
import { child } from '../core/entries.ts';

const started = { startedAt: '2026-11-23T20:41:07.400Z', at: '2026-11-23T20:41:12.000Z' };

function reader(answer: unknown) {
  const asked: string[] = [];
  const ask = async (line: string): Promise<unknown> => {
    asked.push(line);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, ask };
}

const running = (startedAt: string) => ({ schema: 1, process: { known: true, value: { startedAt } } });

test('a child is at work while its process is there that was started when it was', async () => {
  for (const [time, is] of [
    ['2026-11-23T20:41:07Z', true],
    ['2026-11-23T20:41:10Z', true],
    ['2026-11-23T20:41:05Z', false],
    ['2026-11-23T20:41:15Z', false],
    ['2026-11-24T20:41:07Z', false],
  ] as const) {
    const { asked, ask } = reader(running(time));
    assert.deepEqual(await isAlive(child(started), { ask }), { known: true, value: is }, time);
    assert.deepEqual(asked, ['process\t4711']);
  }
});

test('a child whose process is not there has ended', async () => {
  const { ask } = reader({ schema: 1, process: { known: true, value: null } });
  assert.deepEqual(await isAlive(child(started), { ask }), { known: true, value: false });
});

test('what could not be read, and an answer that is none, are known as such', async () => {
  for (const answer of [
    { schema: 1, process: { known: false, why: 'access denied' } },
    { schema: 1, error: 'the reader does not understand' },
    new Error('PowerShell ended without an answer'),
  ]) {
    assert.equal((await isAlive(child(started), reader(answer))).known, false);
  }
});
