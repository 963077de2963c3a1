import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../src/core/decide.ts';
import type { Facts, Product } from '../../src/core/facts.ts';
import { missing } from '../../src/core/missing.ts';
import { keepsPlace } from '../../src/core/place.ts';
import { type Plan, stepsForward, type Unfinished } from '../../src/core/plan.ts';
import type { Wanted } from '../../src/core/wanted.ts';
import { acceptable } from './any-server.ts';
import {
  backupFolder,
  bareServer,
  codeOf,
  config,
  configFile,
  folder,
  iis,
  keptConfig,
  known,
  msi,
  pool,
  product,
  server,
  settings,
  sharedSettings,
  site,
  wanted,
} from './server-facts.ts';

function planFor(now: Facts, goal: Wanted, unfinished?: Unfinished): Plan {
  const decision = decide(now, { ...goal, accept: acceptable }, unfinished);
  assert.ok(decision.verdict === 'go', JSON.stringify(decision.findings));
  return decision.plan;
}

const kinds = (plan: Plan) => stepsForward(plan).map((one) => one.step.kind);
const stepOf = (plan: Plan, kind: string) => plan.connector.find((one) => one.step.kind === kind);
const withProducts = (...products: readonly Product[]) => server({ products: known(products) });
const same = wanted(msi('4.4.4'));
const broken = (more: Partial<Product>) => withProducts(product('4.4.4', more));
const fourthField = product('4.4.4.1', { productCode: codeOf('4.4.9') });

test('a connector with files gone is repaired within a backup, and its config is put back byte for byte', () => {
  const plan = planFor(broken({ missingFiles: ['a.dll'] }), same);
  assert.deepEqual(kinds(plan), [
    'config.backup',
    'pool.stop',
    'connector.unchanged',
    'connector.repair',
    'site.present',
    'pool.absent',
    'certificates.present',
    'config.restore',
    'pool.start',
  ]);
  const restore = stepOf(plan, 'config.restore')?.step;
  assert.ok(restore?.kind === 'config.restore' && restore.match === 'exact');
});

test('where a repair fails, the connector is uninstalled by the package given if its own is gone, and installed', () => {
  const orElse = (more: Partial<Product>) => stepOf(planFor(broken(more), same), 'connector.repair')?.orElse ?? [];
  const [removed, added] = orElse({ cached: null });
  assert.ok(removed?.kind === 'connector.uninstall' && removed.msi?.sha256 === msi('4.4.4').sha256);
  assert.equal(added?.kind, 'connector.install');
  const [whole] = orElse({ missingFiles: ['a.dll'] });
  assert.ok(whole?.kind === 'connector.uninstall' && whole.msi === undefined);
});

test('the way back of a repair leaves what was gone, says so, and puts everything else back', () => {
  const plan = planFor(broken({ missingFiles: ['a.dll'], cached: null }), same);
  assert.match(plan.noWayBack ?? '', /4\.4\.4 was broken before.*a\.dll and its package/);
  const back = plan.wayBack.find((step) => step.kind === 'connector.install');
  assert.ok(back?.kind === 'connector.install');
  assert.deepEqual([back.lacking, back.msi.sha256], [['a.dll'], msi('4.4.4').sha256]);
  assert.ok(plan.wayBack.some((step) => step.kind === 'config.restore' && step.match === 'exact'));
});

test('a broken connector is no reason to refuse its repair', () => {
  const decision = decide(broken({ missingFiles: ['a.dll'], cached: null }), same);
  assert.equal(decision.verdict, 'go');
});

test('a package that fails over a connector with files gone can end as before: as broken as it was', () => {
  const plan = planFor(withProducts(product('4.1.0', { missingFiles: ['a.dll'] })), same);
  const back = plan.wayBack.find((step) => step.kind === 'connector.install');
  assert.deepEqual(back?.kind === 'connector.install' && back.lacking, ['a.dll']);
});

