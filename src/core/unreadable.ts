import type { Facts, Reading } from './facts.ts';
import type { FactName, FindingRow, Subject } from './finding-row.ts';
import type { Finding } from './plan.ts';

/** Every reading that can fail: where it is seen, and what it tells. */
const readings: Readonly<Record<FactName, { readonly about: Subject; readonly tells: string }>> = {
  machine: {
    about: 'server',
    tells: 'which Windows this is, with which rights it runs there, and how much room there is',
  },
  restart: { about: 'server', tells: 'whether Windows waits for a restart' },
  installer: { about: 'server', tells: 'the state of Windows Installer' },
  features: { about: 'iis', tells: 'which Windows features are enabled' },
  iis: { about: 'iis', tells: 'the sites, pools and services of IIS' },
  hosting: { about: 'iis', tells: 'which .NET runtimes and which module of IIS are there' },
  products: { about: 'connector', tells: 'which connector is registered' },
  config: { about: 'settings', tells: 'the config files of the connector' },
  folders: { about: 'connector', tells: 'the files in its folders' },
  shared: { about: 'settings', tells: 'the config that several servers share' },
  kept: { about: 'settings', tells: 'what an earlier run has kept' },
};

const hint = 'Nothing is guessed: mend what stands in the way of reading it, then run again.';

/** What a failed reading is called and means, a line for each reading. */
export const unreadableRows: readonly Pick<FindingRow, 'id' | 'about' | 'means' | 'stops' | 'hint'>[] = Object.entries(
  readings,
).map(([name, { about, tells }]) => ({
  id: `unreadable-${name}`,
  about,
  means: `This program could not read ${tells}.`,
  stops: 'always',
  hint,
}));

/** Whether a finding is that of a reading that failed. */
export function isUnreadable({ id }: Pick<Finding, 'id'>): boolean {
  return unreadableRows.some((row) => row.id === id);
}

/** The finding of a reading that failed, or null if it did not. */
export function unreadableFinding(now: Facts, name: FactName): Finding | null {
  const reading: Reading<unknown> = now[name];
  if (reading.known) return null;
  const message = `This could not be read of the server: ${name}. ${reading.why}`;
  return { id: `unreadable-${name}`, message, hint, stops: 'always' };
}
