import type { Facts } from '../core/facts.ts';
import { usualScripts } from '../core/places.ts';
import type { Probe } from './machine.ts';

/** A server that is known by its facts alone: time stands still where they were taken, and no file can be read. */
export function factsProbe(facts: Facts, sandbox: boolean): Probe {
  return {
    sandbox,
    scripts: usualScripts,
    look: async () => facts,
    read: async () => null,
    list: async () => [],
    hash: async () => null,
    details: async () => null,
    signature: async () => noWindows,
    signatureOfGiven: async () => noWindows,
    isAlive: async () => ({ known: true, value: false }),
    now: () => facts.takenAt,
    sleep: async () => undefined,
    close: async () => undefined,
  };
}

/** Facts hold no certificates, and the system that they are read on may be any. */
const noWindows = { known: false, why: 'this is not the server, which alone knows whom it trusts' } as const;
