import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instanceNotCarried, splitProperties } from '../../src/core/instance.ts';
import { leftoversOf } from '../../src/core/leftovers.ts';
import {
  instanceProperties,
  isOnShare,
  isOwnWork,
  ownChanges,
  parseSharedNote,
  sharedPlaceIn,
  sharedRole,
} from '../../src/core/shared-folder.ts';
import { situationOf } from '../../src/core/situation.ts';
import { bareServer, folder, hash, known, msi, server, share, sharedFolder, wanted } from './server-facts.ts';

const named = (values: object): string => JSON.stringify(values);

const places: readonly (readonly [text: string, place: string | null])[] = [
  [named({ CONFIG_FILE_PATH: share }), share],
  [named({ CONFIG_FILE_PATH: `${share}\\` }), share],
  [named({ CONFIG_FILE_PATH: '//FILESRV/SCIM' }), share],
  [named({ CONFIG_FILE_PATH: 'D:\\Shared\\SCIM' }), 'D:\\Shared\\SCIM'],
  [named({ CONFIG_FILE_PATH: '', LOG_PATH: share }), share],
  [`\ufeff${named({ CONFIG_FILE_PATH: share })}`, share],
  [`{ "CONFIG_FILE_PATH": "\\\\\\\\FILESRV\\\\SCIM", // by hand\n }`, share],
  [named({ CONFIG_FILE_PATH: '', LOG_PATH: '' }), null],
  [named({ CONFIG_FILE_PATH: folder }), null],
  [named({ CONFIG_FILE_PATH: `${folder.toUpperCase()}\\Config` }), null],
  [named({ CONFIG_FILE_PATH: 'Config' }), null],
  [named({ LOG_PATH: 'D:\\Logs' }), null],
  [named({ CONFIG_FILE_PATH: 7, LOG_PATH: null }), null],
  ['no JSON', null],
  ['', null],
];
for (const [text, place] of places) {
  test(`the settings ${text.slice(0, 60)} name ${place ?? 'no shared folder'}`, () => {
    assert.equal(sharedPlaceIn(text, folder)?.folder ?? null, place);
  });
}

test('the settings have the name that the connector gives them', () => {
  const place = sharedPlaceIn(named({ CONFIG_FILE_PATH: share, CONFIG_FILE_NAME: 'Node.json' }), folder);
  assert.equal(place?.settingsName, 'Node.json');
  assert.equal(sharedRole('', 'node.JSON', 'Node.json'), 'settings');
  assert.equal(sharedRole('', 'Settings.enc', null), 'legacy');
  assert.equal(sharedRole('', '2026112305.log', null), null);
});

test('a share is a server and a folder of it, and no drive or device', () => {
  assert.ok(isOnShare(share) && isOnShare('//FILESRV/SCIM'));
  for (const path of ['D:\\x', '\\\\FILESRV', '\\\\?\\C:\\x', '\\\\.\\pipe\\x', 'x']) assert.ok(!isOnShare(path), path);
});

test('only an unbroken chain of own changes is own work', () => {
  const [a, b, c] = [hash('a'), hash('b'), hash('c')];
  const change = (from: string | null, to: string | null) => ({ path: 'x', from, to });
  assert.ok(isOwnWork([change(a, b)], 'X', a, b));
  assert.ok(isOwnWork([change(a, null), change(null, b), change(b, c)], 'x', a, c));
  assert.ok(isOwnWork([change(null, b), change(b, c)], 'x', a, c), 'who removed it has nothing left there to lose');
  assert.ok(!isOwnWork([change(b, c)], 'x', a, c));
  assert.ok(!isOwnWork([change(a, b)], 'y', a, b));
  assert.ok(!isOwnWork([], 'x', a, b));
});

test('what has appeared since a child was begun is its own work, what was there before is not', () => {
  const now = [
    { path: 'Fresh', sha256: hash('fresh') },
    { path: 'There', sha256: hash('other') },
  ];
  const appeared = { path: 'fresh', from: null, to: hash('fresh'), assumed: true as const };
  assert.deepEqual(ownChanges({ changes: [], begun: ['there'] }, now), [appeared]);
  assert.deepEqual(ownChanges({ changes: [appeared] }, now), [appeared]);
});

test('a note of somebody else is none', () => {
  for (const text of ['', '{}', '[]', 'null', '{"schema":2,"folder":"x","changes":[]}'])
    assert.equal(parseSharedNote(text), null);
});

test('the properties of multiple-instance mode are found by what they are called', () => {
  const of = (...properties: string[]) => instanceProperties({ properties });
  assert.deepEqual(of('INSTALLDIR', 'INSTANCEMODE', 'PASSPHRASE', 'SHAREDFOLDER'), {
    mode: 'INSTANCEMODE',
    folder: 'SHAREDFOLDER',
    passphrase: 'PASSPHRASE',
  });
  assert.deepEqual(of('MULTI_INSTANCE', 'SHARED_FOLDER_PATH', 'PASS_PHRASE'), {
    mode: 'MULTI_INSTANCE',
    folder: 'SHARED_FOLDER_PATH',
    passphrase: 'PASS_PHRASE',
  });
  assert.deepEqual(of('INSTALLDIR', 'ALLUSERS'), { mode: null, folder: null, passphrase: null });
});

const knows = msi('4.4.4', { properties: ['INSTANCEMODE', 'PASSPHRASE', 'SHAREDFOLDER'] });
const inShared = server({ shared: sharedFolder() });
const lacks = (goal: Parameters<typeof situationOf>[1]) => instanceNotCarried(situationOf(inShared, goal));

test('what a package must be told again is named, each on its own', () => {
  const properties = { INSTANCEMODE: 'Multiple', SHAREDFOLDER: share };
  const secrets = [{ name: 'PASSPHRASE', given: true }];
  assert.deepEqual(lacks(wanted(knows, { properties, secrets })), []);
  assert.match(lacks(wanted(knows, { properties })).join(), /^PASSPHRASE as a secret/);
  assert.match(lacks(wanted(knows, { properties: { INSTANCEMODE: 'Multiple' }, secrets })).join(), /^SHAREDFOLDER=/);
  assert.match(
    lacks(wanted(knows, { properties: { ...properties, SHAREDFOLDER: 'C:\\x' }, secrets })).join(),
    /^SHAREDFOLDER=\\\\FILESRV\\SCIM$/,
  );
  assert.match(lacks(wanted(knows, { properties: { SHAREDFOLDER: share }, secrets })).join(), /^INSTANCEMODE/);
  assert.equal(lacks(wanted(knows)).length, 3);
});

test('a package that knows no shared folder cannot be told of one', () => {
  assert.match(lacks(wanted(msi('4.4.4'))).join(), /^the shared folder .*, for which it knows no property$/);
});

test('the properties of multiple-instance mode say nothing of where the connector lies', () => {
  const properties = { INSTANCEMODE: 'Multiple', SHAREDFOLDER: 'D:\\Shared', HTTPSPORT: '9443' };
  assert.deepEqual(splitProperties(properties), {
    instance: { INSTANCEMODE: 'Multiple', SHAREDFOLDER: 'D:\\Shared' },
    place: { HTTPSPORT: '9443' },
  });
});

test('a folder in which the shared config lies is no leftover', () => {
  const left = bareServer({ folders: known([{ path: folder, files: 3, logs: 0 }]) });
  assert.equal(leftoversOf(left).folders.length, 1);
  const holding = { ...left, shared: sharedFolder({ folder: `${folder}\\Shared` }) };
  assert.deepEqual(leftoversOf(holding).folders, []);
});
