import { connectorFindings } from './connector-findings.ts';
import type { FactName, FindingRow } from './finding-row.ts';
import { mediaFindings } from './media-findings.ts';
import { placeFindings } from './place-findings.ts';
import type { Finding } from './plan.ts';
import { secretFindings } from './secret-findings.ts';
import { serverFindings } from './server-findings.ts';
import { settingsFindings } from './settings-findings.ts';
import { sharedFindings } from './shared-findings.ts';
import type { Situation } from './situation.ts';
import { unreadableFinding } from './unreadable.ts';
import { isGoingBack } from './way-back.ts';

/** All findings, in the order in which they are printed. */
export const findingRows: readonly FindingRow[] = [
  ...serverFindings,
  ...mediaFindings,
  ...secretFindings,
  ...connectorFindings,
  ...settingsFindings,
  ...placeFindings,
  ...sharedFindings,
];

/** What is read for every plan, whichever rows are asked. */
const alwaysRead: readonly FactName[] = ['products', 'iis', 'config', 'shared', 'kept'];

/** The rows that are asked of a situation: on the way back only what stands in its way. */
export function askedRows(one: Situation): readonly FindingRow[] {
  return isGoingBack(one) ? findingRows.filter((row) => row.alsoBack) : findingRows;
}

/** The readings that a plan for a situation rests on, each once. */
export function neededFacts(one: Situation): readonly FactName[] {
  return [...new Set([...alwaysRead, ...askedRows(one).flatMap((row) => row.needs)])];
}

/** Everything that is wrong, all at once; a reading that a row needs and that failed is a finding of its own. */
export function findingsOf(one: Situation): readonly Finding[] {
  const unreadable = neededFacts(one).flatMap((name) => unreadableFinding(one.now, name) ?? []);
  const found = askedRows(one)
    .filter((row) => row.needs.every((name) => one.now[name].known))
    .flatMap((row) => {
      const message = row.test(one);
      return message === null ? [] : [{ id: row.id, message, hint: row.hint, stops: row.stops }];
    });
  return [...unreadable, ...found];
}
