import assert from 'node:assert/strict';
import { it } from 'node:test';
import { labFor, sample } from './lab.ts';
import { eventsOf, filesUnder, installedConnectors, settingsOf, sighting } from './witness.ts';

const bundle = ['--hosting-bundle', sample('dotnet-hosting-6.0.36-win.exe')];

function apply(name: string): readonly string[] {
  return ['apply', '--msi', sample(name), ...bundle];
}

it('4.1.0 is upgraded to 4.4.4 and every setting is kept', async (test) => {
  const lab = await labFor(test, 'scim-4.1');
  const before = settingsOf(lab.wine);
  assert.deepEqual(installedConnectors(lab.wine), ['SCIM Connector 4.1.0']);
  const ran = lab.run(apply('SCIMConnector-4.4.4.msi'));
  assert.equal(ran.code, 0, ran.gist);
  assert.equal(ran.json.route, 'upgrade');
  assert.deepEqual(installedConnectors(lab.wine), ['SCIM Connector 4.4.4']);
  assert.partialDeepStrictEqual(settingsOf(lab.wine), before);
  assert.deepEqual(
    (await eventsOf(lab.wine)).map((one) => one.id),
    [1, 10],
  );
});

it('3.2.0 is refused without the acceptance of a reconfiguration, and replaced by 4.4.4 with it', async (test) => {
  const lab = await labFor(test, 'scim-3.2');
  const seen = sighting(lab.wine);
  const refused = lab.run(apply('SCIMConnector-4.4.4.msi'));
  assert.equal(refused.code, 21, refused.gist);
  assert.deepEqual(sighting(lab.wine), seen);

  const ran = lab.run([...apply('SCIMConnector-4.4.4.msi'), '--accept', 'reconfiguration']);
  assert.equal(ran.code, 0, ran.gist);
  assert.equal(ran.json.route, 'replace');
  assert.deepEqual(installedConnectors(lab.wine), ['SCIM Connector 4.4.4']);
  const backups = Object.values(filesUnder(lab.wine, 'C:\\ProgramData\\ScimSetup\\backups'));
  assert.ok(backups.includes(seen.files['web.config'] ?? ''), 'the old web.config is not in the backup');
});

it('4.1.0 is refused on 4.4.4, and nothing is touched', async (test) => {
  const lab = await labFor(test, 'same-version');
  const seen = sighting(lab.wine);
  const ran = lab.run(apply('SCIMConnector-4.1.0.msi'));
  assert.equal(ran.code, 21, ran.gist);
  assert.deepEqual(sighting(lab.wine), seen);
});

it('a package that asks for a restart ends in 3010, upgraded', async (test) => {
  const lab = await labFor(test, 'scim-4.1');
  const ran = lab.run(apply('SCIMConnector-4.4.5-asks-reboot.msi'));
  assert.equal(ran.code, 3010, ran.gist);
  assert.deepEqual(installedConnectors(lab.wine), ['SCIM Connector 4.4.5']);
});

it('a package that loses the settings is followed by their return', async (test) => {
  const lab = await labFor(test, 'scim-4.1');
  const before = settingsOf(lab.wine);
  const ran = lab.run(apply('SCIMConnector-4.4.5-loses-config.msi'));
  assert.equal(ran.code, 0, ran.gist);
  assert.deepEqual(installedConnectors(lab.wine), ['SCIM Connector 4.4.5']);
  assert.partialDeepStrictEqual(settingsOf(lab.wine), before);
});
