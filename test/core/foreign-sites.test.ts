import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CertificateBinding, Facts, Iis, Pool, Site } from '../../src/core/facts.ts';
import { othersChanged } from '../../src/core/foreign-sites.ts';
import type { Route } from '../../src/core/plan.ts';
import { bareServer, hash, iis, iisId, known, pool, product, server, site, unread } from './server-facts.ts';

const shop: Site = { ...site, name: 'Shop', folder: 'C:\\shop', pool: 'Shop', element: hash('shop') };
const shopPool: Pool = { ...pool, name: 'Shop', element: hash('shop pool') };
const withIis = (more: Partial<Iis>, facts: Partial<Facts> = {}) => server({ iis: known(iis(more)), ...facts });
const webIs = (more: Partial<Site>, poolIs: Partial<Pool> = {}, more2: Partial<Iis> = {}) =>
  withIis({ sites: [site, { ...shop, ...more }], pools: [pool, { ...shopPool, ...poolIs }], ...more2 });
const web = webIs({});

const told = (before: Facts, after: Facts, route: Route = 'upgrade') => othersChanged(before, after, route);
const nothing = { perhapsByRun: [], byOthers: [] };

for (const [what, after, byOthers] of [
  ['nothing', web, []],
  ['that more of it runs', webIs({}, { workers: 3 }), []],
  [
    'its bindings',
    webIs({ bindings: ['http/*:8081:'] }),
    ['site Shop has the bindings http/*:8081:, not https/*:443: http/*:8080:'],
  ],
  ['its folder', webIs({ folder: 'D:\\shop' }), ['site Shop has the folder D:\\shop, not C:\\shop']],
  [
    'any other setting',
    webIs({ element: hash('other') }, { element: hash('other pool') }),
    [
      'site Shop has other settings in applicationHost.config',
      'pool Shop has other settings in applicationHost.config',
    ],
  ],
  [
    'the account of its pool',
    webIs({}, { identity: 'LocalSystem' }),
    ['pool Shop does not run as ApplicationPoolIdentity'],
  ],
  ['all of it', server(), ['site Shop is not there', 'pool Shop is not there']],
  [
    'that it is stopped, and its pool',
    webIs({ state: 'stopped' }, { state: 'stopped' }),
    [
      'site Shop ran and is stopped (appcmd start site "Shop")',
      'pool Shop ran and is stopped (appcmd start apppool "Shop")',
    ],
  ],
] as const) {
  test(`of another site in IIS is told what somebody has changed: ${what}`, () =>
    assert.deepEqual(told(web, after), { perhapsByRun: [], byOthers }));
}

const restarted = { services: { W3SVC: { state: 'running', startedAt: '2026-11-23T20:42:00Z' } } } as const;

test('where IIS was restarted meanwhile, what does not run any more may have been stopped by that', () => {
  const after = webIs({ state: 'stopped' }, { state: 'stopped' }, restarted);
  assert.deepEqual(told(web, after), {
    perhapsByRun: [
      'site Shop ran and is stopped (appcmd start site "Shop")',
      'pool Shop ran and is stopped (appcmd start apppool "Shop")',
    ],
    byOthers: [],
  });
  assert.deepEqual(told(web, webIs({}, {}, restarted)), nothing);
});

test('what was found stopped, or has been started since, is not told', () => {
  const stopped = webIs({ state: 'stopped' }, { state: 'stopped' });
  assert.deepEqual([told(stopped, stopped), told(stopped, webIs({}, {}, restarted))], [nothing, nothing]);
});

test('where the services of IIS are down, they are told, and not each site that is down with them', () => {
  const services = { W3SVC: { state: 'stopped', startedAt: null } } as const;
  const after = webIs({ state: 'stopped' }, { state: 'stopped' }, { services });
  assert.deepEqual(told(web, after), {
    perhapsByRun: ['service W3SVC ran and is stopped (net start W3SVC)'],
    byOthers: [],
  });
});

test('another service of IIS that somebody has stopped is told as that, beside the sites', () => {
  const running = { state: 'running', startedAt: '2026-11-05T06:00:00Z' } as const;
  const services = { W3SVC: running, AppHostSvc: running };
  const stopped = { ...services, AppHostSvc: { state: 'stopped', startedAt: null } } as const;
  assert.deepEqual(told(webIs({}, {}, { services }), webIs({ state: 'stopped' }, {}, { services: stopped })), {
    perhapsByRun: [],
    byOthers: [
      'service AppHostSvc ran and is stopped (net start AppHostSvc)',
      'site Shop ran and is stopped (appcmd start site "Shop")',
    ],
  });
});

test('a stopped site is told once, and not for each application below it', () => {
  const below = { ...shop, application: '/cart', folder: 'C:\\cart' };
  const at = (state: Site['state']) =>
    withIis({
      sites: [
        { ...shop, state },
        { ...below, state },
      ],
      pools: [shopPool],
    });
  assert.equal(told(at('started'), at('stopped')).byOthers.length, 1);
});

