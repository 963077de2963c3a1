import { type FindingMeaning, findingMeanings } from '../core/explain.ts';

export type FindingsReport = {
  readonly schema: 1;
  readonly command: 'findings';
  readonly sandbox: false;
  readonly exitCode: 0;
  readonly findings: readonly FindingMeaning[];
};

/** Every finding with its meaning, its cure and how it is accepted; on any system, without a server. */
export function findings(): FindingsReport {
  return { schema: 1, command: 'findings', sandbox: false, exitCode: 0, findings: findingMeanings() };
}
