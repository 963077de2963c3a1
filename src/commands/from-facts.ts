import { fromFactsFinding } from '../core/document-findings.ts';
import type { Decided } from './decide-now.ts';

/** A decision that was made from kept facts alone, with a finding that says what they cannot tell. */
export function fromFacts(decided: Decided): Decided {
  const findings = [...decided.opened.findings, fromFactsFinding(decided.now.takenAt)];
  return { ...decided, opened: { ...decided.opened, findings } };
}
