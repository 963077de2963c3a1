import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { it } from 'node:test';
import { hostPath } from './drive.ts';
import { labFor, sample } from './lab.ts';
import { connectorFolder, fileHash } from './witness.ts';

// The lab has no other machine, so the folder lies on the drive itself.
const folder = 'C:\\ProgramData\\SCIMShared';
const settings = `${folder}\\appsettings.json`;

it('a server that shares its config is upgraded by the real msiexec, and goes on naming the folder', async (test) => {
  const { wine, run } = await labFor(test, 'scim-4.1');
  const responses = hostPath(wine.drive, `${connectorFolder}\\Responses\\AppSettings.json`);
  const values = JSON.parse(readFileSync(responses, 'utf8').replace(/^\uFEFF/, ''));
  writeFileSync(responses, JSON.stringify({ ...values, CONFIG_FILE_PATH: folder }, null, 2));
  mkdirSync(dirname(hostPath(wine.drive, settings)), { recursive: true });
  writeFileSync(hostPath(wine.drive, settings), '{ "KEY": "shared", "Configurations": "of all servers" }');
  wine.environment({ SCIM_SETUP_SECRET_PASSPHRASE: 'of all servers' });
  const before = fileHash(wine, settings);

  const upgrade = ['apply', '--msi', sample('SCIMConnector-4.4.4.msi')];
  const refused = run(upgrade);
  assert.equal(refused.code, 21, refused.gist);
  assert.match(refused.gist, /settings-not-carried/);

  const mode = ['INSTANCEMODE=Multiple', `SHAREDFOLDER=${folder}`];
  const told = mode.flatMap((one) => ['--property', one, '--way-back-property', one]);
  const ran = run([...upgrade, ...told, '--secret-property', 'PASSPHRASE']);
  assert.equal(ran.code, 0, ran.gist);
  assert.ok(ran.json.steps?.some(({ step, ok }) => step.kind === 'shared.prove' && ok));
  assert.equal(JSON.parse(readFileSync(responses, 'utf8').replace(/^\uFEFF/, '')).CONFIG_FILE_PATH, folder);
  assert.equal(fileHash(wine, settings), before);
  assert.deepEqual(readdirSync(hostPath(wine.drive, folder)), ['appsettings.json']);
});
