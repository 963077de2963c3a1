import type { Facts, Product, Reading } from './facts.ts';
import type { Finding } from './plan.ts';
import type { Situation } from './situation.ts';

export type FactName = Exclude<keyof Facts, 'schema' | 'takenAt'>;

/** Where a finding is seen, in the order in which people read about a server. */
export const subjects = ['server', 'iis', 'packages', 'connector', 'settings'] as const;
export type Subject = (typeof subjects)[number];

/** One thing that can be wrong with a server or with what was given. */
export type FindingRow = {
  readonly id: string;
  /** Where the operator sees it. */
  readonly about: Subject;
  /** What this state is, in one sentence that holds for every server: no name, version or path of one. */
  readonly means: string;
  /** Readings without which the row cannot be judged: where one failed, the run stops. */
  readonly needs: readonly FactName[];
  readonly stops: Finding['stops'];
  readonly hint: string;
  /** A sentence saying what is wrong, or null. Called only when everything it needs was read. */
  readonly test: (one: Situation) => string | null;
  /** It stops nothing, and accepting it changes what is done. */
  readonly isChoice?: true;
  /** Asked on the way back as well; the rest is a matter of the way forward. */
  readonly alsoBack?: true;
};

/** A reading that `findingsOf` has proven to be known. */
export function read<T>(reading: Reading<T>): T {
  if (!reading.known) throw new Error(`a finding read a fact that it does not name in needs: ${reading.why}`);
  return reading.value;
}

/** A product as messages call it. */
export function named(product: Product): string {
  return `${product.name} ${product.version}`;
}

/** A sentence over a list, or null if it is empty. */
export function listed(names: readonly string[], sentence: (list: string) => string): string | null {
  return names.length === 0 ? null : sentence(names.join(', '));
}

type MayBeAccepted = { readonly stops: Finding['stops']; readonly isChoice?: true | undefined };

/** Whether an operator may accept it. */
export function mayBeAccepted({ stops, isChoice }: MayBeAccepted): boolean {
  return stops === 'unless-accepted' || isChoice === true;
}
