import { win32 } from 'node:path';
import { partialSuffix } from '../../src/core/file-name.ts';
import type { Machine, Prepare } from '../../src/machine/machine.ts';
import { remember, type Server, saveServer, without } from '../../src/sandbox/server.ts';
import { withDoors } from './doors.ts';

/** A machine that behaves like another one, and can lose what no flush has followed. */
export type Unflushed = {
  readonly machine: Machine;
  /** What a power cut does at worst: undoes what was named, renamed or removed since the last flush of its drive. */
  lose(): Promise<void>;
};

type Done = { readonly path: string; readonly undo: () => Promise<void> };

/**
 * The doors flush what they write and its new name, so of a file only the one at work can be lost: whole under its temporary name,
 * and the old one still in place. What is moved, removed or made as a folder is not flushed. NTFS keeps such changes in a log that
 * it writes out by and by, in order (Windows Internals: NTFS recovery support; FlushFileBuffers writes out the metadata of a file),
 * so any flush on a drive holds for all that was done there before. Children flush what they do.
 */
export function unflushed(machine: Machine, server: Server): Unflushed {
  const log = new Log(server);
  const renamed =
    <A extends readonly unknown[], R>(pathOf: (...args: A) => string, door: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const path = pathOf(...args);
      log.begin();
      const old = await log.keep(path);
      const result = await door(...args);
      // Only once the temporary file is flushed, with all that was done before, is it renamed.
      log.flush(path);
      const now = await log.keep(path);
      log.addName(path, async () => {
        // The old one first: putting it there writes a temporary file itself.
        await log.put(path, old);
        await log.put(path + partialSuffix, now);
      });
      return result;
    };
  const removed =
    (pathOf: (path: string) => string, door: (path: string) => Promise<void>) =>
    async (path: string): Promise<void> => {
      const place = pathOf(path);
      log.begin();
      const [old, isFolder] = [await log.keep(place), await server.drive.hasFolder(place)];
      await door(path);
      log.add(place, () => (isFolder ? server.drive.makeFolder(place) : log.put(place, old)));
    };
  return {
    lose: () => log.lose(),
    machine: withDoors(machine, {
      write: renamed(
        (path) => path,
        (path: string, bytes: Uint8Array) => machine.write(path, bytes),
      ),
      copy: renamed(
        (_from, to) => to,
        (from: string, to: string) => machine.copy(from, to),
      ),
      receive: renamed(
        (_from, to) => to,
        (from: string, to: string) => machine.receive(from, to),
      ),
      replace: renamed(
        (path) => path,
        (path: string, bytes: Uint8Array, prepare: Prepare) => machine.replace(path, bytes, prepare),
      ),
      append: async (path, line) => {
        log.begin();
        await machine.append(path, line);
        log.flush(path);
      },
      change: async (...args) => {
        const result = await machine.change(...args);
        log.flushAll();
        return result;
      },
      remove: removed(
        (path) => path,
        (path) => machine.remove(path),
      ),
      removePartial: removed(
        (path) => path + partialSuffix,
        (path) => machine.removePartial(path),
      ),
      makeFolder: async (path) => {
        log.begin();
        const added = await log.missingFolders(path);
        await machine.makeFolder(path);
        log.add(path, async () => {
          for (const folder of added) await server.drive.removeEmptyFolder(folder);
        });
      },
      move: async (from, to) => {
        log.begin();
        const { acls, attributes } = server.memory;
        const isDone = await machine.move(from, to);
        if (isDone)
          log.add(from, async () => {
            await server.drive.move(to, from);
            remember(server, { acls, attributes });
          });
        return isDone;
      },
    }),
  };
}

/** A file as it is: its bytes, and what the server remembers of it. */
type Kept = {
  readonly bytes: Uint8Array | null;
  readonly changedAt: string | null;
  readonly acl: string | undefined;
  readonly attributes: readonly string[] | undefined;
};

/** What was done since the last flush of its drive, the newest last. */
class Log {
  readonly #server: Server;
  #done: Done[] = [];
  #named: string | null = null;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Another door is asked: the one before has flushed the name it gave. */
  begin(): void {
    if (this.#named !== null) this.flush(this.#named);
  }

  /** Something that the door flushes at its very end. */
  addName(path: string, undo: () => Promise<void>): void {
    this.add(path, undo);
    this.#named = path;
  }

  add(path: string, undo: () => Promise<void>): void {
    // What lies on another machine does not lose its power with this one.
    if (!isElsewhere(path)) this.#done.push({ path, undo });
  }

  flush(path: string): void {
    this.#named = null;
    this.#done = this.#done.filter((one) => driveOf(one.path) !== driveOf(path));
  }

  flushAll(): void {
    this.#named = null;
    this.#done = [];
  }

  async lose(): Promise<void> {
    for (const { undo } of this.#done.toReversed()) await undo();
    this.#done = [];
    await saveServer(this.#server);
  }

  async keep(path: string): Promise<Kept> {
    const { drive, memory } = this.#server;
    const known = { acl: memory.acls[path.toLowerCase()], attributes: memory.attributes[path.toLowerCase()] };
    if (isElsewhere(path)) return { bytes: null, changedAt: null, ...known };
    const changedAt = (await drive.details(path))?.changedAt ?? null;
    return { bytes: await drive.read(path), changedAt, ...known };
  }

  async put(path: string, { bytes, changedAt, acl, attributes }: Kept): Promise<void> {
    const { drive, memory } = this.#server;
    if (bytes) await drive.write(path, bytes);
    else await drive.remove(path);
    if (changedAt !== null) await drive.setTime(path, changedAt);
    remember(this.#server, {
      acls: withEntry(memory.acls, path, acl),
      attributes: withEntry(memory.attributes, path, attributes),
    });
  }

  /** The folders on the way to a path that are not there, the deepest first. */
  async missingFolders(path: string): Promise<readonly string[]> {
    if (path === win32.dirname(path) || (await this.#server.drive.hasFolder(path))) return [];
    return [path, ...(await this.missingFolders(win32.dirname(path)))];
  }
}

function driveOf(path: string): string {
  return win32.parse(path).root.toLowerCase();
}

function isElsewhere(path: string): boolean {
  return path.startsWith('\\\\');
}

/** The record with this value for a path in lower case, or without one. */
function withEntry<T>(all: Readonly<Record<string, T>>, path: string, value: T | undefined): Record<string, T> {
  const others = without(all, path);
  return value === undefined ? others : { ...others, [path.toLowerCase()]: value };
}
