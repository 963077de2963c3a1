import type { Call } from '../../src/core/call.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { type Fault, withFaults } from '../../src/sandbox/faults.ts';
import { type Server, saveServer } from '../../src/sandbox/server.ts';
import { suspendMsiexec } from '../../src/sandbox/tools/msiexec.ts';
import { withDoors } from './doors.ts';
import type { Trouble } from './trouble.ts';

/** What may go wrong at the n-th change asked of a door. */
export function atDoor(door: number, what: string, call: Call<'change'> | null): Trouble[] {
  const at = `door ${door} (${what})`;
  const one = (kind: string, isOnce: boolean, trouble: Fault['trouble']): Trouble => ({
    kind,
    at,
    isOnce,
    machine: (machine) => withFaults(machine, { at: { door }, trouble }),
  });
  return [
    one('kill before', false, { kind: 'kill', effect: 'none' }),
    one('power cut before', false, { kind: 'power-cut', effect: 'none' }),
    powerCutAmid(door, at),
    ...(call ? [one('kill after', false, { kind: 'kill', effect: 'done' })] : []),
    ...(call
      ? []
      : [one('disk full', false, { kind: 'disk-full' }), one('file locked', true, { kind: 'locked', calls: 1 })]),
  ];
}

/** In the middle of msiexec the installation stays suspended; other children had not begun. */
function powerCutAmid(door: number, at: string): Trouble {
  return {
    kind: 'power cut amid',
    at,
    isOnce: false,
    machine: (machine, server) =>
      withFaults(machine, {
        at: { door },
        trouble: { kind: 'power-cut', effect: 'half', half: (call) => halfDone(server, call) },
      }),
  };
}

async function halfDone(server: Server, { tool, args }: Call<'change'>): Promise<void> {
  if (!tool.startsWith('msiexec')) return;
  await suspendMsiexec(
    server,
    args.map((arg) => (typeof arg === 'string' ? arg : `${arg.property}=${arg.value}`)),
  );
  await saveServer(server);
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
    change: async (call, secrets) => {
      const result = await inner.change(call, secrets);
      return result.code === unheard ? { ...result, code: null } : result;
    },
  });
}
