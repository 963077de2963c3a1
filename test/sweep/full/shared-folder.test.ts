import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apply } from '../../../src/commands/apply.ts';
import type { Request } from '../../../src/commands/request.ts';
import type { Call } from '../../../src/core/call.ts';
import type { RunReport } from '../../../src/core/report.ts';
import type { Machine } from '../../../src/machine/machine.ts';
import type { Fault, Position, Trouble } from '../../../src/sandbox/fault.ts';
import { countDoors, withFaults } from '../../../src/sandbox/faults.ts';
import type { Sandbox } from '../../../src/sandbox/sandbox.ts';
import type { SandboxMachine } from '../../../src/sandbox/sandbox-machine.ts';
import { remember, saveServer } from '../../../src/sandbox/server.ts';
import { asked, doorsOf, givenServer } from '../../given.ts';
import { it } from '../../own-thread.ts';
import { layServersInMemory } from '../quick-files.ts';
import { reopened } from '../reopened.ts';
import { readState, untouched } from '../server-state.ts';
import { unflushed } from '../unflushed.ts';

layServersInMemory();

const secret = 'hush "hush" of the simulated servers';
const mode = ['INSTANCEMODE=Multiple', 'SHAREDFOLDER=\\\\FILESRV\\SCIM'];
const instance: Partial<Request> = {
  property: mode,
  wayBackProperty: mode,
  accept: ['no-secret-after-restart'],
  secretProperty: ['PASSPHRASE'],
  environmentSecrets: new Map([['PASSPHRASE', secret]]),
};
const request = (name: string): Request => asked('apply', `SCIMConnector-${name}.msi`, instance);

async function given(): Promise<Sandbox> {
  const sandbox = await givenServer('multi-instance');
  const { server } = sandbox.machine;
  const shares = Object.entries(server.memory.shares ?? {});
  remember(server, {
    shares: Object.fromEntries(shares.map(([name, one]) => [name, { ...one, isEmptiedByUninstall: true as const }])),
  });
  await saveServer(server);
  return sandbox;
}

const sharedText = ({ folder }: Sandbox): Promise<string> =>
  readFile(join(folder, 'shares', 'filesrv', 'scim', 'appsettings.json'), 'utf8').catch(() => '{}');

async function holdsNoSecret({ folder }: Sandbox): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const bytes = await readFile(join(entry.parentPath, entry.name));
    for (const form of ['utf8', 'utf16le'] as const)
      assert.ok(!bytes.includes(Buffer.from('hush', form)), `${entry.name} holds the secret`);
  }
}

/** Where a trouble can strike in an undisturbed run; only a child ends with a code. */
async function positionsIn(name: string, { kind }: Trouble): Promise<readonly Position[]> {
  const { machine, doors } = countDoors((await given()).machine);
  await apply(request(name), doorsOf(machine));
  if (kind !== 'code') return Array.from({ length: doors.count }, (_, index) => ({ door: index + 1 }));
  const nth = ({ tool }: Call, index: number) =>
    doors.calls.slice(0, index + 1).filter((one) => one.tool === tool).length;
  return doors.calls.map((call, index) => ({ tool: call.tool, call: nth(call, index) }));
}

const troubles: readonly Trouble[] = [
  { kind: 'kill', effect: 'none' },
  { kind: 'kill', effect: 'done' },
  { kind: 'power-cut', effect: 'half' },
  { kind: 'code', code: 1603, effect: 'none' },
  { kind: 'code', code: 1603, effect: 'done' },
  { kind: 'disk-full' },
];

const wordsOf = (trouble: Trouble) => `${trouble.kind} ${'effect' in trouble ? trouble.effect : ''}`.trim();

for (const name of ['4.4.4', '4.4.5-fails-old-gone']) {
  for (const trouble of troubles) {
    it(`${wordsOf(trouble)} at every ${trouble.kind === 'code' ? 'child' : 'door'} of ${name} in multiple-instance mode loses nothing of the shared config`, async () => {
      for (const at of await positionsIn(name, trouble)) await trial(name, at, [struckBy({ at, trouble })]);
    });
  }
  it(`power cuts that lose the last writes, at every door of ${name} in multiple-instance mode, lose nothing of the shared config`, async () => {
    for (const at of await positionsIn(name, cut('done'))) await trial(name, at, [cutAndLost(at)]);
  });
  it(`two power cuts, the second in the run that goes on after the first at every door of ${name}, lose nothing of the shared config`, async () => {
    const positions = await positionsIn(name, cut('none'));
    for (const [index, at] of positions.entries()) {
      const then = positions[(5 * index + 7) % positions.length] ?? at;
      const second = index % 2 === 0 ? cutAndLost(then) : struckBy({ at: then, trouble: cut('half') });
      await trial(name, at, [struckBy({ at, trouble: cut(index % 3 === 0 ? 'none' : 'done') }), second]);
    }
  });
}

function cut(effect: 'none' | 'half' | 'done'): Trouble {
  return { kind: 'power-cut', effect };
}

type Struck = (machine: SandboxMachine) => Machine;

function struckBy(fault: Fault): Struck {
  return (machine) => withFaults(machine, fault);
}

function cutAndLost(at: Position): Struck {
  return (machine) => {
    const { machine: losing, lose } = unflushed(machine, machine.server);
    return withFaults(losing, { at, trouble: { kind: 'power-cut', effect: 'done', lose } });
  };
}

async function trial(name: string, at: Position, strikes: readonly Struck[]): Promise<void> {
  const sandbox = await given();
  const before = await sharedText(sandbox);
  let where = JSON.stringify(at);
  for (const strike of strikes) {
    const ended = await apply(request(name), doorsOf(strike(await reopened(sandbox.folder)))).catch(() => null);
    where += `: ${ended?.message ?? 'cut'}`;
    if (ended?.exitCode === 22) assert.equal(await sharedText(sandbox), before, where);
  }
  const next = await apply(request(name), doorsOf(await reopened(sandbox.folder)));
  const text = await sharedText(sandbox);
  assert.ok([0, 22].includes(next.exitCode), `${where}; then ${next.exitCode} ${next.message}`);
  if (next.exitCode === 22) assert.ok(text === before || leaves(next), `${where}; then ${next.message}`);
  const [now, old] = [JSON.parse(text), JSON.parse(before)];
  assert.deepEqual({ ...now, ...old }, now, `${where}; then ${next.message}`);
  await holdsNoSecret(sandbox);
  const settled = readState(sandbox.folder);
  assert.equal(settled.document.products.value.length, 1, where);
  const last = await apply(request(name), doorsOf(await reopened(sandbox.folder)));
  assert.equal(last.end, next.exitCode === 0 ? 'nothing-to-do' : 'failed-as-before', `${where}; then ${last.message}`);
  if (next.exitCode === 0) assert.deepEqual(untouched(settled, readState(sandbox.folder)), [], where);
}

/** Where a cut kept a change from being noted, it counts as somebody else's: then the report says that it stays. */
function leaves({ message }: RunReport): boolean {
  return message.includes('stays as it is');
}
