import type { Call } from '../core/call.ts';

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
export type Deed<T> = {
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
export type Strike = <T>(deed: Deed<T>) => Promise<T>;
