import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { defaultFolder } from '../../src/core/connector.ts';
import { replaces } from '../../src/core/media.ts';
import { type Open, readBundleFile, readMsi } from '../../src/media/read-media.ts';
import { givenServer } from '../given.ts';
import { sampleNames, samplePath, sourceOf } from '../msi/sources.ts';
import { cabinet } from '../msi/write-cabinet.ts';
import { packageOf } from '../msi/write-package.ts';

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

/** Files in memory, counting those that are open. */
function filesOf(files: Readonly<Record<string, Uint8Array>>): { open: Open; left: () => number } {
  let left = 0;
  const open: Open = async (name) => {
    const bytes = files[name];
    if (!bytes) return null;
    left++;
    return { ...sourceOf(bytes), close: async () => void left-- };
  };
  return { open, left: () => left };
}

const sample = (name: string) => filesOf({ [`C:\\media\\${name}`]: readFileSync(samplePath(name)) });

async function readSample(name: string) {
  const { open, left } = sample(name);
  const msi = await readMsi(`C:\\media\\${name}`, open);
  assert.ok(!('problem' in msi), 'problem' in msi ? msi.problem : '');
  assert.equal(left(), 0);
  return msi;
}

test('a sample is known by name, hash and what it lays down', async () => {
  const msi = await readSample('SCIMConnector-4.4.4.msi');
  assert.equal(msi.name, 'SCIMConnector-4.4.4.msi');
  assert.equal(msi.sha256, sha256(readFileSync(samplePath(msi.name))));
  assert.deepEqual([msi.productVersion, msi.platform, msi.unread], ['4.4.4', 'x64', []]);
  assert.deepEqual(msi.removeExistingProducts?.place, 'before-finalize');
  assert.ok(msi.files.some((file) => file.path === 'Responses\\AppSettings.json'));
  assert.equal(msi.defaults['appsettings.json']?.['/SkipSSLCheck'], sha256('false'));
  assert.deepEqual(msi.hiddenProperties, ['PASSPHRASE']);
});

test('the web.config that a sample lays down is known by its bytes', async () => {
  const server = await givenServer('scim-4.1');
  const msi = await readSample('SCIMConnector-4.1.0.msi');
  assert.equal(msi.webConfig, await server.machine.hash(`${defaultFolder}\\web.config`));
});

const frameworks = async (name: string) =>
  (await readSample(name)).frameworks.map((one) => `${one.name} ${one.version}`);

test('the samples ask for the runtime of their line', async () => {
  assert.deepEqual(await frameworks('SCIMConnector-3.2.0.msi'), []);
  assert.deepEqual(await frameworks('SCIMConnector-4.1.0.msi'), [
    'Microsoft.AspNetCore.App 6.0.0',
    'Microsoft.NETCore.App 6.0.0',
  ]);
  assert.deepEqual(await frameworks('SCIMConnector-5.0.0.msi'), [
    'Microsoft.AspNetCore.App 8.0.0',
    'Microsoft.NETCore.App 8.0.0',
  ]);
});

test('each newer sample replaces each older one on its side of 4.0 and of its bits, and nothing else', async () => {
  const all = await Promise.all(sampleNames.map(readSample));
  const bitsOf = (platform: string) => (platform === 'x86' ? 32 : 64);
  // Windows Installer compares three fields only.
  const counted = (version: string) => version.split('.').slice(0, 3).join('.');
  const isOld = (version: string) => Number(version.split('.')[0]) < 4;
  for (const newer of all) {
    for (const { productVersion: version, upgradeCode, platform } of all) {
      const bits = bitsOf(platform);
      const isSameSide = isOld(version) === isOld(newer.productVersion) && bits === bitsOf(newer.platform);
      const expected = isSameSide && counted(version) < counted(newer.productVersion);
      const got = replaces(newer, { upgradeCode, version, context: 'machine', bits });
      assert.equal(got, expected, `${newer.name} over ${version} for ${bits} bits`);
    }
  }
});

test('a newer sample knows settings that an older one does not', async () => {
  const keys = async (name: string) => Object.keys((await readSample(name)).defaults['appsettings.json'] ?? {}).length;
  assert.deepEqual(
    [
      await keys('SCIMConnector-4.1.0.msi'),
      await keys('SCIMConnector-4.3.0.msi'),
      await keys('SCIMConnector-4.4.4.msi'),
    ],
    [6, 7, 9],
  );
});

test('a file that is not there, and one that is no package, are sentences', async () => {
  const { open, left } = filesOf({ 'C:\\a.msi': Buffer.from('no package at all') });
  assert.deepEqual(await readMsi('C:\\b.msi', open), { problem: 'is not there, is no file, or may not be read' });
  assert.match(((await readMsi('C:\\a.msi', open)) as { problem: string }).problem, /^is not an MSI/);
  assert.match(((await readBundleFile('C:\\a.msi', open)) as { problem: string }).problem, /^is not a Windows program/);
  assert.equal(left(), 0);
});

