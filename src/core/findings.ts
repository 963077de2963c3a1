import { connectorFindings } from './connector-findings.ts';
import type { Facts, Reading } from './facts.ts';
import type { FactName, FindingRow } from './finding-row.ts';
import { mediaFindings } from './media-findings.ts';
import type { Finding } from './plan.ts';
import { serverFindings } from './server-findings.ts';
import type { Situation } from './situation.ts';

/** All findings, in the order in which they are printed. */
export const findingRows: readonly FindingRow[] = [...serverFindings, ...mediaFindings, ...connectorFindings];

/** Everything that is wrong, all at once; a reading that a row needs and that failed is a finding of its own. */
export function findingsOf(one: Situation): readonly Finding[] {
  const back = one.unfinished?.direction === 'back';
  const rows = findingRows.filter((row) => !back || row.alsoBack);
  const needed: readonly FactName[] = ['products', 'iis', 'config', 'kept', ...rows.flatMap((row) => row.needs)];
  const unreadable = [...new Set(needed)].flatMap((name) => unreadableFact(one.now, name));
  const found = rows
    .filter((row) => row.needs.every((name) => one.now[name].known))
    .flatMap((row) => {
      const message = row.test(one);
      return message === null ? [] : [{ id: row.id, message, hint: row.hint, stops: row.stops }];
    });
  return [...unreadable, ...found];
}

function unreadableFact(now: Facts, name: FactName): Finding[] {
  const reading: Reading<unknown> = now[name];
  if (reading.known) return [];
  return [
    {
      id: `unreadable-${name}`,
      message: `This could not be read of the server: ${name}. ${reading.why}`,
      hint: 'Nothing is guessed: mend what stands in the way of reading it, then run again.',
      stops: 'always',
    },
  ];
}
