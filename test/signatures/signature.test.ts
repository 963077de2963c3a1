import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { openHostFile } from '../../src/machine/host-files.ts';
import { readSignature } from '../../src/media/authenticode.ts';
import type { SandboxMachine } from '../../src/sandbox/sandbox-machine.ts';
import { remember } from '../../src/sandbox/server.ts';
import { bundle, givenServer, sample } from '../given.ts';
import { newSigner, type Signer, signed, thumbprintOf } from './signing.ts';

const msi = sample('SCIMConnector-4.4.4.msi');
const subject = '/C=US/ST=California/L=San Francisco/O=Sample, Works/CN=Sample Works "Inc."';
const signer = newSigner(subject);
const files = {
  'an MSI': signed(msi, signer),
  'an MSI whose names and times are signed too': signed(msi, signer, '-add-msi-dse'),
  'a program': signed(sample(bundle), signer),
};

const day = 24 * 3600 * 1000;

/** A server whose clock stands some days after the signer's certificate was made, with some trusted roots. */
async function serverAt(days: number, ...trusted: readonly Signer[]): Promise<SandboxMachine> {
  const { machine } = await givenServer('fresh');
  const clock = new Date(Date.parse(signer.certificate.validFrom) + days * day).toISOString();
  remember(machine.server, { clock, trusted: trusted.map(thumbprintOf) });
  return machine;
}

async function said(machine: SandboxMachine, file: string) {
  const reading = await machine.signatureOfGiven(file);
  assert.ok(reading.known, JSON.stringify(reading));
  return reading.value;
}

for (const [what, file] of Object.entries(files)) {
  test(`a signature of ${what} is read with its signer, and holds where the root is trusted`, async () => {
    const value = await said(await serverAt(1, signer), file);
    assert.deepEqual(value, {
      status: 'Valid',
      message: 'Signature verified.',
      subject: 'CN="Sample Works ""Inc.""", O="Sample, Works", L=San Francisco, S=California, C=US',
      thumbprint: thumbprintOf(signer),
    });
  });

  test(`${what} that was changed after it was signed is told so, whoever signed it`, async () => {
    const bytes = readFileSync(file);
    const at = bytes.lastIndexOf(what === 'a program' ? 'KERNEL32' : 'MSCF') + 8;
    assert.ok(at > 512, 'there is nothing to change');
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(`${file}.changed`, bytes);
    const value = await said(await serverAt(1, signer), `${file}.changed`);
    assert.deepEqual([value.status, value.thumbprint], ['HashMismatch', thumbprintOf(signer)]);
  });
}

test('the same answer comes for a file of the server', async () => {
  const machine = await serverAt(1, signer);
  await machine.receive(files['a program'], 'C:\\bundle.exe');
  const reading = await machine.signature('C:\\bundle.exe');
  assert.equal(reading.known && reading.value.status, 'Valid');
});

test('a signer whom nobody vouches for, who is out of date, or whose certificate is for something else, is not valid', async () => {
  const forMail = newSigner('/CN=Mail', { usage: 'emailProtection' });
  const cases = [
    { machine: await serverAt(1), file: files['an MSI'], says: /root certificate which is not trusted/ },
    { machine: await serverAt(60, signer), file: files['an MSI'], says: /validity period/ },
    { machine: await serverAt(-1, signer), file: files['an MSI'], says: /validity period/ },
    { machine: await serverAt(1, forMail), file: signed(msi, forMail), says: /requested usage/ },
  ];
  for (const { machine, file, says } of cases) {
    const { status, message } = await said(machine, file);
    assert.equal(status, 'UnknownError');
    assert.match(message, says);
  }
});

test('what is not signed, and what is not there, is told so', async () => {
  const machine = await serverAt(1);
  for (const file of [msi, sample(bundle)]) {
    const { status, subject: none, thumbprint } = await said(machine, file);
    assert.deepEqual([status, none, thumbprint], ['NotSigned', null, null]);
  }
  assert.deepEqual(await machine.signature('C:\\no.msi'), { known: false, why: 'there is no file C:\\no.msi' });
});

test('the simulation makes up nothing for files of other kinds', async () => {
  const machine = await serverAt(1);
  await machine.write('C:\\script.ps1', new TextEncoder().encode('Get-Date'));
  const reading = await machine.signature('C:\\script.ps1');
  assert.match(reading.known ? '' : reading.why, /does not know what Windows says of a file that is not an MSI/);
});

test('a signature that the key of its certificate did not make is found out', async () => {
  const bytes = readFileSync(files['a program']);
  const optional = bytes.readUInt32LE(60) + 24;
  const start = bytes.readUInt32LE(optional + 112 + 32) + 8;
  const last = start + 4 + bytes.readUInt16BE(start + 2) - 1;
  bytes.writeUInt8(bytes.readUInt8(last) ^ 1, last);
  const forged = `${files['a program']}.forged`;
  writeFileSync(forged, bytes);
  const file = await openHostFile(forged);
  const found = file && (await readSignature(file));
  await file?.close();
  assert.deepEqual([found?.isUnchanged, found?.isBySigner], [true, false]);
  const reading = await (await serverAt(1, signer)).signatureOfGiven(forged);
  assert.match(reading.known ? '' : reading.why, /a signature that its signer has not made/);
});

test('a signature that was damaged is a sentence, wherever the damage is', async () => {
  const machine = await serverAt(1, signer);
  const good = readFileSync(files['a program']);
  const start = good.readUInt32LE(good.readUInt32LE(60) + 24 + 112 + 32);
  for (let at = start; at < good.length; at += 23) {
    const bytes = Buffer.from(good);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
    writeFileSync(`${files['a program']}.damaged`, bytes);
    const reading = await machine.signatureOfGiven(`${files['a program']}.damaged`);
    assert.ok(reading.known || reading.why.length > 20, String(at));
  }
});
