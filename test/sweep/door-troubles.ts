import type { Call } from '../../src/core/call.ts';
import type { Machine } from '../../src/machine/machine.ts';
import type { Fault } from '../../src/sandbox/fault.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { type Server, saveServer } from '../../src/sandbox/server.ts';
import { suspendMsiexec } from '../../src/sandbox/tools/msiexec.ts';
import { type Door, withDoors } from './doors.ts';
import type { Trouble } from './trouble.ts';
import { unflushed } from './unflushed.ts';

/** What may go wrong at the n-th change asked of a door. */
export function atDoor(door: number, asked: Door): Trouble[] {
  const { what, call } = asked;
  const at = `door ${door} (${what})`;
  const one = (kind: string, isOnce: boolean, trouble: Fault['trouble']): Trouble => ({
    kind,
    at,
    isOnce,
    machine: (machine) => withFaults(machine, { at: { door }, trouble }),
  });
  return [
    one('kill before', false, { kind: 'kill', effect: 'none' }),
    ...powerCuts(door, asked, at),
    ...(call ? [one('kill after', false, { kind: 'kill', effect: 'done' })] : []),
    ...(call
      ? []
      : [one('disk full', false, { kind: 'disk-full' }), one('file locked', true, { kind: 'locked', calls: 1 })]),
  ];
}

/** Before, in the middle and after; and where that is not flushed, after it with its loss. */
function powerCuts(door: number, { what, step, call }: Door, at: string): Trouble[] {
  const one = (kind: string, strike: CutAt): Trouble => ({
    kind,
    step,
    at,
    isOnce: false,
    machine: (machine, server) => strike(machine, { at: { door }, server }),
  });
  const isFlushed = call !== null || what.startsWith('append');
  return [
    one('power cut before', cutBefore),
    one('power cut amid', cutAmid),
    one('power cut after', cutAfter),
    ...(isFlushed ? [] : [one('power cut after, last writes lost', cutAndLost)]),
  ];
}

type CutAt = (machine: Machine, where: { readonly at: Fault['at']; readonly server: Server }) => Machine;

const cutBefore: CutAt = (machine, { at }) =>
  withFaults(machine, { at, trouble: { kind: 'power-cut', effect: 'none' } });
const cutAfter: CutAt = (machine, { at }) =>
  withFaults(machine, { at, trouble: { kind: 'power-cut', effect: 'done' } });

/** In the middle of msiexec the installation stays suspended; other children had not begun. */
const cutAmid: CutAt = (machine, { at, server }) =>
  withFaults(machine, {
    at,
    trouble: { kind: 'power-cut', effect: 'half', half: (call) => halfDone(server, call) },
  });

const cutAndLost: CutAt = (machine, { at, server }) => {
  const { machine: losing, lose } = unflushed(machine, server);
  return withFaults(losing, { at, trouble: { kind: 'power-cut', effect: 'done', lose } });
};

async function halfDone(server: Server, call: Call<'change'>): Promise<void> {
  if (!call.tool.startsWith('msiexec')) return;
  await suspendMsiexec(server, commandLineOf(call));
  await saveServer(server);
}

/** What msiexec is asked for, itself or through the script that hands it secrets: of what will be taken back these do not count. */
function commandLineOf({ args, input }: Call<'change'>): readonly string[] {
  if (!input) return args.map((arg) => (typeof arg === 'string' ? arg : `${arg.property}=${arg.value}`));
  const lines = input.map((line) => {
    if (typeof line === 'string') return line;
    return `${line.property}=${'value' in line ? line.value : 'lost with the power'}`;
  });
  const [target = '', log = '', _letters, _count, ...properties] = lines.slice(0, -1);
  return ['/i', target, '/qn', '/norestart', '/l*v', log, ...properties];
}

/** A code that no tool ends with. */
const unheard = -77;

const codes = [1603, 1618, 3010, 1641, 77] as const;

/** What may go wrong with the child that is started at the n-th door. */
export function atCall(door: number, what: string, call: Call<'change'>): Trouble[] {
  const at = `door ${door} (${what})`;
  const ends = [...codes, null].flatMap((code) => [ending(code, 'none', door, at), ending(code, 'done', door, at)]);
  const hang = (effect: 'none' | 'later'): Trouble => ({
    kind: `hang, effect ${effect}`,
    at,
    isOnce: false,
    machine: (machine) => withFaults(machine, { at: { door }, trouble: { kind: 'hang', effect } }),
  });
  const busy: Trouble = {
    kind: 'installer busy for ever',
    at,
    isOnce: false,
    machine: (machine) =>
      withFaults(machine, { at: { door }, trouble: { kind: 'busy', calls: Number.POSITIVE_INFINITY } }),
  };
  const all = [...ends, hang('none'), hang('later'), ...(call.tool.startsWith('msiexec') ? [busy] : [])];
  return all.map((one) => ({ ...one, isHarmless: call.tool === 'eventcreate' }));
}

function ending(code: number | null, effect: 'none' | 'done', door: number, at: string): Trouble {
  const [kind, isOnce] = [`code ${code} ${effect === 'none' ? 'instead of' : 'after'} the effect`, true];
  if (code !== null)
    return {
      kind,
      at,
      isOnce,
      machine: (machine) => withFaults(machine, { at: { door }, trouble: { kind: 'code', code, effect } }),
    };
  return { kind, at, isOnce, machine: (machine) => withoutCode(machine, door, effect) };
}

/** The child at a door ends, and nobody learns with which code. */
function withoutCode(machine: Machine, door: number, effect: 'none' | 'done'): Machine {
  const inner = withFaults(machine, { at: { door }, trouble: { kind: 'code', code: unheard, effect } });
  return withDoors(inner, {
    change: async (call, secrets, onStart) => {
      const result = await inner.change(call, secrets, onStart);
      return result.code === unheard ? { ...result, code: null } : result;
    },
  });
}
