import { type Difference, differencesBetween, differenceText } from './differences.ts';
import type { Facts } from './facts.ts';
import type { Plan } from './plan.ts';

/** A fact that may be another one when a kept plan is performed: its path, `*` for any name, and why. */
export type FreeFact = { readonly path: string; readonly why: string };

/**
 * The only facts that may have changed since a plan was kept. They are looked at again like all others, and where one of them
 * would give another plan or a refusal, that stops the run.
 */
export const freeFacts: readonly FreeFact[] = [
  { path: 'takenAt', why: 'when the server was looked at' },
  { path: 'machine.freeMb', why: 'changes all the time; too little of it is a finding' },
  { path: 'machine.memoryMb', why: 'nothing is decided by it' },
  { path: 'machine.cpuMhz', why: 'nothing is decided by it' },
  { path: 'machine.powershell.version', why: 'moves with the updates of Windows; the language mode is held' },
  { path: 'machine.networkLogon', why: 'tells how the operator came in, not what the server is' },
  { path: 'installer.holders', why: 'whoever installs something has ended by then, or is waited for' },
  { path: 'iis.services.*.startedAt', why: 'services are restarted; IIS older than the bundle gives another plan' },
  { path: 'iis.pools.*.workers', why: 'worker processes come and go with the requests' },
  {
    path: 'iis.hostConfig.sddl',
    why: 'who may change applicationHost.config; it is put back with the rights it then has',
  },
  { path: 'iis.sites.*.element', why: 'any setting of a site; folder, pool and bindings are held' },
  { path: 'iis.pools.*.element', why: 'any setting of a pool; its account is held' },
  { path: 'folders.*.logs', why: 'the connector begins a new log every so often' },
  { path: 'shared.own', why: 'what this program itself has changed in the shared folder' },
  { path: 'kept', why: 'what this program itself has copied; each copy is proven again before it counts' },
];

/** What of the facts that a plan was made from is not so any more, one sentence each. */
export function changedFacts(before: Facts, now: Facts): readonly string[] {
  return differencesBetween(before, now)
    .filter((one) => !isFree(one))
    .map(differenceText);
}

/** What of a plan is another now, one sentence each; empty only if both are the same, byte for byte. */
export function changedPlan(before: Plan | null, now: Plan | null): readonly string[] {
  if (JSON.stringify(before) === JSON.stringify(now)) return [];
  if (!now) return ['the plan: nothing of it can be planned now'];
  if (!before) return [`the plan: there was nothing to do, and now it is the route ${now.route}`];
  const found = differencesBetween(before, now).map((one) => `the plan: ${differenceText(one)}`);
  return found.length > 0 ? found : ['the plan: its steps are in another order'];
}

function isFree({ path }: Difference): boolean {
  return freeFacts.some((row) => {
    const parts = row.path.split('.');
    return parts.every((part, index) => path[index] !== undefined && (part === '*' || part === path[index]));
  });
}
