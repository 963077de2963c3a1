import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runScript, shipped } from './engine.ts';

/** What Protect-ScimSecret.ps1 answers to each line; real encryption needs Windows, or Wine: test/lab/resume.test.ts. */
function answers(...lines: readonly string[]): readonly unknown[] {
  const { code, stdout, stderr } = runScript(shipped('Protect-ScimSecret.ps1'), [], { input: lines.join('\n') });
  assert.deepEqual([code, stderr], [0, '']);
  const found = [...stdout.matchAll(/===SCIM-FACTS-BEGIN===\n(.*)\n===SCIM-FACTS-END===\n/g)];
  assert.equal(stdout, found.map((one) => one[0]).join(''), 'nothing else is printed');
  return found.map((one) => JSON.parse(one[1] ?? ''));
}

const hush = Buffer.from('hush-hush').toString('base64');

describe('the script that encrypts secrets', () => {
  it('answers each line, and without bytes where it could not be done; nothing of it is quoted', () => {
    const none = { schema: 1, bytes: '' };
    assert.deepEqual(answers(`unprotect\t${hush}`, `unprotect\thush`, 'unprotect', '', `other\t${hush}`), [
      none,
      none,
      none,
      none,
      none,
    ]);
  });

  it('ends with its input', () => assert.deepEqual(answers(), []));
});
