import type { Facts } from '../core/facts.ts';
import type { Probe } from '../machine/machine.ts';

/** Why a server that has just started is not ready. `isServicing`: Windows finishes a change of its own parts. */
export type NotSettled = { readonly why: string; readonly isServicing: boolean };

const pollMs = 15_000;
const heartbeatMs = 60_000;

type Settling = {
  readonly look: () => Promise<Facts>;
  readonly sleep: Probe['sleep'];
  /** Whether W3SVC must run: it did before the run. */
  readonly mustServe: boolean;
  readonly limitMs: number;
  readonly say: (text: string) => void;
};

/**
 * Waits until Windows has finished what it does after a start, and IIS runs; null, or what is still not so when the limit has passed.
 * It counts what it has slept: the clock of a server may be moved while it starts.
 */
export async function waitUntilSettled({ look, sleep, mustServe, limitMs, say }: Settling): Promise<NotSettled | null> {
  for (let waited = 0; ; waited += pollMs) {
    const reason = whyNotSettled(await look(), mustServe);
    if (reason === null) return null;
    // A worker that is merely still there stands in nobody's way: DISM waits for it by itself.
    if (waited >= limitMs) return reason.mayBeIdle ? null : reason;
    if (waited % heartbeatMs === 0) say(`Waiting until the server is ready: ${reason.why}.`);
    await sleep(pollMs);
  }
}

function whyNotSettled(
  { restart, iis }: Facts,
  mustServe: boolean,
): (NotSettled & { readonly mayBeIdle: boolean }) | null {
  if (!restart.known) return { why: restart.why, isServicing: false, mayBeIdle: false };
  if (restart.value.reasons.includes('servicing-in-progress'))
    return { why: 'Windows finishes a change of its own parts', isServicing: true, mayBeIdle: false };
  const working = restart.value.working ?? [];
  if (working.length > 0) return { why: `${working.join(', ')} is at work`, isServicing: true, mayBeIdle: true };
  if (!mustServe) return null;
  if (!iis.known) return { why: iis.why, isServicing: false, mayBeIdle: false };
  const isServing = iis.value?.services.W3SVC?.state === 'running';
  return isServing ? null : { why: 'the service W3SVC does not run', isServicing: false, mayBeIdle: false };
}
