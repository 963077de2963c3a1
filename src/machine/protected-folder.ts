import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile, realpath, rm, rmdir, writeFile } from 'node:fs/promises';
import { join, win32 } from 'node:path';
import { othersWhoMayWrite } from '../core/aces.ts';
import { SetupError } from '../core/setup-error.ts';
import { orNull } from './disk.ts';
import type { Lock, Tried } from './machine.ts';

/** CreateFile with no sharing: libuv's UV_FS_O_EXLOCK. The kernel gives the file free when we die (T22). */
const shareNone = 0x10000000;

/** SYSTEM and Administrators, inherited by all below, nothing inherited from above. */
const protectedAces = ['A;OICI;FA;;;SY', 'A;OICI;FA;;;BA'];
const protectedSddl = `O:BAD:P${protectedAces.map((ace) => `(${ace})`).join('')}`;

/** The folders in it (core/places.ts): what is executed, put back, or believed. */
const parts = ['runs', 'backups', 'packages', 'program', 'resume'];

/** The lock in it (core/places.ts). */
const lockName = 'lock';

/** Sets the DACL of a file or folder. */
export type SetAcl = (path: string, sddl: string) => Promise<Tried>;

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
    // The lock itself cannot be read by anybody else; this is for messages, and may be stale.
    await writeFile(ownerFile(path), owner).catch(() => undefined);
    return { release: () => release(path, () => handle.close()) };
  } catch (error) {
    if (isHeld(error)) return { heldBy: (await ownerOf(path)) ?? `it holds ${path}` };
    throw error;
  }
}

/** How long nobody asks again whether the lock is free. */
const pollMs = 2_000;

/** The same, asking again until the lock is free or a limit has passed. */
export async function awaitLockFile(
  path: string,
  owner: string,
  { limitMs, sleep, ...rights }: Rights & { readonly limitMs: number; sleep(ms: number): Promise<void> },
): Promise<Lock | { readonly heldBy: string }> {
  for (let waited = 0; ; waited += pollMs) {
    const lock = await lockFile(path, owner, rights);
    if (!('heldBy' in lock) || waited >= limitMs) return lock;
    await sleep(pollMs);
  }
}

