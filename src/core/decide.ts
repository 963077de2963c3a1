import type { Facts } from './facts.ts';
import { findingsOf } from './findings.ts';
import { unsettled } from './lasting.ts';
import { type Decision, type Finding, type Plan, stepsForward, type Unfinished } from './plan.ts';
import { planBack, planForward } from './plan-steps.ts';
import { type Situation, situationOf } from './situation.ts';
import type { Wanted } from './wanted.ts';
import { isGoingBack } from './way-back.ts';

/**
 * Decides what to do with a server, from facts alone: the same facts, wanted state and unfinished run always give the same
 * decision, byte for byte. Never throws; what is wrong comes back as findings, all at once.
 */
export function decide(now: Facts, wanted: Wanted, unfinished?: Unfinished): Decision {
  const situation = situationOf(now, wanted, unfinished);
  const findings = findingsOf(situation);
  const shared = { findings, route: situation.route };
  if (findings.some((one) => stopsRun(one, wanted))) return { verdict: 'refuse', ...shared };
  const plan = planOf(situation);
  const steps = stepsForward(plan).map((one) => one.step);
  const isDone = unfinished === undefined && unsettled(steps, now).length === 0;
  return isDone
    ? { verdict: 'nothing-to-do', ...shared, route: 'none' }
    : { verdict: 'go', plan, ...shared, route: plan.route };
}

/** Whether a finding stops the run, given what the operator accepted. */
export function stopsRun(finding: Finding, wanted: Pick<Wanted, 'accept'>): boolean {
  return finding.stops === 'always' || (finding.stops === 'unless-accepted' && !wanted.accept.includes(finding.id));
}

function planOf(situation: Situation): Plan {
  return isGoingBack(situation) ? planBack(situation) : planForward(situation);
}
