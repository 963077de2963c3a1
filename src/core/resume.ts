import type { End } from './exit-codes.ts';
import type { Opened } from './journal.ts';
import type { RebootChoice, ResumeChoice } from './wanted.ts';

/** How often the startup task may take a run up: one that always wants another restart must come to an end. */
export const mostAttempts = 3;

/** What a report says of restarts. */
export type Resume = {
  readonly reboot: RebootChoice;
  readonly resume: ResumeChoice;
  /** Which start of the server by the startup task this was, from 1; null where a person or a tool has started the run. */
  readonly attempt: number | null;
  /** Whether the run is not at its end, and goes on by itself at the next start of the server. */
  readonly waits: boolean;
};

/** Whether the startup task may take the run up once more after this one. */
export function mayGoOn({ wanted, attempt }: Pick<Opened, 'wanted' | 'attempt'>): boolean {
  return wanted.resume === 'on' && (attempt ?? 0) < mostAttempts;
}

/**
 * What is done where Windows wants a restart. Whoever restarts the server by himself must know that the run goes on afterwards: where
 * it does not, a restart is only reported.
 */
export function rebootChoiceOf(opened: Pick<Opened, 'wanted' | 'attempt'>): RebootChoice {
  const { reboot } = opened.wanted;
  return reboot === 'auto' && !mayGoOn(opened) ? 'report' : reboot;
}

/** What a run's report says of restarts, by how the run was opened and ended. */
export function resumeOf(opened: Pick<Opened, 'wanted' | 'attempt' | 'continues'>, end: End): Resume {
  const { reboot, resume } = opened.wanted;
  return { reboot, resume, attempt: opened.attempt ?? null, waits: mayGoOn(opened) && isWaiting(opened, end) };
}

/** Ends after which only a restart leads on. What was found busy was touched only if an earlier run of the chain had begun. */
function isWaiting({ continues }: Pick<Opened, 'continues'>, end: End): boolean {
  return end === 'reboot-first' || end === 'reboot-started' || (end === 'busy' && continues !== null);
}
