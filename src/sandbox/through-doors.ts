import type { StartedChild } from '../core/call.ts';
import type { Facts } from '../core/facts.ts';
import { partialSuffix } from '../core/file-name.ts';
import type { Child } from '../core/journal.ts';
import type { Machine, OnStart } from '../machine/machine.ts';
import type { Strike } from './fault.ts';
import type { Striker } from './striker.ts';

/** A machine whose every door that changes something asks first what becomes of it; without a striker nothing is spoilt. */
export function throughDoors(machine: Machine, strike: Strike, striker: Striker | null): Machine {
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
    lock: async (path, owner, run) => {
      striker?.check();
      const lock = await machine.lock(path, owner, run);
      return 'heldBy' in lock || !striker ? lock : striker.keep(lock);
    },
    awaitLock: async (path, owner, limitMs, run) => {
      striker?.check();
      const lock = await machine.awaitLock(path, owner, limitMs, run);
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
    replace: (path, bytes, prepare) =>
      strike({
        call: null,
        run: () => machine.replace(path, bytes, prepare),
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
