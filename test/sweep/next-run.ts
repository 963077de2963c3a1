import type { Call } from '../../src/core/call.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { atDoor } from './door-troubles.ts';
import { type Trace, withDoors } from './doors.ts';
import type { Trouble } from './trouble.ts';

/** Our process is killed, and the child that it had started ends in the next run, after some looks (T3). */
export function lateEnds(door: number, what: string, call: Call<'change'>): Trouble[] {
  return [2, 3, 5, 8].map((look) => {
    const kind = 'kill, child ends in the next run';
    const at = `door ${door} (${what}), the child ends at look ${look} of the next run`;
    const next: Trouble = { kind, at, isOnce: false, machine: (machine) => lateEnd(machine, call, look) };
    return {
      kind,
      at,
      isOnce: false,
      machine: (machine) => withFaults(machine, { at: { door }, trouble: { kind: 'kill', effect: 'none' } }),
      next,
    };
  });
}

/** The child of an earlier run is still at work; as long as it is msiexec, no other one may begin (1618). */
function lateEnd(machine: Machine, late: Call<'change'>, look: number): Machine {
  let looks = 0;
  const isInstaller = (call: Call<'change'>) => call.tool.startsWith('msiexec');
  return withDoors(machine, {
    look: async (what) => {
      looks += 1;
      if (looks === look) await machine.change(late);
      return machine.look(what);
    },
    change: async (call, secrets) => {
      const isHeld = looks < look && isInstaller(late) && isInstaller(call);
      return isHeld ? { code: 1618, timedOut: false, output: '' } : machine.change(call, secrets);
    },
  });
}

/** Killed at each door, and something else goes wrong in the next run: a sample of the pairs. */
export function secondTroubles({ doors }: Trace): Trouble[] {
  const kinds = ['kill before', 'power cut amid', 'disk full'];
  return doors.flatMap(({ what }, index) =>
    kinds.flatMap((kind, turn) => {
      const door = ((5 + 2 * turn) * index + 3 * turn) % doors.length;
      const next = atDoor(door + 1, 'next run', null).find((one) => one.kind === kind);
      const [first] = atDoor(index + 1, what, null);
      if (!next || !first) return [];
      return [{ ...first, kind: `kill, then ${kind}`, at: `${first.at}, then ${next.at}`, next }];
    }),
  );
}
