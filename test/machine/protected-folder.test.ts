import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { awaitLockFile, lockFile, type Rights } from '../../src/machine/protected-folder.ts';
import {
  foreign,
  handedDown,
  inherited,
  oneMore,
  openToUsers,
  ours,
  refusal,
  rightsOf,
  rightsWithin,
  taken,
  wanted,
} from './folder-rights.ts';
import { newFolder } from './folders.ts';

test('a new folder is made, gets its rights, and the lock in it names its owner', async () => {
  const folder = join(await newFolder(), 'ScimSetup');
  const rights = rightsOf(inherited, ours);
  const lock = await taken(join(folder, 'lock'), rights);
  assert.deepEqual(rights.set, [[folder, wanted]]);
  assert.equal(await readFile(join(folder, 'lock'), 'utf8'), 'run 1');
  await lock.release();
});

test('a lock takes the place of a longer one that a dead run has left', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'lock'), 'a run with a very long name that was cut off');
  const lock = await taken(join(folder, 'lock'), rightsOf(ours), 'run 2');
  assert.equal(await readFile(join(folder, 'lock'), 'utf8'), 'run 2');
  await lock.release();
});

test('a folder that has its rights already is left as it is', async () => {
  const rights = rightsOf(ours);
  await (await taken(join(await newFolder(), 'lock'), rights)).release();
  assert.deepEqual(rights.set, []);
});

test('an empty folder of ours that is open to others, as a cut may leave it, gets the right rights', async () => {
  for (const before of [
    inherited,
    oneMore,
    'O:SYG:SYD:(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)',
    'O:BAG:SYD:NO_ACCESS_CONTROL',
  ]) {
    const rights = rightsOf(before, ours);
    await (await taken(join(await newFolder(), 'lock'), rights)).release();
    assert.equal(rights.set.length, 1, before);
  }
});

test('a folder of a foreign owner is refused, whatever its rights, and not touched', async () => {
  const folder = await newFolder();
  const rights = rightsOf(foreign, ours);
  await assert.rejects(lockFile(join(folder, 'lock'), 'run 1', rights), refusal(folder, 'it belongs to somebody else'));
  assert.deepEqual(rights.set, []);
  assert.deepEqual(await readdir(folder), []);
});

test('a new folder that Windows gives to the person who runs the program becomes one of the Administrators', async () => {
  const folder = join(await newFolder(), 'ScimSetup');
  const rights = rightsOf(foreign, ours);
  await (await taken(join(folder, 'lock'), rights)).release();
  assert.deepEqual(rights.set, [[folder, wanted]]);
});

test('a link to another place is refused, and nothing is written where it leads', async () => {
  const top = await newFolder();
  const [folder, target] = [join(top, 'ScimSetup'), join(top, 'elsewhere')];
  await mkdir(target);
  await symlink(target, folder, 'junction');
  const rights = rightsOf(ours);
  await assert.rejects(
    lockFile(join(folder, 'lock'), 'run 1', rights),
    refusal(folder, 'it is a link to another place'),
  );
  assert.deepEqual(rights.set, []);
  assert.deepEqual(await readdir(target), []);
});

test('a link that leads nowhere is refused just so', async () => {
  const top = await newFolder();
  const folder = join(top, 'ScimSetup');
  await symlink(join(top, 'nowhere'), folder, 'junction');
  await assert.rejects(
    lockFile(join(folder, 'lock'), 'run 1', rightsOf(ours)),
    refusal(folder, 'it is a link to another place'),
  );
});

test('a folder that keeps one entry more, an owner of its own, or what it inherits, is refused', async () => {
  for (const after of [
    oneMore,
    foreign,
    inherited,
    wanted.replace('D:P', 'D:'),
    wanted.replace('(A;OICI;FA;;;BA)', ''),
  ]) {
    const folder = await newFolder();
    await assert.rejects(
      lockFile(join(folder, 'lock'), 'run 1', rightsOf(inherited, after)),
      refusal(folder, 'its access rights could not be set'),
    );
    assert.deepEqual(await readdir(folder), [], after);
  }
});

test('why the rights could not be set is said', async () => {
  const folder = await newFolder();
  const rights: Rights = {
    sddlOf: async () => inherited,
    setAcl: async () => ({ ok: false, why: 'access is denied' }),
  };
  await assert.rejects(lockFile(join(folder, 'lock'), 'run 1', rights), refusal(folder, 'access is denied'));
  assert.deepEqual(await readdir(folder), []);
});

