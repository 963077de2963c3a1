import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lackingCabinets, type Msi, refOf, replaces } from '../../src/core/media.ts';
import { externalCabinetNames, type MsiInput, msiFrom } from '../../src/core/msi-from.ts';
import { filesToRead, type PlacedFile } from '../../src/core/package-files.ts';

type Rows = Readonly<Record<string, readonly Readonly<Record<string, string | number | null>>[]>>;

const code = '{0A1B2C3D-0000-4000-8000-000000000001}';
const identity = [
  { Property: 'ProductCode', Value: '{0a1b2c3d-0000-4000-8000-000000000002}' },
  { Property: 'ProductName', Value: 'SCIM Connector' },
  { Property: 'ProductVersion', Value: '4.4.4' },
  { Property: 'UpgradeCode', Value: code.toLowerCase() },
];

function placed(paths: readonly string[]): PlacedFile[] {
  return paths.map((full) => {
    const cut = full.lastIndexOf('\\');
    return { key: full, path: full.slice(0, Math.max(0, cut)), name: full.slice(cut + 1), size: 1, version: null };
  });
}

type Given = Partial<Omit<MsiInput, 'package'>> & {
  rows?: Rows;
  files?: readonly string[];
  platform?: string;
  languages?: number[];
};

function read(given: Given = {}): Msi | { readonly problem: string } {
  const { rows = {}, files = [], platform = 'x64', languages = [1033], ...rest } = given;
  const tables: Rows = { Property: identity, ...rows };
  return msiFrom({
    name: 'a.msi',
    sha256: '0'.repeat(64),
    size: 1,
    package: {
      summary: { platform, languages, packageCode: '' },
      rows: (table) => tables[table] ?? [],
      files: () => placed(files),
    },
    externalCabinets: [],
    contents: new Map(),
    unread: [],
    fingerprint: (text) => text,
    ...rest,
  });
}

function msi(given: Given = {}): Msi {
  const got = read(given);
  assert.ok(!('problem' in got));
  return got;
}

const actions = (sequences: Readonly<Record<string, number>>): Rows => ({
  InstallExecuteSequence: Object.entries(sequences).map(([Action, Sequence]) => ({
    Action,
    Sequence,
    Condition: null,
  })),
});
const standard = { InstallValidate: 1400, InstallInitialize: 1500, InstallFiles: 4000, InstallFinalize: 6600 };

test('identity is read from the Property table, GUIDs in upper case', () => {
  const { productCode, upgradeCode, productName, productVersion } = msi();
  assert.deepEqual([productCode, upgradeCode], ['{0A1B2C3D-0000-4000-8000-000000000002}', code]);
  assert.deepEqual([productName, productVersion], ['SCIM Connector', '4.4.4']);
});

for (const key of ['ProductCode', 'ProductName', 'ProductVersion']) {
  test(`a package without ${key} is a problem that names it`, () => {
    const Property = identity.filter((row) => row.Property !== key);
    assert.deepEqual(read({ rows: { Property } }), { problem: `is damaged: its Property table has no ${key}` });
  });
}

for (const [template, expected] of [
  ['x64', 'x64'],
  ['AMD64', 'x64'],
  ['Intel', 'x86'],
  ['', 'x86'],
  ['Arm64', 'arm64'],
] as const) {
  test(`the platform "${template}" is ${expected}`, () => {
    assert.equal(msi({ platform: template }).platform, expected);
  });
}

test('a package for Itanium is refused', () => {
  assert.deepEqual(read({ platform: 'Intel64' }), {
    problem: 'is made for the platform Intel64, on which the connector does not run',
  });
});

const places: readonly (readonly [number, Readonly<Record<string, number>>, string])[] = [
  [1450, {}, 'before-initialize'],
  [1501, {}, 'in-transaction'],
  [6550, {}, 'in-transaction'],
  [6550, { InstallExecute: 6500 }, 'before-finalize'],
  [1501, { InstallExecute: 6500 }, 'in-transaction'],
  [6550, { InstallExecuteAgain: 6500 }, 'before-finalize'],
  [6700, { InstallExecute: 6500 }, 'after-finalize'],
];
for (const [sequence, more, place] of places) {
  test(`a removal of the old product at ${sequence} with ${JSON.stringify(more)} is ${place}`, () => {
    const rows = actions({ ...standard, ...more, RemoveExistingProducts: sequence });
    assert.deepEqual(msi({ rows }).removeExistingProducts, { sequence, place });
  });
}

test('a package that never removes old products says so', () => {
  assert.equal(msi({ rows: actions(standard) }).removeExistingProducts, null);
  assert.equal(msi({ rows: actions({ ...standard, RemoveExistingProducts: 0 }) }).removeExistingProducts, null);
});

