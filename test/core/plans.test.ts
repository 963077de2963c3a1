import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import { plan } from '../../src/commands/plan.ts';
import type { Request } from '../../src/commands/request.ts';
import { decide } from '../../src/core/decide.ts';
import { type ScenarioName, scenarioNames } from '../../src/sandbox/scenario-list.ts';
import { runText } from '../../src/view/run-text.ts';
import { absent, asked, bundle, doorsOf, givenServer, sample } from '../given.ts';
import { matchesGolden } from '../golden.ts';
import { acceptable } from './any-server.ts';

const packages = readdirSync(sample('')).filter((name) => name.endsWith('.msi'));
/** Scenarios to which every sample is given; the others get the samples that tell their routes apart. */
const thorough = ['fresh', 'iis-only', 'bundle-before-iis', 'scim-4.1', 'scim-3.2', 'same-version', 'newer'];
const telling = ['4.1.0', '4.4.4', '4.4.4.1'].map((version) => `SCIMConnector-${version}.msi`);
/** What a scenario cannot do without: a package forgets the mode of a server that shares its config. */
const mode = ['INSTANCEMODE=Multiple', 'SHAREDFOLDER=\\\\FILESRV\\SCIM'];
const answers: Readonly<Partial<Record<ScenarioName, Partial<Request>>>> = {
  'multi-instance': {
    property: mode,
    wayBackProperty: mode,
    secretProperty: ['PASSPHRASE'],
    environmentSecrets: new Map([['PASSPHRASE', 'of the simulated servers']]),
  },
};
const withBundle = { hostingBundle: sample(bundle) };

test('each scenario with each package takes the route, the steps and the end that the matrix shows', async () => {
  const lines: string[] = [];
  for (const scenario of scenarioNames()) {
    for (const msi of thorough.includes(scenario) ? packages : telling) {
      const { machine } = await givenServer(scenario);
      const request = asked('apply', msi, { ...withBundle, accept: [...acceptable], ...answers[scenario] });
      const report = await apply(request, doorsOf(machine));
      const ids = [...(report.plan?.prerequisites ?? []), ...(report.plan?.connector ?? [])].map((step) => step.id);
      const refused = report.findings.filter((one) => one.stops === 'always').map((one) => `(${one.id})`);
      const what = report.end === 'refused' ? refused.join(' ') : ids.join(' ');
      lines.push(
        [
          scenario.padEnd(22),
          msi.slice(14, -4).padEnd(21),
          report.route.padEnd(14),
          String(report.exitCode).padEnd(5),
          what,
        ]
          .join(' ')
          .trimEnd(),
      );
    }
  }
  matchesGolden(
    'matrix.txt',
    `scenario               package               route          exit  steps\n${lines.join('\n')}\n`,
  );
});

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
