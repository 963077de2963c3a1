import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call, CallResult } from '../../src/core/call.ts';
import type { CertificateBinding, Facts, Site } from '../../src/core/facts.ts';
import type { Step } from '../../src/core/step.ts';
import { perform } from '../../src/steps/perform.ts';
import { bareServer, iis, iisId, known, pool, product, server, site } from '../core/server-facts.ts';
import { withDoors } from '../sweep/doors.ts';
import { doingOn, givenDoing } from './on-server.ts';

const certificate = { endpoint: '0.0.0.0:443', thumbprint: 'AB12', store: 'MY', appId: iisId, present: true };
const second: Site = { ...site, name: 'Default Web Site', application: '/SCIMConnector' };
const absent: Step<'site.absent'> = { kind: 'site.absent', site };
const bound: Step = { kind: 'certificates.present', certificates: [certificate], bound: ['0.0.0.0:443'] };
const withSites = (sites: readonly Site[], more: Partial<Facts> = {}) =>
  bareServer({ iis: known(iis({ sites })), ...more });

/** What a step does on a server that shows these facts, one look after the other; every call succeeds unless it is told. */
async function performed(step: Step, looks: readonly Facts[], result: Partial<CallResult> = {}) {
  const { machine } = await givenDoing();
  const calls: string[] = [];
  let at = 0;
  const change = async ({ args }: Call<'change'>): Promise<CallResult> => {
    calls.push(args.filter((arg) => typeof arg === 'string').join(' '));
    return { code: 0, timedOut: false, output: '', ...result };
  };
  const look = async () => looks[Math.min(at++, looks.length - 1)] as Facts;
  return { outcome: await perform(step, doingOn(withDoors(machine, { change, look }))), calls };
}

test('a certificate that went with a site is bound again, and one that is there is left alone', async () => {
  const lost = bareServer({ iis: known(iis({ sites: [], certificates: [] })) });
  const mended = await performed(bound, [lost]);
  assert.deepEqual(
    mended.calls.map((one) => one.split(' ').slice(0, 3).join(' ')),
    ['http delete sslcert', 'http add sslcert'],
  );
  assert.deepEqual((await performed(bound, [withSites([])])).calls, []);
});

test('neither the site of a registered product is removed nor a pool in which something runs', async () => {
  const owned = await performed(absent, [server()]);
  assert.deepEqual([owned.outcome.ok, owned.calls], [false, []]);
  assert.match(owned.outcome.meaning, /belongs to 4\.1\.0/);
  const used = await performed({ kind: 'pool.absent', pool: 'scimpool' }, [withSites([second])]);
  assert.match(used.outcome.meaning, /Default Web Site\/SCIMConnector runs in pool scimpool/);
  assert.deepEqual((await performed({ kind: 'pool.absent', pool: pool.name }, [withSites([])])).calls.length, 1);
});

test('a second site that a package made beside the old one is removed before the old one is put right', async () => {
  const step: Step = { kind: 'site.present', site, identity: pool.identity, beside: [] };
  const { calls } = await performed(step, [server({ iis: known(iis({ sites: [site, second] })) })]);
  assert.equal(calls[0], 'delete app /app.name:Default Web Site/SCIMConnector');
  assert.ok(calls.length > 5);
  const known2: Step = { ...step, beside: ['default web site/scimconnector'] };
  const before = await performed(known2, [server({ iis: known(iis({ sites: [site, second] })) })]);
  assert.ok(!before.calls.some((one) => one.startsWith('delete')));
});

test('what IIS has bound to a port that no site uses any more is taken from there, and nothing else is', async () => {
  const now = (more: Partial<CertificateBinding>, sites: readonly Site[] = [site]) =>
    server({ iis: known(iis({ sites, certificates: [certificate, { ...certificate, ...more }] })) });
  const removed = async (look: Facts) => (await performed(bound, [look])).calls;
  const stray = now({ endpoint: '0.0.0.0:8443' });
  const countedUp = now({ endpoint: '0.0.0.0:8443' }, [{ ...site, bindings: ['https/*:8443:'] }]);
  assert.deepEqual(await removed(stray), ['http delete sslcert ipport=0.0.0.0:8443']);
  assert.deepEqual(await removed(countedUp), []);
  assert.deepEqual(
    await removed(now({ endpoint: '0.0.0.0:8443', appId: '{BA195980-CD49-458B-9E23-C84EE0ADCD75}' })),
    [],
  );
  assert.deepEqual(await removed(server()), []);
});

test('what the call that settles ends with does not count, only whether Windows Installer still holds something', async () => {
  const step: Step = { kind: 'installer.settle', by: { productCode: product('4.1.0').productCode } };
  const suspended = server({ installer: known({ suspended: true, disabledByPolicy: false, holders: [] }) });
  assert.equal((await performed(step, [server()], { code: 1605 })).outcome.ok, true);
  assert.equal((await performed(step, [suspended], { code: 1605 })).outcome.ok, false);
  assert.equal((await performed({ ...step, by: null }, [suspended])).outcome.ok, false);
});

test('a product whose kept package is gone is uninstalled by the package given, if that is the one that was checked', async () => {
  const msi = { name: 'a.msi', sha256: '0'.repeat(64), productCode: '{X}', version: '4.4.4' };
  const step: Step = { kind: 'connector.uninstall', productCode: '{X}', version: '4.4.4', folder: null, msi };
  const { calls, outcome } = await performed(step, [server({ config: known([]) })]);
  assert.deepEqual(calls, []);
  assert.match(outcome.meaning, /is not kept/);
});
