import type { Call } from '../core/call.ts';
import type { Machine } from '../machine/machine.ts';
import type { Fault, Strike } from './fault.ts';
import { Striker } from './striker.ts';
import { throughDoors } from './through-doors.ts';

/** A machine that behaves like another one until a fault strikes. It knows the doors only, so any machine will do. */
export function withFaults(machine: Machine, fault: Fault): Machine {
  const striker = new Striker(machine, fault);
  return throughDoors(machine, (deed) => striker.perform(deed), striker);
}

/** How often a run went through a door that changes something, and by which tools: the positions a fault can have. */
export type Doors = { count: number; readonly calls: Call<'change'>[] };

/** A machine that behaves like another one and counts. */
export function countDoors(machine: Machine): { readonly machine: Machine; readonly doors: Doors } {
  const doors: Doors = { count: 0, calls: [] };
  const counting: Strike = async (deed) => {
    doors.count += 1;
    if (deed.call) doors.calls.push(deed.call);
    return deed.run();
  };
  return { machine: throughDoors(machine, counting, null), doors };
}
