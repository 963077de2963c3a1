import type { Facts } from '../core/facts.ts';
import { placesRoot } from '../core/places.ts';
import type { Probe } from '../machine/machine.ts';

export type DetectReport = {
  readonly schema: 1;
  readonly command: 'detect';
  readonly sandbox: boolean;
  readonly exitCode: 0;
  readonly facts: Facts;
};

/** The facts of the server as it is now. */
export async function detect(probe: Probe): Promise<DetectReport> {
  const facts = await probe.look({ upgradeCodes: [], backup: null, packages: `${placesRoot}\\packages` });
  return { schema: 1, command: 'detect', sandbox: probe.sandbox, exitCode: 0, facts };
}