test('a pool that another site shares with the connector, and that is stopped or gone afterwards, is told as perhaps by the run', () => {
  const shared = { ...shop, pool: pool.name };
  const before = withIis({ sites: [site, shared] });
  const gone = { products: known([]) };
  const stopped = withIis({ sites: [shared], pools: [{ ...pool, state: 'stopped' }] }, gone);
  assert.deepEqual(told(before, stopped, 'uninstall'), {
    perhapsByRun: ['pool ScimPool ran and is stopped (appcmd start apppool "ScimPool")'],
    byOthers: [],
  });
  const removed = withIis({ sites: [shared], pools: [] }, gone);
  assert.deepEqual(told(before, removed, 'uninstall').perhapsByRun, ['pool ScimPool is not there']);
});

test("what somebody has put below the connector's site and is gone with it is told as perhaps by the run", () => {
  const below = { ...site, application: '/tools', folder: 'C:\\tools' };
  assert.deepEqual(told(withIis({ sites: [site, below] }), bareServer(), 'uninstall'), {
    perhapsByRun: ['site SCIMConnector/tools is not there'],
    byOthers: [],
  });
});

test("what is the connector's own in IIS is not taken for somebody else's, nor what an older version could not see", () => {
  const own = (more: Partial<Site>, poolIs: Partial<Pool> = {}) =>
    withIis({ sites: [{ ...site, element: hash('a'), ...more }], pools: [{ ...pool, ...poolIs }] });
  const changed = own({ element: hash('b'), bindings: ['https/*:443:'], state: 'stopped' }, { state: 'stopped' });
  assert.deepEqual(told(own({}), changed), nothing);
  assert.deepEqual(told(webIs({ element: undefined }), web), nothing);
});

test('of what could not be read nothing is told', () => {
  for (const fact of ['iis', 'products'] as const)
    assert.deepEqual(told(web, { ...server(), [fact]: unread() }), nothing, fact);
});

const certificate: CertificateBinding = {
  endpoint: '0.0.0.0:443',
  thumbprint: 'AB12',
  store: 'MY',
  appId: iisId,
  present: true,
};
const bindings = (...certificates: readonly CertificateBinding[]) =>
  withIis({ certificates, sites: [site, shop], pools: [pool, shopPool] });
const again = `netsh http add sslcert ipport=0.0.0.0:443 certhash=ab12 appid=${iisId} certstorename=MY`;

test('a certificate that is not in its store and not bound any more is told with its hash, its port and what binds it again', () => {
  const [text, ...others] = told(bindings({ ...certificate, present: false }), bindings()).perhapsByRun;
  assert.equal(
    text,
    `certificate AB12 is not bound to 0.0.0.0:443, for it is not in the store MY of the computer (once it is there: ${again})`,
  );
  assert.deepEqual(others, []);
});

test('another certificate in its place must be taken away before it is bound again', () => {
  const other = { ...certificate, thumbprint: 'CD34' };
  const [text = ''] = told(bindings({ ...certificate, present: false }), bindings(other)).perhapsByRun;
  assert.ok(text.endsWith(`(once it is there: netsh http delete sslcert ipport=0.0.0.0:443, then ${again})`), text);
});

test('a binding that differs where no setup of the connector ran is told as the doing of somebody else', () => {
  for (const route of ['none', 'prerequisites', 'restore'] as const)
    assert.deepEqual(told(bindings(certificate), bindings(), route), {
      perhapsByRun: [],
      byOthers: [`certificate AB12 is not bound to 0.0.0.0:443 (${again})`],
    });
});

test('a binding that only the connector used is not missed when the connector is gone', () => {
  const absent = { ...certificate, present: false };
  const alone = withIis({ certificates: [absent] });
  const gone = bareServer({ iis: known(iis({ sites: [], pools: [], certificates: [] })) });
  assert.deepEqual(told(alone, gone, 'uninstall'), nothing);
  const beside = withIis({ certificates: [absent], sites: [site, shop], pools: [pool, shopPool] });
  const left = withIis({ certificates: [], sites: [shop], pools: [shopPool] }, { products: known([]) });
  assert.equal(told(beside, left, 'uninstall').perhapsByRun.length, 1);
});

test('the binding of a site that no version owned, and that is cleared away for a new one, is not missed', () => {
  const after = withIis({ certificates: [{ ...certificate, thumbprint: 'CD34' }] });
  for (const present of [true, false]) {
    const before = withIis({ certificates: [{ ...certificate, present }] }, { products: known([]) });
    assert.deepEqual(told(before, after, 'install'), nothing);
  }
});

test('a dead binding of the connector is told where nothing is bound in its place, and not where a new version has bound another', () => {
  const dead = { ...certificate, present: false };
  const after = (now: readonly CertificateBinding[]) =>
    told(withIis({ certificates: [dead] }), withIis({ certificates: now }, { products: known([product('4.4.4')]) }));
  assert.match(after([]).perhapsByRun.join(), /^certificate AB12 is not bound to/);
  assert.deepEqual(after([{ ...certificate, thumbprint: 'CD34' }]), nothing);
});

test('a dead binding of a port that no site used is missed by nobody', () => {
  const dead = { ...certificate, endpoint: '0.0.0.0:8443', present: false };
  assert.deepEqual(told(withIis({ certificates: [dead] }), withIis({ certificates: [] })), nothing);
});
