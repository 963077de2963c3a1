import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ByteSource } from '../../src/msi/byte-source.ts';
import { bytesOf, openPackage } from '../../src/msi/package.ts';
import { samplePath, sourceOf } from './sources.ts';
import { packageOf } from './write-package.ts';

const most = 1 << 20;

/** A small generator with a fixed seed (xorshift), so that a failure can be seen again. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Reads all that can be read: whatever the bytes are, this must end in values. `asked` counts what was requested in bytes. */
async function readAll(bytes: Uint8Array): Promise<{ ok: boolean; asked: number }> {
  let asked = 0;
  const plain = sourceOf(bytes);
  const source: ByteSource = {
    size: bytes.length,
    read: (offset, length) => {
      asked += length;
      return plain.read(offset, length);
    },
  };
  const read = await openPackage(source);
  if ('problem' in read) {
    assert.match(read.problem, /^(is|has|needs|keeps) [^\n]+$/);
    return { ok: false, asked };
  }
  for (const table of read.tables) read.rows(table);
  for (const file of read.files()) await bytesOf(read, file.key, most);
  return { ok: true, asked };
}

const sample = readFileSync(samplePath('SCIMConnector-4.4.4.msi'));
const wide = Buffer.from(
  packageOf(
    {
      Property: {
        columns: { Property: 's72*', Value: 'l0' },
        rows: [
          ['a', 'x'.repeat(70_000)],
          ['b', 'y'],
        ],
      },
    },
    { version: 4, wideReferences: true },
  ),
);

test('an undamaged sample is read in requests of not much more than its size', async () => {
  const { ok, asked } = await readAll(sample);
  assert.ok(ok);
  assert.ok(asked < 4 * sample.length, `${asked} bytes asked of a file of ${sample.length}`);
});

test('a package cut short anywhere ends in a value', async () => {
  let read = 0;
  for (let length = 0; length < sample.length; length += 61) if ((await readAll(sample.subarray(0, length))).ok) read++;
  assert.ok(read < 10, `${read} of the cut packages were taken for whole ones`);
});

for (const [name, original, rounds] of [
  ['a sample', sample, 500],
  ['a version 4 package', wide, 300],
] as const) {
  test(`${name} with changed bits ends in a value, and asks for no absurd amount`, async () => {
    const random = numbersFrom(20261123);
    for (let round = 0; round < rounds; round++) {
      const bytes = Buffer.from(original);
      for (let flips = 1 + random(8); flips > 0; flips--) {
        const at = random(2) === 0 ? random(bytes.length) : random(Math.min(bytes.length, 1024));
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random(8)), at);
      }
      const { asked } = await readAll(bytes);
      assert.ok(asked < 60 * original.length, `round ${round}: ${asked} bytes asked`);
    }
  });
}

test('a package with words overwritten by extreme numbers ends in a value', async () => {
  const random = numbersFrom(7);
  const extremes = [0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 0xfffffffa];
  for (let round = 0; round < 500; round++) {
    const bytes = Buffer.from(sample);
    const at = random(2) === 0 ? random(128) * 4 : random(bytes.length >> 2) * 4;
    bytes.writeUInt32LE(extremes[random(extremes.length)] ?? 0, at);
    await readAll(bytes);
  }
});
