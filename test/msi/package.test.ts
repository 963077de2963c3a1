import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPackage } from '../../src/msi/package.ts';
import { packageFrom, samplePackage, sourceOf } from './sources.ts';
import { fileTables, packageOf, type Table } from './write-package.ts';

const property = (rows: Table['rows']): Table => ({ columns: { Property: 's72*', Value: 'l0' }, rows });

/** 1252 and Shift JIS by hand: Node decodes them and does not encode them. */
const latin = (text: string) => Buffer.from(text.replaceAll('€', '\x80'), 'latin1');

test('rows of every column type are read, nulls and negative numbers too', async () => {
  const columns = { Key: 's72*', Text: 'S255', Small: 'i2', MaybeSmall: 'I2', Large: 'I4', Data: 'V0' };
  const rows = [
    ['a', null, -32767, null, -2147483647, 1],
    ['b', 'text', 32767, 7, 2147483647, null],
    ['c', 'more', 0, 0, 0, 1],
  ];
  const read = await packageFrom(packageOf({ Mixed: { columns, rows } }));
  assert.deepEqual(read.rows('Mixed'), [
    { Key: 'a', Text: null, Small: -32767, MaybeSmall: null, Large: -2147483647, Data: 'Mixed.a' },
    { Key: 'b', Text: 'text', Small: 32767, MaybeSmall: 7, Large: 2147483647, Data: null },
    { Key: 'c', Text: 'more', Small: 0, MaybeSmall: 0, Large: 0, Data: 'Mixed.c' },
  ]);
});

test('the stream of a binary column is found under its name', async () => {
  const bytes = Buffer.from('an icon');
  const table = { columns: { Name: 's72*', Data: 'v0' }, rows: [['logo.png', 1]] };
  const read = await packageFrom(packageOf({ Binary: table }, { streams: { 'Binary.logo.png': bytes } }));
  const stream = read.stream(String(read.rows('Binary')[0]?.Data));
  assert.equal(Buffer.from((await stream?.read(0, 7)) ?? []).toString(), 'an icon');
});

test('a table without a stream is empty, and a table that is not there has no rows', async () => {
  const read = await packageFrom(packageOf({ Property: property([]), Error: { columns: { Error: 'i2*' }, rows: [] } }));
  assert.deepEqual(read.tables, ['Error', 'Property']);
  assert.deepEqual(read.rows('Property'), []);
  assert.deepEqual(read.rows('Registry'), []);
});

test('a package with more than 65,535 strings is read', async () => {
  const rows = Array.from({ length: 40_000 }, (_, at) => [`key${at}`, `value ${at}`]);
  const read = await packageFrom(packageOf({ Property: property(rows) }, { wideReferences: true }));
  assert.deepEqual(read.rows('Property').at(-1), { Property: 'key39999', Value: 'value 39999' });
});

test('a string of 64 kB and more is read whole', async () => {
  const long = 'x'.repeat(70_001);
  const read = await packageFrom(
    packageOf({
      Property: property([
        ['long', long],
        ['after', 'it'],
      ]),
    }),
  );
  assert.deepEqual(read.rows('Property'), [
    { Property: 'long', Value: long },
    { Property: 'after', Value: 'it' },
  ]);
});

const pages: readonly (readonly [number, string, (text: string) => Uint8Array])[] = [
  [65001, 'Grüße, 日本', (text) => Buffer.from(text, 'utf8')],
  [1252, 'Grüße für 5 €', latin],
  [932, '日本', (text) => (/[^\0-\x7f]/.test(text) ? Buffer.from('93fa967b', 'hex') : Buffer.from(text))],
  [0, 'neutral and UTF-8: ü', (text) => Buffer.from(text, 'utf8')],
  [0, 'neutral and not UTF-8: ü', latin],
  [437, 'plain ASCII', (text) => Buffer.from(text)],
];
for (const [codePage, text, encode] of pages) {
  test(`"${text}" is read from a package in code page ${codePage}`, async () => {
    const read = await packageFrom(packageOf({ Property: property([['text', text]]) }, { codePage, encode }));
    assert.equal(read.rows('Property')[0]?.Value, text);
  });
}

test('text in a code page that nothing here knows is refused with its number', async () => {
  const bytes = packageOf({ Property: property([['text', 'ü']]) }, { codePage: 437, encode: latin });
  const { problem } = (await openPackage(sourceOf(bytes))) as { problem: string };
  assert.equal(problem, 'is written in the code page 437, which this program cannot read');
});

test('the summary information is read', async () => {
  const { summary } = await packageFrom(packageOf({ Property: property([]) }, { template: 'Arm64;1033,1031' }));
  assert.deepEqual(summary, {
    title: 'Installation Database',
    subject: '',
    author: 'Müller',
    comments: '',
    application: '',
    platform: 'Arm64',
    languages: [1033, 1031],
    packageCode: '{0A1B2C3D-0000-4000-8000-00000000000F}',
    installerVersion: 500,
    wordCount: 2,
    security: 0,
    codePage: 1252,
  });
});

test('the files of a sample are listed with folder, cabinet and version', async () => {
  const files = (await samplePackage('SCIMConnector-4.4.4.msi')).files();
  assert.deepEqual(
    files.find((file) => file.key === 'SCIMConnector.dll'),
    {
      key: 'SCIMConnector.dll',
      path: 'inetpub\\wwwroot\\SCIMConnector',
      name: 'SCIMConnector.dll',
      size: 3584,
      version: '4.4.4.0',
      sequence: 1,
      cabinet: '#sample.cab',
      component: 'Program',
    },
  );
  assert.equal(
    files.find((file) => file.key === 'ResponsesSettings')?.path,
    'inetpub\\wwwroot\\SCIMConnector\\Responses',
  );
});

const circle: Readonly<Record<string, Table>> = {
  File: {
    columns: fileTables.File,
    rows: [['f', 'c', 'f.txt', 1, null, null, 1]],
  },
  Component: { columns: fileTables.Component, rows: [['c', 'one']] },
  Directory: {
    columns: fileTables.Directory,
    rows: [
      ['one', 'two', 'a'],
      ['two', 'one', 'b'],
    ],
  },
};

test('folders that lead in a circle are a problem', async () => {
  assert.deepEqual(await openPackage(sourceOf(packageOf(circle))), {
    problem: 'is damaged: the folder two leads nowhere',
    isLimit: false,
  });
});
