import assert from 'node:assert/strict';
import { it } from 'node:test';
import { labFor } from './lab.ts';
import { connectorFolder, fileHash, filesUnder, installedConnectors } from './witness.ts';

it('4.1.0 is uninstalled, and its settings stay in the backup', async (test) => {
  const lab = await labFor(test, 'scim-4.1');
  const settings = fileHash(lab.wine, `${connectorFolder}\\appsettings.json`);
  const ran = lab.run(['uninstall']);
  assert.equal(ran.code, 0, ran.gist);
  assert.deepEqual(installedConnectors(lab.wine), []);
  assert.ok(!('SCIMConnector.dll' in filesUnder(lab.wine, connectorFolder)));
  const backups = Object.values(filesUnder(lab.wine, 'C:\\ProgramData\\ScimSetup\\backups'));
  assert.ok(backups.includes(settings), 'appsettings.json is not in the backup');
});
