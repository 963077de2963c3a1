import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Attempt, defaultLimits } from '../../src/core/call.ts';
import { callsOf } from '../../src/core/calls.ts';
import { neededFeatures } from '../../src/core/connector.ts';
import { eventCall } from '../../src/core/event-log.ts';
import { factsSchema } from '../../src/core/facts-schema.ts';
import { packagePath, placesOf } from '../../src/core/places.ts';
import { iisApplication } from '../../src/core/site-gaps.ts';
import type { BundleRef, MsiRef, Step } from '../../src/core/step.ts';
import { connectorFolder, samples, sandboxOf, snapshot } from './on-server.ts';

const code41 = '{48247BF4-CDF2-45FF-B99B-1EB3243CC2E0}';
const code44 = '{15D14DF3-61A2-40EC-80F4-861B58407587}';
const msi: MsiRef = { name: 'SCIMConnector-4.4.4.msi', sha256: 'a'.repeat(64), productCode: code44, version: '4.4.4' };
const bundle: BundleRef = { name: 'dotnet-hosting-6.0.36-win.exe', sha256: 'b'.repeat(64), version: '6.0.36' };
const pool = 'SCIMConnectorAppPool';
const site = {
  name: 'Second',
  application: '/',
  folder: connectorFolder,
  pool: 'SecondPool',
  bindings: ['https/*:9443:'],
  state: 'started',
} as const;
const under = { ...site, name: 'Default Web Site', application: '/SCIM', pool: 'SecondPool' };

const secrets = [{ name: 'PASSPHRASE', hidden: true }];
const certificates = [
  { endpoint: '0.0.0.0:9443', thumbprint: 'AB'.repeat(20), store: 'MY', appId: iisApplication, present: true },
];

/** Every kind of step that has command lines, in an order in which each can succeed, with the codes it ends in. */
const steps: readonly (readonly [Step, readonly (number | null)[]])[] = [
  [{ kind: 'iis.enable', features: neededFeatures }, [0]],
  [{ kind: 'hosting.install', bundle }, [0]],
  [{ kind: 'hosting.repair', bundle }, [0]],
  [{ kind: 'iis.restart' }, [0]],
  [{ kind: 'pool.stop', pool }, [0]],
  [{ kind: 'connector.upgrade', msi, properties: { INSTANCEMODE: 'Single' }, replaces: [code41] }, [3010]],
  [{ kind: 'pool.start', pool }, [0]],
  [{ kind: 'connector.uninstall', productCode: code44, version: '4.4.4', folder: null }, [3010]],
  [{ kind: 'connector.install', msi, properties: {}, secrets }, [0]],
  [{ kind: 'connector.repair', msi, properties: {}, secrets }, [0]],
  [{ kind: 'connector.uninstall', productCode: code44, version: '4.4.4', folder: null }, [3010]],
  [{ kind: 'connector.install', msi, properties: { INSTALLDIR: 'C:\\Program Files\\SCIM Connector' } }, [0]],
  [{ kind: 'site.present', site, identity: 'NetworkService', beside: [] }, [0, 0, 0, 0, 0, 0, 1056]],
  [{ kind: 'certificates.present', certificates, bound: [] }, [1, 0]],
  [{ kind: 'site.present', site: under, identity: 'ApplicationPoolIdentity', beside: [] }, [183, 0, 0, 0, 0]],
  [{ kind: 'connector.repair', msi, properties: {} }, [0]],
  [{ kind: 'installer.settle', by: { productCode: code44 } }, [0]],
  [{ kind: 'site.absent', site: under }, [0]],
  [{ kind: 'site.absent', site }, [0]],
  [{ kind: 'certificates.present', certificates, bound: [] }, [0, 0]],
  [{ kind: 'pool.absent', pool: 'SecondPool' }, [0]],
  [{ kind: 'pool.present', pool: 'SecondPool', identity: 'LocalSystem' }, [0, 0]],
  [{ kind: 'connector.uninstall', productCode: code44, version: '4.4.4', folder: null, msi }, [0]],
];

test('the sandbox knows every command line that the program makes', async (t) => {
  const { machine } = await sandboxOf(t, 'scim-4.1');
  const attempt: Attempt = {
    places: placesOf('run', 'backup', machine.scripts),
    label: 'step-1',
    limits: defaultLimits,
  };
  await machine.makeFolder(attempt.places.logs);
  for (const kept of [msi, bundle]) await machine.receive(join(samples, kept.name), packagePath(attempt.places, kept));
  for (const [step, codes] of steps) {
    const ended: (number | null)[] = [];
    for (const call of callsOf(step, attempt))
      ended.push((await machine.change(call, new Map([['PASSPHRASE', 'a value']]))).code);
    assert.deepEqual(ended, codes, step.kind);
  }
});

test('the sandbox knows the command line that writes to the event log', async (t) => {
  const { machine } = await sandboxOf(t, 'scim-4.1');
  const events = [
    { id: 1, level: 'INFORMATION', text: 'It has begun. "C:\\a b\\"' },
    { id: 1000, level: 'ERROR', text: 'It failed.' },
  ] as const;
  for (const event of events) assert.equal((await machine.change(eventCall(event, defaultLimits))).code, 0);
  const { events: kept } = machine.server.memory;
  assert.deepEqual(
    kept.map(({ at: _at, ...rest }) => rest),
    events.map((event) => ({ source: 'scim-setup', ...event })),
  );
});

test('what a sandbox stores is a document of facts and one field more', async (t) => {
  const { folder } = await sandboxOf(t, 'scim-4.1');
  const text = Buffer.from((await snapshot(folder)).get('/server.json') ?? '', 'base64').toString();
  const { sandbox, ...facts } = JSON.parse(text);
  assert.equal(typeof sandbox.clock, 'string');
  assert.equal(factsSchema.parse(facts).schema, 1);
  assert.doesNotMatch(text, new RegExp(folder));
});
