import type { Call, CallResult, RunChild, StartedChild } from '../core/call.ts';
import type { Child, Entry } from '../core/journal.ts';
import { noSecrets, type Secrets } from '../core/secrets.ts';
import type { Step } from '../core/step.ts';
import { duration, titleOf } from '../core/words.ts';
import type { Machine } from '../machine/machine.ts';

/** How often somebody is told that a child is still at work, in ms. */
const usualHeartbeatMs = 60_000;

type Watching = {
  readonly machine: Pick<Machine, 'change' | 'now'>;
  tell(text: string): void;
  readonly heartbeatMs?: number;
};

/** Writes an entry; what went wrong with that must not reach the child, which is at work by then. */
type Note = (entry: Entry) => Promise<void>;

/**
 * Runs children of a step. Each stands in the journal as soon as it has been started, so that a later run can wait for it (T3);
 * as long as it is silent somebody is told, in real time, that it is still at work, and past its limit that it was left at work.
 */
export function childrenOf(
  step: Step,
  around: Watching & { readonly secrets: Secrets; readonly note: Note },
): RunChild {
  return (call) => watch(call, titleOf(step), around, around.secrets, (child) => around.note(child));
}

/**
 * Runs children that no step has started, in the same way. No line of a step tells that such a child has ended, so it has one of its
 * own. Without `note` there is no journal, and a child that was left at work is only told.
 */
export function childrenFor(purpose: string, around: Watching & { readonly note?: Note | undefined }): RunChild {
  return async (call) => {
    let isStarted = false;
    const ended = await watch(call, purpose, around, noSecrets, async (child) => {
      isStarted = true;
      await around.note?.(child);
    });
    if (isStarted && !ended.timedOut) await around.note?.({ type: 'ended', at: around.machine.now(), tool: call.tool });
    return ended;
  };
}

async function watch(
  call: Call<'change'>,
  purpose: string,
  { machine, tell, heartbeatMs = usualHeartbeatMs }: Watching,
  secrets: Secrets,
  note: (child: Child) => Promise<void>,
): Promise<CallResult> {
  let started: StartedChild | null = null;
  const onStart = (child: StartedChild) => {
    started = child;
    return note({ type: 'child', at: machine.now(), tool: call.tool, ...child, limitMs: call.timeoutMs });
  };
  const ended = await withHeartbeat(machine.change(call, secrets, onStart), heartbeatMs, (ms) =>
    tell(stillAtWork(call, purpose, ms)),
  );
  if (ended.timedOut) tell(leftAtWork(call, purpose, started));
  return ended;
}

async function withHeartbeat<T>(work: Promise<T>, everyMs: number, beat: (ms: number) => void): Promise<T> {
  let ms = 0;
  const timer = setInterval(() => {
    ms += everyMs;
    beat(ms);
  }, everyMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

function stillAtWork(call: Call, purpose: string, ms: number): string {
  return `still at work: ${programOf(call)}, ${purpose}, ${duration(ms)} (limit ${duration(call.timeoutMs)})`;
}

/** Who wants to end it, or to wait for it, must know which process it is. */
function leftAtWork(call: Call, purpose: string, started: StartedChild | null): string {
  const which = started === null ? '' : `, process ${started.pid}`;
  return `left at work past its limit of ${duration(call.timeoutMs)}: ${programOf(call)}${which}, ${purpose}`;
}

function programOf({ tool }: Call): string {
  return tool.split(' ')[0] ?? tool;
}
