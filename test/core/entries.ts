import type { Outcome } from '../../src/core/codes.ts';
import type { End } from '../../src/core/exit-codes.ts';
import type { Facts } from '../../src/core/facts.ts';
import type { Child, Entry, Opened, Phase } from '../../src/core/journal.ts';
import { type Plan, stepsForward } from '../../src/core/plan.ts';
import type { Step } from '../../src/core/step.ts';
import { codeOf, config, folder, hash, msi, places, server, wanted } from './server-facts.ts';

/** A moment of the run that began at 20:41:07, some seconds later. */
export const atSecond = (seconds: number): string =>
  new Date(Date.UTC(2026, 10, 23, 20, 41, 7 + seconds)).toISOString();
const at = atSecond(0);

const newMsi = {
  name: 'SCIMConnector-4.4.4.msi',
  sha256: hash('4.4.4'),
  productCode: codeOf('4.4.4'),
  version: '4.4.4',
};
const oldMsi = { name: 'old.msi', sha256: hash('4.1.0'), productCode: codeOf('4.1.0'), version: '4.1.0' };
const files = config.map(({ path, role, sha256, values }) => ({ path, role, sha256, values }));

export const stop: Step = { kind: 'pool.stop', pool: 'ScimPool' };
export const start: Step = { kind: 'pool.start', pool: 'ScimPool' };
export const backup: Step = { kind: 'config.backup', files, packages: [] };
export const upgrade: Step = { kind: 'connector.upgrade', msi: newMsi, properties: {}, replaces: [codeOf('4.1.0')] };
export const removeOld: Step = { kind: 'connector.uninstall', productCode: codeOf('4.1.0'), version: '4.1.0', folder };
export const removeNew: Step = {
  kind: 'connector.uninstall',
  productCode: codeOf('4.4.4'),
  version: '4.4.4',
  folder: null,
};
export const installNew: Step = { kind: 'connector.install', msi: newMsi, properties: {} };
export const installOld: Step = { kind: 'connector.install', msi: oldMsi, properties: {} };

/** From 4.1.0 to 4.4.4 in place, or else by uninstalling first. */
export const plan: Plan = {
  route: 'upgrade',
  direction: 'forward',
  backup: [{ id: 'config.backup', step: backup, why: '3 files' }],
  prerequisites: [],
  begun: false,
  connector: [
    { id: 'pool.stop', step: stop, why: 'its files are in use' },
    { id: 'connector.upgrade', step: upgrade, why: 'it replaces 4.1.0', orElse: [removeOld, installNew] },
    { id: 'pool.start', step: start, why: 'it was running' },
  ],
  wayBack: [stop, removeNew, installOld, { kind: 'config.restore', files, match: 'exact' }, start],
};

export function opened(more: Partial<Opened> = {}): Opened {
  return {
    type: 'opened',
    at,
    schema: 1,
    program: 'test',
    sandbox: true,
    runId: '2026-11-23T20-41-07Z',
    backupId: '2026-11-23T20-41-07Z',
    continues: null,
    before: server(),
    wanted: wanted(msi('4.4.4')),
    findings: [],
    route: 'upgrade',
    plan,
    places,
    ...more,
  };
}

export function closed(
  end: End,
  more: { rebootRequired?: boolean; why?: string; after?: Facts | null; at?: string } = {},
): Entry {
  return { type: 'closed', at: atSecond(60), end, rebootRequired: false, why: '', after: server(), ...more };
}

export const restarting = (why = 'a restart is required'): Entry => ({
  type: 'restarting',
  at: '2026-11-23T20:41:30Z',
  why,
});

export function turned(why = 'It was interrupted'): Entry {
  return { type: 'turned', at, why };
}

/** A child that was started in the first second. */
export function child(more: Partial<Child> = {}): Child {
  return { type: 'child', at, tool: 'msiexec', pid: 4711, startedAt: at, limitMs: 1_800_000, ...more };
}

/** That of a child which no step has started. */
export function ended(): Entry {
  return { type: 'ended', at, tool: 'schtasks' };
}

export function left(why = 'its console was closed'): Entry {
  return { type: 'left', at, why };
}

/** The beginning of a step of the plan, by its id. */
export function started(id: string, seconds = 0): Entry {
  return { type: 'started', ...stepEntry(id, 'first', seconds) };
}

export function already(id: string): Entry {
  return { type: 'already', ...stepEntry(id, 'first', 0) };
}

type Finish = {
  readonly outcome?: Partial<Outcome>;
  readonly gaps?: readonly string[];
  readonly seconds?: number;
  readonly phase?: Phase;
};

export function finished(id: string, { outcome = {}, gaps = [], seconds = 0, phase = 'first' }: Finish = {}): Entry {
  const ended: Outcome = { ok: true, reboot: 'none', meaning: 'success', code: 0, ...outcome };
  return {
    type: 'finished',
    ...stepEntry(id, phase, seconds),
    outcome: ended,
    missing: { known: true, value: gaps },
    ms: 1_000,
  };
}

function stepEntry(id: string, phase: Phase, seconds: number) {
  const planned = stepsForward(plan).find((one) => one.id === id);
  if (!planned) throw new Error(`the plan has no step ${id}`);
  return { at: atSecond(seconds), id, phase, step: planned.step };
}
