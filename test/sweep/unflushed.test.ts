import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Call } from '../../src/core/call.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { sandboxOf, settings } from '../sandbox/on-server.ts';
import { putAs } from '../steps/on-server.ts';
import { unflushed } from './unflushed.ts';

const text = async (machine: Machine, path: string) => {
  const bytes = await machine.read(path);
  return bytes && Buffer.from(bytes).toString();
};

async function given(test: TestContext) {
  const sandbox = await sandboxOf(test, 'scim-4.1');
  const { machine: inner } = sandbox;
  await inner.write('C:\\work\\file', Buffer.from('old'));
  return { inner, ...unflushed(inner, inner.server) };
}

const stopPool: Call<'change'> = {
  intent: 'change',
  tool: 'appcmd',
  file: '%SystemRoot%\\System32\\inetsrv\\appcmd.exe',
  args: ['stop', 'apppool', '/apppool.name:SCIMConnectorAppPool'],
  timeoutMs: 60_000,
  quoting: 'argv',
  log: null,
};

test('of a file that is just written, the old one is still there, and the new one lies whole beside it', async (t) => {
  const { inner, machine, lose } = await given(t);
  await machine.write('C:\\work\\file', Buffer.from('new'));
  await lose();
  assert.deepEqual([await text(inner, 'C:\\work\\file'), await text(inner, 'C:\\work\\file.partial')], ['old', 'new']);
});

test('of a copy that is just made, there is only the temporary file', async (t) => {
  const { inner, machine, lose } = await given(t);
  await machine.copy('C:\\work\\file', 'C:\\work\\copy');
  await lose();
  assert.deepEqual([await text(inner, 'C:\\work\\copy'), await text(inner, 'C:\\work\\copy.partial')], [null, 'old']);
});

test('what was moved, removed or made as a folder is as it was', async (t) => {
  const { inner, machine, lose } = await given(t);
  await machine.makeFolder('C:\\work\\a\\b');
  await machine.move('C:\\work\\file', 'C:\\work\\moved');
  await machine.remove('C:\\work\\moved');
  await lose();
  assert.deepEqual(await inner.list('C:\\work'), ['file']);
  assert.equal(await text(inner, 'C:\\work\\file'), 'old');
});

for (const [what, flush] of [
  ['a line of the journal', (machine) => machine.append('C:\\work\\journal.jsonl', 'line')],
  ['the next file that is written', (machine) => machine.write('C:\\work\\next', Buffer.from('next'))],
  ['asking for anything else', (machine) => machine.makeFolder('C:\\work\\other')],
  ['a child', (machine) => machine.change(stopPool)],
] as readonly (readonly [string, (machine: Machine) => Promise<unknown>])[]) {
  test(`${what} takes what was done before to the disk`, async (t) => {
    const { inner, machine, lose } = await given(t);
    await machine.makeFolder('C:\\work\\folder');
    await machine.write('C:\\work\\file', Buffer.from('new'));
    await flush(machine);
    await lose();
    assert.equal(await text(inner, 'C:\\work\\file'), 'new');
    assert.ok((await inner.list('C:\\work')).includes('folder\\'));
  });
}

test('a child that is started is told of as on any other machine, so that it stands in the journal', async (t) => {
  const { machine } = await given(t);
  const started: number[] = [];
  await machine.change(stopPool, undefined, async ({ pid }) => void started.push(pid));
  assert.equal(started.length, 1);
});

test('a flush on one drive says nothing of another', async (t) => {
  const { inner, machine, lose } = await given(t);
  await inner.write('D:\\file', Buffer.from('old'));
  await machine.remove('D:\\file');
  await machine.append('C:\\work\\journal.jsonl', 'line');
  await lose();
  assert.equal(await text(inner, 'D:\\file'), 'old');
});

test('a config file that was just put back has its old bytes and its old rights again', async (t) => {
  const { inner, machine, lose } = await given(t);
  const before = { text: await text(inner, settings), acls: inner.server.memory.acls };
  const sddl = 'O:BAG:SYD:(A;;FA;;;SY)';
  const times = { createdAt: '2026-01-01T00:00:00Z', changedAt: '2026-01-01T00:00:00Z' };
  await putAs(machine, settings, '{}', { sddl, attributes: ['Archive'], ...times });
  await lose();
  const { [`${settings.toLowerCase()}.partial`]: partial, ...acls } = inner.server.memory.acls;
  assert.deepEqual({ text: await text(inner, settings), acls }, before);
  assert.equal(partial, sddl);
});
