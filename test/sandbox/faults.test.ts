import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../../src/core/call.ts';
import type { Lock, Machine } from '../../src/machine/machine.ts';
import { type Fault, Killed, PowerCut } from '../../src/sandbox/fault.ts';
import { countDoors, withFaults } from '../../src/sandbox/faults.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { suspendMsiexec } from '../../src/sandbox/tools/msiexec.ts';
import { installArgs, known, look, sandboxOf } from './on-server.ts';

const journal = 'C:\\run\\journal.jsonl';

function appcmd(verb: 'stop' | 'start'): Call<'change'> {
  const args = [verb, 'apppool', '/apppool.name:SCIMConnectorAppPool'];
  const file = '%SystemRoot%\\System32\\inetsrv\\appcmd.exe';
  return { intent: 'change', tool: 'appcmd', file, args, timeoutMs: 60_000, quoting: 'argv', log: null };
}

async function msiexec(sandbox: Sandbox): Promise<Call<'change'>> {
  const args = await installArgs(sandbox.machine.server, 'SCIMConnector-4.4.4.msi');
  const file = '%SystemRoot%\\System32\\msiexec.exe';
  return { intent: 'change', tool: 'msiexec', file, args, timeoutMs: 60_000, quoting: 'msiexec', log: null };
}

async function stateOf(sandbox: Sandbox): Promise<string | undefined> {
  return known((await look(sandbox)).iis)?.pools[1]?.state;
}

async function text(machine: Machine, path: string): Promise<string | null> {
  const bytes = await machine.read(path);
  return bytes && Buffer.from(bytes).toString();
}

const atDoor = (door: number, trouble: Fault['trouble']): Fault => ({ at: { door }, trouble });
const atCall = (call: number, trouble: Fault['trouble']): Fault => ({ at: { tool: 'appcmd', call }, trouble });

test('a run without a fault counts its doors and its calls', async (t) => {
  const sandbox = await sandboxOf(t, 'scim-4.1');
  const { machine, doors } = countDoors(sandbox.machine);
  await machine.append(journal, 'one');
  await machine.change(appcmd('stop'));
  await machine.read(journal);
  await machine.write('C:\\run\\file', new Uint8Array(1));
  assert.deepEqual([doors.count, doors.calls.map((call) => call.tool)], [3, ['appcmd']]);
});

test('a child can end with a code instead of its effect, or after it', async (t) => {
  for (const [effect, state] of [
    ['none', 'started'],
    ['done', 'stopped'],
  ] as const) {
    const sandbox = await sandboxOf(t, 'scim-4.1');
    const machine = withFaults(sandbox.machine, atCall(1, { kind: 'code', code: 5, effect }));
    assert.equal((await machine.change(appcmd('stop'))).code, 5);
    assert.equal(await stateOf(sandbox), state);
  }
});

test('only the chosen call of a tool goes wrong', async (t) => {
  const sandbox = await sandboxOf(t, 'scim-4.1');
  const machine = withFaults(sandbox.machine, atCall(2, { kind: 'code', code: 5, effect: 'none' }));
  await machine.append(journal, 'one');
  const codes = [];
  for (const verb of ['stop', 'start', 'start'] as const) codes.push((await machine.change(appcmd(verb))).code);
  assert.deepEqual(codes, [0, 5, 0]);
});

test('a child that hangs passes its time limit, and what it does late comes after the next look', async (t) => {
  const sandbox = await sandboxOf(t, 'scim-4.1');
  const before = Date.parse(sandbox.machine.now());
  const machine = withFaults(sandbox.machine, atCall(1, { kind: 'hang', effect: 'later' }));
  assert.deepEqual(await machine.change(appcmd('stop')), { code: null, timedOut: true, output: '' });
  assert.equal(Date.parse(machine.now()) - before, 60_000);
  const what = { upgradeCodes: [], backup: null, packages: 'C:\\packages' };
  assert.equal(known((await machine.look(what)).iis)?.pools[1]?.state, 'started');
  assert.equal(known((await machine.look(what)).iis)?.pools[1]?.state, 'stopped');
});

