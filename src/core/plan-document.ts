import { decide } from './decide.ts';
import type { Facts, Sha256 } from './facts.ts';
import type { Decision, Finding, Plan, Route } from './plan.ts';
import { valueOr } from './situation.ts';
import type { CabinetRef } from './step.ts';
import type { Wanted } from './wanted.ts';

/** Where a file given to a plan lay, with its cabinets beside it: from the folder of the plan file, with `/` between the names. */
export type MediaPlace = {
  readonly path: string;
  readonly sha256: Sha256;
  readonly cabinets?: readonly CabinetRef[];
};

/** A plan as it is kept: what was seen, what is wanted, and what follows from both. No part of it is ever executed. */
export type PlanDocument = {
  readonly schema: 1;
  readonly command: 'plan';
  /** The version of the program that wrote it. */
  readonly program: string;
  readonly sandbox: boolean;
  readonly server: string | null;
  readonly media: {
    readonly msi: MediaPlace | null;
    readonly bundle: MediaPlace | null;
    readonly oldMsi: MediaPlace | null;
  };
  readonly verdict: Decision['verdict'];
  readonly route: Route;
  readonly plan: Plan | null;
  readonly findings: readonly Finding[];
  readonly wanted: Wanted;
  readonly facts: Facts;
  /** Of all the rest, so that a file that was edited is known by it. */
  readonly fingerprint: Sha256;
};

/** What a plan document is made from; the rest of it follows. */
export type PlanSources = Pick<PlanDocument, 'program' | 'sandbox' | 'media' | 'wanted' | 'facts'>;

/** The document that these facts and this wanted state give: always the same, byte for byte. */
export function planDocument(
  { program, sandbox, media, wanted, facts }: PlanSources,
  hash: (text: string) => Sha256,
): PlanDocument {
  const decision = decide(facts, wanted);
  const rest = {
    schema: 1,
    command: 'plan',
    program,
    sandbox,
    server: valueOr(facts.machine, null)?.name ?? null,
    media,
    verdict: decision.verdict,
    route: decision.route,
    plan: decision.verdict === 'go' ? decision.plan : null,
    findings: decision.findings,
    wanted,
    facts,
  } as const;
  return { ...rest, fingerprint: fingerprintOf(rest, hash) };
}

/** The fingerprint of a plan document, whatever its own says. Spaces and line ends of the file do not count. */
export function fingerprintOf(document: object, hash: (text: string) => Sha256): Sha256 {
  return hash(JSON.stringify({ ...document, fingerprint: undefined }));
}
