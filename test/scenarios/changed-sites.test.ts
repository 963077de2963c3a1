import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import type { Iis } from '../../src/core/facts.ts';
import { iisApplication } from '../../src/core/site-gaps.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { hostText } from '../../src/sandbox/host-config.ts';
import { iisNow } from '../../src/sandbox/iis.ts';
import { type Server, saveServer } from '../../src/sandbox/server.ts';
import { tools } from '../../src/sandbox/tools/table.ts';
import { asked, bundle, doorsOf, givenServer, sample } from '../given.ts';
import { cut, dismWantsRestart, runAfterRestart, seenIn, serverIn, waitingForBundle } from './restarts.ts';

const withBundle = { hostingBundle: sample(bundle) };
const good = 'SCIMConnector-4.4.4.msi';
const failing = 'SCIMConnector-4.4.5-fails-old-gone.msi';

async function appcmd(server: Server, ...args: readonly string[]): Promise<void> {
  assert.equal((await tools.appcmd(server, args)).code, 0, args.join(' '));
}

/** Binds another certificate to a port, in place of one that may be bound there. */
async function bind(server: Server, port: number, thumbprint: string): Promise<void> {
  const place = `ipport=0.0.0.0:${port}`;
  await tools.netsh(server, ['http', 'delete', 'sslcert', place]);
  const words = [`certhash=${thumbprint}`, `appid=${iisApplication}`, 'certstorename=MY'];
  assert.equal((await tools.netsh(server, ['http', 'add', 'sslcert', place, ...words])).code, 0);
}

async function addPortal(server: Server, bindings: string): Promise<void> {
  await appcmd(server, 'add', 'apppool', '/name:Portal');
  await appcmd(server, 'add', 'site', '/name:Portal', '/physicalPath:C:\\portal', `/bindings:${bindings}`);
  await appcmd(server, 'set', 'app', '/app.name:Portal/', '/applicationPool:Portal');
}

/** What an administrator does to sites and bindings while a run waits; IIS as it is then, with its file. */
async function changeSites(folder: string) {
  const server = await serverIn(folder);
  await addPortal(server, 'https/*:8444:');
  await appcmd(server, 'set', 'site', '/site.name:SCIMConnector', '/bindings:https/*:443:,http/*:8081:');
  await bind(server, 443, 'ab'.repeat(20));
  await bind(server, 8444, 'cd'.repeat(20));
  await saveServer(server);
  return shownIn(folder);
}

async function shownIn(folder: string) {
  const server = await serverIn(folder);
  const iis = iisNow(server) as Iis;
  const sites = iis.sites.map(({ name, bindings, state, pool }) => `${name} ${bindings} ${state} ${pool}`);
  const certificates = iis.certificates.map(({ endpoint, thumbprint }) => `${endpoint} ${thumbprint}`).sort();
  return { sites: sites.sort(), certificates, text: hostText(server) };
}

for (const [msi, code, version] of [
  [good, 0, '4.4.4'],
  [failing, 22, '4.1.0'],
] as const)
  test(`sites and bindings that are changed while a run waits for a restart, before it has reached the connector, count, with ${msi}`, async () => {
    const { folder } = await waitingForBundle(msi);
    const { text: _beforeBundle, ...changed } = await changeSites(folder);
    const resumed = await runAfterRestart(folder);
    assert.deepEqual([resumed.exitCode, (await seenIn(folder)).versions], [code, [version]], resumed.message);
    const { text: _text, ...found } = await shownIn(folder);
    assert.deepEqual(found, changed);
    assert.deepEqual(resumed.others, { perhapsByRun: [], byOthers: [] });
  });

test('the file of IIS too is that of the second run when it fails', async () => {
  const { folder, machine } = await givenServer('scim-4.1');
  const fault = { at: { tool: 'appcmd', call: 1 }, trouble: { kind: 'power-cut', effect: 'done' } } as const;
  await cut(apply(asked('apply', failing), doorsOf(withFaults(machine, fault))));
  const changed = await changeSites(folder);
  const resumed = await runAfterRestart(folder);
  assert.deepEqual([resumed.exitCode, await shownIn(folder)], [22, changed], resumed.message);
});

for (const [msi, code, version] of [
  [good, 0, '4.4.4'],
  [failing, 22, '4.1.0'],
] as const)
  test(`once a run has reached the connector, its site and what was bound are as before the first run, with ${msi}`, async () => {
    const { folder, machine } = await givenServer('scim-4.1');
    const before = await shownIn(folder);
    const fault = { at: { tool: 'msiexec', call: 1 }, trouble: { kind: 'power-cut', effect: 'none' } } as const;
    await cut(apply(asked('apply', msi), doorsOf(withFaults(machine, fault))));
    const changed = await changeSites(folder);
    const resumed = await runAfterRestart(folder);
    assert.deepEqual([resumed.exitCode, (await seenIn(folder)).versions], [code, [version]], resumed.message);
    const found = await shownIn(folder);
    const isPortals = (line: string) => line.startsWith('Portal ') || line.includes(':8444 ');
    assert.deepEqual(found.sites.filter(isPortals), changed.sites.filter(isPortals));
    assert.deepEqual(found.certificates.filter(isPortals), changed.certificates.filter(isPortals));
    const others = (lines: readonly string[]) => lines.filter((line) => !isPortals(line));
    assert.deepEqual([others(found.sites), others(found.certificates)], [before.sites, before.certificates]);
  });

test('a site that somebody adds after the restart that IIS itself has asked for keeps its certificate', async () => {
  const sandbox = await givenServer('fresh');
  const request = asked('apply', good, { ...withBundle, property: ['HTTPSPORT=443'] });
  const first = await apply(request, doorsOf(dismWantsRestart(sandbox)));
  assert.equal(first.exitCode, 25, first.message);
  const server = await serverIn(sandbox.folder);
  await addPortal(server, 'https/*:443:portal.example.com');
  await bind(server, 443, 'ab'.repeat(20));
  await saveServer(server);
  const resumed = await runAfterRestart(sandbox.folder);
  assert.equal(resumed.exitCode, 0, resumed.message);
  assert.deepEqual((await shownIn(sandbox.folder)).certificates, [`0.0.0.0:443 ${'AB'.repeat(20)}`]);
});
