import assert from 'node:assert/strict';
import { backup } from '../../../src/commands/backup.ts';
import { restore } from '../../../src/commands/restore.ts';
import { resume } from '../../../src/commands/resume.ts';
import type { Machine } from '../../../src/machine/machine.ts';
import type { Trouble } from '../../../src/sandbox/fault.ts';
import { countDoors, withFaults } from '../../../src/sandbox/faults.ts';
import { asked, doorsOf, givenServer } from '../../given.ts';
import { it } from '../../own-thread.ts';
import { settings, textOf } from '../../steps/on-server.ts';
import { configLost } from '../judge.ts';
import { layServersInMemory } from '../quick-files.ts';
import { reopened, startedAgain } from '../reopened.ts';
import { readState } from '../server-state.ts';

layServersInMemory();

const spoilt = '{ "IV": "spoilt", "KEY": "spoilt", "Configurations": "spoilt" }';

/** A server whose settings were backed up, and then spoilt by hand. */
async function given() {
  const { folder, machine } = await givenServer('scim-4.1');
  const good = await textOf(machine, settings);
  const { id } = await backup(asked('backup', null), doorsOf(machine));
  await machine.write(settings, new TextEncoder().encode(spoilt));
  return { folder, machine, good, id };
}

const put = (machine: Machine, id: string) => restore(asked('restore', null, { from: id }), doorsOf(machine));

async function trial(trouble: Trouble, door: number): Promise<void> {
  const { folder, machine, good, id } = await given();
  const before = readState(folder);
  const first = await put(withFaults(machine, { at: { door }, trouble }), id).catch(() => null);
  assert.deepEqual(configLost(before, readState(folder)), [], `door ${door}: ${first?.message ?? 'cut'}`);
  if (first?.end === 'failed-as-before') assert.equal(await textOf(machine, settings), spoilt);
  if (trouble.kind === 'power-cut') await startedAgain(folder);
  const next = await put(await reopened(folder), id).catch(() => null);
  // A restore that was cut without a restart is for the one who goes on with it.
  if (next === null) await resume(asked('resume', null), doorsOf(await reopened(folder)));
  const last = await put(await reopened(folder), id);
  assert.deepEqual(
    [last.end, await textOf(machine, settings)],
    ['nothing-to-do', good],
    `door ${door}: ${last.message}`,
  );
  assert.deepEqual(configLost(before, readState(folder)), [], `door ${door}`);
}

const troubles: readonly Trouble[] = [
  { kind: 'power-cut', effect: 'none' },
  { kind: 'power-cut', effect: 'half' },
  { kind: 'power-cut', effect: 'done' },
  { kind: 'kill', effect: 'none' },
  { kind: 'kill', effect: 'done' },
];

for (const trouble of troubles) {
  const effect = 'effect' in trouble ? trouble.effect : '';
  it(`restore, ${trouble.kind} ${effect} at every door: no setting is lost, and the next runs put the backup back`, async () => {
    const { machine, id } = await given();
    const { machine: counting, doors } = countDoors(machine);
    assert.equal((await put(counting, id)).end, 'converged');
    assert.ok(doors.count > 10);
    for (let door = 1; door <= doors.count; door += 1) await trial(trouble, door);
  });
}
