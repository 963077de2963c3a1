import type { Entry } from '../core/journal.ts';
import { duration, titleOf } from '../core/words.ts';
import { stepEnd } from './run-text.ts';

/** A picture of a run, fed with its journal entries; it cannot steer. */
export type View = {
  show(entry: Entry): void;
  /** A sentence on what goes on, between entries; `at` as in those. */
  tell(at: string, text: string): void;
  close(): Promise<void>;
};

/** One plain line for each entry: for logs, pipes and everything that is no terminal. */
export function lineView(write: (line: string) => void): View {
  const tell = (at: string, text: string) => write(`${at.slice(11, 19)}  ${text}\n`);
  return {
    show: (entry) => {
      const text = lineOf(entry);
      if (text !== null) tell(entry.at, text);
    },
    tell,
    close: async () => undefined,
  };
}

const phaseWords = { first: '', orElse: 'or else ', back: 'way back: ' } as const;

function lineOf(entry: Entry): string | null {
  switch (entry.type) {
    case 'opened':
      return entry.continues === null ? null : `taking up the unfinished run ${entry.continues}`;
    case 'already':
      return `${phaseWords[entry.phase]}${titleOf(entry.step)}: already so`;
    case 'started':
      return `${phaseWords[entry.phase]}${titleOf(entry.step)} ...`;
    case 'finished':
      return `${phaseWords[entry.phase]}${titleOf(entry.step)}: ${endOf(entry)}`;
    case 'turned':
      return `going back: ${entry.why}`;
    case 'restarting':
      return 'restarting the server ...';
    case 'left':
      return `left as it stands: ${entry.why}`;
    case 'child':
    case 'ended':
    case 'closed':
      return null;
  }
}

function endOf(entry: Finished): string {
  const failure = failureOf(entry);
  return failure ?? `done (${duration(entry.ms)})`;
}

type Finished = Extract<Entry, { type: 'finished' }>;

/** How an attempt failed, in the words of the report; null if it did not. */
export function failureOf({ outcome, missing }: Finished): string | null {
  const gaps = missing.known ? missing.value : [missing.why];
  if (outcome.ok && gaps.length === 0) return null;
  return stepEnd({ ok: false, code: outcome.code ?? null, meaning: outcome.meaning, missing: gaps });
}
