import type { Entry, Opened, Phase } from '../../src/core/journal.ts';
import { placesOf } from '../../src/core/places.ts';
import type { Plan } from '../../src/core/plan.ts';
import type { Step } from '../../src/core/step.ts';
import { nothingWanted } from '../../src/core/wanted.ts';

type Facts = Opened['before'];

const at = (second: number) => `2026-11-23T20:41:${String(second).padStart(2, '0')}Z`;
const unread = { known: false, why: 'nobody looked' } as const;
const product = { productCode: '{0A1B2C3D-0000-4000-8000-000000000001}', version: '4.1.0' };
const msi = { name: 'New.msi', sha256: 'ab', productCode: '{0A1B2C3D-0000-4000-8000-000000000002}', version: '4.4.4' };

export const stop: Step = { kind: 'pool.stop', pool: 'ConnectorPool' };
export const start: Step = { kind: 'pool.start', pool: 'ConnectorPool' };
export const uninstall: Step = { kind: 'connector.uninstall', ...product, folder: null };
export const upgrade: Step = { kind: 'connector.upgrade', msi, properties: {}, replaces: [product.productCode] };
export const install: Step = { kind: 'connector.install', msi, properties: {} };

/** Facts of a server of which nothing was read. */
export const nothingRead: Facts = {
  schema: 1,
  takenAt: at(0),
  machine: unread,
  restart: unread,
  installer: unread,
  features: unread,
  iis: unread,
  hosting: unread,
  products: unread,
  config: unread,
  shared: unread,
  folders: unread,
  kept: unread,
};

export const plan: Plan = {
  route: 'upgrade',
  direction: 'forward',
  backup: [],
  prerequisites: [],
  begun: false,
  connector: [
    { id: 'pool.stop', step: stop, why: 'its files are in use' },
    { id: 'connector.upgrade', step: upgrade, why: 'it is wanted', orElse: [uninstall, install] },
    { id: 'pool.start', step: start, why: 'it was running' },
  ],
  wayBack: [stop, install, start],
};

/** The opening of a run of that plan. */
export function opened(more: Partial<Opened> = {}): Opened {
  return {
    type: 'opened',
    at: at(0),
    schema: 1,
    program: 'test',
    sandbox: true,
    runId: 'this-run',
    backupId: 'this-run',
    continues: null,
    route: 'upgrade',
    before: nothingRead,
    wanted: { ...nothingWanted, goal: 'present' },
    findings: [],
    plan,
    places: placesOf('this-run', 'this-run', 'C:\\scripts'),
    ...more,
  };
}

export const already = (id: string, step: Step, phase: Phase = 'first'): Entry => ({
  type: 'already',
  at: at(1),
  id,
  phase,
  step,
});

export const started = (id: string, step: Step, phase: Phase = 'first'): Entry => ({
  type: 'started',
  at: at(1),
  id,
  phase,
  step,
});

/** A step that ended well, or with 1603 and what is missing for it. */
export function finished(id: string, step: Step, phase: Phase = 'first', gaps: readonly string[] = []): Entry {
  const ok = gaps.length === 0;
  const outcome = ok
    ? ({ ok, reboot: 'none', meaning: 'success', code: 0 } as const)
    : ({ ok, reboot: 'none', meaning: 'a fatal error', code: 1603, log: 'C:\\logs\\upgrade.log' } as const);
  return { type: 'finished', at: at(9), id, phase, step, outcome, missing: { known: true, value: gaps }, ms: 8000 };
}

export const turned = (why: string): Entry => ({ type: 'turned', at: at(10), why });

export const closed = (end: Extract<Entry, { type: 'closed' }>['end'], why = ''): Entry => ({
  type: 'closed',
  at: at(20),
  end,
  rebootRequired: false,
  why,
  after: null,
});
