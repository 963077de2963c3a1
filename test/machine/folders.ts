import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { Disk } from '../../src/machine/disk.ts';

const folders: string[] = [];

/** In memory where there is such a place: every write is flushed, and a disk makes that slow. */
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A new empty folder of this system, removed after the tests of the file that asked for it. */
export async function newFolder(): Promise<string> {
  // Some systems have their temporary folder behind a link.
  const folder = await realpath(await mkdtemp(join(place, 'scim-setup-machine-')));
  folders.push(folder);
  return folder;
}

/** A disk whose `C:` is the given folder. */
export function diskIn(folder: string): Disk {
  return new Disk(async (path) => join(folder, ...path.replace(/^C:/, '').split('\\')));
}

after(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});