test('of two registered versions both are uninstalled, the newer one first, and both come back, the older one first', () => {
  const plan = planFor(withProducts(fourthField, product('4.4.4')), same);
  const removed = plan.connector.flatMap(({ step }) => (step.kind === 'connector.uninstall' ? step.version : []));
  const back = plan.wayBack.flatMap((step) => (step.kind === 'connector.install' ? step.msi.version : []));
  assert.deepEqual(
    [removed, back],
    [
      ['4.4.4.1', '4.4.4'],
      ['4.4.4', '4.4.4.1'],
    ],
  );
  assert.match(plan.noWayBack ?? '', /several versions lie in one folder/);
  const packages = plan.backup.flatMap(({ step }) => (step.kind === 'config.backup' ? step.packages : []));
  assert.equal(packages.length, 2);
});

test('the config of the version that a site serves is the one that is carried over, and the others keep theirs in the backup', () => {
  const other = product('4.3.0', { folder: 'D:\\SCIMConnector' });
  const plan = planFor(withProducts(product('4.1.0'), other), same);
  const restore = stepOf(plan, 'config.restore')?.step;
  assert.ok(restore?.kind === 'config.restore' && restore.files.every((file) => file.path.startsWith(folder)));
});

test('a folder that is given for the way back is given to the version that lay there, and to no other', () => {
  const elsewhere = product('4.3.0', { folder: 'D:\\SCIMConnector' });
  const properties = { INSTALLDIR: 'D:\\SCIMConnector' };
  const plan = planFor(
    withProducts(product('4.1.0'), elsewhere),
    wanted(msi('4.4.4'), { wayBackProperties: properties }),
  );
  const given = plan.wayBack.flatMap((step) => (step.kind === 'connector.install' ? [step.properties] : []));
  assert.deepEqual(given, [{}, properties]);
});

test('a folder in which several versions lie is as before only where every file of it is', () => {
  const shared = { path: folder, files: 12, logs: 1, content: 'a'.repeat(64) };
  const facts = { ...withProducts(product('4.1.0'), product('4.4.4')), folders: known([shared]) };
  const [step] = planFor(facts, wanted(null)).wayBack.filter((one) => one.kind === 'folder.present');
  assert.ok(step);
  assert.deepEqual(missing(step, facts), known([]));
  const other = { ...facts, folders: known([{ ...shared, content: 'b'.repeat(64) }]) };
  assert.deepEqual(missing(step, other), known([`the files in ${folder} are not as they were`]));
});

test('uninstalling takes every registered version away, and what they leave', () => {
  const plan = planFor(withProducts(product('4.1.0'), product('4.4.4')), wanted(null));
  assert.deepEqual(kinds(plan), [
    'config.backup',
    'pool.stop',
    'connector.unchanged',
    'connector.uninstall',
    'connector.uninstall',
    'site.absent',
    'pool.absent',
    'folder.clear',
  ]);
});

test('a site with an application of somebody else under it stays, and so does its pool', () => {
  const shop = { ...site, application: '/shop', folder: 'C:\\shop' };
  const plan = planFor(server({ iis: known(iis({ sites: [site, shop] })) }), wanted(null));
  assert.deepEqual(kinds(plan), [
    'config.backup',
    'pool.stop',
    'connector.unchanged',
    'connector.uninstall',
    'certificates.present',
  ]);
});

test('an application under another site goes alone, and a pool that others use stays', () => {
  const sites = [
    { ...site, name: 'Default Web Site', folder: 'C:\\inetpub\\wwwroot' },
    { ...site, name: 'Default Web Site', application: '/SCIMConnector' },
  ];
  const plan = planFor(bareServer({ iis: known(iis({ sites })) }), wanted(null));
  const removed = plan.connector.map(({ step }) => (step.kind === 'site.absent' ? step.site.application : step.kind));
  assert.deepEqual(removed, ['/SCIMConnector', 'certificates.present']);
});

