import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  chmod,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  utimes,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { FileDetails } from '../core/backup.ts';
import { type Outcome, success } from '../core/codes.ts';
import type { Sha256 } from '../core/facts.ts';
import { fileErrorText } from '../core/file-error.ts';
import { partialSuffix } from '../core/file-name.ts';
import { type HostFile, openHostFile } from './host-files.ts';
import type { Files, Prepare, Tried } from './machine.ts';
import { held, heldOrDenied, patiently } from './patience.ts';

/** Files of a server, each write on the disk when its promise resolves. Where a Windows path lies on this system is handed in. */
export class Disk implements Files {
  readonly #place: (path: string) => Promise<string>;
  readonly #sleep: (ms: number) => Promise<void>;

  /** `sleep` waits while somebody else holds a file. */
  constructor(place: (path: string) => Promise<string>, sleep: (ms: number) => Promise<void> = (ms) => pause(ms)) {
    this.#place = place;
    this.#sleep = sleep;
  }

  async read(path: string): Promise<Uint8Array | null> {
    return orNull(readFile(await this.#place(path)));
  }

  async list(folder: string): Promise<readonly string[]> {
    const entries = await orNull(readdir(await this.#place(folder), { withFileTypes: true }));
    const names = (entries ?? []).map((entry) => (entry.isDirectory() ? `${entry.name}\\` : entry.name));
    return names.sort((left, right) => compare(left.toLowerCase(), right.toLowerCase()));
  }

  /** Size and times; Node knows no attributes of Windows. */
  async details(path: string): Promise<FileDetails | null> {
    const found = await orNull(stat(await this.#place(path)));
    if (!found?.isFile()) return null;
    const { size, birthtime, mtime } = found;
    return { size, createdAt: birthtime.toISOString(), changedAt: mtime.toISOString(), attributes: [] };
  }

  async hash(path: string): Promise<Sha256 | null> {
    return hashFile(await this.#place(path));
  }

  /** Whether there is such a file. */
  async hasFile(path: string): Promise<boolean> {
    return (await orNull(stat(await this.#place(path))))?.isFile() ?? false;
  }

  /** Whether there is such a folder. */
  async hasFolder(path: string): Promise<boolean> {
    return (await orNull(stat(await this.#place(path))))?.isDirectory() ?? false;
  }

  /** The file for reading in pieces, or null if it is not there; it must be closed. */
  async open(path: string): Promise<HostFile | null> {
    return openHostFile(await this.#place(path));
  }

  async makeFolder(path: string): Promise<void> {
    await mkdir(await this.#place(path), { recursive: true });
  }

  /** Appends to a file, making it if need be, and flushes. */
  async append(path: string, text: string): Promise<void> {
    const place = await this.#madePlace(path);
    await flushed(await this.#openPatiently(place, 'a'), (file) => file.writeFile(text));
  }

  /** Puts the bytes in place: temporary file beside it, flush, rename over. */
  async write(path: string, content: Uint8Array | string): Promise<void> {
    await this.#replace(path, (file) => file.writeFile(content));
  }

  /** The same, with something to be done to the whole temporary file before it is renamed; where that fails the old file stays. */
  async writeWith(path: string, content: Uint8Array, prepare: Prepare): Promise<Outcome> {
    return this.#replace(
      path,
      (file) => file.writeFile(content),
      () => prepare(path + partialSuffix),
    );
  }

  /** Copies a file of the server; the hash of what arrived, or null if the source is not there. */
  async copy(from: string, to: string): Promise<Sha256 | null> {
    return this.receive(await this.#place(from), to);
  }

  /** Copies a file of this system to the server; the hash of what arrived, or null if the source is not there. */
  async receive(from: string, to: string): Promise<Sha256 | null> {
    if (!(await orNull(stat(from)))?.isFile()) return null;
    await this.#replace(to, (file) => file.writeFile(createReadStream(from)));
    return this.hash(to);
  }

  /** Sets when a file was last written; when it was created cannot be set on every system. */
  async setTime(path: string, changedAt: string): Promise<void> {
    const time = new Date(changedAt);
    await utimes(await this.#place(path), time, time);
  }

  /** Renames a file or folder to a path that is not there yet; false where that is on another volume. */
  async move(from: string, to: string): Promise<boolean> {
    const source = await this.#place(from);
    const target = await this.#madePlace(to);
    try {
      await this.#renamePatiently(source, target);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EXDEV') return false;
      throw error;
    }
  }

  /** Removes a file, or a folder that is empty. */
  async removeEither(path: string): Promise<void> {
    if (await this.hasFolder(path)) await this.removeEmptyFolder(path);
    else await this.remove(path);
  }

  /** Removes a file; nothing happens if it is not there. */
  async remove(path: string): Promise<void> {
    const place = await this.#place(path);
    await patiently(() => rm(place, { force: true }), held, this.#sleep);
  }

  /** Writes a small file of our own, reads it back and removes it; a cut may leave it there. */
  async tryWrite(folder: string): Promise<Tried> {
    const [path, text] = [`${folder}\\scim-setup-write-test.tmp`, randomUUID()];
    try {
      await this.write(path, text);
      const found = await this.read(path);
      await this.remove(path);
      if (found && new TextDecoder().decode(found) === text) return { ok: true };
      return { ok: false, why: 'another text was found than the one that was written' };
    } catch (error) {
      const why = fileErrorText(error);
      if (why === null) throw error;
      return { ok: false, why };
    }
  }

  /** Removes a folder if it is empty; says whether it is gone. */
  async removeEmptyFolder(path: string): Promise<boolean> {
    const place = await this.#place(path);
    return rmdir(place).then(
      () => true,
      () => false,
    );
  }

  /** A failure leaves nothing behind: half a config file with its keys is not left lying about. */
  async #replace(
    path: string,
    fill: (file: FileHandle) => Promise<void>,
    prepare: () => Promise<Outcome> = async () => success,
  ): Promise<Outcome> {
    const place = await this.#madePlace(path);
    const partial = place + partialSuffix;
    try {
      await flushed(await this.#openPatiently(partial, 'w'), fill);
      const outcome = await prepare();
      if (!outcome.ok) {
        // A child that was left at work may hold it: that must not hide that it was.
        await rm(partial, { force: true }).catch(() => undefined);
        return outcome;
      }
      await makeReplaceable(place);
      await this.#renamePatiently(partial, place);
      await flushName(place);
      return outcome;
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  }

  #openPatiently(path: string, flags: 'a' | 'w'): Promise<FileHandle> {
    return patiently(() => open(path, flags), held, this.#sleep);
  }

  #renamePatiently(from: string, to: string): Promise<void> {
    return patiently(() => rename(from, to), heldOrDenied, this.#sleep);
  }

  async #madePlace(path: string): Promise<string> {
    const place = await this.#place(path);
    await mkdir(dirname(place), { recursive: true });
    return place;
  }
}

/** The SHA-256 of a file of this system in one streamed pass, or null if it is not there. */
export async function hashFile(path: string): Promise<Sha256 | null> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  } catch (error) {
    return absent(error);
  }
  return hash.digest('hex');
}

/** The outcome of some file work, or null for what is not there; any other trouble stays an error. */
export function orNull<T>(work: Promise<T>): Promise<T | null> {
  return work.catch(absent);
}

function absent(error: unknown): null {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null;
  throw error;
}

async function flushed(file: FileHandle, fill: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await fill(file);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * The new name is on the disk too: there is no flushing of folders on Windows, but flushing a file there writes the log of all that
 * was done to names before (NTFS keeps one log). A file that has become read-only cannot be flushed any more.
 */
async function flushName(place: string): Promise<void> {
  const file = await open(place, 'r+').catch(() => null);
  if (file) await flushed(file, async () => undefined);
}

/** Windows renames nothing over a file that is read-only (MoveFileEx: ERROR_ACCESS_DENIED). */
async function makeReplaceable(place: string): Promise<void> {
  const there = await orNull(stat(place));
  if (there?.isFile() && (there.mode & 0o200) === 0) await chmod(place, there.mode | 0o200);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
