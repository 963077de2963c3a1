import type { Facts, Reading } from '../core/facts.ts';
import { SetupError } from '../core/setup-error.ts';
import type { Probe } from '../machine/machine.ts';
import { historyOf } from './decide-now.ts';
import { plainLook } from './plain-look.ts';
import { checkPlace, writeDocument } from './write-document.ts';

export type DetectReport = {
  readonly schema: 1;
  readonly command: 'detect';
  readonly sandbox: boolean;
  readonly exitCode: 0;
  readonly facts: Facts;
  /** The id of the run that is not finished, with which `scim-setup resume` goes on; null where there is none. */
  readonly unfinished: Reading<string | null>;
};

/** The facts of the server as it is now; the very document is kept in a file if one is named. */
export async function detect(probe: Probe, out?: string): Promise<DetectReport> {
  if (out !== undefined) await checkPlace(out, []);
  const facts = await probe.look(plainLook());
  const { sandbox } = probe;
  const unfinished = await unfinishedRun(probe);
  const document: DetectReport = { schema: 1, command: 'detect', sandbox, exitCode: 0, facts, unfinished };
  if (out !== undefined) await writeDocument(out, document);
  return document;
}

/** Who only looks is told of a journal that cannot be read, and sees the rest. */
async function unfinishedRun(probe: Probe): Promise<Reading<string | null>> {
  try {
    return { known: true, value: (await historyOf(probe)).unfinished?.runId ?? null };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { known: false, why: error.problems.map((one) => one.message).join(' ') };
  }
}
