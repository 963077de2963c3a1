import assert from 'node:assert/strict';
import { apply } from '../../src/commands/apply.ts';
import { resume } from '../../src/commands/resume.ts';
import { countDoors, withFaults } from '../../src/sandbox/faults.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import { asked, doorsOf, givenServer } from '../given.ts';
import { it } from '../own-thread.ts';
import { layServersInMemory } from '../sweep/quick-files.ts';
import { cut, hasTask, restarted, seenIn, serverIn } from './restarts.ts';

layServersInMemory();

/** A package, how a run with it ends, and the version that is there afterwards. Each second write is enough: they have many in common. */
const runs = [
  { name: 'an upgrade', package: 'SCIMConnector-4.4.4.msi', exitCode: 0, version: '4.4.4', from: 1 },
  {
    name: 'an upgrade that fails',
    package: 'SCIMConnector-4.4.5-fails-old-gone.msi',
    exitCode: 22,
    version: '4.1.0',
    from: 2,
  },
] as const;

async function doorsIn(name: string): Promise<number> {
  const { machine, doors } = countDoors((await givenServer('scim-4.1')).machine);
  await apply(asked('apply', name), doorsOf(machine));
  return doors.count;
}

/** Cuts the power at a door; what the startup task makes of it, as an exit code, or null where there is no task. */
async function afterCut(name: string, door: number): Promise<{ folder: string; code: number | null }> {
  const { folder, machine } = await givenServer('scim-4.1');
  const fault = { at: { door }, trouble: { kind: 'power-cut', effect: 'half' } } as const;
  await cut(apply(asked('apply', name), doorsOf(withFaults(machine, fault))));
  const { resumed } = await restarted(folder);
  return { folder, code: resumed?.exitCode ?? null };
}

/** Whether the first line of a journal is whole. */
async function isOpen(folder: string): Promise<boolean> {
  return (await journalsIn(folder)).some((text) => text.includes('\n'));
}

/** Whether the run had come to its end before the power was lost: then the startup task may be gone already. */
async function isClosed(folder: string): Promise<boolean> {
  return (await journalsIn(folder)).every((text) => text.includes('"type":"closed"'));
}

async function journalsIn(folder: string): Promise<readonly string[]> {
  const { drive } = await serverIn(folder);
  const runs = 'C:\\ProgramData\\ScimSetup\\runs';
  return Promise.all((await drive.list(runs)).map((run) => textOf(drive, `${runs}\\${run}journal.jsonl`)));
}

async function textOf(drive: Awaited<ReturnType<typeof serverIn>>['drive'], path: string): Promise<string> {
  return new TextDecoder().decode((await drive.read(path)) ?? new Uint8Array());
}

for (const { name, package: msi, exitCode, version, from } of runs) {
  it(`${name} that loses its power at a write is where it leads after one start, with nobody logged on`, async () => {
    const last = await doorsIn(msi);
    for (let door = from; door <= last; door += 2) {
      const { folder, code } = await afterCut(msi, door);
      const { versions } = await seenIn(folder);
      // Before the journal is open nobody was promised anything; after it was closed nothing is left to do.
      const isUntouched = versions.join() === '4.1.0' && (code === null || code === 0) && !(await isOpen(folder));
      const isDone =
        versions.join() === version && (code === exitCode || code === 0 || (code === null && (await isClosed(folder))));
      assert.ok(isUntouched || isDone, `door ${door} of ${last}: ${code}, ${versions}`);
      assert.equal(await hasTask(folder), false, `door ${door}`);
    }
  });
}

it('a second power cut, at any write of the run that goes on, is gone on with by the next start', async () => {
  const [msi, first] = ['SCIMConnector-4.4.4.msi', { at: { tool: 'msiexec', call: 1 } } as const];
  for (let door = 1; ; door += 3) {
    const { folder, machine } = await givenServer('scim-4.1');
    const trouble = { kind: 'power-cut', effect: 'half' } as const;
    await cut(apply(asked('apply', msi), doorsOf(withFaults(machine, { ...first, trouble }))));
    const { machine: counting, doors } = countDoors(await machineIn(folder));
    const ended = resume(
      { ...asked('resume', null), startup: true },
      doorsOf(withFaults(counting, { at: { door }, trouble })),
    );
    const survived = await ended.then(
      () => true,
      () => false,
    );
    if (!survived) await restarted(folder);
    assert.deepEqual([(await seenIn(folder)).versions, await hasTask(folder)], [['4.4.4'], false], `door ${door}`);
    if (survived) return assert.ok(doors.count > 8);
  }
});

async function machineIn(folder: string) {
  const opened = await openSandbox(folder);
  return 'problem' in opened ? assert.fail(opened.problem) : opened.machine;
}
