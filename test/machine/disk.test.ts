import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { success } from '../../src/core/codes.ts';
import { Disk } from '../../src/machine/disk.ts';
import { newFolder } from './folders.ts';

const given = async (): Promise<{ folder: string; disk: Disk }> => {
  const folder = await newFolder();
  return { folder, disk: new Disk(async (path) => join(folder, ...path.split('\\'))) };
};
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('writing makes the folders on the way, puts the new bytes over the old and leaves nothing beside them', async () => {
  const { folder, disk } = await given();
  await disk.write('a\\b\\file', 'a long old text');
  await disk.write('a\\b\\file', bytes('new'));
  assert.equal(await readFile(join(folder, 'a', 'b', 'file'), 'utf8'), 'new');
  assert.deepEqual(await readdir(join(folder, 'a', 'b')), ['file']);
});

test('a write that was cut off before does not get into the next one', async () => {
  const { folder, disk } = await given();
  await writeFile(join(folder, 'file.partial'), 'a much longer text of a run that was cut off');
  await disk.write('file', 'new');
  assert.equal(await readFile(join(folder, 'file'), 'utf8'), 'new');
  assert.deepEqual(await readdir(folder), ['file']);
});

test('what is done before the renaming sees the whole new file, and the old one still in its place', async () => {
  const { folder, disk } = await given();
  await disk.write('file', 'old');
  const seen: string[] = [];
  await disk.writeWith('file', bytes('new'), async (partial) => {
    for (const name of [partial, 'file']) seen.push(name, await readFile(join(folder, name), 'utf8'));
    return success;
  });
  assert.deepEqual(seen, ['file.partial', 'new', 'file', 'old']);
  assert.equal(await readFile(join(folder, 'file'), 'utf8'), 'new');
});

test('where it says that it failed, that is the outcome, and the old bytes stay and the new ones are gone', async () => {
  const { folder, disk } = await given();
  await disk.write('file', 'old');
  const outcome = { ok: false, reboot: 'none', meaning: 'left at work', abandoned: true } as const;
  assert.deepEqual(await disk.writeWith('file', bytes('new'), async () => outcome), outcome);
  assert.equal(await readFile(join(folder, 'file'), 'utf8'), 'old');
  assert.deepEqual(await readdir(folder), ['file']);
});

test('where that fails, the old bytes stay and the new ones are gone', async () => {
  const { folder, disk } = await given();
  await disk.write('file', 'old');
  const failing = () => Promise.reject(new Error('no rights'));
  await assert.rejects(disk.writeWith('file', bytes('new'), failing), /no rights/);
  assert.equal(await readFile(join(folder, 'file'), 'utf8'), 'old');
  await assert.rejects(disk.writeWith('other', bytes('new'), failing), /no rights/);
  assert.deepEqual(await readdir(folder), ['file']);
});

const notOnWindows =
  process.platform === 'win32' && 'Windows says the same of a file that is held, which is waited for';

test('a file that cannot be put in place is told, and its temporary file is removed', {
  skip: notOnWindows,
}, async () => {
  const { folder, disk } = await given();
  await mkdir(join(folder, 'taken', 'by-a-folder'), { recursive: true });
  await assert.rejects(disk.write('taken', 'new'));
  assert.deepEqual(await readdir(folder), ['taken']);
});

test('appending makes the file and adds to its end', async () => {
  const { folder, disk } = await given();
  await disk.append('runs\\journal', 'one\n');
  await disk.append('runs\\journal', 'two\n');
  assert.equal(await readFile(join(folder, 'runs', 'journal'), 'utf8'), 'one\ntwo\n');
});

test('a copy has the bytes of its source and tells the hash of what arrived', async () => {
  const { folder, disk } = await given();
  await disk.write('from', 'content');
  assert.equal(await disk.copy('from', 'kept\\to'), sha256('content'));
  assert.equal(await readFile(join(folder, 'kept', 'to'), 'utf8'), 'content');
  assert.deepEqual(await readdir(join(folder, 'kept')), ['to']);
});

