import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openCompoundFile } from '../../src/msi/compound-file.ts';
import { openPackage } from '../../src/msi/package.ts';
import { sourceOf } from './sources.ts';
import { compoundFile } from './write-compound-file.ts';
import { packageOf } from './write-package.ts';

const pattern = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, at) => (at * 31 + seed + (at >> 8)) & 255);

const streams = new Map([
  ['empty', new Uint8Array(0)],
  ['one byte', pattern(1, 1)],
  ['mini', pattern(4095, 2)],
  ['just too big for mini', pattern(4096, 3)],
  ['mini too', pattern(65, 4)],
  ['large', pattern(1_000_001, 5)],
]);

for (const version of [3, 4] as const) {
  test(`every stream of a version ${version} compound file is read, small and large`, async () => {
    const file = await openCompoundFile(sourceOf(compoundFile(streams, { version })));
    assert.deepEqual([...file.streams.keys()].sort(), [...streams.keys()].sort());
    for (const [name, expected] of streams) {
      const source = file.streams.get(name);
      assert.equal(source?.size, expected.length);
      assert.deepEqual(Buffer.from(await source.read(0, expected.length)), Buffer.from(expected), name);
    }
  });
}

test('a piece out of the middle of a stream is the piece asked for', async () => {
  const file = await openCompoundFile(sourceOf(compoundFile(streams)));
  const expected = Buffer.from(streams.get('large') ?? []).subarray(70_000, 140_000);
  assert.deepEqual(Buffer.from((await file.streams.get('large')?.read(70_000, 70_000)) ?? []), expected);
});

test('a file with more than 109 sectors of FAT is read through the chain that lists the others', async () => {
  const large = pattern(8_000_000, 6);
  const file = await openCompoundFile(sourceOf(compoundFile(new Map([['large', large]]))));
  assert.ok(Buffer.from(large).equals(Buffer.from((await file.streams.get('large')?.read(0, large.length)) ?? [])));
});

const sentence = async (bytes: Uint8Array) => ((await openPackage(sourceOf(bytes))) as { problem: string }).problem;

test('what is no MSI is called so', async () => {
  assert.equal(await sentence(new Uint8Array(0)), 'is not an MSI: it is too short');
  assert.equal(
    await sentence(Buffer.from('MZ and more, as a program begins')),
    'is not an MSI: it is no compound file',
  );
  const other = compoundFile(streams, { rootClass: '0609020000000000c000000000000046' });
  assert.equal(await sentence(other), 'is not an MSI: it is a compound file of another kind');
});

test('a patch and a transform are called by their names', async () => {
  const rootOf = (kind: string) => compoundFile(streams, { rootClass: `${kind}100c0000000000c000000000000046` });
  assert.equal(await sentence(rootOf('86')), 'is a patch (MSP), not a package');
  assert.equal(await sentence(rootOf('82')), 'is a transform (MST), not a package');
});

/** A package of which one word at `offset` is overwritten. */
function withWord(offset: number, word: number): Uint8Array {
  const bytes = Buffer.from(packageOf({ Property: { columns: { Property: 's72*' }, rows: [['a']] } }));
  bytes.writeUInt32LE(word, offset);
  return bytes;
}

const absurd: readonly (readonly [string, number, number])[] = [
  ['a FAT of four billion sectors', 44, 0xffffffff],
  ['a directory that starts outside of the file', 48, 0x00ffffff],
  ['a directory that starts at a free sector', 48, 0xffffffff],
  ['a mini FAT outside of the file', 60, 0x00ffffff],
  ['a FAT sector outside of the file', 76, 0x00ffffff],
];
for (const [what, offset, word] of absurd) {
  test(`${what} is damage, not an exception`, async () => {
    assert.match(await sentence(withWord(offset, word)), /^is damaged: /);
  });
}

test('a chain of directory sectors that runs in a circle ends as damage', async () => {
  const bytes = Buffer.from(packageOf({ Property: { columns: { Property: 's72*' }, rows: [['a']] } }));
  const [directory, fat] = [bytes.readUInt32LE(48), bytes.readUInt32LE(76)];
  bytes.writeUInt32LE(directory, (fat + 1) * 512 + directory * 4);
  assert.equal(await sentence(bytes), 'is damaged: the directory runs in a circle');
});
