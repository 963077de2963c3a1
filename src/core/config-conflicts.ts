import { samePath } from './connector.ts';
import type { Values } from './facts.ts';
import { filesToCarry, oldDefaults, relative } from './kept-config.ts';
import { carriedOver, restoredOver } from './restore.ts';
import { type Situation, valueOr } from './situation.ts';
import type { WantedFile } from './step.ts';

/** Settings that go over other values than they have, each with its file. */
export type Conflicts = {
  /** They were changed against the old default, and the other value is not that default either. */
  readonly changed: readonly string[];
  /** Whether they were changed cannot be told: the old default is not known. */
  readonly unclear: readonly string[];
};

/** What goes over what: the values carried, the defaults of the version they come from, and the values that are there. */
type Meeting = {
  readonly file: WantedFile;
  readonly defaults: Values | undefined;
  readonly there: Values | undefined;
};

/**
 * Settings of Responses that differ three ways: from the default of the version they come from, and from what the new package comes
 * with, or for a backup that is put back over another version, from what that had before the first run of the chain.
 */
export function configConflicts(one: Situation): Conflicts {
  const meetings = [...inUpgrade(one), ...inRestore(one)].filter(({ file }) => file.role === 'responses');
  return {
    changed: meetings.filter(({ defaults }) => defaults).flatMap(conflictsIn),
    unclear: meetings.filter(({ defaults }) => !defaults).flatMap(conflictsIn),
  };
}

function inUpgrade(one: Situation): Meeting[] {
  const { product, wanted } = one;
  if (!product || !wanted.msi || wanted.msi.productCode === product.productCode) return [];
  const { defaults } = wanted.msi;
  return filesToCarry(one).map((file) => ({
    file,
    defaults: oldDefaults(one, file, product),
    there: defaults[relative(file.path, product)],
  }));
}

function inRestore(one: Situation): Meeting[] {
  const present = valueOr(one.origin.config, []);
  return restoredOver(one).flatMap((kept) => {
    const there = present.find(({ path }) => samePath(path, kept.path))?.values;
    return carriedOver(kept).map((file) => ({ file, defaults: kept.defaults, there }));
  });
}

function conflictsIn({ file, defaults = {}, there = {} }: Meeting): string[] {
  const [old, now] = [byKey(defaults), byKey(there)];
  const isMet = ([pointer, value]: [string, string]) => {
    const other = now.get(pointer.toLowerCase());
    return other !== undefined && other !== old.get(pointer.toLowerCase()) && other !== value;
  };
  return Object.entries(file.values)
    .filter(isMet)
    .map(([pointer]) => `${file.path} ${pointer}`);
}

/** As in .NET's configuration, case does not count in keys. */
function byKey(values: Values): ReadonlyMap<string, string> {
  return new Map(Object.entries(values).map(([pointer, value]) => [pointer.toLowerCase(), value]));
}
