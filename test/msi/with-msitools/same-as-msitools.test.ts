import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { packageFrom, sampleNames, samplePath, sourceOf, streamed } from '../sources.ts';
import { cabinet } from '../write-cabinet.ts';
import { packageOf } from '../write-package.ts';
import { build, exportByMsiinfo, exportByUs, idt, run, tablesByMsiinfo, temporaryFolder } from './tools.ts';

/** Every table of a package must read the same by msiinfo and by us. */
async function assertSameTables(file: string, context: TestContext): Promise<number> {
  const folder = temporaryFolder(context);
  const read = await packageFrom(readFileSync(file));
  const tables = tablesByMsiinfo(file);
  assert.deepEqual(read.tables, tables);
  let rows = 0;
  for (const table of tables) {
    const theirs = exportByMsiinfo(folder, file, table);
    assert.deepEqual(exportByUs(read, table, theirs.columns), theirs.rows, table);
    rows += theirs.rows.length;
  }
  return rows;
}

/** Every file of a package must come out the same by msiextract and by us. */
async function assertSameFiles(file: string, folder: string): Promise<void> {
  const here = path.dirname(file);
  const read = await packageFrom(readFileSync(file), async (name) => sourceOf(readFileSync(path.join(here, name))));
  mkdirSync(folder, { recursive: true });
  run(folder, 'msiextract', ['-C', folder, file]);
  assert.ok(read.files().length > 0);
  for (const { key, path: below, name, size } of read.files()) {
    const theirs = readFileSync(path.join(folder, ...below.split('\\'), name));
    assert.equal(theirs.length, size, name);
    assert.ok(theirs.equals(await streamed(read, key)), name);
  }
}

for (const name of sampleNames) {
  test(`${name} reads the same as by msiinfo, table by table, and by msiextract, file by file`, async (context) => {
    assert.ok((await assertSameTables(samplePath(name), context)) > 50);
    await assertSameFiles(samplePath(name), temporaryFolder(context));
  });
}

test('the summary information of a sample reads the same as by msiinfo', async () => {
  const file = samplePath('SCIMConnector-4.4.4.msi');
  const { summary } = await packageFrom(readFileSync(file));
  const theirs = run('.', 'msiinfo', ['suminfo', file]).toString('utf8');
  const expected = {
    Title: summary.title,
    Subject: summary.subject,
    Author: summary.author,
    Comments: summary.comments,
    Template: `${summary.platform};${summary.languages.join(',')}`,
    'Revision number (UUID)': summary.packageCode,
    Version: `${summary.installerVersion} (${summary.installerVersion.toString(16)})`,
    Source: `${summary.wordCount} (${summary.wordCount})`,
    Application: summary.application,
  };
  for (const [name, value] of Object.entries(expected))
    assert.ok(theirs.includes(`${name}: ${value}\n`), `${name}: ${value}`);
});

const propertyColumns = [
  ['Property', 's72'],
  ['Value', 'l0'],
] as const;

test('a package of 70,000 rows, with references of three bytes, reads the same as by msiinfo', async (context) => {
  const rows = Array.from({ length: 70_000 }, (_, at) => [`P${at}`, `value ${at}`]);
  const file = build(temporaryFolder(context), { Property: idt('Property', propertyColumns, rows) });
  assert.equal(await assertSameTables(file, context), 70_000);
});

test('a string of 70,000 characters reads the same as by msiinfo', async (context) => {
  const rows = [
    ['Long', 'x'.repeat(70_000)],
    ['After', 'it'],
  ];
  assert.equal(
    await assertSameTables(
      build(temporaryFolder(context), { Property: idt('Property', propertyColumns, rows) }),
      context,
    ),
    2,
  );
});

for (const codePage of [65001, 1252]) {
  test(`a package in code page ${codePage} that msibuild wrote reads the same as by msiinfo`, async (context) => {
    const rows = [
      ['Plain', 'text'],
      ['Words', codePage === 65001 ? 'Grüße, 日本' : 'plain ASCII'],
    ];
    const file = build(temporaryFolder(context), { Property: idt('Property', propertyColumns, rows) }, codePage);
    assert.equal(await assertSameTables(file, context), 2);
  });
}

