import { defaultLimits, type Limits } from './call.ts';
import type { BundleMedia, Msi } from './media.ts';
import { noPins, type Pins } from './pins.ts';
import type { RestoreFrom } from './restore.ts';
import type { WantedSecret } from './secrets.ts';
import type { Properties } from './step.ts';

/**
 * What is done where Windows wants a restart. `never`: nobody is going to restart the server for this run. `report`: it ends and says
 * so. `auto`: it restarts the server and goes on afterwards.
 */
export const rebootChoices = ['never', 'report', 'auto'] as const;
export type RebootChoice = (typeof rebootChoices)[number];

/** Whether a run that was cut, or waits for a restart, goes on by itself at the next start of the server. */
export const resumeChoices = ['on', 'off'] as const;
export type ResumeChoice = (typeof resumeChoices)[number];

/** What the server should look like: the answers and the media given, put together. */
export type Wanted = Pins & {
  readonly schema: 1;
  readonly goal: 'present' | 'absent' | 'restored';
  /** The backup that is put back, where that is the goal. */
  readonly restore?: RestoreFrom;
  readonly msi: Msi | null;
  readonly bundle: BundleMedia | null;
  /** The operator's own copy of the package of the installed version. */
  readonly oldMsi: Msi | null;
  /** Windows features beside those the connector needs, by their DISM names. */
  readonly features: readonly string[];
  readonly properties: Properties;
  /** For the package of the installed version, should it have to be put back. */
  readonly wayBackProperties: Properties;
  /** Properties whose values are handed to the package unseen: their names. */
  readonly secrets: readonly WantedSecret[];
  /** Ids of findings that the operator accepts. */
  readonly accept: readonly string[];
  readonly limits: Limits;
  readonly reboot: RebootChoice;
  readonly resume: ResumeChoice;
};

/** That nothing of the connector is wanted on a server, and nothing else is asked for. */
export const nothingWanted: Wanted = {
  schema: 1,
  goal: 'absent',
  msi: null,
  bundle: null,
  oldMsi: null,
  features: [],
  properties: {},
  wayBackProperties: {},
  secrets: [],
  ...noPins,
  accept: [],
  limits: defaultLimits,
  reboot: 'report',
  resume: 'on',
};
