import type { Interrupt } from '../core/interrupt.ts';
import type { Environment } from './parser.ts';

/** What `main.ts` hands in of the process: nothing else here touches it. */
export type Io = {
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly isTerminal: boolean;
  out(text: string): void;
  err(text: string): void;
  interrupted(): Interrupt;
  /** Resolves when `interrupted` begins to answer `leave`; it may never. */
  readonly leaving: Promise<void>;
  /** The newest journal, for the message of a second Ctrl-C and of a bug. */
  setJournal(path: string): void;
  journal(): string;
};