const older = {
  UpgradeCode: code,
  VersionMin: '4.0.0',
  VersionMax: '4.4.4',
  Language: null,
  Attributes: 0x100,
  Remove: null,
  ActionProperty: 'OLDER',
};
const removes = actions({ ...standard, RemoveExistingProducts: 1501 });
const upgrading = (row: Partial<Record<keyof typeof older, string | number | null>>, given: Given = {}) =>
  msi({ ...given, rows: { ...removes, Upgrade: [{ ...older, ...row }] } });
const product = { upgradeCode: code, version: '4.1.0', context: 'machine', bits: 64 } as const;

test('an Upgrade row is read with its bits', () => {
  assert.deepEqual(upgrading({ Attributes: 0x702, Language: '1033,1031' }).upgrade, [
    {
      upgradeCode: code,
      min: '4.0.0',
      max: '4.4.4',
      minInclusive: true,
      maxInclusive: true,
      languages: [1033, 1031],
      languagesExcluded: true,
      onlyDetect: true,
      property: 'OLDER',
    },
  ]);
});

const ranges: readonly (readonly [
  string,
  Partial<typeof older> | { VersionMin: null } | { VersionMax: null },
  boolean,
])[] = [
  ['3.2.0', {}, false],
  ['4.0.0', {}, true],
  ['4.0.0', { Attributes: 0 }, false],
  ['4.4.3', {}, true],
  ['4.4.4', {}, false],
  ['4.4.4.9', { Attributes: 0x300 }, true], // a fourth field does not count
  ['4.10.0', {}, false],
  ['1.0', { VersionMin: null }, true],
  ['9.0.0', { VersionMax: null }, true],
  ['not a version', {}, false],
];
for (const [version, row, expected] of ranges) {
  test(`${version} ${expected ? 'is' : 'is not'} replaced by a row with ${JSON.stringify(row)}`, () => {
    assert.equal(replaces(upgrading(row), { ...product, version }), expected);
  });
}

test('a row that only detects replaces nothing', () => {
  assert.equal(replaces(upgrading({ Attributes: 0x102 }), product), false);
});

test('a product of another upgrade code, of one user, or of the other bitness is not replaced', () => {
  const other = '{0A1B2C3D-0000-4000-8000-00000000000F}';
  assert.equal(replaces(upgrading({}), { ...product, upgradeCode: other }), false);
  assert.equal(replaces(upgrading({}), { ...product, context: 'user' }), false);
  assert.equal(replaces(upgrading({}), { ...product, bits: 32 }), false);
  assert.equal(replaces(upgrading({}, { platform: 'Intel' }), { ...product, bits: 32 }), true);
});

test('a package that never removes old products replaces none', () => {
  assert.equal(replaces(msi({ rows: { Upgrade: [older] } }), product), false);
});

test('a row of other languages does not replace, and one that excludes others does', () => {
  assert.equal(replaces(upgrading({ Language: '1031' }), product), false);
  assert.equal(replaces(upgrading({ Language: '1031,1033' }), product), true);
  assert.equal(replaces(upgrading({ Language: '1031', Attributes: 0x500 }), product), true);
  assert.equal(replaces(upgrading({ Language: '1033', Attributes: 0x500 }), product), false);
});

const layout = [
  'inetpub\\wwwroot\\SCIMConnector\\appsettings.json',
  'inetpub\\wwwroot\\SCIMConnector\\web.config',
  'inetpub\\wwwroot\\SCIMConnector\\App.runtimeconfig.json',
  'inetpub\\wwwroot\\SCIMConnector\\App.deps.json',
  'inetpub\\wwwroot\\SCIMConnector\\responses\\AppSettings.json',
  'inetpub\\wwwroot\\SCIMConnector\\assets\\i18n\\en.json',
  'Windows\\Temp\\setup.dll',
];

test('files are those in the folder that holds the config, by their paths below it', () => {
  const paths = msi({ files: layout }).files.map((file) => file.path);
  assert.deepEqual(paths, [
    'appsettings.json',
    'web.config',
    'App.runtimeconfig.json',
    'App.deps.json',
    'responses\\AppSettings.json',
    'assets\\i18n\\en.json',
  ]);
});

test('without config the folder is the deepest one that holds most of the files', () => {
  const files = ['Vendor\\App\\a.exe', 'Vendor\\App\\b.dll', 'Vendor\\App\\lib\\c.dll', 'Vendor\\readme.txt'];
  assert.deepEqual(
    msi({ files }).files.map((file) => file.path),
    ['a.exe', 'b.dll', 'lib\\c.dll'],
  );
});

test('a package whose config lies right in TARGETDIR is taken as it is', () => {
  const files = ['appsettings.json', 'bin\\app.dll', 'sub\\web.config'];
  assert.deepEqual(
    msi({ files }).files.map((file) => file.path),
    files,
  );
});

