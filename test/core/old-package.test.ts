import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decide } from '../../src/core/decide.ts';
import type { Product } from '../../src/core/facts.ts';
import { isFileName } from '../../src/core/file-name.ts';
import type { Msi } from '../../src/core/media.ts';
import { differencesFrom, refFor } from '../../src/core/old-package.ts';
import type { Step, StepKind, Steps } from '../../src/core/step.ts';
import {
  backupFolder,
  codeOf,
  hash,
  keptConfig,
  known,
  msi,
  packageCodeOf,
  product,
  server,
  wanted,
} from './server-facts.ts';

const cabinet = { name: 'data.cab', found: { sha256: hash('data'), size: 9 } };
const given = msi('4.1.0', { name: 'from the safe.msi', sha256: hash('given'), externalCabinets: [cabinet] });
const kept = {
  name: 'SCIMConnector-4.1.0.msi',
  sha256: hash('given'),
  cabinets: [{ name: 'data.cab', sha256: hash('data') }],
};

const serverWith = (more: Partial<Product>) => server({ products: known([product('4.1.0', more)]) });

function planFor(more: Partial<Product>, goal = wanted(msi('4.4.4'), { oldMsi: given })) {
  const decision = decide(serverWith(more), goal);
  assert.ok(decision.verdict === 'go', decision.findings.map((one) => one.message).join('\n'));
  return decision.plan;
}

function stepOf<K extends StepKind>(steps: readonly Step[], kind: K): Steps[K] {
  const found = steps.find((step) => step.kind === kind);
  return (found ?? assert.fail(`there is no ${kind}`)) as unknown as Steps[K];
}

test("the operator's own copy is the way back, with its cabinets and under the name that Windows has registered", () => {
  const { wayBack, backup, noWayBack } = planFor({});
  assert.equal(noWayBack, undefined);
  assert.deepEqual(stepOf(wayBack, 'connector.install').msi, {
    ...kept,
    productCode: codeOf('4.1.0'),
    version: '4.1.0',
  });
  const step = backup[0]?.step;
  assert.ok(step?.kind === 'config.backup');
  assert.deepEqual(step.packages, [{ ...kept, from: null }]);
  assert.match(
    backup[0]?.why ?? '',
    /4\.1\.0 that was given as from the safe\.msi, under its registered name SCIMConnector-4\.1\.0\.msi$/,
  );
});

test('where Windows Installer has lost its package, an upgrade gives it that of the operator first', () => {
  const { connector } = planFor({ cached: null });
  const kinds = connector.map(({ step }) => step.kind);
  assert.ok(kinds.indexOf('connector.recache') >= 0, kinds.join());
  assert.ok(kinds.indexOf('connector.recache') < kinds.indexOf('connector.upgrade'), kinds.join());
  const steps = connector.map(({ step }) => step);
  assert.equal(stepOf(steps, 'connector.recache').msi.name, 'SCIMConnector-4.1.0.msi');
  assert.ok(!planFor({}).connector.some(({ step }) => step.kind === 'connector.recache'));
});

test('where Windows Installer has lost its package, the connector is uninstalled by that of the operator', () => {
  const { connector } = planFor(
    { cached: null, damaged: { path: 'C:\\a.msi', why: 'is damaged' } },
    wanted(null, { oldMsi: given }),
  );
  const removal = stepOf(
    connector.map(({ step }) => step),
    'connector.uninstall',
  );
  assert.deepEqual([removal.msi?.sha256, removal.msi?.name], [kept.sha256, kept.name]);
  const usual = planFor({}, wanted(null, { oldMsi: given }));
  assert.equal(
    stepOf(
      usual.connector.map(({ step }) => step),
      'connector.uninstall',
    ).msi,
    undefined,
  );
});

test('a repair gives the package the name by which Windows Installer asks for it', () => {
  const goal = wanted(msi('4.1.0', { name: 'renamed.msi' }));
  const { connector } = planFor({ cached: null }, goal);
  assert.equal(
    stepOf(
      connector.map(({ step }) => step),
      'connector.repair',
    ).msi.name,
    'SCIMConnector-4.1.0.msi',
  );
});

test('a run that takes another up puts back what that was given', () => {
  const before = serverWith({ cached: null });
  const cut = {
    before,
    wanted: wanted(msi('4.4.4'), { oldMsi: given }),
    direction: 'back' as const,
    backup: backupFolder,
    reached: true,
  };
  const decision = decide(server({ products: known([]), kept: keptConfig }), wanted(msi('4.4.4')), cut);
  assert.ok(decision.verdict === 'go');
  assert.equal(stepOf(decision.plan.wayBack, 'connector.install').msi.sha256, kept.sha256);
});

test('settings are compared with the defaults of the package that was given', () => {
  const defaults = { 'responses\\appsettings.json': { '/Threshold': hash('50'), '/Path': hash('log') } };
  const goal = wanted(msi('4.4.4'), { oldMsi: { ...given, defaults } });
  const restore = (more: Partial<Product>, wish: typeof goal) =>
    stepOf(
      planFor(more, wish).connector.map(({ step }) => step),
      'config.restore',
    ).files.map((file) => file.role);
  assert.deepEqual(restore({}, goal), ['settings'], 'no value was changed against that package');
  assert.deepEqual(restore({}, wanted(msi('4.4.4'))), ['settings', 'responses']);
});

test('the registered name is taken only if it names a file and no other place', () => {
  const named = (packageName: string | null, msiGiven: Msi = given) => refFor(msiGiven, { packageName }).name;
  assert.equal(named('Old Name.msi'), 'Old Name.msi');
  for (const name of ['..\\a.msi', 'C:\\a.msi', 'a/b.msi', '', 'NUL.msi', null, 'DATA.cab'])
    assert.equal(named(name), 'from the safe.msi', String(name));
});

test('what a package differs in is told: product code, version, package code', () => {
  const differences = (more: Partial<Msi>, of: Partial<Product> = {}) =>
    differencesFrom(product('4.1.0', of), msi('4.1.0', more));
  assert.deepEqual(differences({}), []);
  assert.deepEqual(differences({ productCode: codeOf('4.3.0') }), [
    `its product code is ${codeOf('4.3.0')}, not ${codeOf('4.1.0')}`,
  ]);
  assert.deepEqual(differences({ productVersion: '4.1.0.1' }), ['its version is 4.1.0.1, not 4.1.0']);
  assert.deepEqual(differences({ packageCode: packageCodeOf('4.3.0') }), [
    `its package code is ${packageCodeOf('4.3.0')}, not ${packageCodeOf('4.1.0')}`,
  ]);
  assert.deepEqual(differences({ packageCode: packageCodeOf('4.3.0') }, { packageCode: null }), []);
});

test('no name that is taken for a file leads out of its folder', () => {
  const parts = fc.constantFrom('..', '.', '\\', '/', ':', 'C', 'a', '.cab', ' ', '\0', 'nul', '*', '|');
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 6 }), (all) => {
      const name = all.join('');
      if (!isFileName(name)) return;
      assert.doesNotMatch(name, /[\\/:*|\0]|^\.{0,2}$|^nul(\.|$)/i);
    }),
  );
});
