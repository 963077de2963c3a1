import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide } from '../../src/core/decide.ts';
import type { Facts } from '../../src/core/facts.ts';
import { type Plan, stepsForward, type Unfinished } from '../../src/core/plan.ts';
import type { Wanted } from '../../src/core/wanted.ts';
import { acceptable } from './any-server.ts';
import {
  backupFolder,
  bareServer,
  bundle,
  hash,
  hosting,
  iis,
  iisId,
  keptConfig,
  known,
  msi,
  pool,
  product,
  server,
  site,
  wanted,
} from './server-facts.ts';

const upgrade = wanted(msi('4.4.4'), { accept: acceptable });
const replace = wanted(msi('4.4.4', { upgrade: [] }));

function planFor(now: Facts, goal: Wanted, unfinished?: Unfinished): Plan {
  const decision = decide(now, goal, unfinished);
  assert.ok(decision.verdict === 'go', JSON.stringify(decision.findings));
  return decision.plan;
}

const ids = (plan: Plan) => stepsForward(plan).map((one) => one.id);
const kindsBack = (plan: Plan) => plan.wayBack.map((step) => step.kind);
const stopped = { ...pool, state: 'stopped' as const, workers: 0 };
const iisWith = (more: Parameters<typeof iis>[0]) => server({ iis: known(iis(more)) });

for (const [what, now, goal, steps] of [
  [
    'an upgrade',
    server(),
    upgrade,
    'config.backup pool.stop connector.unchanged connector.upgrade site.present pool.absent certificates.present config.restore pool.start',
  ],
  [
    'a replacement',
    server(),
    replace,
    'config.backup pool.stop connector.unchanged connector.uninstall connector.install site.present pool.absent certificates.present config.restore pool.start',
  ],
  [
    'an uninstallation',
    server(),
    wanted(null),
    'config.backup pool.stop connector.unchanged connector.uninstall site.absent pool.absent folder.clear',
  ],
  ['an installation', bareServer(), upgrade, 'connector.install certificates.present connector.serve'],
  [
    'an installation over what an uninstallation left',
    server({ products: known([]) }),
    upgrade,
    'config.backup pool.stop site.absent pool.absent folder.clear connector.install connector.serve',
  ],
  [
    'an upgrade without a site',
    iisWith({ sites: [] }),
    upgrade,
    'config.backup connector.unchanged connector.upgrade certificates.present config.restore',
  ],
  [
    'an upgrade with a stopped pool',
    iisWith({ pools: [stopped] }),
    upgrade,
    'config.backup pool.stop connector.unchanged connector.upgrade site.present pool.absent certificates.present config.restore pool.stop-2',
  ],
] as const) {
  test(`the steps of ${what}`, () => assert.equal(ids(planFor(now, goal)).join(' '), steps));
}

test('a pool that others share with the connector goes on for them when the connector is gone from it', () => {
  const shop = { ...site, name: 'Shop', folder: 'C:\\shop' };
  const last = (now: Facts, goal = wanted(null)) => stepsForward(planFor(now, goal)).at(-1);
  assert.deepEqual(last(iisWith({ sites: [site, shop] })), {
    id: 'pool.start',
    step: { kind: 'pool.start', pool: pool.name },
    why: 'it runs Shop too',
  });
  assert.notEqual(last(server())?.id, 'pool.start');
  assert.notEqual(last(iisWith({ sites: [site, shop], pools: [stopped] }))?.id, 'pool.start');
});

test('what the properties say of folder and site counts, so the old site is not asked for', () => {
  const moved = wanted(msi('4.4.4'), { properties: { INSTALLDIR: 'D:\\SCIM' } });
  assert.ok(!ids(planFor(server(), moved)).includes('site.present'));
});

test('an upgrade in place may fall back on uninstalling and installing', () => {
  const step = planFor(server(), upgrade).connector.find((one) => one.id === 'connector.upgrade');
  assert.deepEqual(
    step?.orElse?.map((one) => one.kind),
    ['connector.uninstall', 'connector.install'],
  );
});

