import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import { detect } from '../../src/commands/detect.ts';
import { plan, verify } from '../../src/commands/plan.ts';
import type { Request } from '../../src/commands/request.ts';
import type { RunReport } from '../../src/core/report.ts';
import { createSandbox, openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { type ScenarioName, scenarioNames } from '../../src/sandbox/scenario-list.ts';
import { doorsOf } from '../given.ts';
import { requestOf } from '../sweep/route-command.ts';
import { workspace } from '../sweep/sweep.ts';

let work = '';
before(() => {
  work = mkdtempSync(join(workspace(), 'scim-setup-second-run-'));
});
after(() => rmSync(work, { recursive: true, force: true }));

/** Scenario to the exit code of `apply` with 4.4.4 and to what stops it, with the hosting bundle and without it. */
const ends: Readonly<Record<ScenarioName, { with: Ending; without: Ending }>> = {
  fresh: { with: [0], without: [21, 'bundle-needed'] },
  'iis-only': { with: [0], without: [21, 'bundle-needed'] },
  'bundle-before-iis': { with: [0], without: [21, 'bundle-needed'] },
  'shared-config': { with: [21, 'shared-configuration'], without: [21, 'shared-configuration'] },
  '2012r2': { with: [21, 'vc-runtime-missing'], without: [21, 'vc-runtime-missing'] },
  'scim-4.1': { with: [0], without: [0] },
  'scim-4.1-no-bundle': { with: [0], without: [21, 'bundle-needed'] },
  'scim-3.2': { with: [0], without: [21, 'bundle-needed'] },
  'scim-2.5': { with: [0], without: [21, 'bundle-needed'] },
  'multi-instance': { with: [21, 'settings-not-carried'], without: [21, 'settings-not-carried'] },
  'same-version': { with: [0], without: [0] },
  newer: { with: [21, 'downgrade'], without: [21, 'downgrade'] },
  'own-folder': { with: [21, 'settings-not-carried'], without: [21, 'settings-not-carried'] },
  'own-ports': { with: [0], without: [0] },
  'virtual-directory': { with: [0], without: [0] },
  'renamed-site': { with: [0], without: [0] },
  'shared-pool': { with: [0], without: [0] },
  'shared-port': { with: [0], without: [0] },
  'stopped-pool': { with: [0], without: [0] },
  'pool-account': { with: [0], without: [0] },
  'per-user': { with: [21, 'per-user'], without: [21, 'per-user'] },
  '32-bit': { with: [0], without: [0] },
  broken: { with: [0], without: [0] },
  'broken-package': { with: [0], without: [0] },
  'damaged-package': { with: [21, 'package-lost'], without: [21, 'package-lost'] },
  'external-cabinet': { with: [21, 'no-way-back'], without: [21, 'no-way-back'] },
  duplicate: { with: [21, 'duplicate'], without: [21, 'duplicate'] },
  'duplicate-fourth-field': { with: [21, 'duplicate'], without: [21, 'duplicate'] },
  leftovers: { with: [21, 'leftovers'], without: [21, 'leftovers'] },
  'leftover-site': { with: [21, 'leftovers'], without: [21, 'leftovers'] },
  suspended: { with: [21, 'installer-suspended'], without: [21, 'installer-suspended'] },
  'suspended-none': { with: [21, 'installer-suspended'], without: [21, 'installer-suspended'] },
  'suspended-both': { with: [21, 'installer-suspended'], without: [21, 'installer-suspended'] },
};
type Ending = readonly [exitCode: number, finding?: string];

const given: Request = requestOf({ to: '4.4.4', accept: ['reconfiguration'] });
const withoutBundle: Request = { ...given, hostingBundle: undefined };

it('every scenario is run to its end', () => assert.deepEqual(Object.keys(ends), scenarioNames()));

for (const [scenario, { with: whole, without }] of Object.entries(ends)) {
  describe(`on ${scenario}`, () => {
    it('looking by detect, plan and verify changes not one byte', () => looksLeaveNoTrace(scenario));
    it(`apply with the bundle ends with ${whole.join(', ')}, and again without a change`, () =>
      runTwice(scenario, given, whole));
    it(`apply without the bundle ends with ${without.join(', ')}, and again without a change`, () =>
      runTwice(scenario, withoutBundle, without));
  });
}

async function looksLeaveNoTrace(scenario: string): Promise<void> {
  const folder = await laid(scenario);
  const fingerprint = fingerprintOf(folder);
  const { machine } = await open(folder);
  await detect(machine);
  for (const request of [given, withoutBundle]) {
    await plan({ ...request, command: 'plan' }, machine, 'test');
    await verify({ ...request, command: 'verify' }, machine, 'test');
  }
  assert.equal(fingerprintOf(folder), fingerprint);
}

async function runTwice(scenario: string, request: Request, [exitCode, finding]: Ending): Promise<void> {
  const folder = await laid(scenario);
  const original = fingerprintOf(join(folder, 'c'));
  const first = await run(folder, request);
  const done = fingerprintOf(join(folder, 'c'));
  assert.equal(first.exitCode, exitCode, first.message);
  if (finding !== undefined) assert.ok(stopping(first).includes(finding), stopping(first).join());
  if (!first.changed) assert.equal(done, original);
  const second = await run(folder, request);
  assert.deepEqual([second.exitCode, second.changed], [exitCode, false]);
  assert.equal(second.end, exitCode === 0 ? 'nothing-to-do' : 'refused');
  assert.equal(fingerprintOf(join(folder, 'c')), done);
  await verifyAgrees(folder, request, exitCode);
}

async function verifyAgrees(folder: string, request: Request, exitCode: number): Promise<void> {
  const fingerprint = fingerprintOf(folder);
  const verified = await verify({ ...request, command: 'verify' }, (await open(folder)).machine, 'test');
  assert.equal(verified.exitCode, exitCode);
  assert.equal(fingerprintOf(folder), fingerprint);
}

function stopping({ findings }: RunReport): string[] {
  return findings.filter((one) => one.stops !== 'never').map((one) => one.id);
}

async function run(folder: string, request: Request): Promise<RunReport> {
  const { machine } = await open(folder);
  return apply(request, doorsOf(machine, { warn: assert.fail }));
}

async function laid(scenario: string): Promise<string> {
  const folder = mkdtempSync(join(work, `${scenario}-`));
  const made = await createSandbox(folder, scenario);
  assert.ok(!('problem' in made));
  return folder;
}

async function open(folder: string): Promise<Sandbox> {
  const opened = await openSandbox(folder);
  if ('problem' in opened) throw new Error(opened.problem);
  return opened;
}

/** One hash of all names and bytes below a folder; empty folders count. */
function fingerprintOf(folder: string): string {
  const hash = createHash('sha256');
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => ({ path: join(entry.parentPath, entry.name), isFile: entry.isFile() }));
  for (const { path, isFile } of paths.sort((left, right) => (left.path < right.path ? -1 : 1))) {
    hash.update(`${path.slice(folder.length)}\0`);
    if (isFile) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}
