import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import type { Entry, Opened } from '../../src/core/journal.ts';
import { placesRoot } from '../../src/core/places.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { Killed } from '../../src/sandbox/fault.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { reboot } from '../../src/sandbox/reboot.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import type { SandboxMachine } from '../../src/sandbox/sandbox-machine.ts';
import { remember, saveServer } from '../../src/sandbox/server.ts';
import { asked, bundle, doorsOf, givenServer, sample } from '../given.ts';

const dayMs = 86_400_000;
const request = asked('apply', 'SCIMConnector-4.4.4.msi', { hostingBundle: sample(bundle) });

/** The same server some days earlier, as after somebody has set its clock. */
async function daysBack(folder: string, days: number): Promise<SandboxMachine> {
  const opened = await openSandbox(folder);
  if ('problem' in opened) throw new Error(opened.problem);
  const { server } = opened.machine;
  const earlier = (time: string) => new Date(Date.parse(time) - days * dayMs).toISOString();
  // Worker processes on their way out end when they would have ended, whatever the clock says.
  const leaving = Object.entries(server.memory.leaving).map(([pool, gone]) => [pool, earlier(gone)] as const);
  remember(server, { clock: earlier(server.memory.clock), leaving: Object.fromEntries(leaving) });
  await saveServer(server);
  return opened.machine;
}

/** The opening lines of all journals, in the order of their runs' names. */
async function openings(machine: Machine): Promise<readonly Opened[]> {
  const names = (await machine.list(`${placesRoot}\\runs`)).map((name) => name.slice(0, -1)).toSorted();
  const texts = await Promise.all(names.map((name) => machine.read(`${placesRoot}\\runs\\${name}\\journal.jsonl`)));
  const entries = texts.map((bytes) => JSON.parse(new TextDecoder().decode(bytes ?? undefined).split('\n')[0] ?? ''));
  return entries.map((entry: Entry) => {
    assert.equal(entry.type, 'opened');
    return entry as Opened;
  });
}

// Each run begins a day before the one before it; the third is not killed.
for (const [scenario, tools] of [
  ['scim-4.1', ['msiexec', 'appcmd']],
  ['32-bit', ['msiexec /x', 'msiexec']],
] as const) {
  test(`on ${scenario} a clock that is moved back between runs hides no run from the next one`, async () => {
    const { folder } = await givenServer(scenario);
    for (const tool of tools) {
      const machine = withFaults(await daysBack(folder, 1), {
        at: { tool, call: 1 },
        trouble: { kind: 'kill', effect: 'done' },
      });
      await assert.rejects(apply(request, doorsOf(machine)), Killed);
    }
    const machine = await daysBack(folder, 1);
    const last = await apply(request, doorsOf(machine));
    assert.equal(last.end, 'converged', last.message);
    const [first, second, third] = await openings(machine);
    assert.deepEqual([second?.continues, third?.continues], [first?.runId, second?.runId]);
    assert.deepEqual([second?.backupId, third?.backupId], [first?.backupId, first?.backupId]);
    assert.ok(Date.parse(third?.at ?? '') < Date.parse(first?.at ?? ''), 'the clock was not moved back');
    const again = await apply(request, doorsOf(await daysBack(folder, 1)));
    assert.equal(again.end, 'nothing-to-do', again.message);
  });
}

test('where the clock has not reached the time of the hosting bundle, nothing is claimed of IIS, and nothing is touched', async () => {
  const { folder } = await givenServer('fresh');
  const first = await apply(request, doorsOf(await daysBack(folder, 0)));
  assert.equal(first.end, 'converged', first.message);
  const { server } = await daysBack(folder, 1);
  await reboot(server);
  const refused = await apply(request, doorsOf(await daysBack(folder, 0)));
  assert.equal(refused.exitCode, 21, refused.message);
  assert.deepEqual(
    refused.findings.filter((one) => one.stops !== 'never').map((one) => one.id),
    ['clock-behind'],
  );
  const right = await apply(request, doorsOf(await daysBack(folder, -1)));
  assert.deepEqual(
    [right.end, right.steps.map((one) => one.id)],
    ['converged', ['config.backup', 'iis.restart']],
    right.message,
  );
});
