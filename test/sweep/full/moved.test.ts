import assert from 'node:assert/strict';
import { apply } from '../../../src/commands/apply.ts';
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

const elsewhere = 'D:\\Web\\SCIMConnector';
const request = (name: string) =>
  asked('apply', `SCIMConnector-${name}.msi`, { property: [`INSTALLDIR=${elsewhere}`, 'APPPOOL=Own'] });

async function trial(name: string, end: string, trouble: Trouble, door: number): Promise<void> {
  const { folder, machine } = await givenServer('scim-4.1');
  const [before, old] = [readState(folder), JSON.parse(await textOf(machine, settings))];
  const first = await apply(request(name), doorsOf(withFaults(machine, { at: { door }, trouble }))).catch(() => null);
  const where = `door ${door}: ${first?.message ?? 'cut'}`;
  assert.deepEqual(configLost(before, readState(folder)), [], where);
  if (trouble.kind === 'power-cut') await startedAgain(folder);
  const last = await apply(request(name), doorsOf(await reopened(folder)));
  const place = end === 'failed-as-before' ? settings : `${elsewhere}\\appsettings.json`;
  assert.ok([end, 'nothing-to-do'].includes(last.end), `${where}; then ${last.message}`);
  const now = JSON.parse(await textOf(await reopened(folder), place));
  assert.deepEqual({ ...now, ...old }, now, where);
  assert.deepEqual(configLost(before, readState(folder)), [], where);
}

const troubles: readonly Trouble[] = [
  { kind: 'power-cut', effect: 'none' },
  { kind: 'power-cut', effect: 'done' },
  { kind: 'kill', effect: 'done' },
  { kind: 'disk-full' },
];

for (const [name, end] of [
  ['4.4.4', 'converged'],
  ['4.4.5-fails-old-gone', 'failed-as-before'],
] as const)
  for (const trouble of troubles) {
    const effect = 'effect' in trouble ? ` ${trouble.effect}` : '';
    it(`a move into another folder and pool by ${name}, ${trouble.kind}${effect} at every door: no setting is lost, and the next runs end as they should`, async () => {
      const { machine, doors } = countDoors((await givenServer('scim-4.1')).machine);
      assert.equal((await apply(request(name), doorsOf(machine))).end, end);
      for (let door = 1; door <= doors.count; door += 1) await trial(name, end, trouble, door);
    });
  }
