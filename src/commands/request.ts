import type { Interrupt } from '../core/interrupt.ts';
import type { Entry } from '../core/journal.ts';
import type { Secrets } from '../core/secrets.ts';
import type { Machine } from '../machine/machine.ts';

/** What the command line asks for, before files are read. */
export type Request = {
  readonly command: string;
  readonly json: boolean;
  readonly sandbox?: string | undefined;
  readonly msi?: string | undefined;
  readonly hostingBundle?: string | undefined;
  readonly oldMsi?: string | undefined;
  readonly answers?: string | undefined;
  readonly accept: readonly string[];
  readonly feature: readonly string[];
  /** `NAME=value` each. */
  readonly property: readonly string[];
  /** The same, for the package of the installed version. */
  readonly wayBackProperty: readonly string[];
  /** Names of secret properties. */
  readonly secretProperty?: readonly string[];
  /** What the environment holds of their values. */
  readonly environmentSecrets?: Secrets;
  readonly sha256?: readonly string[];
  readonly minimumMsiVersion?: string | undefined;
  readonly minimumBundleVersion?: string | undefined;
  readonly signer?: readonly string[];
  readonly detailedExitcode: boolean;
  /** `never`, `report` or `auto`; `on` or `off`. */
  readonly reboot?: string | undefined;
  readonly resume?: string | undefined;
  /** Where `detect` keeps its facts and `plan` its plan. */
  readonly out?: string | undefined;
  /** Facts of a server that cannot be reached, in place of a look at one. */
  readonly facts?: string | undefined;
  /** Of `apply` alone: the kept plan that was approved. */
  readonly plan?: string | undefined;
  /** Of `resume` alone: the startup task asks. */
  readonly startup?: boolean;
  /** Of `plan` alone. */
  readonly explain: boolean;
  /** Of `restore`: the id or folder of a backup. */
  readonly from?: string | undefined;
  /** Of `backup`: where a copy of it is to lie. */
  readonly to?: string | undefined;
  /** Of `backups prune`: how many good ones stay. */
  readonly keep?: string | undefined;
  /** Of `sandbox` and `backups`. */
  readonly action?: string | undefined;
  readonly folder?: string | undefined;
  readonly scenario?: string | undefined;
};

/** What every request holds that asks for nothing besides. */
export const nothingAsked = {
  json: false,
  accept: [],
  feature: [],
  property: [],
  wayBackProperty: [],
  detailedExitcode: false,
  explain: false,
} as const satisfies Omit<Request, 'command'>;

/** The request that the startup task makes. */
export const startupRequest: Request = { ...nothingAsked, command: 'resume', json: true, startup: true };

/** What a command is handed beside its request. */
export type Doors = {
  readonly machine: Machine;
  readonly program: string;
  interrupted(): Interrupt;
  /** Resolves when `interrupted` begins to answer `leave`; it may never. */
  readonly leaving: Promise<void>;
  /** Every journal entry, for a view. */
  show(entry: Entry): void;
  /** A sentence on what goes on between entries. */
  tell(text: string): void;
  warn(text: string): void;
  /** How often somebody is told that a child is still at work, in ms; a minute, where nothing is said. */
  readonly heartbeatMs?: number;
};
