import type { Call } from '../../src/core/call.ts';
import type { Secrets } from '../../src/core/secrets.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { atDoor } from './door-troubles.ts';
import { type Trace, withDoors } from './doors.ts';
import type { Trouble } from './trouble.ts';

/** A child that ends in another run than the one that has started it. */
type Late = { readonly call: Call<'change'>; readonly secrets?: Secrets | undefined };

/** Our process is killed, and the child that it had started goes on into the next run (T3). */
export function lateEnds(door: number, what: string, late: Late): Trouble[] {
  const at = `door ${door} (${what})`;
  return [...unknownEnds(door, at, late), ...(aside.includes(late.call.tool) ? [] : knownEnds(door, at, late))];
}

/** Children that change nothing of what a run is about: no step starts them. */
const aside: readonly Call['tool'][] = ['eventcreate', 'schtasks', 'shutdown'];

/** It was killed so soon after the start that the child does not stand in the journal: nobody can wait for it. */
function unknownEnds(door: number, place: string, late: Late): Trouble[] {
  return [2, 3, 5, 8].map((look) => {
    const kind = 'kill, child ends in the next run';
    const at = `${place}, the child ends at look ${look} of the next run`;
    const next: Trouble = { kind, at, isOnce: false, machine: (machine) => lateEnd(machine, late, look) };
    return killedAt(door, 'none', { kind, at, next });
  });
}

/** The child stands in the journal: the next run must not begin anything before it has ended, or ends as busy. */
function knownEnds(door: number, place: string, late: Late): Trouble[] {
  const kind = 'kill, child of the journal ends in the next run';
  const ending = (question: number): Trouble => ({
    kind,
    at: `${place}, the child has ended at question ${question} of the next run`,
    isOnce: false,
    machine: (machine) => waitedFor(machine, late, question),
  });
  const never: Trouble = { ...ending(Number.POSITIVE_INFINITY), next: ending(1) };
  return [ending(2), ending(4), never].map((next) => killedAt(door, 'begun', { kind, at: next.at, next }));
}

function killedAt(
  door: number,
  effect: 'none' | 'begun',
  trouble: Pick<Trouble, 'kind' | 'at'> & { next: Trouble },
): Trouble {
  const fault = { at: { door }, trouble: { kind: 'kill', effect } } as const;
  return { ...trouble, isOnce: false, machine: (machine) => withFaults(machine, fault) };
}

/** The child of the journal ends when it is asked for the n-th time; until then every change is a mistake of the run. */
function waitedFor(machine: Machine, { call: late, secrets }: Late, question: number): Machine {
  let questions = 0;
  const unlessAtWork =
    <A extends unknown[], R>(door: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (questions < question) throw new Error('a change was begun while the child of the former run was at work');
      return door(...args);
    };
  return withDoors(machine, {
    isAlive: async () => {
      questions += 1;
      if (questions === question) await machine.change(late, secrets);
      return { known: true, value: questions < question };
    },
    change: unlessAtWork((...args: Parameters<Machine['change']>) => machine.change(...args)),
    makeFolder: unlessAtWork((path: string) => machine.makeFolder(path)),
    append: unlessAtWork((path: string, line: string) => machine.append(path, line)),
    write: unlessAtWork((path: string, bytes: Uint8Array) => machine.write(path, bytes)),
    copy: unlessAtWork((from: string, to: string) => machine.copy(from, to)),
    receive: unlessAtWork((from: string, to: string) => machine.receive(from, to)),
    replace: unlessAtWork((...args: Parameters<Machine['replace']>) => machine.replace(...args)),
    move: unlessAtWork((from: string, to: string) => machine.move(from, to)),
    remove: unlessAtWork((path: string) => machine.remove(path)),
    tryWrite: unlessAtWork((folder: string) => machine.tryWrite(folder)),
    removePartial: unlessAtWork((path: string) => machine.removePartial(path)),
  });
}

/** The child of an earlier run is still at work; as long as it is msiexec, no other one may begin (1618). */
function lateEnd(machine: Machine, { call: late, secrets: given }: Late, look: number): Machine {
  let looks = 0;
  const isInstaller = (call: Call<'change'>) => call.tool.startsWith('msiexec');
  return withDoors(machine, {
    look: async (what) => {
      looks += 1;
      if (looks === look) await machine.change(late, given);
      return machine.look(what);
    },
    change: async (call, ...more) => {
      const isHeld = looks < look && isInstaller(late) && isInstaller(call);
      return isHeld ? { code: 1618, timedOut: false, output: '' } : machine.change(call, ...more);
    },
  });
}

/** Killed at each door, and something else goes wrong in the next run: a sample of the pairs. */
export function secondTroubles({ doors }: Trace): Trouble[] {
  const kinds = ['kill before', 'power cut amid', 'disk full'];
  return doors.flatMap((door, index) =>
    kinds.flatMap((kind, turn) => {
      const next = nextRun(kind, ((5 + 2 * turn) * index + 3 * turn) % doors.length);
      return pair(atDoor(index + 1, { ...door, call: null }), 'kill before', next, `kill, then ${kind}`);
    }),
  );
}

const cuts = ['power cut before', 'power cut amid', 'power cut after', 'power cut after, last writes lost'];

/** The power is lost before or after each door, and once more at another one of the run that goes on. */
export function secondCuts({ doors }: Trace): Trouble[] {
  return doors.flatMap((door, index) => {
    const first = index % 2 === 0 ? 'power cut before' : 'power cut after';
    const next = nextRun(cuts[(index >> 1) % cuts.length] as string, (5 * index + 7) % doors.length);
    return pair(atDoor(index + 1, door), first, next, `${first}, then another`);
  });
}

/** Trouble at a door of the next run, of which it is not known what is asked of it. */
function nextRun(kind: string, index: number): Trouble | undefined {
  const unknown = { what: 'next run', step: 'next run', call: null };
  return atDoor(index + 1, unknown).find((one) => one.kind === kind);
}

function pair(firsts: readonly Trouble[], kind: string, next: Trouble | undefined, name: string): Trouble[] {
  const first = firsts.find((one) => one.kind === kind);
  return first && next ? [{ ...first, kind: name, at: `${first.at}, then ${next.kind} at ${next.at}`, next }] : [];
}
