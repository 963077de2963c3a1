import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signatureOf } from '../../src/machine/detect.ts';

const value = { status: 'Valid', message: 'x', subject: 'CN=Sample', thumbprint: 'A'.repeat(40) };

function answering(answer: unknown) {
  const asked: string[] = [];
  const ask = async (line: string) => {
    asked.push(line);
    return answer instanceof Error ? Promise.reject(answer) : answer;
  };
  return { asked, reader: { ask } };
}

test('who signed a file is asked of the reader by the path of the file', async () => {
  const { asked, reader } = answering({ schema: 1, signature: { known: true, value } });
  assert.deepEqual(await signatureOf('C:\\a b.msi', { reader }), { known: true, value });
  assert.deepEqual(asked, ['signature\tC:\\a b.msi']);
});

test('an answer that is not as agreed, an error and no answer at all are no signature', async () => {
  const answers = [
    { schema: 1, error: 'The line could not be answered' },
    { schema: 1, signature: { known: true, value: { ...value, thumbprint: 'short' } } },
    { schema: 1, signature: { known: false, why: 'there is no file' } },
    new Error('PowerShell ended'),
    null,
  ];
  for (const answer of answers) {
    const reading = await signatureOf('C:\\a.msi', answering(answer));
    assert.ok(!reading.known && reading.why.length > 10, JSON.stringify(reading));
  }
});