test('the bundle is known by name, hash and version', async () => {
  const name = 'dotnet-hosting-6.0.36-win.exe';
  const { open, left } = sample(name);
  const expected = { name, sha256: sha256(readFileSync(samplePath(name))), version: '6.0.36' };
  assert.deepEqual(await readBundleFile(`C:\\media\\${name}`, open), expected);
  assert.equal(left(), 0);
});

function packageWith(cabinetName: string, stream: Uint8Array): Uint8Array {
  const text = (rows: (string | number | null)[][], ...columns: string[]) => ({
    columns: Object.fromEntries(columns.map((column) => column.split(' '))),
    rows,
  });
  return packageOf(
    {
      Property: text(
        [
          ['ProductCode', '{0A1B2C3D-0000-4000-8000-000000000001}'],
          ['ProductName', 'SCIM Connector'],
          ['ProductVersion', '4.5.0'],
        ],
        'Property s72*',
        'Value l0',
      ),
      File: text(
        [['settings', 'c', 'APP~1.JSO|appsettings.json', 9, null, null, 1]],
        'File s72*',
        'Component_ s72',
        'FileName l255',
        'FileSize i4',
        'Version S72',
        'Attributes I2',
        'Sequence i4',
      ),
      Component: text([['c', 'APP']], 'Component s72*', 'Directory_ s72'),
      Directory: text(
        [
          ['TARGETDIR', null, 'SourceDir'],
          ['APP', 'TARGETDIR', 'App'],
        ],
        'Directory s72*',
        'Directory_Parent S72',
        'DefaultDir l255',
      ),
      Media: text([[1, 1, cabinetName]], 'DiskId i2*', 'LastSequence i4', 'Cabinet S255'),
    },
    { streams: { 'in.cab': stream } },
  );
}

const settings = { settings: Buffer.from('{"KEY":1}') };

for (const folder of ['C:\\media\\', '/media/']) {
  test(`a cabinet beside a package in ${folder} is read, and closed`, async () => {
    const content = cabinet([{ pack: 'mszip', files: settings }]);
    const { open, left } = filesOf({
      [`${folder}a.msi`]: packageWith('beside.cab', content),
      [`${folder}beside.cab`]: content,
    });
    const msi = await readMsi(`${folder}a.msi`, open);
    assert.ok(!('problem' in msi));
    const found = { sha256: sha256(content), size: content.length };
    assert.deepEqual(msi.externalCabinets, [{ name: 'beside.cab', found }]);
    assert.deepEqual([msi.name, msi.unread], ['a.msi', []]);
    assert.deepEqual(msi.defaults, { 'appsettings.json': { '/KEY': sha256('1') } });
    assert.equal(left(), 0);
  });
}

test('a cabinet that is not beside its package is told by its name', async () => {
  const { open, left } = filesOf({
    'C:\\a.msi': packageWith('beside.cab', cabinet([{ pack: 'mszip', files: settings }])),
  });
  const msi = await readMsi('C:\\a.msi', open);
  assert.ok(!('problem' in msi));
  assert.deepEqual(msi.externalCabinets, [{ name: 'beside.cab', found: null }]);
  assert.equal(left(), 0);
});

test('a package that names a cabinet elsewhere is a problem, and nothing is opened there', async () => {
  const content = cabinet([{ pack: 'mszip', files: settings }]);
  const { open } = filesOf({ 'C:\\media\\a.msi': packageWith('..\\x.cab', content) });
  const opened: string[] = [];
  const msi = await readMsi('C:\\media\\a.msi', async (file) => {
    opened.push(file);
    return open(file);
  });
  assert.deepEqual(msi, { problem: 'is not to be trusted: it names ..\\x.cab as a cabinet beside it' });
  assert.deepEqual(opened, ['C:\\media\\a.msi']);
});

test('a package whose cabinet cannot be unpacked is still known, and says what was not read', async () => {
  const { open } = filesOf({ 'C:\\a.msi': packageWith('#in.cab', cabinet([{ pack: 'lzx', files: settings }])) });
  const msi = await readMsi('C:\\a.msi', open);
  assert.ok(!('problem' in msi));
  assert.deepEqual([msi.productVersion, msi.defaults], ['4.5.0', {}]);
  assert.deepEqual(msi.unread, ['has a cabinet packed by LZX, which this program cannot unpack']);
});

test('a package whose cabinet is damaged is a problem', async () => {
  const { open, left } = filesOf({
    'C:\\a.msi': packageWith('#in.cab', Buffer.from('no cabinet, but long enough for one to start')),
  });
  assert.deepEqual(await readMsi(path.win32.join('C:\\', 'a.msi'), open), {
    problem: 'is damaged: its cabinet is not one',
    isLimit: false,
  });
  assert.equal(left(), 0);
});