function isHeld(error: unknown): boolean {
  return ['EBUSY', 'EPERM', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function ownerFile(path: string): string {
  return `${path}.txt`;
}

/** Whether a name in the folder is that of the lock or of the file beside it: another run may have come before us. */
function isOfLock(name: string): boolean {
  return [lockName, ownerFile(lockName)].includes(name);
}

function ownerOf(path: string): Promise<string | null> {
  return readFile(ownerFile(path), 'utf8').catch(() => null);
}

/** The file goes when nobody has opened it meanwhile, and the folder when it is empty: a refused run leaves nothing behind. */
async function release(path: string, close: () => Promise<void>): Promise<void> {
  await rm(ownerFile(path), { force: true }).catch(() => undefined);
  await close();
  await rm(path, { force: true }).catch(() => undefined);
  await rmdir(win32.dirname(path)).catch(() => undefined);
}

/**
 * What lies in this folder is executed with all rights, so nobody else may have made it, own it, or write to it, and no link may
 * lead it elsewhere. One that is open to others is closed if nothing of theirs can lie in it.
 */
async function protectFolder(folder: string, rights: Rights): Promise<void> {
  await refuseLinks(folder);
  const there = await orNull(lstat(folder));
  if (there && !there.isDirectory()) throw unsafe(folder, 'it is no folder');
  await mkdir(folder, { recursive: true });
  // Before its rights are read: another run puts nothing into it until it is closed.
  const isEmpty = (await readdir(folder)).length === 0;
  const before = await rights.sddlOf(folder);
  if (!isProtected(before)) {
    if (there && !isOurs(before)) throw unsafe(folder, 'it belongs to somebody else');
    await (isEmpty ? closeEmpty(folder, rights) : closeFilled(folder, before, rights));
  }
  await refuseOpenParts(folder, rights);
}

/**
 * Whoever could write to it, nothing of theirs is in it. That is also all that a cut of ours can leave open, for nothing is put into
 * the folder before its rights were read back: it has what ProgramData hands down, by which Users may create files in it.
 */
async function closeEmpty(folder: string, rights: Rights): Promise<void> {
  await protect(folder, rights);
  const since = (await readdir(folder)).filter((name) => !isOfLock(name));
  if (since.length > 0) throw unsafe(folder, `${join(folder, since[0] ?? '')} was put there before it was closed`);
  await refuseForeign(folder, rights);
}

/**
 * Setting the rights hands them down to all that lies there, and then nobody sees any more who could have written to it; so that is
 * looked at first, and once more when nobody else can put anything there.
 */
async function closeFilled(folder: string, before: string, rights: Rights): Promise<void> {
  refuseWriters(folder, 'it', before);
  await refuseForeign(folder, rights);
  await protect(folder, rights);
  await refuseForeign(folder, rights);
}

async function protect(folder: string, { sddlOf, setAcl }: Rights): Promise<void> {
  const result = await setAcl(folder, protectedSddl);
  if (!result.ok) throw unsafe(folder, result.why);
  if (!isProtected(await sddlOf(folder))) throw unsafe(folder, 'its access rights could not be set');
}

/** Neither the folder nor any on the way to it may be a link; whatever kind of link there is, Windows says where a path leads. */
async function refuseLinks(folder: string): Promise<void> {
  const way = wayTo(folder);
  for (const place of way) {
    if ((await orNull(lstat(place)))?.isSymbolicLink())
      throw unsafe(folder, `${wordFor(place, folder)} is a link to another place`);
  }
  for (const place of way.toReversed()) {
    const real = await orNull(realpath(place));
    if (real === null) continue;
    if (real.toLowerCase() !== place.toLowerCase()) throw unsafe(folder, `${wordFor(place, folder)} leads to ${real}`);
    return;
  }
}

function wordFor(place: string, folder: string): string {
  return place === folder ? 'it' : place;
}

/** A folder and those it lies in, the outermost first. */
function wayTo(folder: string): string[] {
  const parent = win32.dirname(folder);
  return parent === folder ? [folder] : [...wayTo(parent), folder];
}

/** Everything below a folder, by its whole path; links are named and not followed. */
async function everythingIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.map((entry) => join(entry.parentPath, entry.name));
}

async function refuseForeign(folder: string, { sddlOf }: Rights): Promise<void> {
  for (const place of await everythingIn(folder)) {
    await refuseLink(folder, place);
    const sddl = await sddlOf(place);
    if (!isOurs(sddl)) throw unsafe(folder, `${place} belongs to somebody else`);
    refuseWriters(folder, place, sddl);
  }
}

const takeRights =
  'If you are sure that they never did, take that right from them (icacls), then run again. Else rename the folder: only SYSTEM and the Administrators may write there.';

/** What others can write to may hold anything, whoever owns it. */
function refuseWriters(folder: string, place: string, sddl: string): void {
  const others = othersWhoMayWrite(sddl);
  if (others === null) throw unsafe(folder, `who may write to ${place} cannot be told`);
  if (others.length > 0) throw unsafe(folder, `${others.join(', ')} may write to ${place}`, takeRights);
}

/** Each could have been exchanged for a link, or opened to others, on its own. */
async function refuseOpenParts(folder: string, { sddlOf }: Rights): Promise<void> {
  for (const place of parts.map((name) => join(folder, name))) {
    const there = await orNull(lstat(place));
    if (!there) continue;
    await refuseLink(folder, place);
    if (!there.isDirectory()) throw unsafe(folder, `${place} is no folder`);
    if (!isForUsOnly(await sddlOf(place))) throw unsafe(folder, `others have rights to ${place}`);
  }
}

async function refuseLink(folder: string, place: string): Promise<void> {
  const isLink = (await lstat(place)).isSymbolicLink() || (await realpath(place)).toLowerCase() !== place.toLowerCase();
  if (isLink) throw unsafe(folder, `${place} is a link to another place`);
}

/** Nothing inherited (P), and just these two entries: one more would be somebody else's. */
function isProtected(sddl: string): boolean {
  const [, flags = '', aces = ''] = /D:([A-Z]*)((?:\([^)]*\))*)/.exec(sddl) ?? [];
  const found = [...aces.matchAll(/\(([^)]*)\)/g)].map((match) => match[1]);
  return isOurs(sddl) && flags.startsWith('P') && found.sort().join() === [...protectedAces].sort().join();
}

/** Every entry, inherited or not, is for SYSTEM or the Administrators; a descriptor without a list lets everybody in. */
function isForUsOnly(sddl: string): boolean {
  const [, aces] = /D:[A-Z_]*((?:\([^)]*\))+)/.exec(sddl) ?? [];
  const trustees = [...(aces ?? '').matchAll(/\(([^)]*)\)/g)].map((match) => match[1]?.split(';')[5]);
  return trustees.length > 0 && trustees.every((one) => one === 'SY' || one === 'BA');
}

function isOurs(sddl: string): boolean {
  return /^O:(SY|BA)/.test(sddl);
}

const startAnew = 'Remove or rename it, then run again: only SYSTEM and the Administrators may write there.';

function unsafe(folder: string, why: string, hint = startAnew): SetupError {
  return new SetupError(21, { message: `The folder ${folder} cannot be trusted: ${why}.`, hint });
}