test('the way back removes the new version, then brings version, site, bytes and pool back', () => {
  assert.deepEqual(kindsBack(planFor(server(), upgrade)), [
    'pool.stop',
    'connector.uninstall',
    'connector.install',
    'site.present',
    'pool.absent',
    'certificates.present',
    'config.restore',
    'pool.start',
  ]);
  assert.deepEqual(kindsBack(planFor(bareServer(), upgrade)), ['connector.uninstall', 'certificates.present']);
  assert.deepEqual(kindsBack(planFor(server(), wanted(null))).includes('connector.uninstall'), false);
});

test('a pool that was found stopped is left stopped, on the way back too', () => {
  assert.equal(kindsBack(planFor(iisWith({ pools: [stopped] }), upgrade)).at(-1), 'pool.stop');
});

test('every certificate of the server comes back that is still there, on whatever port', () => {
  const at = (endpoint: string, present = true) => ({
    endpoint,
    thumbprint: 'AB12',
    store: 'MY',
    appId: iisId,
    present,
  });
  const certificates = [
    at('0.0.0.0:443'),
    at('scim.example:443'),
    at('0.0.0.0:9443'),
    at('0.0.0.0:8080'),
    at('[::]:443', false),
  ];
  const plan = planFor(iisWith({ certificates }), upgrade);
  const wanted = {
    kind: 'certificates.present',
    certificates: certificates.slice(0, -1),
    bound: certificates.map((one) => one.endpoint),
  };
  assert.deepEqual(
    plan.wayBack.find((step) => step.kind === 'certificates.present'),
    wanted,
  );
  const ifUsed = ['0.0.0.0:443', 'scim.example:443'];
  assert.deepEqual(plan.connector.find((one) => one.id === 'certificates.present')?.step, { ...wanted, ifUsed });
});

/** A server whose applicationHost.config can be edited as text. */
const editable = (identity: string = pool.identity) =>
  iisWith({
    hostConfig: { path: 'C:\\applicationHost.config', sddl: 'D:' },
    sites: [{ ...site, element: hash('site') }],
    pools: [{ ...pool, identity, element: hash('pool') }],
  });

test('site and pool are put back by their text where that can be edited, and no plan holds a fingerprint of it', () => {
  const plan = planFor(editable(), upgrade);
  const backup = plan.backup.find((one) => one.id === 'config.backup')?.step;
  assert.deepEqual(backup?.kind === 'config.backup' && backup.host, { path: 'C:\\applicationHost.config' });
  const put = { kind: 'site.present', site, identity: pool.identity, beside: [], exact: true };
  assert.deepEqual(
    plan.wayBack.find((step) => step.kind === 'site.present'),
    put,
  );
  assert.deepEqual(plan.connector.find((one) => one.id === 'site.present')?.step, put);
  assert.ok(!JSON.stringify(plan).includes(hash('pool')));
});

test('the settings of a pool are left to the new setup where it is for programs of other bits or of another format', () => {
  const forward = (now: Facts, msiGiven: ReturnType<typeof msi>) => {
    const step = planFor(now, wanted(msiGiven, { accept: acceptable })).connector.find(
      (one) => one.id === 'site.present',
    )?.step;
    return step?.kind === 'site.present' && step.exact;
  };
  assert.equal(forward(editable(), msi('4.4.4')), true);
  assert.equal(forward({ ...editable(), products: known([product('4.1.0', { bits: 32 })]) }, msi('4.4.4')), undefined);
  assert.equal(forward({ ...editable(), products: known([product('3.2.0')]) }, msi('4.4.4')), undefined);
});

test('a pool under an account is uninstalled where its text brings the password back, and an upgrade may fall back on that', () => {
  const account = 'SpecificUser:CORP\\scim';
  const plan = planFor(editable(account), upgrade);
  assert.equal(plan.noWayBack, undefined);
  assert.equal(plan.connector.find((one) => one.id === 'connector.upgrade')?.orElse?.length, 2);
  assert.equal(planFor(editable(account), replace).noWayBack, undefined);
  const old = { ...editable(account), products: known([product('3.2.0')]) };
  const decision = decide(old, { ...upgrade, accept: acceptable });
  assert.ok(decision.findings.some((one) => one.id === 'pool-password'));
});

test('prerequisites alone need no way back', () => {
  const now = server({ products: known([product('4.4.4')]), hosting: known(hosting({ runtimes: [] })) });
  const plan = planFor(now, wanted(msi('4.4.4'), { bundle }));
  assert.deepEqual([plan.route, plan.connector, plan.wayBack], ['prerequisites', [], []]);
});

