import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readBundle } from '../../src/media/bundle.ts';
import { samplePath, sourceOf } from '../msi/sources.ts';

const standIn = readFileSync(samplePath('dotnet-hosting-6.0.36-win.exe'));

test('the version of the sample bundle is read from its resources', async () => {
  assert.deepEqual(await readBundle(sourceOf(standIn)), {
    version: '6.0.36',
    productName: 'Stand-in for the .NET 6.0.36 Windows Server Hosting bundle (sample of scim-setup)',
    fileVersion: '6.0.36.0',
  });
});

test('a program of 100 MB is not read whole', async () => {
  let asked = 0;
  const source = {
    size: 100_000_000,
    read: async (offset: number, length: number) => {
      asked += length;
      const bytes = new Uint8Array(length);
      bytes.set(standIn.subarray(offset, offset + length));
      return bytes;
    },
  };
  const bundle = await readBundle(source);
  assert.ok('version' in bundle && bundle.version === '6.0.36');
  assert.ok(asked < 5000, `${asked} bytes`);
});

/** The stand-in with one text of its resources written over, of the same length. */
function withText(from: string, to: string): Buffer {
  const bytes = Buffer.from(standIn);
  const needle = Buffer.from(`${from}\0`, 'utf16le');
  for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1))
    Buffer.from(`${to}\0`, 'utf16le').copy(bytes, at);
  return bytes;
}

test('a product version with a build number behind it is cut to three fields', async () => {
  const bundle = await readBundle(sourceOf(withText('6.0.36.0', '8.0.11+a')));
  assert.ok('version' in bundle);
  assert.equal(bundle.version, '8.0.11');
});

test('without a product version as text, the binary one counts', async () => {
  const bundle = await readBundle(sourceOf(withText('ProductVersion', 'ProductVersioX')));
  assert.ok('version' in bundle);
  assert.equal(bundle.version, '6.0.36');
});

test('what is no program, and a program without a version, are sentences', async () => {
  const sentence = async (bytes: Uint8Array) => ((await readBundle(sourceOf(bytes))) as { problem: string }).problem;
  assert.equal(await sentence(new Uint8Array(3)), 'is not a Windows program');
  assert.equal(await sentence(Buffer.alloc(500, 'MZ')), 'is not a Windows program');
  assert.equal(await sentence(readFileSync(samplePath('SCIMConnector-4.4.4.msi'))), 'is not a Windows program');
  const bytes = Buffer.from(standIn);
  const optional = bytes.readUInt32LE(60) + 24;
  bytes.writeUInt32LE(0, optional + 128);
  assert.equal(await sentence(bytes), 'has no version in its resources');
});

test('a program with any byte changed or cut short ends in a value', async () => {
  for (let at = 0; at < 1024; at++) {
    const bytes = Buffer.from(standIn);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
    const got = await readBundle(sourceOf(bytes));
    assert.ok('version' in got || 'problem' in got);
  }
  const resources = standIn.indexOf(Buffer.from('VS_VERSION_INFO', 'utf16le')) - 200;
  for (let at = resources; at < standIn.length; at++) {
    const bytes = Buffer.from(standIn);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
    const got = await readBundle(sourceOf(bytes));
    assert.ok('version' in got || 'problem' in got);
  }
  for (let length = 0; length < standIn.length; length += 97) {
    const got = await readBundle(sourceOf(standIn.subarray(0, length)));
    assert.ok('problem' in got || 'version' in got);
  }
});
