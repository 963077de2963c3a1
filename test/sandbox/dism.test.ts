import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neededFeatures } from '../../src/core/connector.ts';
import { type Server, store, stored, timeOf } from '../../src/sandbox/server.ts';
import { tools } from '../../src/sandbox/tools/table.ts';
import { serverOf, textOf } from './on-server.ts';

function enable(server: Server, names: readonly string[], extra: readonly string[] = ['/All']) {
  const features = names.map((name) => `/FeatureName:${name}`);
  return tools.dism(server, ['/Online', '/English', '/NoRestart', '/Quiet', '/Enable-Feature', ...extra, ...features]);
}

test('enabling what the connector needs gives a running IIS with its default site', async (t) => {
  const server = await serverOf(t, 'fresh');
  assert.equal((await enable(server, neededFeatures)).code, 0);
  const iis = stored(server, 'iis');
  assert.ok(iis?.components.includes('CoreWebEngine') && iis.components.includes('W3SVC'));
  assert.equal(iis?.services.W3SVC?.startedAt, timeOf(server));
  assert.equal(iis?.sites[0]?.name, 'Default Web Site');
  assert.ok(await server.drive.hasFile('C:\\Windows\\System32\\inetsrv\\appcmd.exe'));
});

test('/All enables the features above the one that was named', async (t) => {
  const server = await serverOf(t, 'fresh');
  await enable(server, ['iis-staticcontent']);
  const states = stored(server, 'features');
  for (const name of ['IIS-WebServerRole', 'IIS-WebServer', 'IIS-CommonHttpFeatures', 'IIS-StaticContent']) {
    assert.equal(states[name], 'enabled', name);
  }
  assert.equal(states['IIS-HttpErrors'], 'disabled');
});

test('without /All a feature whose parent is disabled ends in 50', async (t) => {
  const server = await serverOf(t, 'fresh');
  assert.equal((await enable(server, ['IIS-StaticContent'], [])).code, 50);
  assert.equal(stored(server, 'iis'), null);
});

test('enabling what is enabled changes nothing', async (t) => {
  const server = await serverOf(t, 'iis-only');
  const before = server.facts;
  assert.equal((await enable(server, neededFeatures)).code, 0);
  assert.deepEqual(server.facts, before);
});

test('one unknown feature fails the whole call with 0x800f080c', async (t) => {
  const server = await serverOf(t, 'fresh');
  assert.equal((await enable(server, ['IIS-WebServer', 'Web-Server'])).code, 0x800f080c);
  assert.equal(stored(server, 'iis'), null);
});

test('a feature whose files were removed ends in 0x800f081f', async (t) => {
  const server = await serverOf(t, 'fresh');
  store(server, 'features', { ...stored(server, 'features'), 'IIS-WebServer': 'removed' });
  assert.equal((await enable(server, ['IIS-WebServer'])).code, 0x800f081f);
  assert.equal(stored(server, 'features')['IIS-WebServerRole'], 'disabled');
});

test('while servicing waits for a restart no feature can be enabled', async (t) => {
  const server = await serverOf(t, 'fresh');
  store(server, 'restart', { reasons: ['servicing'], deletions: [] });
  assert.equal((await enable(server, ['IIS-WebServer'])).code, 0x800f0922);
});

test('without elevation DISM ends in 740', async (t) => {
  const server = await serverOf(t, 'fresh');
  store(server, 'machine', { ...stored(server, 'machine'), elevated: false });
  assert.equal((await enable(server, ['IIS-WebServer'])).code, 740);
});

test('DISM writes the log it was told to write', async (t) => {
  const server = await serverOf(t, 'fresh');
  await enable(server, ['IIS-WebServer'], ['/All', '/LogPath:C:\\logs\\dism.log']);
  assert.match(
    (await textOf(server, 'C:\\logs\\dism.log')) ?? '',
    /FeatureName:IIS-WebServer[\s\S]*completed successfully/,
  );
});

test('DISM throws on arguments that nobody has given it a source for', async (t) => {
  const server = await serverOf(t, 'fresh');
  await assert.rejects(enable(server, ['IIS-WebServer'], ['/LimitAccess']), /does not know/);
  await assert.rejects(tools.dism(server, ['/Online', '/Get-Features']), /does not know/);
  await assert.rejects(enable(server, []), /without a name/);
});
