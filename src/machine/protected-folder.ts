import { constants } from 'node:fs';
import { lstat, mkdir, open, rm, rmdir } from 'node:fs/promises';
import { win32 } from 'node:path';
import { SetupError } from '../core/setup-error.ts';
import { orNull } from './disk.ts';
import type { Lock, Replaced } from './machine.ts';

/** CreateFile with no sharing: libuv's UV_FS_O_EXLOCK. The kernel gives the file free when we die (T22). */
const shareNone = 0x10000000;

/** SYSTEM and Administrators, inherited by all below, nothing inherited from above. */
const protectedAces = ['A;OICI;FA;;;SY', 'A;OICI;FA;;;BA'];
const protectedSddl = `O:BAD:P${protectedAces.map((ace) => `(${ace})`).join('')}`;

/** Sets the DACL of a file or folder. */
export type SetAcl = (path: string, sddl: string) => Promise<Replaced>;

export type Rights = { readonly sddlOf: (path: string) => Promise<string>; readonly setAcl: SetAcl };

/** Opens the lock file for ourselves alone, or says that somebody holds it. Its folder is made and protected first. */
export async function lockFile(
  path: string,
  owner: string,
  rights: Rights,
): Promise<Lock | { readonly heldBy: string }> {
  await protectFolder(win32.dirname(path), rights);
  try {
    const handle = await open(path, constants.O_RDWR | constants.O_CREAT | shareNone);
    await handle.truncate(0);
    await handle.writeFile(owner);
    return { release: () => release(path, () => handle.close()) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EBUSY' || code === 'EPERM' || code === 'EACCES') return { heldBy: `it holds ${path}` };
    throw error;
  }
}

/** The file goes when nobody has opened it meanwhile, and the folder when it is empty: a refused run leaves nothing behind. */
async function release(path: string, close: () => Promise<void>): Promise<void> {
  await close();
  await rm(path, { force: true }).catch(() => undefined);
  await rmdir(win32.dirname(path)).catch(() => undefined);
}

/** What lies in this folder is executed with all rights, so nobody else may have made it, own it, or write to it. */
async function protectFolder(folder: string, { sddlOf, setAcl }: Rights): Promise<void> {
  const there = await orNull(lstat(folder));
  if (there?.isSymbolicLink()) throw unsafe(folder, 'it is a link to another place');
  if (there && !there.isDirectory()) throw unsafe(folder, 'it is no folder');
  await mkdir(folder, { recursive: true });
  const before = await sddlOf(folder);
  if (isProtected(before)) return;
  if (there && !isOurs(before)) throw unsafe(folder, 'it belongs to somebody else');
  const result = await setAcl(folder, protectedSddl);
  if (!result.ok) throw unsafe(folder, result.why);
  if (!isProtected(await sddlOf(folder))) throw unsafe(folder, 'its access rights could not be set');
}

/** Nothing inherited (P), and just these two entries: one more would be somebody else's. */
function isProtected(sddl: string): boolean {
  const [, flags = '', aces = ''] = /D:([A-Z]*)((?:\([^)]*\))*)/.exec(sddl) ?? [];
  const found = [...aces.matchAll(/\(([^)]*)\)/g)].map((match) => match[1]);
  return isOurs(sddl) && flags.startsWith('P') && found.sort().join() === [...protectedAces].sort().join();
}

function isOurs(sddl: string): boolean {
  return /^O:(SY|BA)/.test(sddl);
}

function unsafe(folder: string, why: string): SetupError {
  return new SetupError(21, {
    message: `The folder ${folder} cannot be trusted: ${why}.`,
    hint: 'Remove or rename it, then run again: only SYSTEM and the Administrators may write there.',
  });
}