test('a file of the caller arrives with its hash', async () => {
  const { disk } = await given();
  const source = join(await newFolder(), 'package.msi');
  await writeFile(source, 'x'.repeat(200_000));
  assert.equal(await disk.receive(source, 'kept\\package.msi'), sha256('x'.repeat(200_000)));
});

/** What every open file of this process can do; it has no name of its own in Node. */
async function openFiles(): Promise<FileHandle> {
  const handle = await open(join(await newFolder(), 'any'), 'w');
  await handle.close();
  return Object.getPrototypeOf(handle);
}

/** Tells of each flush, once it is done, how many bytes the file had and which names its folder. */
async function flushesIn(folder: string, t: TestContext): Promise<unknown[]> {
  const flushes: unknown[] = [];
  const files = await openFiles();
  const { sync } = files;
  t.mock.method(files, 'sync', async function (this: FileHandle) {
    await pause(20);
    await sync.call(this);
    flushes.push([(await this.stat()).size, (await readdir(folder)).sort()]);
  });
  return flushes;
}

test('a line is on the disk when it is said to be appended', async (t) => {
  const { folder, disk } = await given();
  const flushes = await flushesIn(folder, t);
  await disk.append('journal', 'one\n');
  assert.deepEqual(flushes, [[4, ['journal']]]);
  await disk.append('journal', 'two\n');
  assert.deepEqual(flushes.slice(1), [[8, ['journal']]]);
});

test('a file is on the disk before it takes its name, and the name is when it is said to be written', async (t) => {
  const ways: readonly ((disk: Disk, source: string) => Promise<unknown>)[] = [
    (disk) => disk.write('to', 'content'),
    (disk) => disk.writeWith('to', bytes('content'), async () => success),
    (disk) => disk.copy('from', 'to'),
    (disk, source) => disk.receive(source, 'to'),
  ];
  for (const way of ways) {
    const { folder, disk } = await given();
    const source = join(folder, 'from');
    await writeFile(source, 'content');
    const flushes = await flushesIn(folder, t);
    await way(disk, source);
    assert.deepEqual(flushes, [
      [7, ['from', 'to.partial']],
      [7, ['from', 'to']],
    ]);
    t.mock.restoreAll();
  }
});

test('a copy that arrives with other bytes than its source has is told by the hash of these', async (t) => {
  const { folder, disk } = await given();
  await writeFile(join(folder, 'from'), 'content');
  const files = await openFiles();
  const { writeFile: fill } = files;
  t.mock.method(files, 'writeFile', async function (this: FileHandle, content: Uint8Array) {
    await fill.call(this, content);
    await this.write('!');
  });
  assert.equal(await disk.copy('from', 'copied'), sha256('content!'));
  assert.equal(await disk.receive(join(folder, 'from'), 'received'), sha256('content!'));
});

test('a source that is not there, or is a folder, gives no copy and does not touch what is there', async () => {
  const { folder, disk } = await given();
  await disk.write('to', 'old');
  await disk.makeFolder('a-folder');
  assert.equal(await disk.copy('none', 'to'), null);
  assert.equal(await disk.receive(join(folder, 'none'), 'to'), null);
  assert.equal(await disk.receive(join(folder, 'a-folder'), 'to'), null);
  assert.equal(await readFile(join(folder, 'to'), 'utf8'), 'old');
});

test('a listing marks folders with a backslash and is sorted without order of case', async () => {
  const { disk } = await given();
  for (const name of ['b.json', 'A.json', 'C.json']) await disk.write(name, '{}');
  await disk.makeFolder('Backups');
  assert.deepEqual(await disk.list(''), ['A.json', 'b.json', 'Backups\\', 'C.json']);
});

test('what is not there has no bytes, no hash and no names in it, and so has a path through a file', async () => {
  const { disk } = await given();
  await disk.write('file', 'content');
  for (const path of ['none', 'none\\none', 'file\\none']) {
    assert.deepEqual([await disk.read(path), await disk.hash(path), await disk.list(path)], [null, null, []]);
    assert.equal(await disk.open(path), null);
  }
});

