import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { windowsNode } from '../../scripts/build/windows-node.mjs';
import { labFor, sample } from './lab.ts';
import { type Wine, windowsPath } from './wine.ts';
import { configLost, configOf, connectorFolder, installedConnectors, sighting } from './witness.ts';

const holder = windowsPath(fileURLToPath(new URL('./hold-file.ts', import.meta.url)));
const apply = [
  'apply',
  '--msi',
  sample('SCIMConnector-4.4.4.msi'),
  '--hosting-bundle',
  sample('dotnet-hosting-6.0.36-win.exe'),
];

/** Another program opens a file for itself alone; the function makes it let go. */
async function hold(wine: Wine, path: string): Promise<() => Promise<void>> {
  const [held, release] = [join(wine.folder, 'held'), join(wine.folder, 'release')];
  const child = wine.begin(windowsNode(), [holder, path, windowsPath(held), windowsPath(release)]);
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  for (let waited = 0; !existsSync(held); waited += 20) {
    assert.ok(child.exitCode === null && waited < 60_000, `${path} is not held`);
    await pause(20);
  }
  return async () => {
    writeFileSync(release, '');
    await ended;
  };
}

it('another program holds appsettings.json for itself alone: refused, and nothing is touched until it lets go', async (test) => {
  const lab = await labFor(test, 'scim-4.1');
  const [config, seen] = [configOf(lab.wine), sighting(lab.wine)];
  const letGo = await hold(lab.wine, `${connectorFolder}\\appsettings.json`);
  const refused = lab.run(apply);
  assert.equal(refused.code, 21, refused.gist);
  assert.match(refused.gist, /appsettings\.json|EBUSY/);
  assert.deepEqual(sighting(lab.wine), seen);
  await letGo();
  const next = lab.run(apply);
  assert.equal(next.code, 0, next.gist);
  assert.deepEqual(installedConnectors(lab.wine), ['SCIM Connector 4.4.4']);
  assert.deepEqual(configLost(lab.wine, config), []);
});
