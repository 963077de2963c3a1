import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import { plan } from '../../src/commands/plan.ts';
import type { Request } from '../../src/commands/request.ts';
import { decide } from '../../src/core/decide.ts';
import { runText } from '../../src/view/run-text.ts';
import { absent, asked, bundle, doorsOf, givenServer, sample } from '../given.ts';
import { matchesGolden } from '../golden.ts';

const withBundle = { hostingBundle: sample(bundle) };

const plans: readonly {
  readonly name: string;
  readonly scenario: string;
  readonly msi: string;
  readonly more?: Partial<Request>;
}[] = [
  { name: 'fresh', scenario: 'fresh', msi: 'SCIMConnector-4.4.4.msi', more: withBundle },
  { name: 'iis-only', scenario: 'iis-only', msi: 'SCIMConnector-4.4.4.msi', more: withBundle },
  { name: 'bundle-before-iis', scenario: 'bundle-before-iis', msi: 'SCIMConnector-4.4.4.msi', more: withBundle },
  { name: 'upgrade', scenario: 'scim-4.1', msi: 'SCIMConnector-4.4.4.msi' },
  {
    name: 'replace',
    scenario: 'scim-3.2',
    msi: 'SCIMConnector-4.4.4.msi',
    more: { ...withBundle, accept: ['reconfiguration'] },
  },
  {
    name: 'downgrade',
    scenario: 'same-version',
    msi: 'SCIMConnector-4.3.0.msi',
    more: { accept: ['downgrade'] },
  },
  { name: 'repair', scenario: 'broken', msi: 'SCIMConnector-4.4.4.msi' },
  {
    name: 'duplicate',
    scenario: 'duplicate',
    msi: 'SCIMConnector-4.4.4.msi',
    more: { accept: ['duplicate', 'no-way-back'] },
  },
  {
    name: 'leftovers',
    scenario: 'leftovers',
    msi: 'SCIMConnector-4.4.4.msi',
    more: { accept: ['leftovers'] },
  },
  {
    name: 'settle',
    scenario: 'suspended',
    msi: 'SCIMConnector-4.4.4.msi',
    more: { accept: ['installer-suspended'] },
  },
  { name: 'replace-refused', scenario: 'scim-3.2', msi: 'SCIMConnector-4.4.4.msi' },
  { name: 'bundle-needed', scenario: 'fresh', msi: 'SCIMConnector-4.4.4.msi' },
  { name: 'same-version', scenario: 'same-version', msi: 'SCIMConnector-4.4.4.msi' },
];

for (const { name, scenario, msi, more } of plans) {
  test(`the plan "${name}" reads as its golden text`, async () => {
    const { machine } = await givenServer(scenario);
    matchesGolden(`plans/${name}.txt`, runText(await plan(asked('plan', msi, more), machine, 'test')));
  });
}

test('the same facts always give the same plan, byte for byte', async () => {
  for (const { scenario, msi, more } of plans) {
    const texts = await Promise.all(
      [0, 1].map(async () => {
        const { machine } = await givenServer(scenario);
        return JSON.stringify(await plan(asked('plan', msi, more), machine, 'test'));
      }),
    );
    assert.equal(texts[0], texts[1]);
  }
});

test('a plan names no run, no time and no path of a run', async () => {
  const { machine } = await givenServer('scim-4.1');
  const decisions: string[] = [];
  const wanted = (
    await apply(
      asked('apply', 'SCIMConnector-4.4.4.msi'),
      doorsOf(machine, { show: (entry) => entry.type === 'opened' && decisions.push(JSON.stringify(entry.plan)) }),
    )
  ).runId;
  assert.ok(wanted !== null && decisions.length === 1);
  assert.ok(!decisions[0]?.includes(wanted));
  assert.doesNotMatch(decisions[0] ?? '', /ProgramData\\\\ScimSetup|\d{4}-\d\d-\d\dT/);
});

test('deciding never throws, whatever could not be read', async () => {
  const { machine } = await givenServer('scim-4.1');
  const look = await machine.look({ upgradeCodes: [], backup: null, packages: 'C:\\none' });
  const failed = { known: false, why: 'it was not readable' } as const;
  const blank = {
    ...look,
    machine: failed,
    restart: failed,
    installer: failed,
    features: failed,
    iis: failed,
    hosting: failed,
    products: failed,
    config: failed,
    kept: failed,
  };
  const decision = decide(blank, absent);
  assert.equal(decision.verdict, 'refuse');
  assert.ok(decision.findings.some((one) => one.id === 'unreadable-products'));
});
