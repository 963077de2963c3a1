import type { Call, CallResult, StartedChild } from '../core/call.ts';
import type { Facts } from '../core/facts.ts';
import type { Child } from '../core/journal.ts';
import { type Lock, type Machine, type OnStart, partialSuffix } from '../machine/machine.ts';

/** Where a fault strikes: at the n-th door call that changes something, or at the n-th call of a tool; both count from 1. */
export type Position = { readonly door: number } | { readonly tool: Call['tool']; readonly call: number };

/** What goes wrong. `effect` says what becomes of the thing that was asked for. */
export type Trouble =
  /** A child ends with a code, without its effect or after it. */
  | { readonly kind: 'code'; readonly code: number; readonly effect: 'none' | 'done' }
  /** A child passes its time limit; its effect never comes, or comes right after the next look. */
  | { readonly kind: 'hang'; readonly effect: 'none' | 'later' }
  /** Our process is gone; a child that ran finishes all the same (T3), has only begun, or was not started yet. */
  | { readonly kind: 'kill'; readonly effect: 'none' | 'begun' | 'done' }
  /**
   * The power is lost: a line is torn, a file stays unfinished, a child had not begun, had ended, or `half` does the rest.
   * `lose` takes back what was done before and had not reached the disk.
   */
  | {
      readonly kind: 'power-cut';
      readonly effect: 'none' | 'half' | 'done';
      readonly half?: (call: Call<'change'>) => Promise<void>;
      readonly lose?: () => Promise<void>;
    }
  /** No space is left on the disk: this write and every later one fails; children are not hindered. */
  | { readonly kind: 'disk-full' }
  /** Another program, a virus scanner for one, holds the file for some calls. */
  | { readonly kind: 'locked'; readonly calls: number }
  /** Another installation runs, so that msiexec ends with 1618 for some calls. */
  | { readonly kind: 'busy'; readonly calls: number };

export type Fault = { readonly at: Position; readonly trouble: Trouble };

/** What every door throws once our process is gone. */
export class Killed extends Error {
  constructor() {
    super('the process was killed');
    this.name = 'Killed';
  }
}

/** What every door throws once the server has lost its power. */
export class PowerCut extends Error {
  constructor() {
    super('the server lost its power');
    this.name = 'PowerCut';
  }
}

/** One thing asked of a machine that changes something. */
type Deed<T> = {
  readonly call: Call<'change'> | null;
  /** A line that does not fit leaves its beginning; a file that does not fit leaves nothing, as the doors promise. */
  readonly isAppend?: true;
  readonly run: () => Promise<T>;
  /** Of a child: is seen to run, and does nothing yet. */
  readonly begin?: () => Promise<void>;
  /** Leaves it unfinished, as a power cut does. */
  readonly tear: () => Promise<void>;
};

/** Decides what becomes of one deed. */
type Strike = <T>(deed: Deed<T>) => Promise<T>;

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

class Striker {
  readonly #machine: Machine;
  readonly #fault: Fault;
  readonly #locks: Lock[] = [];
  #doors = 0;
  #calls = 0;
  /** Calls that a trouble still spoils, once it has struck. */
  #left = 0;
  #death: Error | null = null;
  #late: (() => Promise<unknown>) | null = null;

  constructor(machine: Machine, fault: Fault) {
    this.#machine = machine;
    this.#fault = fault;
  }

