import type { Facts } from '../core/facts.ts';
import { placesRoot } from '../core/places.ts';
import type { Probe } from '../machine/machine.ts';
import { checkPlace, writeDocument } from './write-document.ts';

export type DetectReport = {
  readonly schema: 1;
  readonly command: 'detect';
  readonly sandbox: boolean;
  readonly exitCode: 0;
  readonly facts: Facts;
};

/** The facts of the server as it is now; the very document is kept in a file if one is named. */
export async function detect(probe: Probe, out?: string): Promise<DetectReport> {
  if (out !== undefined) await checkPlace(out, []);
  const facts = await probe.look({ upgradeCodes: [], backup: null, packages: `${placesRoot}\\packages` });
  const document: DetectReport = { schema: 1, command: 'detect', sandbox: probe.sandbox, exitCode: 0, facts };
  if (out !== undefined) await writeDocument(out, document);
  return document;
}
