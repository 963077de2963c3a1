import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Hosting, Iis } from '../../src/core/facts.ts';
import { readerSchema } from '../../src/core/facts-schema.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import { type Lab, labFor } from './lab.ts';
import { known } from './projection.ts';
import { windowsPath } from './wine.ts';

const powershell = 'C:\\windows\\system32\\WindowsPowerShell\\v1.0\\powershell.exe';
const reader = windowsPath(fileURLToPath(new URL('../../scripts/Get-ScimFacts.ps1', import.meta.url)));
const asSystem = ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File', reader];

function read({ wine }: Lab) {
  const { code, stdout, stderr } = wine.start(powershell, asSystem, 'look\tSCIM ?Connector\t\n');
  assert.equal(code, 0, stderr);
  return readerSchema.parse(JSON.parse(stdout.split(/\r?\n/)[1] ?? ''));
}

async function simulated({ wine }: Lab) {
  const opened = await openSandbox(join(wine.folder, 'server'));
  if ('problem' in opened) throw new Error(opened.problem);
  const { machine } = opened;
  return machine.look({ upgradeCodes: [], backup: null, packages: 'C:\\ProgramData\\ScimSetup\\packages' });
}

const sorted = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).sort();

/** What the reader tells of IIS; sites and pools themselves stand in applicationHost.config. */
function iisOf(iis: Pick<Iis, 'version' | 'components' | 'sharedConfiguration' | 'services' | 'certificates'> | null) {
  if (!iis) return null;
  const { version, components, sharedConfiguration, services, certificates } = iis;
  return { version, components: sorted(components), sharedConfiguration, services, certificates };
}

function hostingOf(hosting: Hosting) {
  return { ...hosting, runtimes: sorted(hosting.runtimes), bundles: sorted(hosting.bundles) };
}

for (const scenario of ['fresh', 'iis-only', 'bundle-before-iis', 'scim-4.1', 'scim-3.2', 'newer']) {
  it(`the real engine reads in Wine what the scenario ${scenario} is in the sandbox`, async (test) => {
    const lab = await labFor(test, scenario);
    const [seen, expected] = [read(lab), await simulated(lab)];
    assert.deepEqual(seen.restart, expected.restart);
    assert.deepEqual(seen.installer, expected.installer);
    assert.deepEqual(seen.features, expected.features);
    assert.deepEqual(iisOf(known(seen.iis)), iisOf(known(expected.iis)));
    assert.deepEqual(hostingOf(known(seen.hosting)), hostingOf(known(expected.hosting)));
    assert.deepEqual(
      known(seen.products).map(({ version, productCode, upgradeCode }) => [version, productCode, upgradeCode]),
      known(expected.products).map(({ version, productCode, upgradeCode }) => [version, productCode, upgradeCode]),
    );
    assert.deepEqual(known(seen.machine).os, known(expected.machine).os);
  });
}
