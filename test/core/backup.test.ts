import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type BackupFile, manifestText, parseManifest, storedName } from '../../src/core/backup.ts';
import { hash, pool, settings, site } from './server-facts.ts';

const fingerprint = (text: string) => createHash('sha256').update(text).digest('hex');
const read = (text: string) => parseManifest(text, fingerprint);

const file: BackupFile = {
  path: settings,
  role: 'settings',
  sha256: hash('settings'),
  size: 12,
  createdAt: '2026-01-02T03:04:05.0000000Z',
  changedAt: '2026-02-03T04:05:06.0000000Z',
  attributes: ['Archive'],
  sddl: 'O:BAG:SYD:PAI(A;;FA;;;SY)',
  stored: storedName({ path: settings, sha256: hash('settings') }),
};
const parts = {
  takenAt: '2026-11-23T20:41:07Z',
  server: 'SRV-WEB-07',
  versions: ['4.1.0'],
  sites: [site],
  pools: [pool],
  certificates: [],
  files: [file],
};
const written = manifestText(parts, fingerprint);

test('a manifest is read as it was written, with the surroundings of the config', () => {
  const { fingerprint: own, schema, ...rest } = read(written) as Exclude<ReturnType<typeof read>, { problem: string }>;
  assert.deepEqual(rest, parts);
  assert.equal(schema, 1);
  assert.match(own, /^[0-9a-f]{64}$/);
});

test('a manifest that a power cut or an editor has changed, at whatever place, is not believed', () => {
  for (let end = 0; end < written.length - 2; end += 7)
    assert.ok('problem' in read(written.slice(0, end)), `cut at ${end}`);
  const edits = [
    [hash('settings'), hash('another')],
    ['SRV-WEB-07', 'SRV-WEB-08'],
    ['PAI(A;;FA;;;SY)', 'PAI(A;;FA;;;WD)'],
  ] as const;
  for (const [from, to] of edits)
    assert.deepEqual(read(written.replaceAll(from, to)), { problem: 'it was changed after it was written' });
});

for (const [what, changes, problem] of [
  ['a copy above its own folder', { files: [{ ...file, stored: '..\\evil' }] }, /outside its own folder/],
  ['a copy on another drive', { files: [{ ...file, stored: 'D:evil' }] }, /outside its own folder/],
  ['its own folder as a copy', { files: [{ ...file, stored: '..' }] }, /outside its own folder/],
  ['a kept applicationHost.config above its own folder', { host: { ...file, stored: '..\\evil' } }, /outside its own/],
  [
    'a kept applicationHost.config without rights',
    { host: { ...file, sddl: undefined as never } },
    /does not name its/,
  ],
  ['a site that is none', { sites: [null as never] }, /does not say of which server/],
  ['a pool without a name', { pools: [{ ...pool, name: undefined as never }] }, /does not say of which server/],
  ['a folder without rights', { folders: [{ path: 'C:\\x' } as never] }, /does not name its folders/],
  ['no files', { files: undefined as never }, /does not name its files/],
  ['defaults that are no values', { files: [{ ...file, defaults: { '/a': 1 as never } }] }, /does not name its files/],
  ['a list of defaults', { files: [{ ...file, defaults: null as never }] }, /does not name its files/],
  ['a file without rights', { files: [{ ...file, sddl: undefined as never }] }, /does not name its files/],
] as const)
  test(`a manifest with ${what} is refused, though its fingerprint fits`, () => {
    const found = read(manifestText({ ...parts, ...changes }, fingerprint));
    assert.match('problem' in found ? found.problem : '', problem);
  });

test('a manifest of a newer version is told as such', () => {
  assert.deepEqual(read(written.replace('"schema": 1', '"schema": 2')), {
    problem: 'it is of schema 2, which this version does not know',
  });
});

test('two states of one file are two copies', () => {
  assert.notEqual(storedName(file), storedName({ ...file, sha256: hash('later') }));
});
