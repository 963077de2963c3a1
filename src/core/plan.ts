import type { Facts } from './facts.ts';
import type { Msi } from './media.ts';
import type { Step } from './step.ts';
import type { Wanted } from './wanted.ts';

/** The way from what is there to what is wanted. */
export type Route =
  | 'none'
  | 'prerequisites'
  | 'install'
  | 'upgrade'
  | 'replace'
  | 'repair'
  | 'downgrade'
  | 'uninstall'
  | 'restore';

/** One state of a plan: why it is wanted, and what else may bring it about. */
export type Planned = {
  /** Its kind, numbered from the second of its kind on. Stable for the same facts. */
  readonly id: string;
  readonly step: Step;
  readonly why: string;
  /** Tried in order in place of the step, which must hold afterwards. */
  readonly orElse?: readonly Step[];
};

/** A state to plan, before it has its id. */
export type Draft = Omit<Planned, 'id'>;

export type Plan = {
  readonly route: Route;
  readonly direction: 'forward' | 'back';
  /** Proven before anything else is touched; where it cannot be, the run is refused. */
  readonly backup: readonly Planned[];
  /** Kept when the connector fails: others may use them by then. */
  readonly prerequisites: readonly Planned[];
  readonly connector: readonly Planned[];
  /** Whether an earlier run of the chain may have begun to change the connector: then all of it is put back on the way back. */
  readonly begun: boolean;
  /** States that make the connector what it was, in an order that works from anywhere; each is skipped when it holds. */
  readonly wayBack: readonly Step[];
  /** Why there is no way back, if there is none. */
  readonly noWayBack?: string;
};

/** Every step of a plan on its way forward, in order. */
export function stepsForward({ backup, prerequisites, connector }: Plan): readonly Planned[] {
  return [...backup, ...prerequisites, ...connector];
}

export type Finding = {
  readonly id: string;
  readonly message: string;
  readonly hint: string;
  readonly stops: 'always' | 'unless-accepted' | 'never';
};

export type Decision = { readonly findings: readonly Finding[]; readonly route: Route } & (
  | { readonly verdict: 'go'; readonly plan: Plan }
  | { readonly verdict: 'nothing-to-do' }
  | { readonly verdict: 'refuse' }
);

/** A run that was neither finished nor walked back: the facts before the first run of its chain, and which way it was going. */
export type Unfinished = {
  readonly before: Facts;
  readonly wanted: Wanted;
  readonly direction: 'forward' | 'back';
  /** The folder of the backup that its chain of runs has. */
  readonly backup: string;
  /** Whether it, or a run before it in its chain, may have changed the connector itself: until then it ran, and saved settings. */
  readonly reached: boolean;
  /** Other packages that runs before it in its chain were given: each may have left its product. */
  readonly earlier?: readonly Msi[];
  /** Where it came to the end of its way back and the connector was not as before: the codes of the products that were there. */
  readonly stranded?: readonly string[];
  /** Of one that is on its way back: why the first of its chain had failed. */
  readonly failure?: string;
  /** What its way back lacked from the beginning: that may have been given since. Where it lacked nothing, it leads nowhere. */
  readonly noWayBack?: string;
};

/** The packages that the runs of a chain were given, each product once, the newest first. */
export function packagesTried({ wanted, earlier = [] }: Pick<Unfinished, 'wanted' | 'earlier'>): readonly Msi[] {
  const older = earlier.filter((one) => one.productCode !== wanted.msi?.productCode);
  return wanted.msi ? [wanted.msi, ...older] : older;
}
