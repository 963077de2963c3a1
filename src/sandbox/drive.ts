import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, win32 } from 'node:path';
import { Disk } from '../machine/disk.ts';

/**
 * The drives of a sandbox: folders `c`, `d` and so on, in which names match without case on every system (T22). What other
 * machines share lies below the folder `shares`, by their names in lower case.
 */
export function sandboxDisk(folder: string): Disk {
  return new Disk(async (path) => sandboxPlace(folder, path));
}

/** Where a Windows path of a sandbox lies on this system, whether it is there or not. */
export function sandboxPlace(folder: string, path: string): string {
  const normal = win32.normalize(path);
  if (normal.startsWith('\\\\')) return onShare(folder, normal);
  const [drive = '', ...names] = normal.split('\\');
  if (!/^[A-Za-z]:$/.test(drive)) throw noDrive(path);
  return spelled(
    join(folder, drive.charAt(0).toLowerCase()),
    names.filter((name) => name !== ''),
  );
}

/** Where a share `\\\\server\\share` lies on this system, whether it is there or not. */
export function placeOfShare(folder: string, path: string): string {
  const [, , server = '', share = ''] = path.toLowerCase().split('\\');
  return join(folder, 'shares', server, share);
}

/** A share is nothing that could be made by writing to it. */
function onShare(folder: string, path: string): string {
  const place = placeOfShare(folder, path);
  const names = path.split('\\').slice(4);
  if (!existsSync(place)) throw noDrive(path);
  return spelled(
    place,
    names.filter((name) => name !== ''),
  );
}

/** Where the names lie on this system, each as it is spelled there. Asked at once: every path of a run comes through here. */
function spelled(root: string, names: readonly string[]): string {
  const exact = join(root, ...names);
  const last = names.at(-1);
  if (last === undefined || existsSync(exact)) return exact;
  const folder = spelled(root, names.slice(0, -1));
  const there = existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [];
  return join(folder, there.find((one) => one.toLowerCase() === last.toLowerCase()) ?? last);
}

function noDrive(path: string): Error {
  return Object.assign(new Error(`a sandbox has drives, but no ${path}`), { code: 'ENOENT' });
}
