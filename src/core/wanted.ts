import type { Limits } from './call.ts';
import type { BundleMedia, Msi } from './media.ts';
import type { Pins } from './pins.ts';
import type { RestoreFrom } from './restore.ts';
import type { WantedSecret } from './secrets.ts';
import type { Properties } from './step.ts';

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
};