  /** Throws what became of us, if we are gone. */
  check(): void {
    if (this.#death) throw this.#death;
  }

  keep(lock: Lock): Lock {
    this.#locks.push(lock);
    return lock;
  }

  /** Throws if the power is gone, with which a child is gone too. */
  checkPower(): void {
    if (this.#death instanceof PowerCut) throw this.#death;
  }

  /** Whether the other installation is at work just now. */
  isBusy(): boolean {
    return this.#fault.trouble.kind === 'busy' && this.#left > 0;
  }

  /** What a child that hung does after all happens once somebody has looked. */
  async afterLook(): Promise<void> {
    const late = this.#late;
    this.#late = null;
    await late?.();
  }

  async perform<T>(deed: Deed<T>): Promise<T> {
    this.check();
    if (this.#isHere(deed.call)) this.#left = spoiledCalls(this.#fault.trouble);
    if (this.#left === 0) return deed.run();
    return this.#spoil(deed);
  }

  async #spoil<T>(deed: Deed<T>): Promise<T> {
    const { trouble } = this.#fault;
    if (trouble.kind === 'kill' || trouble.kind === 'power-cut') return this.#die(deed, trouble);
    if (trouble.kind === 'disk-full') return this.#noSpace(deed);
    if (trouble.kind === 'locked') return this.#locked(deed);
    if (!deed.call || (trouble.kind === 'busy' && !deed.call.tool.startsWith('msiexec'))) return deed.run();
    this.#left -= 1;
    return (await this.#spoilCall(deed as Deed<unknown>, deed.call, trouble)) as T;
  }

  async #spoilCall(
    deed: Deed<unknown>,
    call: Call<'change'>,
    trouble: Exclude<Trouble, { kind: 'kill' | 'power-cut' | 'disk-full' | 'locked' }>,
  ): Promise<CallResult> {
    if (trouble.kind !== 'code' || trouble.effect === 'none') await deed.begin?.();
    if (trouble.kind === 'busy') return { code: 1618, timedOut: false, output: '' };
    if (trouble.kind === 'hang') {
      await this.#machine.sleep(call.timeoutMs);
      if (trouble.effect === 'later') this.#late = deed.run;
      return { code: null, timedOut: true, output: '' };
    }
    if (trouble.effect === 'done') await deed.run();
    return { code: trouble.code, timedOut: false, output: '' };
  }

  async #die<T>(deed: Deed<T>, trouble: Extract<Trouble, { kind: 'kill' | 'power-cut' }>): Promise<T> {
    this.#left = 0;
    if (trouble.effect === 'done') await deed.run();
    if (trouble.effect === 'begun' || trouble.effect === 'half') await deed.begin?.();
    if (trouble.effect === 'half') await (deed.call ? trouble.half?.(deed.call) : deed.tear());
    if (trouble.kind === 'power-cut') await trouble.lose?.();
    this.#death = trouble.kind === 'kill' ? new Killed() : new PowerCut();
    // The operating system releases the locks of a process that is gone (T22).
    for (const lock of this.#locks) await lock.release();
    throw this.#death;
  }

  async #noSpace<T>(deed: Deed<T>): Promise<T> {
    if (deed.call) return deed.run();
    if (deed.isAppend) await deed.tear();
    throw systemError('ENOSPC', 'no space left on device', 'write');
  }

  async #locked<T>(deed: Deed<T>): Promise<T> {
    if (deed.call) return deed.run();
    this.#left -= 1;
    throw systemError('EBUSY', 'resource busy or locked', 'open');
  }

  #isHere(call: Call<'change'> | null): boolean {
    const { at } = this.#fault;
    this.#doors += 1;
    if ('door' in at) return this.#doors === at.door;
    if (call?.tool !== at.tool) return false;
    this.#calls += 1;
    return this.#calls === at.call;
  }
}

/** A full disk stays full. */
function spoiledCalls(trouble: Trouble): number {
  if (trouble.kind === 'disk-full') return Number.POSITIVE_INFINITY;
  return trouble.kind === 'locked' || trouble.kind === 'busy' ? trouble.calls : 1;
}

