import assert from 'node:assert/strict';
import { it } from 'node:test';
import { labFor, sample } from './lab.ts';
import { connectorFolder, filesUnder, installedConnectors, registryValue, sighting } from './witness.ts';

const bundle = ['--hosting-bundle', sample('dotnet-hosting-6.0.36-win.exe')];
const installed = ['apply', '--msi', sample('SCIMConnector-4.1.0.msi'), ...bundle];

it('4.1.0 is installed on a server that has IIS, and a second run changes nothing', async (test) => {
  const lab = await labFor(test, 'iis-only');
  const first = lab.run(installed);
  assert.equal(first.code, 0, first.gist);
  assert.equal(first.json.exitCode, 0);
  assert.deepEqual(installedConnectors(lab.wine), ['SCIM Connector 4.1.0']);
  const files = filesUnder(lab.wine, connectorFolder);
  assert.ok('SCIMConnector.dll' in files && 'appsettings.json' in files, Object.keys(files).join());

  const seen = sighting(lab.wine);
  const second = lab.run(installed);
  assert.equal(second.code, 0, second.gist);
  assert.deepEqual(sighting(lab.wine), seen);
});

it('a server without IIS gets IIS, the hosting bundle with its module, and 4.1.0', async (test) => {
  const lab = await labFor(test, 'fresh');
  const components = 'HKLM\\SOFTWARE\\Microsoft\\InetStp\\Components';
  const module = 'HKLM\\SOFTWARE\\Microsoft\\IIS Extensions\\IIS AspNetCore Module V2';
  assert.equal(registryValue(lab.wine, components, 'W3SVC'), null);
  const ran = lab.run(installed);
  assert.equal(ran.code, 0, ran.gist);
  assert.equal(registryValue(lab.wine, components, 'W3SVC'), '0x1');
  assert.equal(registryValue(lab.wine, module, 'Install'), '0x1');
  assert.deepEqual(installedConnectors(lab.wine), ['SCIM Connector 4.1.0']);
});

it('a hosting bundle that came before IIS is repaired, so that its module is there', async (test) => {
  const lab = await labFor(test, 'bundle-before-iis');
  const module = 'C:\\Program Files\\IIS\\Asp.Net Core Module\\V2';
  assert.deepEqual(filesUnder(lab.wine, module), {});
  const ran = lab.run(installed);
  assert.equal(ran.code, 0, ran.gist);
  assert.ok('aspnetcorev2.dll' in filesUnder(lab.wine, module), ran.gist);
  assert.ok(
    ran.json.steps?.some((step) => step.id.includes('hosting.repair')),
    ran.gist,
  );
});
