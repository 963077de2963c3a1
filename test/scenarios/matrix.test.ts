import { readdirSync } from 'node:fs';
import { apply } from '../../src/commands/apply.ts';
import type { Request } from '../../src/commands/request.ts';
import { type ScenarioName, scenarioNames } from '../../src/sandbox/scenario-list.ts';
import { acceptable } from '../core/any-server.ts';
import { asked, bundle, doorsOf, givenServer, sample } from '../given.ts';
import { matchesGolden } from '../golden.ts';
import { it } from '../own-thread.ts';
import { layServersInMemory } from '../sweep/quick-files.ts';

layServersInMemory();

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

it('each scenario with each package takes the route, the steps and the end that the matrix shows', async () => {
  const lines: string[] = [];
  for (const scenario of scenarioNames()) {
    for (const msi of thorough.includes(scenario) ? packages : telling) {
      const { machine } = await givenServer(scenario);
      const request = asked('apply', msi, { ...withBundle, accept: [...acceptable], ...answers[scenario] });
      const report = await apply(request, doorsOf(machine));
      const ids = [
        ...(report.plan?.backup ?? []),
        ...(report.plan?.prerequisites ?? []),
        ...(report.plan?.connector ?? []),
      ].map((step) => step.id);
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
