import assert from 'node:assert/strict';
import promises, { readFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { Disk } from '../../src/machine/disk.ts';
import { newFolder } from './folders.ts';

/** A disk on which waiting takes no time, and how long was waited on it, in ms. */
async function given() {
  const folder = await newFolder();
  const waited = { ms: 0 };
  const sleep = async (ms: number) => {
    waited.ms += ms;
  };
  return { folder, waited, disk: new Disk(async (path) => join(folder, path), sleep) };
}

type Door = 'rename' | 'open' | 'rm';

/** A door ends with this error for some times, as it does on Windows while a virus scanner reads the new file (T22). */
async function whileHeld<T>(
  code: string,
  times: number,
  work: () => Promise<T>,
  door: Door = 'rename',
): Promise<{ result: T; tries: number }> {
  const real = promises[door] as (...args: unknown[]) => Promise<unknown>;
  const held = mock.method(promises, door, async (...args: unknown[]) => {
    if (held.mock.callCount() < times) throw Object.assign(new Error(`${code}: ${door}`), { code });
    return real(...args);
  });
  syncBuiltinESMExports();
  try {
    return { result: await work(), tries: held.mock.callCount() };
  } finally {
    held.mock.restore();
    syncBuiltinESMExports();
  }
}

for (const code of ['EPERM', 'EACCES', 'EBUSY'])
  test(`a file that another program holds for a moment (${code}) is put in place when it lets go`, async () => {
    const { folder, disk } = await given();
    await disk.write('settings', 'old');
    const { tries } = await whileHeld(code, 2, () => disk.write('settings', 'new'));
    assert.deepEqual([await readFile(join(folder, 'settings'), 'utf8'), tries], ['new', 3]);
  });

const works: readonly (readonly [name: string, door: Door, work: (disk: Disk) => Promise<unknown>])[] = [
  ['written', 'rename', (disk) => disk.write('settings', 'new')],
  ['moved', 'rename', (disk) => disk.move('settings', 'elsewhere')],
  ['appended to', 'open', (disk) => disk.append('settings', 'new')],
  ['removed', 'rm', (disk) => disk.remove('settings')],
];

for (const [name, door, work] of works) {
  test(`a file that a virus scanner holds for half a minute is ${name} all the same`, async () => {
    const { waited, disk } = await given();
    await disk.write('settings', 'old');
    await whileHeld('EBUSY', 60, () => work(disk), door);
    assert.equal(waited.ms, 30_000);
  });

  test(`a file that is held for longer than half a minute is not ${name}, and that is told then`, async () => {
    const { folder, waited, disk } = await given();
    await disk.write('settings', 'old');
    await assert.rejects(
      whileHeld('EBUSY', 61, () => work(disk), door),
      { code: 'EBUSY' },
    );
    assert.equal(waited.ms, 30_000);
    assert.equal(await readFile(join(folder, 'settings'), 'utf8'), 'old');
  });
}

test('what no waiting helps against is told at once, and the old file stays', async () => {
  const { folder, waited, disk } = await given();
  await disk.write('settings', 'old');
  await assert.rejects(
    whileHeld('ENOSPC', 1, () => disk.write('settings', 'new')),
    /ENOSPC/,
  );
  assert.equal(waited.ms, 0);
  assert.equal(await readFile(join(folder, 'settings'), 'utf8'), 'old');
});
