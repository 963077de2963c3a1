import type { Explained } from '../core/explain.ts';
import { type RunReport, report } from '../core/report.ts';
import { situationOf } from '../core/situation.ts';
import type { Probe } from '../machine/machine.ts';
import { withSigners } from './check-signers.ts';
import { type Decided, decideNow, lookedOnly } from './decide-now.ts';
import { fromFacts } from './from-facts.ts';
import { readWanted, type WantedWithMedia } from './read-wanted.ts';
import { placesGiven } from './receive-media.ts';
import type { Request } from './request.ts';

const endOf = {
  plan: { go: 'planned', 'nothing-to-do': 'nothing-to-do', refuse: 'refused' },
  verify: { go: 'different', 'nothing-to-do': 'nothing-to-do', refuse: 'refused' },
} as const;

/** With `--explain` every finding there is, and whether it applies to this server; else none. */
export type LookedReport = RunReport & { readonly explained?: readonly Explained[] };

/** What `apply` would do, and why; kept in a file if one is named. Changes nothing of the server. */
export async function plan(request: Request, probe: Probe, program: string): Promise<LookedReport> {
  const planned = await plannedAndKept(request, probe, program);
  const isDifferent = request.detailedExitcode && planned.end === 'planned';
  return isDifferent ? { ...planned, exitCode: 24 } : planned;
}

async function plannedAndKept(request: Request, probe: Probe, program: string): Promise<LookedReport> {
  const { out, msi, hostingBundle, oldMsi, answers, facts } = request;
  if (out === undefined) return (await looked('plan', request, probe, program)).told;
  const [{ keepPlan }, { checkPlace }] = [await import('./keep-plan.ts'), await import('./write-document.ts')];
  await checkPlace(out, [msi, hostingBundle, oldMsi, answers, facts]);
  const { told, decided, media } = await looked('plan', request, probe, program);
  const isKept = await keepPlan(out, decided, media);
  return isKept
    ? { ...told, paths: { ...told.paths, plan: out } }
    : { ...told, message: `${told.message} No plan was kept.` };
}

/** Whether the server is in the wanted state, with the differences if it is not (exit 24). Changes nothing. */
export async function verify(request: Request, probe: Probe, program: string): Promise<LookedReport> {
  return (await looked('verify', request, probe, program)).told;
}

type Looked = { readonly told: LookedReport; readonly decided: Decided; readonly media: WantedWithMedia };

async function looked(command: 'plan' | 'verify', request: Request, probe: Probe, program: string): Promise<Looked> {
  const media = await readWanted(request, 'present');
  const unsigned = await decideNow(probe, media.wanted, program);
  const seen = await withSigners(unsigned, placesGiven(media), (path) => probe.signatureOfGiven(path));
  const decided = request.facts === undefined ? seen : fromFacts(seen);
  const told = report(command, lookedOnly(decided, endOf[command][decided.decision.verdict]));
  if (command !== 'plan' || !request.explain) return { told, decided, media };
  const { explain } = await import('../core/explain.ts');
  const explained = explain(
    situationOf(decided.now, decided.opened.wanted, decided.unfinished),
    decided.opened.findings,
  );
  return { told: { ...told, explained }, decided, media };
}
