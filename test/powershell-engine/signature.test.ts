import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { signatureSchema } from '../../src/core/facts-schema.ts';
import { subjectOf } from '../../src/sandbox/signature.ts';
import { bundle, sample } from '../given.ts';
import { newSigner, signed, thumbprintOf } from '../signatures/signing.ts';
import { inFolder, runScript, shipped } from './engine.ts';

const signer = newSigner('/C=US/ST=California/O=Sample, Works/CN=Sample Works "Inc."');
const msi = signed(sample('SCIMConnector-4.4.4.msi'), signer);

/** What the reader answers for one file, on a server that says this of signatures. */
function answerFor(path: string, signatures: readonly object[] = []) {
  return inFolder((folder) => {
    const file = join(folder, 'answers.json');
    writeFileSync(file, JSON.stringify({ Signatures: signatures }));
    const input = `signature\t${path}\n`;
    const environment = { SCIM_SETUP_LAB_CIM: file };
    const { stdout, stderr } = runScript(shipped('Get-ScimFacts.ps1'), [], { input, environment });
    assert.equal(stderr, '');
    return signatureSchema.parse(JSON.parse(stdout.split('\n')[1] ?? '')).signature;
  });
}

describe('the reader, asked who signed a file', () => {
  it('gives the status of Windows, and subject and thumbprint as .NET writes them', () => {
    const Certificate = signer.certificate.raw.toString('base64');
    const said = { Path: msi, Status: 'Valid', StatusMessage: 'Signature verified.', Certificate };
    assert.deepEqual(answerFor(msi, [said]), {
      known: true,
      value: {
        status: 'Valid',
        message: 'Signature verified.',
        subject: 'CN="Sample Works ""Inc.""", O="Sample, Works", S=California, C=US',
        thumbprint: thumbprintOf(signer),
      },
    });
    assert.equal(subjectOf(signer.certificate), 'CN="Sample Works ""Inc.""", O="Sample, Works", S=California, C=US');
  });

  it('leaves the signer out where there is none', () => {
    for (const file of [sample('SCIMConnector-4.4.4.msi'), sample(bundle)]) {
      const reading = answerFor(file);
      const { status, subject, thumbprint } = reading.known ? reading.value : assert.fail(reading.why);
      assert.deepEqual([status, subject, thumbprint], ['NotSigned', null, null]);
    }
  });

  it('says why it could not tell', () => {
    assert.deepEqual(answerFor('/no/such.msi'), { known: false, why: 'there is no file /no/such.msi' });
    const reading = answerFor(msi);
    assert.match(reading.known ? '' : reading.why, /does not know what Windows says/);
  });
});