test('after a kill every door throws, the lock is free, and a running child has finished', async (t) => {
  const sandbox = await sandboxOf(t, 'scim-4.1');
  const machine = withFaults(sandbox.machine, atCall(1, { kind: 'kill', effect: 'done' }));
  await machine.lock('C:\\lock', 'us', (call) => machine.change(call));
  await assert.rejects(machine.change(appcmd('stop')), Killed);
  await assert.rejects(machine.append(journal, 'x'), Killed);
  await assert.rejects(machine.read(journal), Killed);
  await assert.rejects(machine.look({ upgradeCodes: [], backup: null, packages: '' }), Killed);
  assert.equal(await stateOf(sandbox), 'stopped');
  const lock = (await sandbox.machine.lock('C:\\lock', 'the next run')) as Lock;
  assert.ok('release' in lock);
  await lock.release();
});

test('a power cut tears the line that was being appended', async (t) => {
  const sandbox = await sandboxOf(t, 'fresh');
  const machine = withFaults(sandbox.machine, atDoor(2, { kind: 'power-cut', effect: 'half' }));
  await machine.append(journal, 'first');
  await assert.rejects(machine.append(journal, 'second'), PowerCut);
  assert.equal(await text(sandbox.machine, journal), 'first\nsec');
});

test('a power cut leaves a file that was being written as it was, with an unfinished one beside it', async (t) => {
  const sandbox = await sandboxOf(t, 'fresh');
  await sandbox.machine.write('C:\\run\\file', Buffer.from('old'));
  const machine = withFaults(sandbox.machine, atDoor(1, { kind: 'power-cut', effect: 'half' }));
  await assert.rejects(machine.write('C:\\run\\file', Buffer.from('newest')), PowerCut);
  assert.equal(await text(sandbox.machine, 'C:\\run\\file'), 'old');
  assert.equal(await text(sandbox.machine, 'C:\\run\\file.partial'), 'new');
});

test('a power cut in a child leaves what the test says: here a suspended installation', async (t) => {
  const sandbox = await sandboxOf(t, 'scim-4.1');
  const call = await msiexec(sandbox);
  const half = ({ args }: Call<'change'>) => suspendMsiexec(sandbox.machine.server, args as string[]);
  const fault: Fault = { at: { tool: 'msiexec', call: 1 }, trouble: { kind: 'power-cut', effect: 'half', half } };
  await assert.rejects(withFaults(sandbox.machine, fault).change(call), PowerCut);
  assert.equal(known((await look(sandbox)).installer).suspended, true);
});

test('on a full disk nothing can be written any more, and children still run', async (t) => {
  const sandbox = await sandboxOf(t, 'scim-4.1');
  const machine = withFaults(sandbox.machine, atDoor(2, { kind: 'disk-full' }));
  await machine.append(journal, 'first');
  await assert.rejects(machine.append(journal, 'second'), { code: 'ENOSPC' });
  assert.equal((await machine.change(appcmd('stop'))).code, 0);
  await assert.rejects(machine.write('C:\\run\\file', new Uint8Array(8)), { code: 'ENOSPC' });
  assert.equal(await machine.read('C:\\run\\file'), null);
});

test('a file that is held can be written after some attempts', async (t) => {
  const machine = withFaults((await sandboxOf(t, 'fresh')).machine, atDoor(1, { kind: 'locked', calls: 2 }));
  const write = () => machine.write('C:\\file', Buffer.from('x'));
  await assert.rejects(write(), { code: 'EBUSY' });
  await assert.rejects(write(), { code: 'EBUSY' });
  await write();
  assert.equal(await text(machine, 'C:\\file'), 'x');
});

test('another installation keeps msiexec busy for some calls and nothing else', async (t) => {
  const sandbox = await sandboxOf(t, 'scim-4.1');
  const call = await msiexec(sandbox);
  const machine = withFaults(sandbox.machine, atDoor(1, { kind: 'busy', calls: 2 }));
  assert.equal((await machine.change(appcmd('stop'))).code, 0);
  const codes = [];
  for (let turn = 0; turn < 3; turn += 1) codes.push((await machine.change(call)).code);
  assert.deepEqual(codes.slice(0, 2), [1618, 1618]);
  assert.notEqual(codes[2], 1618);
});
