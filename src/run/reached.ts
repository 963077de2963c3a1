import { type Outcome, printedCode } from '../core/codes.ts';
import type { Facts, Reading } from '../core/facts.ts';
import { missing } from '../core/missing.ts';
import type { Step } from '../core/step.ts';
import type { Chain } from './run-doors.ts';

/** How an attempt at one state ended. */
export type Reached =
  | { readonly how: 'held'; readonly reboot: boolean }
  /** `final`: nothing else may be tried in its place. */
  | { readonly how: 'failed'; readonly why: string; readonly busy: boolean; readonly final?: true }
  /** `isStarted`: somebody has started a restart already. */
  | { readonly how: 'barrier'; readonly why: string; readonly isStarted: boolean }
  | { readonly how: 'lost'; readonly why: string }
  /** Nothing was begun: the run was interrupted, or is to be left as it stands. */
  | { readonly how: 'interrupted' }
  | { readonly how: 'left' };

/** A bundle may do half of its work before it finds Windows Installer busy: only an unchanged state counts as untouched. */
export function judge(outcome: Outcome, gaps: Reading<readonly string[]>, isUntouched: boolean): Reached {
  if (outcome.abandoned) return { how: 'lost', why: outcome.meaning };
  if (!gaps.known) return { how: 'lost', why: gaps.why };
  if (outcome.reboot === 'initiated') return { how: 'barrier', why: outcome.meaning, isStarted: true };
  if (!outcome.ok) return { how: 'failed', why: printed(outcome), busy: isUntouched };
  if (gaps.value.length === 0) return { how: 'held', reboot: outcome.reboot === 'required' };
  if (outcome.reboot === 'required') return { how: 'barrier', why: outcome.meaning, isStarted: false };
  return { how: 'failed', why: `it claims success, but ${gaps.value.join('; ')}`, busy: false };
}

function printed({ code, meaning }: Outcome): string {
  return code === undefined ? meaning : `it ended with ${printedCode(code)}, ${meaning}`;
}

/** Why a run begins with the way back. */
export function whyStillBack({ failure }: Chain): string {
  return `the last run had not brought back what was before${failure ? ` (${failure})` : ''}`;
}

/** What is missing for a step in some facts, or why that cannot be told. */
export function gapsOf(step: Step, now: Facts): readonly string[] {
  const gaps = missing(step, now);
  return gaps.known ? gaps.value : [gaps.why];
}

/** Whether all that some steps rest on was read. */
export function isReadable(steps: readonly Step[], now: Facts): boolean {
  return steps.every((step) => missing(step, now).known);
}
