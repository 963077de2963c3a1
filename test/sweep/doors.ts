import type { Call } from '../../src/core/call.ts';
import type { Secrets } from '../../src/core/secrets.ts';
import type { Machine } from '../../src/machine/machine.ts';

/** What a run without a fault does, in order: the positions that a trouble can have. */
export type Trace = {
  readonly doors: Door[];
  looks: number;
  reads: number;
  journalLines: number;
  questions: number;
};

/** A change asked of a door. */
export type Door = {
  /** The door, and what it is asked for. */
  readonly what: string;
  /** What the run is at: the kind of the step that its line in the journal is about, or the part of the run. */
  readonly step: string;
  readonly call: Call<'change'> | null;
  /** What the call was handed beside it. */
  readonly secrets?: Secrets | undefined;
};

/** The path of every run's journal. */
export const journal = /\\journal\.jsonl$/;

/** A machine that notes what is asked of it. */
export function traced(machine: Machine): { readonly machine: Machine; readonly trace: Trace } {
  const trace: Trace = { doors: [], looks: 0, reads: 0, journalLines: 0, questions: 0 };
  let step = 'opening';
  const note = (what: string, call: Call<'change'> | null = null, secrets?: Secrets) =>
    void trace.doors.push({ what, step, call, secrets });
  const noting: Partial<Machine> = {
    look: (what) => {
      trace.looks += 1;
      return machine.look(what);
    },
    read: (path) => {
      trace.reads += 1;
      return machine.read(path);
    },
    list: (folder) => {
      trace.reads += 1;
      return machine.list(folder);
    },
    hash: (path) => {
      trace.reads += 1;
      return machine.hash(path);
    },
    append: (path, line) => {
      if (journal.test(path)) {
        trace.journalLines += 1;
        step = stepIn(line) ?? step;
      }
      note(`append ${nameOf(path)}`);
      return machine.append(path, line);
    },
    change: (call, secrets, onStart) => {
      note(call.tool, call, secrets);
      return machine.change(call, secrets, onStart);
    },
    keepSecrets: (path, secrets) => {
      note(`keep ${nameOf(path)}`);
      return machine.keepSecrets(path, secrets);
    },
    makeFolder: (path) => {
      note(`folder ${nameOf(path)}`);
      return machine.makeFolder(path);
    },
    write: (path, bytes) => {
      note(`write ${nameOf(path)}`);
      return machine.write(path, bytes);
    },
    copy: (from, to) => {
      note(`copy ${nameOf(to)}`);
      return machine.copy(from, to);
    },
    receive: (from, to) => {
      note(`receive ${nameOf(to)}`);
      return machine.receive(from, to);
    },
    replace: (path, bytes, prepare) => {
      note(`replace ${nameOf(path)}`);
      return machine.replace(path, bytes, prepare);
    },
    tryWrite: (folder) => {
      note(`try ${nameOf(folder)}`);
      return machine.tryWrite(folder);
    },
    move: (from, to) => {
      note(`move ${nameOf(from)}`);
      return machine.move(from, to);
    },
    remove: (path) => {
      note(`remove ${nameOf(path)}`);
      return machine.remove(path);
    },
    removePartial: (path) => {
      note(`tidy ${nameOf(path)}`);
      return machine.removePartial(path);
    },
  };
  return { machine: withDoors(machine, noting), trace };
}

/** What a line of the journal is about; null for one that tells of a child, which is of what it was started for. */
function stepIn(line: string): string | null {
  const { type, phase, step } = JSON.parse(line) as { type: string; phase?: string; step?: { kind: string } };
  if (type === 'child' || type === 'ended') return null;
  if (step) return phase === 'back' ? `${step.kind} on the way back` : step.kind;
  return { opened: 'opening', turned: 'turning back' }[type] ?? 'closing';
}

/** A machine with some doors of its own. */
export function withDoors(machine: Machine, doors: Partial<Machine>): Machine {
  const rest: Machine = {
    sandbox: machine.sandbox,
    scripts: machine.scripts,
    read: (path) => machine.read(path),
    list: (folder) => machine.list(folder),
    hash: (path) => machine.hash(path),
    details: (path) => machine.details(path),
    signature: (path) => machine.signature(path),
    signatureOfGiven: (path) => machine.signatureOfGiven(path),
    look: (what) => machine.look(what),
    isAlive: (child) => machine.isAlive(child),
    now: () => machine.now(),
    sleep: (ms) => machine.sleep(ms),
    close: () => machine.close(),
    change: (call, secrets, onStart) => machine.change(call, secrets, onStart),
    makeFolder: (path) => machine.makeFolder(path),
    append: (path, line) => machine.append(path, line),
    write: (path, bytes) => machine.write(path, bytes),
    copy: (from, to) => machine.copy(from, to),
    receive: (from, to) => machine.receive(from, to),
    replace: (path, bytes, prepare) => machine.replace(path, bytes, prepare),
    tryWrite: (folder) => machine.tryWrite(folder),
    move: (from, to) => machine.move(from, to),
    remove: (path) => machine.remove(path),
    removePartial: (path) => machine.removePartial(path),
    lock: (path, owner, run) => machine.lock(path, owner, run),
    awaitLock: (path, owner, limitMs, run) => machine.awaitLock(path, owner, limitMs, run),
    registeredTask: (name) => machine.registeredTask(name),
    ownProgram: () => machine.ownProgram(),
    keepSecrets: (path, secrets) => machine.keepSecrets(path, secrets),
    keptSecrets: (path) => machine.keptSecrets(path),
  };
  return { ...rest, ...doors };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('\\') + 1);
}