test('only runtime configurations and config are read', () => {
  const paths = filesToRead(placed(layout)).map((file) => file.path);
  const config = ['appsettings.json', 'web.config', 'App.runtimeconfig.json', 'responses\\AppSettings.json'];
  assert.deepEqual(paths.toSorted(), config.toSorted());
});

test('the frameworks asked for are read in both spellings of a runtime configuration', () => {
  const one = '{"runtimeOptions": {"framework": {"name": "Microsoft.AspNetCore.App", "version": "6.0.0"}}}';
  const two =
    '\uFEFF{"runtimeOptions": {"frameworks": [{"name": "Microsoft.NETCore.App", "version": "8.0.0"}, {"name": "Microsoft.AspNetCore.App", "version": "8.0.0"}]}}';
  assert.deepEqual(msi({ contents: new Map([['App.runtimeconfig.json', one]]) }).frameworks, [
    { name: 'Microsoft.AspNetCore.App', version: '6.0.0' },
  ]);
  assert.deepEqual(msi({ contents: new Map([['App.runtimeconfig.json', two]]) }).frameworks, [
    { name: 'Microsoft.AspNetCore.App', version: '8.0.0' },
    { name: 'Microsoft.NETCore.App', version: '8.0.0' },
  ]);
});

test('a package that brings its own runtime, or none at all, asks for no framework', () => {
  const own = '{"runtimeOptions": {"includedFrameworks": [{"name": "Microsoft.NETCore.App", "version": "8.0.0"}]}}';
  for (const text of [own, '', '[]', '{"runtimeOptions": 7}']) {
    assert.deepEqual(msi({ contents: new Map([['App.runtimeconfig.json', text]]) }).frameworks, [], text);
  }
});

test('defaults are the values of JSON config by lower-case path', () => {
  const contents = new Map([
    ['appsettings.json', '{"KEY": "k"}'],
    ['Responses\\AppSettings.json', '{"LOG_PATH": ""}'],
    ['App.runtimeconfig.json', '{"runtimeOptions": {}}'],
  ]);
  assert.deepEqual(msi({ contents }).defaults, {
    'appsettings.json': { '/KEY': '"k"' },
    'responses\\appsettings.json': { '/LOG_PATH': '""' },
  });
});

test('public properties are those preset, secured, set in dialogs and of folders, without what searches set', () => {
  const rows: Rows = {
    Property: [
      ...identity,
      { Property: 'MODE', Value: 'Single' },
      { Property: 'SecureCustomProperties', Value: 'OLDER;PORT;lower' },
      { Property: 'MsiHiddenProperties', Value: 'PASSPHRASE;TOKEN' },
    ],
    Control: [
      { Dialog_: 'D', Control: 'C', Type: 'Edit', Attributes: 0x200003, Property: 'PASSWORD' },
      { Dialog_: 'D', Control: 'E', Type: 'Edit', Attributes: 3, Property: 'SHARE' },
    ],
    Upgrade: [older],
    Directory: [{ Directory: 'INSTALLDIR' }, { Directory: 'BinFolder' }],
  };
  const { properties, hiddenProperties } = msi({ rows });
  assert.deepEqual(properties, ['INSTALLDIR', 'MODE', 'PASSWORD', 'PORT', 'SHARE']);
  assert.deepEqual(hiddenProperties, ['PASSPHRASE', 'PASSWORD', 'TOKEN']);
});

function cabinetNames(...names: readonly (string | null)[]) {
  return externalCabinetNames({ rows: () => names.map((Cabinet) => ({ Cabinet })) }, 'a.msi');
}

test('external cabinets are named once, embedded ones are not', () => {
  assert.deepEqual(cabinetNames('a.cab', '#in.cab', null, 'A.CAB', 'b.cab'), ['a.cab', 'b.cab']);
});

for (const name of [
  '..\\x.cab',
  'C:\\x.cab',
  'C:x.cab',
  '\\\\host\\share\\x.cab',
  'sub/x.cab',
  '..',
  'x.cab.',
  'x.cab ',
  'NUL',
  'x\u0000.cab',
  'A.MSI',
]) {
  test(`a package that names ${JSON.stringify(name)} as a cabinet beside it is not to be trusted`, () => {
    assert.deepEqual(cabinetNames('a.cab', name), {
      problem: `is not to be trusted: it names ${name} as a cabinet beside it`,
    });
  });
}

test('a step names a package with the cabinets that lie beside it, and their hashes', () => {
  const found = { sha256: '1'.repeat(64), size: 3 };
  const one = msi({
    externalCabinets: [
      { name: 'a.cab', found },
      { name: 'b.cab', found: null },
    ],
  });
  assert.deepEqual(refOf(one).cabinets, [{ name: 'a.cab', sha256: found.sha256 }]);
  assert.deepEqual(lackingCabinets(one), ['b.cab']);
  assert.equal('cabinets' in refOf(msi()), false);
});