test('numbers, nulls and binary columns of a package that msibuild wrote read the same as by msiinfo', async (context) => {
  const columns = [
    ['Key', 's72'],
    ['Text', 'S255'],
    ['Small', 'i2'],
    ['MaybeSmall', 'I2'],
    ['Large', 'i4'],
    ['MaybeLarge', 'I4'],
  ] as const;
  const rows = [
    ['a', '', '-32767', '', '-2147483647', ''],
    ['b', 'text', '32767', '0', '2147483647', '0'],
    ['c', 'text', '0', '-1', '0', '-1'],
  ];
  assert.equal(
    await assertSameTables(build(temporaryFolder(context), { Mixed: idt('Mixed', columns, rows) }), context),
    3,
  );
});

const wxs = `<?xml version="1.0"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="*" Name="Test" Language="1033" Version="1.2.3" Manufacturer="Test" UpgradeCode="{0A1B2C3D-0000-4000-8000-000000000001}">
    <Package Compressed="yes" InstallScope="perMachine" /><Media Id="1" Cabinet="files.cab" EmbedCab="yes" />
    <Directory Id="TARGETDIR" Name="SourceDir"><Directory Id="APP" Name="Some App"><Component Id="C" Guid="{0A1B2C3D-0000-4000-8000-000000000002}">
      <File Id="large" Name="large.txt" Source="large.txt" KeyPath="yes" /><File Id="small" Name="small.txt" Source="small.txt" />
    </Component></Directory></Directory>
    <Binary Id="Logo" SourceFile="small.txt" /><Feature Id="F" Level="1"><ComponentRef Id="C" /></Feature>
  </Product>
</Wix>`;

/** Builds a package of one file of several blocks and a small one; wixl itself writes embedded cabinets only. */
function buildByWixl(folder: string, place: 'embedded' | 'external'): string {
  const lines = Array.from({ length: 9000 }, (_, at) => `line ${at % 1009} of the text\n`);
  writeFileSync(path.join(folder, 'large.txt'), lines.join(''));
  writeFileSync(path.join(folder, 'small.txt'), 'small');
  writeFileSync(path.join(folder, 'test.wxs'), wxs);
  run(folder, 'wixl', ['-a', 'x64', '-o', 'test.msi', 'test.wxs']);
  if (place === 'external') {
    writeFileSync(path.join(folder, 'files.cab'), run(folder, 'msiinfo', ['extract', 'test.msi', 'files.cab']));
    run(folder, 'msibuild', ['test.msi', '-q', "UPDATE Media SET Cabinet = 'files.cab'"]);
  }
  return path.join(folder, 'test.msi');
}

for (const place of ['embedded', 'external'] as const) {
  test(`files over several blocks come out of an ${place} cabinet of wixl as msiextract has them`, async (context) => {
    const folder = temporaryFolder(context);
    const file = buildByWixl(folder, place);
    assert.ok((await assertSameTables(file, context)) > 20);
    const logo = (await packageFrom(readFileSync(file))).stream('Binary.Logo');
    assert.equal(Buffer.from((await logo?.read(0, 5)) ?? []).toString(), 'small');
    await assertSameFiles(file, path.join(folder, 'out'));
  });
}

for (const pack of ['none', 'mszip'] as const) {
  test(`an external cabinet that our own writer made with packing "${pack}" is one to msiextract too`, async (context) => {
    const folder = temporaryFolder(context);
    const file = buildByWixl(folder, 'external');
    const files = { large: readFileSync(path.join(folder, 'large.txt')), small: Buffer.from('small') };
    writeFileSync(path.join(folder, 'files.cab'), cabinet([{ pack, files }]));
    await assertSameFiles(file, path.join(folder, 'out'));
  });
}

const latin = { codePage: 1252, encode: (text: string) => Buffer.from(text, 'latin1') };
for (const options of [latin, { ...latin, wideReferences: true }, { codePage: 65001 }]) {
  const what = `in code page ${options.codePage}${'wideReferences' in options ? ' with wide references' : ''}`;
  test(`a package ${what} that our own writer made is one to msiinfo too`, async (context) => {
    const file = path.join(temporaryFolder(context), 'ours.msi');
    const columns = { Key: 's72*', Text: 'L0', Small: 'i2', MaybeLarge: 'I4' };
    const rows = [
      ['a', 'Grüße', 7, null],
      ['b', null, -7, 70_000],
    ];
    writeFileSync(file, packageOf({ Mixed: { columns, rows } }, options));
    assert.equal(await assertSameTables(file, context), 2);
  });
}
