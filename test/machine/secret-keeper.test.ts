import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SecretKeeper } from '../../src/machine/secret-keeper.ts';

const secrets = new Map([
  ['PASSPHRASE', 'hush "h\u00fcsh" \u{1f600}'],
  ['TOKEN', ''],
]);

/** A PowerShell that turns bytes round in place of DPAPI, and what it was asked. */
function keeper(answer: (bytes: Buffer) => unknown = (bytes) => ({ bytes: bytes.reverse().toString('base64') })) {
  const [files, asked] = [new Map<string, Uint8Array>(), [] as string[]];
  let open = 0;
  const start = () => {
    open += 1;
    return {
      ask: async (line: string) => {
        const [what = '', text = ''] = line.split('\t');
        asked.push(what);
        return answer(Buffer.from(text, 'base64'));
      },
      close: async () => {
        open -= 1;
      },
    };
  };
  const disk = {
    read: async (path: string) => files.get(path) ?? null,
    write: async (path: string, bytes: Uint8Array | string) => void files.set(path, Buffer.from(bytes)),
  };
  return { keeper: new SecretKeeper(start, disk), files, asked, left: () => open };
}

test('what was kept is read again, whatever characters it has, and the file holds nothing of it', async () => {
  const one = keeper();
  assert.deepEqual(await one.keeper.keep('C:\\secrets', secrets), { ok: true });
  assert.ok(!Buffer.from(one.files.get('C:\\secrets') ?? []).includes('hush'));
  assert.deepEqual(await one.keeper.read('C:\\secrets'), secrets);
  assert.deepEqual([one.asked, one.left()], [['protect', 'unprotect'], 0]);
});

test('where Windows cannot encrypt, nothing is written, and nothing is quoted', async () => {
  for (const answer of [() => ({ bytes: '' }), () => ({}), () => assert.fail('hush')]) {
    const one = keeper(answer);
    const kept = await one.keeper.keep('C:\\secrets', secrets);
    assert.deepEqual(kept, { ok: false, why: 'Windows could not encrypt them' });
    assert.deepEqual([one.files.size, one.left()], [0, 0]);
  }
});

test('a file that is not there, or that cannot be decrypted, holds no secrets', async () => {
  const one = keeper(() => ({ bytes: '' }));
  assert.equal(await one.keeper.read('C:\\secrets'), null);
  assert.equal(one.asked.length, 0);
  one.files.set('C:\\secrets', Buffer.from('of another server'));
  assert.equal(await one.keeper.read('C:\\secrets'), null);
});
