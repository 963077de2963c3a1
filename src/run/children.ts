import type { Call, CallResult, StartedChild } from '../core/call.ts';
import type { Entry } from '../core/journal.ts';
import type { Secrets } from '../core/secrets.ts';
import type { Step } from '../core/step.ts';
import { duration, titleOf } from '../core/words.ts';
import type { Machine } from '../machine/machine.ts';

/** How often somebody is told that a child is still at work, in ms. */
const usualHeartbeatMs = 60_000;

type Around = {
  readonly machine: Pick<Machine, 'change' | 'now'>;
  readonly secrets: Secrets;
  /** Writes an entry; what went wrong with that must not reach the child, which is at work by then. */
  note(entry: Entry): Promise<void>;
  tell(text: string): void;
  readonly heartbeatMs?: number;
};

/**
 * Runs children of a step. Each stands in the journal as soon as it has been started, so that a later run can wait for it (T3), and
 * as long as it is silent somebody is told, in real time, that it is still at work.
 */
export function childrenOf(step: Step, around: Around): (call: Call<'change'>) => Promise<CallResult> {
  return (call) => {
    const onStart = ({ pid, startedAt }: StartedChild) =>
      around.note({
        type: 'child',
        at: around.machine.now(),
        tool: call.tool,
        pid,
        startedAt,
        limitMs: call.timeoutMs,
      });
    const child = around.machine.change(call, around.secrets, onStart);
    return withHeartbeat(child, around.heartbeatMs ?? usualHeartbeatMs, (ms) =>
      around.tell(stillAtWork(call, step, ms)),
    );
  };
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

function stillAtWork({ tool, timeoutMs }: Call, step: Step, ms: number): string {
  const [program] = tool.split(' ');
  return `still at work: ${program}, ${titleOf(step)}, ${duration(ms)} (limit ${duration(timeoutMs)})`;
}
