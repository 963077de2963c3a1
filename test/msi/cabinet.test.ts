import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCabinet } from '../../src/msi/cabinet.ts';
import { bytesOf } from '../../src/msi/package.ts';
import { packageFrom, sourceOf, streamed } from './sources.ts';
import { type CabinetFolder, cabinet } from './write-cabinet.ts';
import { fileTables, packageOf } from './write-package.ts';

/** Text that repeats over long distances, so that a block cannot be unpacked without the one before it. */
const longText = (lines: number) =>
  Buffer.from(Array.from({ length: lines }, (_, at) => `line ${at % 997} of some text\n`).join(''));

const files = {
  'first.txt': Buffer.from('first'),
  'long.txt': longText(20_000),
  'empty.txt': Buffer.alloc(0),
  'last.txt': longText(1500),
};
const folders = (pack: CabinetFolder['pack']): CabinetFolder[] => [
  { pack, files },
  { pack: 'none', files: { 'other.txt': Buffer.from('in another folder') } },
];

async function read(bytes: Uint8Array, name: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await openCabinet(sourceOf(bytes))).open(name)) pieces.push(piece);
  return Buffer.concat(pieces);
}

for (const pack of ['none', 'mszip'] as const) {
  test(`every file of a cabinet with packing "${pack}" comes out whole, over block borders and from a second folder`, async () => {
    const bytes = cabinet(folders(pack));
    for (const [name, expected] of Object.entries(files)) assert.ok((await read(bytes, name)).equals(expected), name);
    assert.equal((await read(bytes, 'other.txt')).toString(), 'in another folder');
  });
}

test('files that are read one after the other, or in any order, are the same', async () => {
  const opened = await openCabinet(sourceOf(cabinet(folders('mszip'))));
  for (const name of ['first.txt', 'long.txt', 'last.txt', 'first.txt', 'last.txt', 'long.txt'] as const) {
    const pieces: Uint8Array[] = [];
    for await (const piece of opened.open(name)) pieces.push(piece);
    assert.ok(Buffer.concat(pieces).equals(files[name]), name);
  }
});

test('two files of one folder can be read at the same time', async () => {
  const opened = await openCabinet(sourceOf(cabinet(folders('mszip'))));
  const whole = async (name: keyof typeof files) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of opened.open(name)) pieces.push(piece);
    assert.ok(Buffer.concat(pieces).equals(files[name]), name);
  };
  await Promise.all([whole('long.txt'), whole('last.txt'), whole('long.txt'), whole('first.txt')]);
});

test('reserved fields of a cabinet are read over', async () => {
  const bytes = cabinet(folders('mszip'), { headerReserve: 20, folderReserve: 4, blockReserve: 8 });
  assert.ok((await read(bytes, 'long.txt')).equals(files['long.txt']));
  assert.equal((await read(bytes, 'other.txt')).toString(), 'in another folder');
});

test('a changed byte in a block is found by its checksum', async () => {
  const bytes = Buffer.from(cabinet(folders('none')));
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 60_000) ^ 1, bytes.length - 60_000);
  await assert.rejects(read(bytes, 'long.txt'), { problem: 'is damaged: a checksum in its cabinet is wrong' });
});

const packages = (pack: CabinetFolder['pack'], cabinetName: string) => {
  const content = cabinet([{ pack, files: { key1: Buffer.from('content') } }]);
  return {
    content,
    bytes: packageOf(
      {
        File: {
          columns: fileTables.File,
          rows: [['key1', 'c', 'A~1.TXT|a long name.txt', 7, null, null, 1]],
        },
        Component: { columns: fileTables.Component, rows: [['c', 'TARGETDIR']] },
        Directory: {
          columns: fileTables.Directory,
          rows: [['TARGETDIR', null, 'SourceDir']],
        },
        Media: { columns: { DiskId: 'i2*', LastSequence: 'i4', Cabinet: 'S255' }, rows: [[1, 1, cabinetName]] },
      },
      { streams: { 'in.cab': content } },
    ),
  };
};

test('a file is read out of an embedded cabinet', async () => {
  const opened = await packageFrom(packages('mszip', '#in.cab').bytes);
  assert.deepEqual(opened.files()[0]?.name, 'a long name.txt');
  assert.equal((await streamed(opened, 'key1')).toString(), 'content');
});

test('a file is read out of a cabinet beside the package, and its absence is a sentence', async () => {
  const { bytes, content } = packages('none', 'beside.cab');
  const asked: string[] = [];
  const opened = await packageFrom(bytes, async (name) => {
    asked.push(name);
    return sourceOf(content);
  });
  assert.equal((await streamed(opened, 'key1')).toString(), 'content');
  assert.deepEqual(asked, ['beside.cab']);
  const alone = await bytesOf(await packageFrom(bytes), 'key1', 100);
  assert.deepEqual(alone, { problem: 'needs its cabinet beside.cab beside it, and that is not there', isLimit: true });
});

for (const [pack, word] of [
  ['quantum', 'Quantum'],
  ['lzx', 'LZX'],
] as const) {
  test(`a cabinet packed by ${word} is named as what this program cannot unpack`, async () => {
    const got = await bytesOf(await packageFrom(packages(pack, '#in.cab').bytes), 'key1', 100);
    assert.deepEqual(got, {
      problem: `has a cabinet packed by ${word}, which this program cannot unpack`,
      isLimit: true,
    });
  });
}

test('a file larger than the caller takes is a problem', async () => {
  const got = await bytesOf(await packageFrom(packages('none', '#in.cab').bytes), 'key1', 6);
  assert.deepEqual(got, { problem: 'has a file larger than expected: key1', isLimit: true });
});
