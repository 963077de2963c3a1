import assert from 'node:assert/strict';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SetupError } from '../../src/core/setup-error.ts';
import { lockFile, type Rights } from '../../src/machine/protected-folder.ts';
import {
  foreign,
  inherited,
  openToUsers,
  ours,
  readable,
  refusal,
  rightsWithin,
  taken,
  wanted,
} from './folder-rights.ts';
import { newFolder } from './folders.ts';

test('where others could read until now, something of theirs in it is refused, and its rights are not touched', async () => {
  const folder = await newFolder();
  await mkdir(join(folder, 'packages', 'a'), { recursive: true });
  await writeFile(join(folder, 'packages', 'a', 'setup.msi'), 'x');
  const within = { [join('packages', 'a', 'setup.msi')]: foreign };
  const rights = rightsWithin(folder, { before: readable, after: ours }, within);
  const place = join(folder, 'packages', 'a', 'setup.msi');
  await assert.rejects(
    lockFile(join(folder, 'lock'), 'run 1', rights),
    refusal(folder, `${place} belongs to somebody else`),
  );
  assert.deepEqual(rights.set, []);
});

test('where others could read until now, a link in it is refused wherever it is', async () => {
  const folder = await newFolder();
  await mkdir(join(folder, 'packages'));
  await symlink(await newFolder(), join(folder, 'packages', 'a'), 'junction');
  const rights = rightsWithin(folder, { before: readable, after: ours }, {});
  await assert.rejects(
    lockFile(join(folder, 'lock'), 'run 1', rights),
    refusal(folder, `${join(folder, 'packages', 'a')} is a link to another place`),
  );
  assert.deepEqual(rights.set, []);
});

/** A folder in which something lies, with the rights that it and what lies in it have by their names. */
async function filledFolder(before: string, within: Readonly<Record<string, string>> = {}) {
  const folder = await newFolder();
  await mkdir(join(folder, 'packages', 'a'), { recursive: true });
  await writeFile(join(folder, 'packages', 'a', 'setup.msi'), 'x');
  return { folder, rights: rightsWithin(folder, { before, after: ours }, within) };
}

test('a filled folder that others could only read is closed, and goes on to be used', async () => {
  const { folder, rights } = await filledFolder(readable, { [join('packages', 'a')]: readable });
  await (await taken(join(folder, 'lock'), rights)).release();
  assert.deepEqual(rights.set, [[folder, wanted]]);
});

for (const [who, before] of [
  ['Users', inherited],
  ['Everyone', 'O:BAG:SYD:NO_ACCESS_CONTROL'],
  ['Users, S-1-5-21-1-2-3-1001', 'O:BAG:SYD:AI(A;OICI;0x1301bf;;;BU)(A;OICI;FA;;;S-1-5-21-1-2-3-1001)(A;ID;FA;;;BA)'],
] as const) {
  test(`a filled folder that ${who} could write to is refused, though all in it is owned by the Administrators`, async () => {
    const { folder, rights } = await filledFolder(before);
    const why = `${who} may write to it`;
    await assert.rejects(lockFile(join(folder, 'lock'), 'run 1', rights), (error: SetupError) => {
      assert.match(error.problems[0]?.hint ?? '', /icacls/);
      return refusal(folder, why)(error);
    });
    assert.deepEqual(rights.set, []);
    assert.deepEqual(await readdir(folder), ['packages']);
  });
}

test('a file of the Administrators that Users could write to is refused where the folder was not closed', async () => {
  const setup = join('packages', 'a', 'setup.msi');
  const { folder, rights } = await filledFolder(readable, { [setup]: openToUsers });
  await assert.rejects(
    lockFile(join(folder, 'lock'), 'run 1', rights),
    refusal(folder, `Users may write to ${join(folder, setup)}`),
  );
  assert.deepEqual(rights.set, []);
});

test('where it cannot be told who could write to something, that is refused', async () => {
  const conditional = 'O:BAG:SYD:AI(XA;;FA;;;BU;(@USER.a == 1))(A;ID;FA;;;BA)';
  const { folder, rights } = await filledFolder(readable, { packages: conditional });
  await assert.rejects(
    lockFile(join(folder, 'lock'), 'run 1', rights),
    refusal(folder, `who may write to ${join(folder, 'packages')} cannot be told`),
  );
});

test('what is moved into an empty folder before it is closed is refused, whoever owns it; the lock of another run is not', async () => {
  for (const [name, isRefused] of [
    ['packages', true],
    ['lock', false],
    ['lock.txt', false],
  ] as const) {
    const folder = await newFolder();
    const rights = rightsWithin(folder, { before: inherited, after: ours }, {});
    const slow: Rights = {
      ...rights,
      setAcl: async (path, sddl) => {
        await writeFile(join(folder, name), 'x');
        return rights.setAcl(path, sddl);
      },
    };
    const locking = lockFile(join(folder, 'lock'), 'run 1', slow);
    const why = `${join(folder, name)} was put there before it was closed`;
    if (isRefused) await assert.rejects(locking, refusal(folder, why));
    else assert.ok(!('heldBy' in (await locking)), name);
  }
});

test('a lock that somebody else puts into the folder just before its rights are set is refused', async () => {
  const folder = await newFolder();
  const rights = rightsWithin(folder, { before: inherited, after: ours }, { lock: foreign });
  const slow: Rights = {
    ...rights,
    setAcl: async (path, sddl) => {
      await writeFile(join(folder, 'lock'), 'x');
      return rights.setAcl(path, sddl);
    },
  };
  await assert.rejects(
    lockFile(join(folder, 'lock'), 'run 1', slow),
    refusal(folder, `${join(folder, 'lock')} belongs to somebody else`),
  );
});