test('a folder that bears another name is not moved, nor one in which another site lies', () => {
  const own = product('4.1.0', { folder: 'D:\\Web' });
  assert.ok(
    !kinds(
      planFor({ ...withProducts(own), folders: known([{ path: 'D:\\Web', files: 9, logs: 0 }]) }, wanted(null)),
    ).includes('folder.clear'),
  );
  const inside = { ...site, name: 'Shop', folder: `${folder}\\shop`, pool: 'Shop' };
  const plan = planFor(server({ iis: known(iis({ sites: [site, inside] })) }), wanted(null));
  assert.ok(!kinds(plan).includes('folder.clear'));
});

test('an uninstallation leaves every certificate bound but those of ports that only the connector used', () => {
  const other = { ...site, name: 'Other', folder: 'C:\\other', pool: 'Own' };
  const binding = { endpoint: '0.0.0.0:443', thumbprint: 'AB12', store: 'MY', appId: null, present: true };
  const certificates = [
    binding,
    { ...binding, endpoint: '[::]:9999' },
    { ...binding, endpoint: 'x:1', present: false },
  ];
  const planOf = (sites: readonly (typeof site)[]) =>
    planFor(server({ iis: known(iis({ sites, certificates })) }), wanted(null));
  const named = (step: Plan['wayBack'][number] | undefined) =>
    step?.kind === 'certificates.present' && step.certificates.map((one) => one.endpoint);
  const forward = (sites: readonly (typeof site)[]) => named(stepOf(planOf(sites), 'certificates.present')?.step);
  assert.deepEqual(forward([site, other]), ['0.0.0.0:443', '[::]:9999']);
  assert.deepEqual(forward([site]), ['[::]:9999']);
  const back = planOf([site]).wayBack.find((step) => step.kind === 'certificates.present');
  assert.deepEqual(named(back), ['0.0.0.0:443', '[::]:9999'], 'on the way back those come back too');
});

test('what a run has installed where leftovers lay is no leftover when the run is taken up again', () => {
  const before = server({ products: known([]) });
  const unfinished: Unfinished = { before, wanted: same, direction: 'forward', backup: backupFolder, reached: true };
  const first = planFor(before, same);
  assert.ok(kinds(first).includes('folder.clear') && kinds(first).includes('site.absent'));
  const again = planFor({ ...withProducts(product('4.4.4')), kept: keptConfig }, same, unfinished);
  assert.deepEqual(kinds(again), ['config.backup', 'connector.install', 'connector.serve']);
  assert.deepEqual(
    again.wayBack.map((step) => step.kind),
    first.wayBack.map((step) => step.kind),
  );
});

test('of two versions in one folder the newer one makes way for the older one, as long as that is not there', () => {
  const back = (...products: Product[]) =>
    planFor(withProducts(...products), same)
      .wayBack.filter((step) => step.kind === 'connector.uninstall' || step.kind === 'connector.install')
      .map((step) => `${step.kind} ${step.kind === 'connector.install' ? step.msi.version : step.version}`);
  const [old, current] = [product('4.1.0'), product('4.4.4')];
  const both = ['connector.install 4.1.0', 'connector.install 4.4.4'];
  assert.deepEqual(back(current, old), ['connector.uninstall 4.4.4', ...both]);
  assert.deepEqual(back({ ...old, folder: 'C:\\other' }, current), both);
  assert.deepEqual(back(old, { ...current, cached: null }), both, 'what cannot be put back is left where it is');
  const step = planFor(withProducts(old, current), same).wayBack.find((one) => one.kind === 'connector.uninstall');
  assert.deepEqual(step?.kind === 'connector.uninstall' && step.beneath, [codeOf('4.1.0')]);
});

test('of what is taken back only the config of registered products is looked for', () => {
  const installer = known({ suspended: true, disabledByPolicy: false, holders: [] });
  const files = (facts: Facts) =>
    planFor({ ...facts, installer }, same).wayBack.flatMap((one) =>
      one.kind === 'connector.unchanged' ? one.files : [],
    );
  assert.equal(files(server()).length, config.length);
  assert.deepEqual(files(server({ products: known([]) })), []);
});

