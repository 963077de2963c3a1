import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commonNameOf, type Signature, signerProblem } from '../../src/core/signature.ts';
import { signerFindings } from '../../src/core/signer-findings.ts';

const subject = 'CN="Sample, Works ""Inc.""", O=Sample Works, C=US';
const thumbprint = 'AB'.repeat(20);
const valid: Signature = { status: 'Valid', message: 'Signature verified.', subject, thumbprint };
const problem = (signers: readonly string[], more: Partial<Signature> = {}) =>
  signerProblem('a.msi', { ...valid, ...more }, signers);

test('a signer is known by thumbprint in either case, with spaces or without, by subject, and by common name', () => {
  const named = [thumbprint, thumbprint.toLowerCase(), 'ab '.repeat(20).trim(), subject, 'Sample, Works "Inc."'];
  for (const signer of named) assert.equal(problem(['Somebody Else', signer]), null, signer);
});

test('nobody is taken for the signer who is only like it', () => {
  const others = [
    'Sample Works',
    'sample, works "inc."',
    'CN="Sample, Works ""Inc.""", O=Sample Works',
    'US',
    'AB'.repeat(19),
    '',
  ];
  for (const signer of others)
    assert.match(problem([signer]) ?? '', /a\.msi is signed by CN=.* with the certificate ABAB/);
});

test('a name inside of another value is no common name', () => {
  const forged = 'O="x, CN=Sample Works Inc.", CN=Somebody';
  assert.equal(commonNameOf(forged), 'Somebody');
  assert.notEqual(problem(['Sample Works Inc.'], { subject: forged }), null);
});

test('a common name is found at any place of a subject, and in no text that is none', () => {
  assert.equal(commonNameOf('C=US, O=Sample, CN=Sample Works'), 'Sample Works');
  assert.equal(commonNameOf('CN=First, CN=Second'), 'First');
  assert.equal(commonNameOf('SERIALNUMBER=1 + CN=Sample Works'), 'Sample Works');
  for (const text of ['', 'Sample Works', 'CN="open', 'CN=a, nonsense', 'O=Sample'])
    assert.equal(commonNameOf(text), null);
});

test('a signature that is not valid is none, whoever made it, and each status is told with its meaning', () => {
  const meanings: readonly (readonly [string, RegExp])[] = [
    ['NotSigned', /is not signed \(NotSigned: why\)/],
    ['HashMismatch', /was changed after it was signed/],
    ['NotTrusted', /distrusts/],
    ['UnknownError', /not valid on this server \(UnknownError: why\)/],
    ['NotSupportedFileFormat', /of a kind/],
    ['Incompatible', /cannot check/],
    ['Newer', /does not know \(Newer: why\)/],
  ];
  for (const [status, says] of meanings) assert.match(problem([thumbprint], { status, message: 'why' }) ?? '', says);
});

test('where a signature could not be read, a plan goes on and says so, and a run does not begin', () => {
  const packages = [{ name: 'a.msi', signature: { known: false, why: 'the reader is gone' } as const }];
  const [reminder, ...none] = signerFindings(packages, [thumbprint], false);
  assert.deepEqual([reminder?.id, reminder?.stops, none], ['signer-unseen', 'never', []]);
  const [refusal, ...nothing] = signerFindings(packages, [thumbprint], true);
  assert.deepEqual([refusal?.id, refusal?.stops, nothing], ['signer-not-pinned', 'always', []]);
  for (const one of [reminder, refusal]) assert.match(one?.message ?? '', /^[A-Z].*a\.msi: the reader is gone\.$/);
});
