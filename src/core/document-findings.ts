import type { FindingRow } from './finding-row.ts';
import type { Finding } from './plan.ts';

type DocumentRow = Pick<FindingRow, 'id' | 'about' | 'means' | 'stops' | 'hint'>;

const changed: DocumentRow = {
  id: 'changed-since-plan',
  about: 'server',
  means: 'The server is not as it was when the plan given with --plan was made, so that plan is not performed.',
  stops: 'always',
  hint: 'Look at what has changed, make the plan again with scim-setup plan --out, and have that approved.',
};

const unseen: DocumentRow = {
  id: 'from-facts',
  about: 'server',
  means: 'This comes from kept facts and not from a look at the server: its history of runs is not known.',
  stops: 'never',
  hint: 'On the server, apply looks and decides again.',
};

/** What is found about kept documents and not about a server alone. */
export const documentRows: readonly DocumentRow[] = [changed, unseen];

/** A kept plan that does not hold any more. */
export function changedSincePlan(): Finding {
  const { id, means, hint, stops } = changed;
  return { id, message: means, hint, stops };
}

/** What a decision from facts cannot know: runs that were cut, and products that only their upgrade code tells. */
export function fromFactsFinding(takenAt: string): Finding {
  const { id, hint, stops } = unseen;
  const message = `This comes from facts of ${takenAt}, not from a look at the server: its history of runs is not known, nor a connector under another name.`;
  return { id, message, hint, stops };
}
