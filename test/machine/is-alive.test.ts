import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { powershell, powershellArgs } from '../../src/core/call.ts';
import type { Child } from '../../src/core/journal.ts';
import { runChange } from '../../src/machine/children.ts';
import { isAlive } from '../../src/machine/is-alive.ts';
import { Reader } from '../../src/machine/reader.ts';
import { child } from '../core/entries.ts';
import { ample } from './fake-powershell.ts';

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

/** Only Windows has the process ids that Windows' own PowerShell knows; elsewhere test/lab/machine.test.ts runs this. */
const onWindows = process.platform === 'win32' ? test : () => undefined;

onWindows('a real child is seen at work by the real reader until it has ended', async () => {
  const script = fileURLToPath(new URL('../../scripts/Get-ScimFacts.ps1', import.meta.url));
  const systemRoot = process.env.SystemRoot ?? '';
  const real = new Reader(powershell.replace('%SystemRoot%', systemRoot), [...powershellArgs, script], ample);
  const args = ['-e', 'setTimeout(() => {}, 8_000)'];
  const call = {
    intent: 'change',
    tool: 'msiexec',
    file: '',
    args,
    timeoutMs: 60_000,
    quoting: 'argv',
    log: null,
  } as const;
  const entries: Child[] = [];
  const note = async (one: { pid: number; startedAt: string }) =>
    void entries.push(child({ ...one, at: new Date().toISOString() }));
  const ended = runChange(call, process.execPath, async () => 437, null, note);
  try {
    while (entries.length === 0) await pause(20);
    const [entry] = entries;
    assert.ok(entry);
    assert.deepEqual(await isAlive(entry, real), { known: true, value: true });
    const other = { ...entry, startedAt: '2020-01-01T00:00:00Z', at: '2020-01-01T00:00:01Z' };
    assert.deepEqual(await isAlive(other, real), { known: true, value: false });
    assert.equal((await ended).code, 0);
    assert.deepEqual(await isAlive(entry, real), { known: true, value: false });
  } finally {
    await real.close();
  }
});
