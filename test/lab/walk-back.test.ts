import assert from 'node:assert/strict';
import { it } from 'node:test';
import { labFor, sample } from './lab.ts';
import { connectorFolder, fileHash, filesUnder, installedConnectors } from './witness.ts';

const settingsFile = `${connectorFolder}\\appsettings.json`;

for (const name of ['SCIMConnector-4.4.5-fails-old-kept.msi', 'SCIMConnector-4.4.5-fails-old-gone.msi']) {
  it(`after ${name} fails, 4.1.0 is there as before, to the byte`, async (test) => {
    const lab = await labFor(test, 'scim-4.1');
    const before = { files: filesUnder(lab.wine, connectorFolder), settings: fileHash(lab.wine, settingsFile) };
    const ran = lab.run(['apply', '--msi', sample(name), '--hosting-bundle', sample('dotnet-hosting-6.0.36-win.exe')]);
    assert.equal(ran.code, 22, ran.gist);
    assert.deepEqual(installedConnectors(lab.wine), ['SCIM Connector 4.1.0']);
    assert.equal(fileHash(lab.wine, settingsFile), before.settings);
    assert.deepEqual(filesUnder(lab.wine, connectorFolder), before.files);
  });
}
