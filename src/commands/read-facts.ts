import type { Facts } from '../core/facts.ts';
import { factsSchema } from '../core/facts-schema.ts';
import { type Problem, SetupError } from '../core/setup-error.ts';
import { readDocument } from './read-document.ts';

/** Facts that were written to a file, and whether those of a simulated server. */
export type KeptFacts = { readonly facts: Facts; readonly sandbox: boolean };

const mostTold = 10;

/** The facts in the document that `detect --out` or `detect --json` writes; every problem with it at once (exit 20). */
export async function readFacts(file: string): Promise<KeptFacts> {
  const { facts, sandbox, ...rest } = await readDocument(file, { option: '--facts', command: 'detect' });
  const unknown = Object.keys(rest).filter((key) => !['schema', 'command', 'exitCode', 'unfinished'].includes(key));
  const read = checkedFacts(facts, file);
  const problems = [
    ...unknown.map((key) => problemIn(file, `"${key}" is not known here`)),
    ...(typeof sandbox === 'boolean' ? [] : [problemIn(file, '"sandbox" is neither true nor false')]),
    ...('problems' in read ? read.problems : []),
  ];
  if ('problems' in read || problems.length > 0) throw new SetupError(20, ...problems);
  return { facts: read.facts, sandbox: sandbox === true };
}

/** The facts that a document holds, or where they are not what this program writes. */
export function checkedFacts(
  value: unknown,
  file: string,
): { readonly facts: Facts } | { readonly problems: readonly Problem[] } {
  const result = factsSchema.safeParse(value);
  // The value itself: a copy would have its names in another order, and a plan made from it other bytes.
  if (result.success) return { facts: value as Facts };
  const { issues } = result.error;
  const told = issues
    .slice(0, mostTold)
    .map(({ path, message }) => problemIn(file, `${['facts', ...path].join('.')}: ${message}`));
  const more = issues.length - told.length;
  return { problems: more > 0 ? [...told, problemIn(file, `and ${more} more of that kind`)] : told };
}

/** What is wrong in a document, and what to do about any of it. */
export function problemIn(file: string, what: string): Problem {
  return { message: `${file}: ${what}.`, hint: 'Such a file is not meant to be edited: write it again with --out.' };
}
