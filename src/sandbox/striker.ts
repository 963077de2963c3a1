import type { Call, CallResult } from '../core/call.ts';
import type { Lock, Machine } from '../machine/machine.ts';
import { type Deed, type Fault, Killed, PowerCut, type Trouble } from './fault.ts';

/** Spoils what its fault says, from where it says. */
export class Striker {
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

/** An error as Node throws it for a system call that failed. */
function systemError(code: string, text: string, syscall: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${text}, ${syscall}`), { code, syscall });
}
