import { type Explained, explain } from '../core/explain.ts';
import { type RunReport, report } from '../core/report.ts';
import { situationOf } from '../core/situation.ts';
import type { Probe } from '../machine/machine.ts';
import { decideNow, lookedOnly } from './decide-now.ts';
import { readWanted } from './read-wanted.ts';
import type { Request } from './request.ts';

const endOf = {
  plan: { go: 'planned', 'nothing-to-do': 'nothing-to-do', refuse: 'refused' },
  verify: { go: 'different', 'nothing-to-do': 'nothing-to-do', refuse: 'refused' },
} as const;

/** With `--explain` every finding there is, and whether it applies to this server; else none. */
export type LookedReport = RunReport & { readonly explained?: readonly Explained[] };

/** What `apply` would do, and why. Changes nothing. */
export async function plan(request: Request, probe: Probe, program: string): Promise<LookedReport> {
  const planned = await looked('plan', request, probe, program);
  const isDifferent = request.detailedExitcode && planned.end === 'planned';
  return isDifferent ? { ...planned, exitCode: 24 } : planned;
}

/** Whether the server is in the wanted state, with the differences if it is not (exit 24). Changes nothing. */
export function verify(request: Request, probe: Probe, program: string): Promise<LookedReport> {
  return looked('verify', request, probe, program);
}

async function looked(
  command: 'plan' | 'verify',
  request: Request,
  probe: Probe,
  program: string,
): Promise<LookedReport> {
  const { wanted } = await readWanted(request, 'present');
  const decided = await decideNow(probe, wanted, program);
  const looked = report(command, lookedOnly(decided, endOf[command][decided.decision.verdict]));
  if (command !== 'plan' || !request.explain) return looked;
  return { ...looked, explained: explain(situationOf(decided.now, wanted, decided.unfinished)) };
}
