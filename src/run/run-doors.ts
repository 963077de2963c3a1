import type { Outcome } from '../core/codes.ts';
import type { End } from '../core/exit-codes.ts';
import type { Facts } from '../core/facts.ts';
import type { Interrupt } from '../core/interrupt.ts';
import type { Entry, Opened, Phase } from '../core/journal.ts';
import type { Step } from '../core/step.ts';
import type { RebootChoice } from '../core/wanted.ts';

/** What the loop is handed: the only ways in which it touches the world. */
export type RunDoors = {
  look(): Promise<Facts>;
  /** Brings a step's state about, or says how it failed. `label` names this attempt for its log. */
  perform(step: Step, label: string, phase: Phase): Promise<Outcome>;
  /** Appends an entry to the journal and flushes it; rejects when it could not. */
  write(entry: Entry): Promise<void>;
  interrupted(): Interrupt;
  /** Resolves when `interrupted` begins to answer `leave`; it may never. */
  readonly leaving: Promise<void>;
  /** What is done where nothing goes on without a restart of the server. */
  readonly reboot: RebootChoice;
  /** Starts a restart of the server that leaves time to close the journal, or says why it could not. */
  restart(): Promise<Outcome>;
  now(): string;
  /** A sentence for the operator that the journal could not take. */
  warn(text: string): void;
};

/** What the server was before the first run of the chain, and why the one had failed whose way back a run goes on with. */
export type Chain = Pick<Opened, 'before' | 'failure'>;

/** How a run ended, with the last look at the server; null where that counts for nothing. */
export type RunResult = {
  readonly end: End;
  readonly rebootRequired: boolean;
  readonly why: string;
  readonly after: Facts | null;
  /** The way back was gone to its end, and the connector is not as before. */
  readonly walkedBack?: true;
};