test('a folder is no file, and a file no folder', async () => {
  const { disk } = await given();
  await disk.write('folder\\file', 'content');
  assert.deepEqual(
    [await disk.read('folder'), await disk.hash('folder'), await disk.hasFile('folder')],
    [null, null, false],
  );
  assert.deepEqual([await disk.list('folder\\file'), await disk.hasFolder('folder\\file')], [[], false]);
  assert.deepEqual([await disk.hasFile('folder\\file'), await disk.hasFolder('folder')], [true, true]);
});

test('a hash is that of all bytes of the file', async () => {
  const { disk } = await given();
  await disk.write('file', 'y'.repeat(150_000));
  assert.equal(await disk.hash('file'), sha256('y'.repeat(150_000)));
});

test('removing takes a file, or nothing, and a folder only when it is empty', async () => {
  const { disk } = await given();
  await disk.write('folder\\file', 'content');
  assert.equal(await disk.removeEmptyFolder('folder'), false);
  await disk.remove('folder\\file');
  await disk.remove('folder\\file');
  assert.equal(await disk.removeEmptyFolder('folder'), true);
  assert.equal(await disk.hasFolder('folder'), false);
});

test('a folder is moved as a whole to a place whose folders are made, and a file likewise', async () => {
  const { folder, disk } = await given();
  await disk.write('old\\bin\\a.dll', 'code');
  assert.equal(await disk.move('old', 'backup\\folders\\old'), true);
  assert.deepEqual(await readdir(folder), ['backup']);
  assert.equal(await readFile(join(folder, 'backup', 'folders', 'old', 'bin', 'a.dll'), 'utf8'), 'code');
  await assert.rejects(disk.move('absent', 'elsewhere'), /ENOENT/);
});

test('a file or an empty folder is removed, and a folder that holds something stays', async () => {
  const { folder, disk } = await given();
  await disk.write('kept\\a.txt', 'a');
  await disk.makeFolder('empty');
  for (const path of ['kept', 'empty', 'absent']) await disk.removeEither(path);
  assert.deepEqual(await readdir(folder), ['kept']);
  await disk.removeEither('kept\\a.txt');
  assert.deepEqual(await readdir(join(folder, 'kept')), []);
});

/** Only Windows keeps others from a file that is open; elsewhere test/lab/machine.test.ts runs these by the Windows Node. */
const onWindows = process.platform === 'win32' ? test : () => undefined;

/** Opens a file for ourselves alone, as a virus scanner does, and lets go of it after a while. */
async function heldFor(ms: number, path: string): Promise<() => Promise<void>> {
  const shareNone = 0x10000000;
  const handle = await open(path, constants.O_RDWR | shareNone);
  const isFree = pause(ms).then(() => handle.close());
  return () => isFree;
}

onWindows(
  'a file that a scanner holds for a while is written, appended to, moved and removed all the same',
  async () => {
    const works: readonly (readonly [name: string, work: (disk: Disk) => Promise<unknown>, left: readonly string[]])[] =
      [
        ['file', (disk) => disk.write('file', 'new'), ['file']],
        ['file', (disk) => disk.append('file', 'new'), ['file']],
        ['file', (disk) => disk.move('file', 'elsewhere'), ['elsewhere']],
        ['file', (disk) => disk.remove('file'), []],
        ['file.partial', (disk) => disk.write('file', 'new'), ['file']],
      ];
    for (const [name, work, left] of works) {
      const { folder, disk } = await given();
      await writeFile(join(folder, name), 'old');
      const free = await heldFor(1_200, join(folder, name));
      const begun = Date.now();
      await work(disk);
      assert.ok(Date.now() - begun >= 1_000, 'the file was not held');
      await free();
      assert.deepEqual(await readdir(folder), left);
    }
  },
);

onWindows('a folder in which a scanner holds a file is moved once it lets go', async () => {
  const { folder, disk } = await given();
  await disk.write('old\\file', 'x');
  const free = await heldFor(1_200, join(folder, 'old', 'file'));
  assert.equal(await disk.move('old', 'kept\\old'), true);
  await free();
  assert.deepEqual(await readdir(join(folder, 'kept', 'old')), ['file']);
});
