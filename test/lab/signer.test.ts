import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { it } from 'node:test';
import { sample as hostSample } from '../given.ts';
import { newSigner, signed } from '../signatures/signing.ts';
import { type Lab, labFor, sample } from './lab.ts';
import { windowsPath } from './wine.ts';
import { installedConnectors, sighting } from './witness.ts';

const signer = newSigner('/O=Sample Works/CN=Sample Works Inc.');
const msi = signed(hostSample('SCIMConnector-4.4.4.msi'), signer);
const sha256 = createHash('sha256').update(readFileSync(msi)).digest('hex');
const copy = `C:\\ProgramData\\ScimSetup\\packages\\${sha256}\\${basename(msi)}`;
const byMaker = ['--signer', 'Sample Works Inc.'];

/** Lets the server say of files that their signature is valid. */
function vouchFor({ wine }: Lab, ...paths: readonly string[]): void {
  const file = join(wine.folder, 'cim.json');
  const Certificate = signer.certificate.raw.toString('base64');
  const said = { Status: 'Valid', StatusMessage: 'Signature verified.', Certificate };
  const Signatures = paths.map((Path) => ({ Path, ...said }));
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), Signatures }));
}

it('a package that nobody has signed is refused where a signer is named, and nothing is touched', async (test) => {
  const lab = await labFor(test, 'scim-4.1');
  const seen = sighting(lab.wine);
  const words = ['--msi', sample('SCIMConnector-4.4.4.msi'), ...byMaker];
  for (const command of ['plan', 'apply']) {
    const ran = lab.run([command, ...words]);
    assert.equal(ran.code, 21, ran.gist);
    assert.match(ran.gist, /finding signer-not-pinned: .*SCIMConnector-4\.4\.4\.msi is not signed/);
  }
  assert.deepEqual(sighting(lab.wine), seen);
});

it('a package by the signer named is installed once Windows vouches for the copy that runs, and not before', async (test) => {
  const lab = await labFor(test, 'scim-4.1');
  const seen = sighting(lab.wine);
  vouchFor(lab, windowsPath(msi));
  const refused = lab.run(['apply', '--msi', windowsPath(msi), ...byMaker]);
  assert.equal(refused.code, 21, refused.gist);
  assert.match(refused.gist, /signature could not be read/);
  assert.deepEqual(sighting(lab.wine), seen);

  vouchFor(lab, windowsPath(msi), copy);
  const ran = lab.run(['apply', '--msi', windowsPath(msi), ...byMaker]);
  assert.equal(ran.code, 0, ran.gist);
  assert.deepEqual(installedConnectors(lab.wine), ['SCIM Connector 4.4.4']);
});
