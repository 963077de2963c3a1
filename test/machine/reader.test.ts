import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Reader } from '../../src/machine/reader.ts';
import { ample, readerOf } from './fake-powershell.ts';
import { newFolder } from './folders.ts';

const limit = { timeout: 20_000 };

test('each line gets its own answer from one and the same process', limit, async () => {
  const { reader, starts } = await readerOf('answer(JSON.stringify({ line, pid: process.pid }));');
  const first = (await reader.ask('look\tSCIM ?Connector\t')) as { line: string; pid: number };
  const second = (await reader.ask('acl\tC:\\Program Files\\ü.json')) as { line: string; pid: number };
  assert.deepEqual([first.line, second.line], ['look\tSCIM ?Connector\t', 'acl\tC:\\Program Files\\ü.json']);
  assert.equal(first.pid, second.pid);
  assert.equal(starts(), 1);
});

test('escaped letters of a document are read as letters', limit, async () => {
  const { reader } = await readerOf('answer(String.raw`{"name":"B\\u00fcro"}`);');
  assert.deepEqual(await reader.ask('x'), { name: 'Büro' });
});

test('what PowerShell prints before a document is read over', limit, async () => {
  const { reader } = await readerOf('print("WARNING: a profile is slow", "{}"); answer("[1]");');
  assert.deepEqual([await reader.ask('x'), await reader.ask('x')], [[1], [1]]);
});

test('a document that PowerShell broke over lines is put together again', limit, async () => {
  const { reader } = await readerOf(`answer('{"known":fal', 'se,"why":"the language mo', 'de"}');`);
  assert.deepEqual(await reader.ask('x'), { known: false, why: 'the language mode' });
});

test('a document that was broken before or after a space keeps the space', limit, async () => {
  const { reader } = await readerOf(`answer('{"why":"does not', ' allow to ', 'read it"}');`);
  assert.deepEqual(await reader.ask('x'), { why: 'does not allow to read it' });
});

test('a reader that died before its answer, or in the middle of it, is started anew, once', limit, async () => {
  for (const dying of [
    'process.exit(3);',
    'process.stdout.write("===SCIM-FACTS-BEGIN===\\n{", () => process.exit(0));',
  ]) {
    const { reader, starts } = await readerOf(`if (start === 1) { ${dying} } else answer(JSON.stringify({ start }));`);
    assert.deepEqual(await reader.ask('x'), { start: 2 });
    assert.deepEqual(await reader.ask('x'), { start: 2 });
    assert.equal(starts(), 2);
  }
});

test('a reader that ends after its answer is started anew for the next line', limit, async () => {
  const { reader } = await readerOf('answer(JSON.stringify({ start })); process.exit(0);');
  assert.deepEqual(await reader.ask('x'), { start: 1 });
  await pause(50);
  assert.deepEqual(await reader.ask('x'), { start: 2 });
});

test('a reader that always dies is tried twice, and then a sentence says so', limit, async () => {
  const { reader, starts } = await readerOf('process.exit(1);');
  await assert.rejects(reader.ask('x'), /^Error: PowerShell, which reads the server, ended without an answer$/);
  assert.equal(starts(), 2);
});

test('a reader that cannot be started ends in the same sentence', limit, async () => {
  const reader = new Reader(join(await newFolder(), 'no-powershell'), [], ample);
  await assert.rejects(reader.ask('x'), /^Error: PowerShell, which reads the server, ended without an answer$/);
});

test(
  'a reader that is silent past its limit is ended, and a longer limit counts from the next line on',
  limit,
  async () => {
    const answerLimit = { ms: 100 };
    const { reader } = await readerOf('setTimeout(() => answer("[1]"), 500);', answerLimit);
    await assert.rejects(reader.ask('x'), /^Error: PowerShell, which reads the server, gave no answer within 0\.1 s$/);
    answerLimit.ms = ample.ms;
    assert.deepEqual(await reader.ask('x'), [1]);
  },
);

test('an answer that is no document is asked for once more', limit, async () => {
  const { reader, starts } = await readerOf('answer(start === 1 ? "{ half" : "[2]");');
  assert.deepEqual(await reader.ask('x'), [2]);
  assert.equal(starts(), 2);
});

test('answers that are never documents end in a sentence, and the next line is asked as ever', limit, async () => {
  const { reader } = await readerOf('answer(line === "good" ? "[1]" : "the password is Geheim1 {");');
  await assert.rejects(reader.ask('bad'), (error: Error) => {
    assert.match(error.message, /PowerShell/);
    assert.doesNotMatch(error.message, /Geheim1|Unexpected token/);
    return true;
  });
  assert.deepEqual(await reader.ask('good'), [1]);
});

test('closing ends the process, and a line asked afterwards starts another', limit, async () => {
  const { reader, starts } = await readerOf('answer(String(process.pid));');
  const pid = Number(await reader.ask('x'));
  assert.ok(isAlive(pid));
  await reader.close();
  for (let waited = 0; isAlive(pid) && waited < 10_000; waited += 20) await pause(20);
  assert.equal(isAlive(pid), false);
  assert.notEqual(await reader.ask('x'), pid);
  assert.equal(starts(), 2);
});

test('closing a reader that was never asked starts none', limit, async () => {
  const { reader, starts } = await readerOf('answer("{}");');
  await reader.close();
  assert.equal(starts(), 0);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
