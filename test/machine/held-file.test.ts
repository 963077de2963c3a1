import assert from 'node:assert/strict';
import promises, { readFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { Disk } from '../../src/machine/disk.ts';
import { newFolder } from './folders.ts';

/** Renames end with this error for some times, as they do on Windows while a virus scanner reads the new file (T22). */
async function whileHeld<T>(
  code: string,
  times: number,
  work: () => Promise<T>,
): Promise<{ result: T; tries: number }> {
  const { rename } = promises;
  const held = mock.method(promises, 'rename', async (from: string, to: string) => {
    if (held.mock.callCount() < times) throw Object.assign(new Error(`${code}: rename`), { code });
    return rename(from, to);
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
    const folder = await newFolder();
    const disk = new Disk(async (path) => join(folder, path));
    await disk.write('settings', 'old');
    const { tries } = await whileHeld(code, 2, () => disk.write('settings', 'new'));
    assert.deepEqual([await readFile(join(folder, 'settings'), 'utf8'), tries], ['new', 3]);
  });

test('what no waiting helps against is told at once, and the old file stays', async () => {
  const folder = await newFolder();
  const disk = new Disk(async (path) => join(folder, path));
  await disk.write('settings', 'old');
  const started = performance.now();
  await assert.rejects(
    whileHeld('ENOSPC', 1, () => disk.write('settings', 'new')),
    /ENOSPC/,
  );
  assert.ok(performance.now() - started < 5_000);
  assert.equal(await readFile(join(folder, 'settings'), 'utf8'), 'old');
});