function throughDoors(machine: Machine, strike: Strike, striker: Striker | null): Machine {
  const plain =
    <A extends unknown[], R>(door: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      striker?.check();
      return door(...args);
    };
  const nothing = async () => {};
  const partial = (path: string) => half(machine, path);
  return {
    sandbox: machine.sandbox,
    scripts: machine.scripts,
    read: plain((path: string) => machine.read(path)),
    list: plain((folder: string) => machine.list(folder)),
    details: plain((path: string) => machine.details(path)),
    hash: plain((path: string) => machine.hash(path)),
    signature: plain((path: string) => machine.signature(path)),
    signatureOfGiven: plain((path: string) => machine.signatureOfGiven(path)),
    registeredTask: plain((name: string) => machine.registeredTask(name)),
    ownProgram: plain(() => machine.ownProgram()),
    keptSecrets: plain((path: string) => machine.keptSecrets(path)),
    sleep: plain((ms: number) => machine.sleep(ms)),
    isAlive: plain((child: Child) => machine.isAlive(child)),
    now: () => {
      striker?.check();
      return machine.now();
    },
    close: () => machine.close(),
    look: async (what) => {
      striker?.check();
      const facts = await machine.look(what);
      await striker?.afterLook();
      return striker?.isBusy() ? held(facts) : facts;
    },
    lock: async (path, owner) => {
      striker?.check();
      const lock = await machine.lock(path, owner);
      return 'heldBy' in lock || !striker ? lock : striker.keep(lock);
    },
    awaitLock: async (path, owner, limitMs) => {
      striker?.check();
      const lock = await machine.awaitLock(path, owner, limitMs);
      return 'heldBy' in lock || !striker ? lock : striker.keep(lock);
    },
    keepSecrets: (path, secrets) =>
      strike({ call: null, run: () => machine.keepSecrets(path, secrets), tear: nothing }),
    change: (call, secrets, onStart) => {
      const told = onStart && ((child: StartedChild) => outlived(onStart, child, striker));
      const begin = async () => onStart?.({ pid: begunPid, startedAt: machine.now() });
      return strike({ call, run: () => machine.change(call, secrets, told), begin, tear: nothing });
    },
    makeFolder: (path) => strike({ call: null, run: () => machine.makeFolder(path), tear: nothing }),
    append: (path, line) =>
      strike({
        call: null,
        isAppend: true,
        run: () => machine.append(path, line),
        tear: () => tearLine(machine, path, line),
      }),
    write: (path, bytes) =>
      strike({
        call: null,
        run: () => machine.write(path, bytes),
        tear: () => machine.write(path + partialSuffix, bytes.subarray(0, bytes.length >> 1)),
      }),
    copy: (from, to) => strike({ call: null, run: () => machine.copy(from, to), tear: () => partial(from)(to) }),
    receive: (from, to) => strike({ call: null, run: () => machine.receive(from, to), tear: nothing }),
    replace: (path, bytes, as) =>
      strike({
        call: null,
        run: () => machine.replace(path, bytes, as),
        tear: () => machine.write(path + partialSuffix, bytes.subarray(0, bytes.length >> 1)),
      }),
    move: (from, to) => strike({ call: null, run: () => machine.move(from, to), tear: nothing }),
    remove: (path) => strike({ call: null, run: () => machine.remove(path), tear: nothing }),
    tryWrite: (folder) => strike({ call: null, run: () => machine.tryWrite(folder), tear: nothing }),
    removePartial: (path) => strike({ call: null, run: () => machine.removePartial(path), tear: nothing }),
  };
}

/** A child that has only begun when our process is killed. */
const begunPid = 4711;

/** A child does not end with our process, which may die while it tells of that child; it does with the power. */
async function outlived(onStart: OnStart, child: StartedChild, striker: Striker | null): Promise<void> {
  await onStart(child);
  striker?.checkPower();
}

/** What a look shows while somebody else installs something. */
function held(facts: Facts): Facts {
  const { installer, takenAt } = facts;
  if (!installer.known) return facts;
  const holder = { pid: 4720, name: 'msiexec.exe', parent: 'setup.exe', startedAt: takenAt };
  return { ...facts, installer: { known: true, value: { ...installer.value, holders: [holder] } } };
}

/** Half of a copy, under the name of a file that is not whole yet. */
function half(machine: Machine, from: string): (to: string) => Promise<void> {
  return async (to) => {
    const bytes = await machine.read(from);
    if (bytes) await machine.write(to + partialSuffix, bytes.subarray(0, bytes.length >> 1));
  };
}

/** A line of which only the first half has reached the disk. */
async function tearLine(machine: Machine, path: string, line: string): Promise<void> {
  const before = (await machine.read(path)) ?? new Uint8Array();
  const bytes = new TextEncoder().encode(line);
  await machine.write(path, Buffer.concat([before, bytes.subarray(0, bytes.length >> 1)]));
}

/** An error as Node throws it for a system call that failed. */
function systemError(code: string, text: string, syscall: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${text}, ${syscall}`), { code, syscall });
}
