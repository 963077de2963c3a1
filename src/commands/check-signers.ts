import { stopsRun } from '../core/decide.ts';
import type { Reading } from '../core/facts.ts';
import type { Signature } from '../core/signature.ts';
import { type Signed, signerFindings } from '../core/signer-findings.ts';
import type { Decided } from './decide-now.ts';

/** A package as it lies somewhere. */
export type Placed = { readonly name: string; readonly path: string };

type Ask = (path: string) => Promise<Reading<Signature>>;

/** Asks who signed the packages given, where that matters; the decision becomes a refusal if one is not signed as it must be. */
export async function withSigners(
  decided: Decided,
  packages: readonly Placed[],
  ask: Ask,
  { mustKnow }: { readonly mustKnow: boolean } = { mustKnow: false },
): Promise<Decided> {
  const { signers } = decided.opened.wanted;
  if (signers.length === 0) return decided;
  const signed: Signed[] = [];
  for (const { name, path } of packages) signed.push({ name, signature: await ask(path) });
  const found = signerFindings(signed, signers, mustKnow);
  const findings = [...decided.opened.findings, ...found];
  const opened = { ...decided.opened, findings };
  if (!found.some((one) => stopsRun(one, opened.wanted))) return { ...decided, opened };
  const { route } = decided.decision;
  return { ...decided, decision: { verdict: 'refuse', findings, route }, opened: { ...opened, plan: null } };
}
