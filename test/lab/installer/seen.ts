import { isDeepStrictEqual } from 'node:util';
import { compareAllFields } from '../../../src/core/version.ts';
import type { Operation } from './operation.ts';
import type { Contents } from './packages.ts';
import type { Registration, State } from './state.ts';

/** One operation on both sides, and all that was seen of it. */
export type Seen = {
  readonly operation: Operation;
  /** The product that it was about, or an empty text. */
  readonly product: string;
  /** What both sides were before it. */
  readonly before: State;
  readonly codes: { readonly simulated: number | null; readonly real: number | null };
  readonly after: { readonly simulated: State; readonly real: State };
  readonly contents: Contents;
};

type Pair<T> = { readonly simulated: T; readonly real: T };

/** One thing that the two sides do not have in common afterwards. */
export type Mismatch =
  | ({ readonly kind: 'code' } & Pair<number | null>)
  | ({ readonly kind: 'file'; readonly path: string } & Pair<string | null>)
  | ({ readonly kind: 'product'; readonly code: string } & Pair<Registration | null>)
  | ({ readonly kind: 'related' } & Pair<State['related']>);

/** What the package of the operation lays down at the place of a file that differs, and what was and is there. */
export function fileOf({ before, contents, product }: Seen, mismatch: Mismatch) {
  if (mismatch.kind !== 'file') return null;
  const laid = contents[product]?.[pathOf(mismatch)];
  return laid ? { laid, before: before.files[mismatch.path] ?? null, ...mismatch } : null;
}

/** Maintenance of a product that is there, by which Windows replaces no file for its version. */
export function asksForNoOlderFile({ operation, before, product }: Seen): boolean {
  if (operation.kind !== 'msiexec' || !before.products[product]) return false;
  const { verb, letters } = operation;
  return letters === null ? verb === '/i' : verb !== '/x' && !/[oeda]/.test(letters);
}

/** Whether another product that is there lays down a lower version at the place of a file than the package of the operation. */
export function isOfLowerVersion({ before, contents, product }: Seen, mismatch: Mismatch): boolean {
  const own = contents[product]?.[pathOf(mismatch)]?.version;
  return Object.keys(before.products).some((code) => {
    const other = contents[code]?.[pathOf(mismatch)]?.version;
    return own != null && other != null && compareAllFields(other, own) < 0;
  });
}

/** The path of a file that differs, in lower case; empty for anything else. */
export function pathOf(mismatch: Mismatch): string {
  return mismatch.kind === 'file' ? mismatch.path.toLowerCase() : '';
}

/** `/x` with a package whose product is not there. */
export function isRemovalOfNothing({ operation, before, product, codes }: Seen): boolean {
  if (operation.kind !== 'msiexec' || operation.verb !== '/x' || isCode(operation.what)) return false;
  return !before.products[product] && codes.simulated === 1605;
}

/** Whether msiexec was given a product code, and not a package. */
export function isCode(what: string): boolean {
  return what.startsWith('{');
}

/** Whether a code says that a package could not be opened. */
export function isUnopened(code: unknown): boolean {
  return code === 1619 || code === 1620;
}

/** The file name of a package. */
export function nameOf(what: string): string {
  return what.split('\\').at(-1) ?? what;
}

/** Whether a code says that msiexec did what it was asked for. */
export function isWell(code: number | null): boolean {
  return code === 0 || code === 3010;
}

/** Whether it is Wine alone that has changed this: the sandbox has what was there before. */
export function isOnlyReal({ before }: Seen, mismatch: Mismatch): boolean {
  if (mismatch.kind === 'code') return true;
  if (mismatch.kind === 'file') return mismatch.simulated === (before.files[mismatch.path] ?? null);
  if (mismatch.kind === 'product') return isDeepStrictEqual(mismatch.simulated, before.products[mismatch.code] ?? null);
  return isDeepStrictEqual(mismatch.simulated, before.related);
}
