import { changedFacts, changedPlan } from '../core/approval.ts';
import { decide } from '../core/decide.ts';
import { changedSincePlan } from '../core/document-findings.ts';
import type { PlanDocument } from '../core/plan-document.ts';
import type { Decided } from './decide-now.ts';

/**
 * Holds a decision against a kept plan: it stands where there is nothing left to do, or where the facts before the first run of
 * the chain are those of the plan and give that very plan again. Else it becomes a refusal that says what is not so any more.
 */
export function heldAgainst(approved: PlanDocument, decided: Decided): Decided {
  const { decision, opened } = decided;
  const differences = decision.verdict === 'nothing-to-do' ? [] : differencesTo(approved, decided);
  const told = { ...opened, approved: { fingerprint: approved.fingerprint, differences } };
  if (differences.length === 0) return { ...decided, opened: told };
  const findings = [...decision.findings, changedSincePlan()];
  return {
    ...decided,
    decision: { verdict: 'refuse', findings, route: decision.route },
    opened: { ...told, findings, plan: null },
  };
}

function differencesTo(approved: PlanDocument, { opened, unfinished }: Decided): readonly string[] {
  // Whether the secrets are at hand is no part of what was approved: that is a finding of this run.
  const again = decide(opened.before, approved.wanted);
  return [
    ...(approved.sandbox === opened.sandbox
      ? []
      : [`the plan is for a ${kindOf(approved)} server, and this is a ${kindOf(opened)} one`]),
    ...(unfinished === undefined || JSON.stringify(unfinished.wanted) === JSON.stringify(approved.wanted)
      ? []
      : [`the run ${unfinished.runId} was cut, and it was not a run of this plan`]),
    ...changedFacts(approved.facts, opened.before),
    ...changedPlan(approved.plan, again.verdict === 'go' ? again.plan : null),
  ];
}

function kindOf({ sandbox }: { readonly sandbox: boolean }): string {
  return sandbox ? 'simulated' : 'real';
}
