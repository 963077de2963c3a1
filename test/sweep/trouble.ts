import type { Machine } from '../../src/machine/machine.ts';
import type { Server } from '../../src/sandbox/server.ts';

/** What goes wrong in the first run of a trial. */
export type Trouble = {
  /** Its group in the summary. */
  readonly kind: string;
  /** Of a power cut, what the run is at then: it has a group for each. */
  readonly step?: string;
  /** Where it strikes, for whoever repeats it. */
  readonly at: string;
  /** Whether it is over once it has struck, so that the way back must succeed. */
  readonly isOnce: boolean;
  /** Whether it strikes what the run does not rest on, so that the run must end as if there were none. */
  readonly isHarmless?: boolean;
  readonly machine: (machine: Machine, server: Server) => Machine;
  /** The question at which the operator has interrupted, from 1 on. */
  readonly interruptAt?: number;
  /** What goes wrong in the next run. */
  readonly next?: Trouble;
};
