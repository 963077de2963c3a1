import { type RunReport, report } from '../core/report.ts';
import type { Probe } from '../machine/machine.ts';
import { decideNow, lookedOnly } from './decide-now.ts';
import { readWanted } from './read-wanted.ts';
import type { Request } from './request.ts';

const endOf = {
  plan: { go: 'planned', 'nothing-to-do': 'nothing-to-do', refuse: 'refused' },
  verify: { go: 'different', 'nothing-to-do': 'nothing-to-do', refuse: 'refused' },
} as const;

/** What `apply` would do, and why. Changes nothing. */
export async function plan(request: Request, probe: Probe, program: string): Promise<RunReport> {
  const planned = await looked('plan', request, probe, program);
  const isDifferent = request.detailedExitcode && planned.end === 'planned';
  return isDifferent ? { ...planned, exitCode: 24 } : planned;
}

/** Whether the server is in the wanted state, with the differences if it is not (exit 24). Changes nothing. */
export function verify(request: Request, probe: Probe, program: string): Promise<RunReport> {
  return looked('verify', request, probe, program);
}

async function looked(command: 'plan' | 'verify', request: Request, probe: Probe, program: string): Promise<RunReport> {
  const { wanted } = await readWanted(request, 'present');
  const decided = await decideNow(probe, wanted, program);
  return report(command, lookedOnly(decided, endOf[command][decided.decision.verdict]));
}