test('a suspended installation of somebody else is settled alone, and then everything is decided again', () => {
  const installer = known({ suspended: true, disabledByPolicy: false, holders: [] });
  const plan = planFor(server({ installer }), same);
  assert.deepEqual([kinds(plan), plan.prerequisites], [['config.backup', 'installer.settle'], []]);
  const by = (facts: Facts, goal = same) => {
    const step = stepOf(planFor({ ...facts, installer }, goal), 'installer.settle')?.step;
    return step?.kind === 'installer.settle' && step.by;
  };
  assert.deepEqual(by(withProducts(product('4.4.4'), product('4.1.0'))), { productCode: codeOf('4.1.0') });
  assert.ok(JSON.stringify(by(bareServer())).includes(msi('4.4.4').sha256));
  assert.equal(by(bareServer(), wanted(null)), null);
  const own: Unfinished = { before: server(), wanted: same, direction: 'forward', backup: backupFolder, reached: true };
  assert.ok(!kinds(planFor(server({ installer, kept: keptConfig }), same, own)).includes('installer.settle'));
});

test('the new version must lie where the old one did, unless the properties say otherwise', () => {
  const folderOf = (goal: Wanted) => {
    const step = stepOf(planFor(server(), goal), 'connector.upgrade')?.step;
    return step?.kind === 'connector.upgrade' && step.folder;
  };
  assert.equal(folderOf(same), folder);
  assert.equal(folderOf(wanted(msi('4.4.4'), { properties: { INSTALLDIR: 'D:\\New' } })), undefined);
});

for (const [what, properties, kept] of [
  ['no property', {}, true],
  ['the old folder again', { A: `${folder}\\` }, true],
  ['the folder above it', { A: 'C:\\inetpub\\wwwroot' }, true],
  ['the old port', { A: '443' }, true],
  ['the name of the old site, in other case', { A: 'scimconnector' }, true],
  ['the old folder and another port', { A: folder, B: '9443' }, false],
  ['another folder', { A: 'D:\\New' }, false],
  ['words of which nobody knows what they mean', { A: 'Multiple' }, false],
] as const) {
  test(`properties that give ${what} ${kept ? 'leave' : 'may not leave'} the connector where it is`, () =>
    assert.equal(keepsPlace(properties, folder, site), kept));
}

test('a pool that is left over comes back as it was', () => {
  const left = { ...pool, name: 'SCIMConnectorAppPool', identity: 'NetworkService', state: 'stopped' as const };
  const plan = planFor(bareServer({ iis: known(iis({ sites: [], pools: [left] })) }), same);
  assert.deepEqual(
    plan.wayBack.map((step) => step.kind),
    ['pool.stop', 'connector.uninstall', 'pool.present', 'certificates.present', 'pool.stop'],
  );
});

test('a failed restore takes away only what it may have put there: nothing of a shared folder, nothing that it leaves in the backup', () => {
  const paths = [settings, `${folder}\\web.config`, sharedSettings];
  const goal = (versions: readonly string[]): Wanted => ({
    ...wanted(null),
    goal: 'restored',
    restore: {
      folder: backupFolder,
      isOwn: true,
      takenAt: '2026-11-23T20:41:07Z',
      versions,
      files: paths.map((path) => ({ ...configFile(path), role: path.endsWith('.config') ? 'web.config' : 'settings' })),
      folders: [],
      sites: [],
      pools: [],
    },
  });
  const now = server({ config: known([]) });
  const absentIn = ({ wayBack }: Plan) =>
    wayBack.flatMap((step) => (step.kind === 'config.restore' ? (step.absent ?? []) : []));
  assert.deepEqual(absentIn(planFor(now, goal(['4.1.0']))), paths.slice(0, 2));
  assert.deepEqual(absentIn(planFor(now, goal(['4.4.4']))), paths.slice(0, 1));
  const failed: Unfinished = {
    before: now,
    wanted: goal(['4.1.0']),
    direction: 'back',
    backup: backupFolder,
    reached: true,
  };
  assert.deepEqual(
    absentIn(planFor(server(), wanted(msi('4.4.4')), failed)),
    paths.slice(0, 2),
    'asked for an upgrade by now',
  );
});