for (const name of ['runs', 'backups', 'packages', 'program', 'resume']) {
  test(`a link in place of the folder ${name} is refused, and nothing is written`, async () => {
    const folder = await newFolder();
    const elsewhere = await newFolder();
    await symlink(elsewhere, join(folder, name), 'junction');
    await assert.rejects(
      lockFile(join(folder, 'lock'), 'run 1', rightsWithin(folder, { before: ours }, {})),
      refusal(folder, `${join(folder, name)} is a link to another place`),
    );
    assert.deepEqual([await readdir(folder), await readdir(elsewhere)], [[name], []]);
  });

  test(`a folder ${name} in which others have rights is refused, whoever gave them`, async () => {
    for (const sddl of [openToUsers, 'O:BAG:SYD:NO_ACCESS_CONTROL', 'O:BAG:SYD:AI', 'O:BAG:SY']) {
      const folder = await newFolder();
      await mkdir(join(folder, name));
      await assert.rejects(
        lockFile(join(folder, 'lock'), 'run 1', rightsWithin(folder, { before: ours }, { [name]: sddl })),
        refusal(folder, `others have rights to ${join(folder, name)}`),
      );
      assert.deepEqual(await readdir(folder), [name]);
    }
  });

  test(`a file in place of the folder ${name} is refused`, async () => {
    const folder = await newFolder();
    await writeFile(join(folder, name), 'x');
    await assert.rejects(
      lockFile(join(folder, 'lock'), 'run 1', rightsWithin(folder, { before: ours }, {})),
      refusal(folder, `${join(folder, name)} is no folder`),
    );
  });
}

test('folders that runs have made in it are no trouble, whoever Windows named as their owner', async () => {
  const folder = await newFolder();
  await mkdir(join(folder, 'runs', 'run 0'), { recursive: true });
  const within = { runs: handedDown.replace('O:BA', 'O:S-1-5-21-1-2-3-500') };
  await (await taken(join(folder, 'lock'), rightsWithin(folder, { before: ours }, within))).release();
});

test('a link on the way to the folder is refused, and nothing is made where it leads', async () => {
  const [top, elsewhere] = [await newFolder(), await newFolder()];
  await symlink(elsewhere, join(top, 'ProgramData'), 'junction');
  const folder = join(top, 'ProgramData', 'ScimSetup');
  await assert.rejects(
    lockFile(join(folder, 'lock'), 'run 1', rightsOf(ours)),
    refusal(folder, `${join(top, 'ProgramData')} is a link to another place`),
  );
  assert.deepEqual(await readdir(elsewhere), []);
});

test('releasing removes the lock and the folder when it is empty', async () => {
  const top = await newFolder();
  const lock = await taken(join(top, 'ScimSetup', 'lock'), rightsOf(inherited, ours));
  await lock.release();
  assert.deepEqual(await readdir(top), []);
});

test('releasing leaves a folder in which a run has kept something', async () => {
  const folder = join(await newFolder(), 'ScimSetup');
  const lock = await taken(join(folder, 'lock'), rightsOf(inherited, ours));
  await writeFile(join(folder, 'journal'), 'kept');
  await lock.release();
  assert.deepEqual(await readdir(folder), ['journal']);
});

/** Only Windows opens a file for one alone; elsewhere test/lab/machine.test.ts runs this by the Windows Node. */
const onWindows = process.platform === 'win32' ? test : () => undefined;

onWindows('while one run holds the lock, another is told so', async () => {
  const path = join(await newFolder(), 'lock');
  const lock = await taken(path, rightsOf(ours));
  assert.deepEqual(await lockFile(path, 'run 2', rightsOf(ours)), { heldBy: 'run 1' });
  await lock.release();
  await (await taken(path, rightsOf(ours), 'run 2')).release();
});

test('whoever finds the lock held is told who holds it, by a file beside it that goes with the lock', async () => {
  const folder = await newFolder();
  const path = join(folder, 'lock');
  const lock = await taken(path, rightsOf(ours), 'scim-setup resume, started now');
  assert.equal(await readFile(`${path}.txt`, 'utf8'), 'scim-setup resume, started now');
  await lock.release();
  await assert.rejects(readdir(folder), 'nothing is left, not even the folder');
});

onWindows('a lock that is waited for is taken once its holder has gone, or not within the limit', async () => {
  const path = join(await newFolder(), 'lock');
  const lock = await taken(path, rightsOf(ours));
  const waiting = (limitMs: number, sleep: () => Promise<void>) =>
    awaitLockFile(path, 'run 2', { ...rightsOf(ours), limitMs, sleep });
  assert.deepEqual(await waiting(6_000, async () => undefined), { heldBy: 'run 1' });
  const second = await waiting(6_000, () => lock.release());
  assert.ok(!('heldBy' in second));
  await second.release();
});