test('a bundle that is there and has left no module is repaired, or else installed; one that is not, the other way round', () => {
  const off = { registered: false, files: false, schema: false, configured: false, eventSource: false };
  const kinds = (bundles: readonly { version: string; cachedAt: null }[]) => {
    const now = server({ hosting: known(hosting({ module: off, bundles })) });
    const [first, second] = planFor(now, wanted(msi('4.4.4'), { bundle })).prerequisites;
    assert.equal(second?.id, 'iis.restart');
    return [first?.step.kind, ...(first?.orElse ?? []).map((step) => step.kind)];
  };
  assert.deepEqual(kinds([{ version: '6.0.36', cachedAt: null }]), ['hosting.repair', 'hosting.install']);
  assert.deepEqual(kinds([{ version: '6.0.5', cachedAt: null }]), ['hosting.install', 'hosting.repair']);
});

test('a plan says how many other sites a restart of IIS takes down', () => {
  const others = [1, 2].map((number) => ({
    ...site,
    name: `Other ${number}`,
    folder: `C:\\other${number}`,
    pool: 'Own',
  }));
  const late = known(hosting({ changedAt: '2026-11-09T00:00:00Z' }));
  const why = (sites: readonly (typeof site)[]) =>
    planFor({ ...iisWith({ sites }), hosting: late }, upgrade).prerequisites.find((one) => one.id === 'iis.restart')
      ?.why;
  assert.match(why([site]) ?? '', /^so that it finds the hosting bundle$/);
  assert.match(why([site, ...others.slice(1)]) ?? '', /1 other site is down/);
  assert.match(why([site, ...others]) ?? '', /2 other sites are down/);
});

test('what an unfinished run with another package has left is uninstalled first, and on the way back', () => {
  const unfinished: Unfinished = {
    before: server(),
    wanted: wanted(msi('4.3.0')),
    direction: 'forward',
    backup: backupFolder,
    reached: true,
  };
  const now = server({ products: known([product('4.3.0')]), kept: keptConfig });
  const plan = planFor(now, upgrade, unfinished);
  const [first] = plan.connector;
  assert.deepEqual([first?.step.kind, first?.why], ['connector.uninstall', 'an unfinished run left it']);
  const removed = plan.wayBack.flatMap((step) => (step.kind === 'connector.uninstall' ? step.version : []));
  assert.deepEqual(removed, ['4.4.4', '4.3.0']);
});

test('a pool whose password only IIS knows is not uninstalled on the way to a new version that cannot have it', () => {
  const now = iisWith({ pools: [{ ...pool, identity: 'SpecificUser:CORP\\scim' }] });
  const decision = decide(now, { ...replace, accept: acceptable });
  assert.equal(decision.verdict, 'refuse');
});

const cut = (before: Facts, goal: Wanted): Unfinished => ({
  before,
  wanted: goal,
  direction: 'forward',
  backup: backupFolder,
  reached: true,
});

test('whoever wants what there was before an unfinished run gets all of it back, and is not told that nothing was to do', () => {
  const now = server({ products: known([]), kept: keptConfig });
  const plan = planFor(now, wanted(msi('4.1.0'), { accept: acceptable }), cut(server(), upgrade));
  const kinds = plan.connector.map((one) => one.step.kind);
  assert.deepEqual(
    kinds,
    kindsBack(plan),
    'what is wanted now is where the way back of the unfinished run would have led',
  );
  const installed = plan.connector.find(({ step }) => step.kind === 'connector.install')?.step;
  assert.ok(installed?.kind === 'connector.install' && installed.msi.version === '4.1.0');
  assert.ok(kinds.includes('connector.uninstall'), '4.4.4 of the unfinished run stays');
});

test('an uninstallation after a first installation that was cut removes what that has installed', () => {
  const now = server({ products: known([product('4.4.4')]) });
  const plan = planFor(now, wanted(null, { accept: acceptable }), cut(bareServer(), upgrade));
  assert.deepEqual(
    plan.connector.map((one) => one.step).filter(({ kind }) => kind === 'connector.uninstall').length,
    1,
  );
});
