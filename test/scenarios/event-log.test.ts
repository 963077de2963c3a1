import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply, uninstall } from '../../src/commands/apply.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { Killed } from '../../src/sandbox/fault.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { documentOf, run } from '../cli/program.ts';
import { asked, bundle, doorsOf, givenServer, sample } from '../given.ts';
import { withDoors } from '../sweep/doors.ts';

const v444 = sample('SCIMConnector-4.4.4.msi');
const failing = sample('SCIMConnector-4.4.5-fails-old-gone.msi');

type Shown = { readonly id: number; readonly level: string; readonly source: string; readonly text: string };

/** The entries of a simulated server's Application log. */
async function eventsOf(folder: string): Promise<readonly Shown[]> {
  return documentOf(await run('sandbox', 'show', '--json', folder)).events as readonly Shown[];
}

const idsOf = async (folder: string) => (await eventsOf(folder)).map((one) => one.id);

test('an upgrade leaves two entries in the event log: begun and done', async () => {
  const { folder } = await givenServer('scim-4.1');
  const { runId, paths } = documentOf(await run('apply', '--json', '--sandbox', folder, '--msi', v444));
  const [begun, done, ...more] = await eventsOf(folder);
  assert.deepEqual(
    [begun?.id, begun?.source, done?.id, done?.level, more.length],
    [1, 'scim-setup', 10, 'INFORMATION', 0],
  );
  for (const one of [begun, done])
    for (const part of [runId, (paths as { journal: string }).journal, '4.1.0 -> 4.4.4'])
      assert.ok(one?.text.includes(String(part)), `${part} is not in: ${one?.text}`);
});

test('an upgrade that failed is an error in the event log, with the step that failed', async () => {
  const { folder } = await givenServer('scim-4.1');
  assert.equal((await run('apply', '--sandbox', folder, '--msi', failing)).exitCode, 22);
  const last = (await eventsOf(folder)).at(-1);
  assert.deepEqual([last?.id, last?.level], [22, 'ERROR']);
  assert.match(last?.text ?? '', /1603.*Exit code 22\./);
});

test('an uninstallation is told in the event log', async () => {
  const { folder } = await givenServer('scim-4.1');
  await run('uninstall', '--sandbox', folder);
  assert.deepEqual(await idsOf(folder), [1, 10]);
});

test('a command that only looks, is refused or has nothing to do leaves no entry', async () => {
  const { folder } = await givenServer('same-version');
  const older = sample('SCIMConnector-4.1.0.msi');
  for (const argv of [
    ['detect'],
    ['plan', '--msi', v444],
    ['verify', '--msi', v444],
    ['apply', '--msi', v444],
    ['apply', '--msi', older],
  ])
    await run(...argv, '--sandbox', folder);
  assert.deepEqual(await idsOf(folder), []);
});

test('sandbox show prints the entries to a person', async () => {
  const { folder } = await givenServer('scim-4.1');
  assert.doesNotMatch((await run('sandbox', 'show', folder)).out, /Application log/);
  await run('apply', '--sandbox', folder, '--msi', v444);
  const { out } = await run('sandbox', 'show', folder);
  assert.match(out, /Application log\n {4}\S+ INFORMATION 1\n {6}scim-setup apply has begun\./);
  assert.deepEqual(
    out.split('\n').filter((line) => line.length > 120),
    [],
  );
});

test('no value of a property that was given to the package stands in the event log', async () => {
  const { folder } = await givenServer('fresh');
  const given = ['--msi', v444, '--hosting-bundle', sample(bundle), '--property', 'SITENAME=not-to-be-told'];
  assert.equal((await run('apply', '--sandbox', folder, ...given)).exitCode, 0);
  const texts = (await eventsOf(folder)).map((one) => one.text);
  assert.equal(texts.length, 2);
  for (const text of texts) assert.doesNotMatch(text, /not-to-be-told/);
});

/** What the machine was asked for in order: journal lines and entries of the event log. */
function watched(machine: Machine) {
  const seen: string[] = [];
  const watching = withDoors(machine, {
    append: (path, line) => {
      if (path.endsWith('journal.jsonl')) seen.push((JSON.parse(line) as { type: string }).type);
      return machine.append(path, line);
    },
    change: (call, ...more) => {
      seen.push(call.tool);
      return machine.change(call, ...more);
    },
  });
  return { machine: watching, seen };
}

test('the journal comes first: it is open before the first entry, and closed before the last one', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { machine: watching, seen } = watched(machine);
  await apply(asked('apply', 'SCIMConnector-4.4.4.msi'), doorsOf(watching));
  // The startup task is registered before the run is begun, and removed when it is at its end.
  assert.deepEqual(
    [...seen.slice(0, 3), ...seen.slice(-5)],
    ['schtasks', 'opened', 'eventcreate', 'closed', 'eventcreate', 'schtasks', 'child', 'ended'],
  );
  assert.equal(seen.filter((one) => one === 'eventcreate').length, 2);
});

test('a run that was killed has its first entry only, and the run that takes it up writes its own two', async () => {
  const { machine, folder } = await givenServer('scim-4.1');
  const killed = withFaults(machine, {
    at: { tool: 'msiexec', call: 1 },
    trouble: { kind: 'kill', effect: 'none' },
  });
  await assert.rejects(apply(asked('apply', 'SCIMConnector-4.4.4.msi'), doorsOf(killed)), Killed);
  assert.deepEqual(await idsOf(folder), [1]);
  assert.equal((await run('apply', '--sandbox', folder, '--msi', v444)).exitCode, 0);
  const [cut, next, done] = await eventsOf(folder);
  assert.deepEqual([cut?.id, next?.id, done?.id], [1, 1, 10]);
  const cutRun = /Run (\S+)\./.exec(cut?.text ?? '')?.[1];
  assert.ok(next?.text.includes(`It takes up run ${cutRun}.`), next?.text);
});

/** A machine on which eventcreate does as told. */
function withEventcreate(machine: Machine, change: Machine['change']): Machine {
  return withDoors(machine, {
    change: (call, ...more) => (call.tool === 'eventcreate' ? change(call) : machine.change(call, ...more)),
  });
}

const troubles: readonly (readonly [what: string, said: RegExp, change: Machine['change']])[] = [
  ['is refused', /the entry was not written/, async () => ({ code: 1, timedOut: false, output: '' })],
  ['hangs', /time limit/, async () => ({ code: null, timedOut: true, output: '' })],
  ['is not there', /could not be started/, async () => ({ code: null, timedOut: false, output: 'spawn ENOENT' })],
  ['ends with an unknown code', /not known/, async () => ({ code: 77, timedOut: false, output: '' })],
  ['cannot be called at all', /no space left/, () => Promise.reject(new Error('no space left on device'))],
];

for (const [what, said, change] of troubles) {
  test(`where eventcreate ${what}, the run goes on and ends as ever, and each missing entry is a warning`, async () => {
    const { machine } = await givenServer('scim-4.1');
    const warnings: string[] = [];
    const doors = doorsOf(withEventcreate(machine, change), { warn: (text) => void warnings.push(text) });
    const { end, exitCode } = await uninstall(asked('uninstall', null), doors);
    assert.deepEqual([end, exitCode], ['converged', 0]);
    assert.equal(warnings.length, 2);
    for (const warning of warnings) assert.match(warning, said);
  });
}
