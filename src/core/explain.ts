import { documentRows } from './document-findings.ts';
import { type FactName, type FindingRow, mayBeAccepted, type Subject, subjects } from './finding-row.ts';
import { askedRows, findingRows, findingsOf, neededFacts } from './findings.ts';
import type { Finding } from './plan.ts';
import { signerRows } from './signer-findings.ts';
import type { Situation } from './situation.ts';
import { unreadableRows } from './unreadable.ts';

/** A finding in general: what it means on any server, what cures it, and how it is accepted. */
export type FindingMeaning = {
  readonly id: string;
  readonly about: Subject;
  readonly means: string;
  readonly stops: Finding['stops'];
  readonly hint: string;
  /** The option that accepts it; null where it cannot be accepted, or need not be. */
  readonly accept: string | null;
};

/** A finding as one server was asked for it. */
export type Explained = FindingMeaning & {
  /** `unknown`: it could not be judged, or was not asked. */
  readonly applies: 'yes' | 'no' | 'unknown';
  /** What is wrong on this server, or why it could not be judged; null where it does not apply. */
  readonly why: string | null;
};

/** Every finding there is, failed readings and kept documents among them, in the order of `subjects`. */
export function findingMeanings(): readonly FindingMeaning[] {
  const all = [...findingRows, ...signerRows, ...unreadableRows, ...documentRows].map(meaningOf);
  return subjects.flatMap((subject) => all.filter((one) => one.about === subject));
}

/**
 * Every finding there is, with whether it applies to this server: the same that `findingsOf` finds, and all the others. `also`
 * is what was found besides.
 */
export function explain(one: Situation, also: readonly Finding[] = []): readonly Explained[] {
  const found = new Map([...findingsOf(one), ...also].map(({ id, message }) => [id, message]));
  const why = new Map([...findingRows.map((row) => [row.id, notJudged(row, one)] as const), ...unread(one)]);
  return findingMeanings().map((meaning) => {
    const message = found.get(meaning.id);
    if (message !== undefined) return { ...meaning, applies: 'yes', why: message };
    const reason = why.get(meaning.id) ?? null;
    return { ...meaning, applies: reason === null ? 'no' : 'unknown', why: reason };
  });
}

type Meaning = Omit<FindingMeaning, 'accept'> & Pick<FindingRow, 'isChoice'>;

function meaningOf({ id, about, means, stops, hint, isChoice }: Meaning): FindingMeaning {
  return { id, about, means, stops, hint, accept: mayBeAccepted({ stops, isChoice }) ? `--accept ${id}` : null };
}

const onlyForward = 'It is asked on the way forward only; the unfinished run is being walked back.';

/** Why a row said nothing, or null if it was judged. */
function notJudged(row: FindingRow, one: Situation): string | null {
  if (!askedRows(one).includes(row)) return onlyForward;
  const failed = restsOn(row).filter((name) => !one.now[name].known);
  return failed.length === 0 ? null : `This could not be read of the server: ${failed.join(', ')}.`;
}

/** What is wrong with the connector is judged by the product and the route, which follow from the registered products. */
function restsOn({ about, needs }: FindingRow): readonly FactName[] {
  const isOfProduct = about === 'connector' || about === 'settings';
  return [...new Set<FactName>([...(isOfProduct ? (['products'] as const) : []), ...needs])];
}

/** Readings that no row of the way back needs are not a matter of it. */
function unread(one: Situation): (readonly [id: string, why: string | null])[] {
  const needed = neededFacts(one).map((name) => `unreadable-${name}`);
  return unreadableRows.map(({ id }) => [id, needed.includes(id) ? null : onlyForward]);
}
