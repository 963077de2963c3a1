import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts, Pool } from '../../src/core/facts.ts';
import { placedFile, placedFolder, placementOf } from '../../src/core/placement.ts';
import { restoreGaps } from '../../src/core/restore-gaps.ts';
import type { Into } from '../../src/core/step.ts';
import { codeOf, configFile, folder, iis, known, pool, product, server, site } from './server-facts.ts';

const [old, own] = ['S-1-5-82-1', 'S-1-5-82-2'];
const moved = 'D:\\Web\\SCIMConnector';
const into: Into = { folder, identity: old, productCode: codeOf('4.4.4') };
const file = { path: `${folder}\\appsettings.json`, role: 'settings', sha256: 'a', values: {} } as const;

/** 4.4.4 in a folder, its site in a pool with this SID. */
function newVersion(at: string | null, more: Partial<Pool> = { sid: own }): Facts {
  const sites = at === null ? [] : [{ ...site, folder: at }];
  return server({
    products: known([product('4.4.4', { folder: at })]),
    iis: known(iis({ sites, pools: [{ ...pool, ...more }] })),
  });
}

test('what lay in the old folder belongs below the new one, and what lay elsewhere stays there', () => {
  const place = placementOf({ into }, newVersion(moved));
  assert.equal(place.path(file.path), `${moved}\\appsettings.json`);
  assert.equal(place.path(folder.toUpperCase()), moved);
  assert.equal(place.path('C:\\Other\\appsettings.json'), 'C:\\Other\\appsettings.json');
});

test('before the new version is there, and where nothing was moved, everything belongs where it was', () => {
  for (const [one, now] of [
    [{ into }, server({ products: known([product('4.1.0')]) })],
    [{}, newVersion(moved)],
  ] as const)
    assert.equal(placementOf(one, now).path(file.path), file.path);
});

test('the new pool gets the rights that the old one had, in files and folders, each once', () => {
  const place = placementOf({ into }, newVersion(folder));
  const rights = `P(A;;FA;;;BA)(A;;FA;;;${old})(A;;FA;;;${own})`;
  assert.equal(placedFile({ ...file, rights }, place).rights, `P(A;;FA;;;BA)(A;;FA;;;${own})`);
  assert.equal(placedFolder({ path: folder, sddl: `D:AI(A;;FA;;;${old})` }, place).sddl, `D:AI(A;;FA;;;${own})`);
});

test('what Windows gives to its own accounts is not taken from them, and no pool without a SID takes anything', () => {
  const sddl = 'D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)';
  assert.equal(placementOf({ into: { ...into, identity: 'SY' } }, newVersion(folder)).rights(sddl), sddl);
  const ofOld = `D:AI(A;;FA;;;${old})`;
  assert.equal(placementOf({ into }, newVersion(folder, { sid: undefined })).rights(ofOld), ofOld);
  assert.equal(placementOf({ into: { ...into, identity: null } }, newVersion(folder)).rights(ofOld), ofOld);
});

test('settings do not count as carried by what lies in the old folder, where that of the new version is not known', () => {
  const now = { ...newVersion(null), config: known([configFile(file.path, { sha256: 'a' })]) };
  const step = { files: [file], match: 'values', into } as const;
  assert.deepEqual(restoreGaps(step, now), known(['the folder of 4.4.4 is not known']));
  assert.deepEqual(restoreGaps({ ...step, into: { ...into, productCode: codeOf('4.1.0') } }, now), known([]));
});
