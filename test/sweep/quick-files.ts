import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layServersIn } from '../given.ts';
import { MemoryFiles } from './memory-files.ts';

type Content = string | Uint8Array | AsyncIterable<Uint8Array>;
type Write = (piece: string | Uint8Array) => void;

/** Node's own calls, whatever they are replaced by later. */
const node = { ...fs };

/** A path that is on no disk, and no other process has: the sandbox makes the name of a lock of it. */
const inMemory = join(tmpdir(), `scim-setup-in-memory-${process.pid}`);
const memory = new MemoryFiles(inMemory);
let folders = 0;

/** Those that exist in both kinds: at once, and with a promise. */
const inBothKinds = [
  'stat',
  'readdir',
  'readFile',
  'writeFile',
  'mkdir',
  'rename',
  'rm',
  'rmdir',
  'utimes',
  'cp',
] as const;

/**
 * A new empty folder for this process alone, whose files are in memory until it is removed. From here on the file calls of this
 * process are made at once instead of by Node's threads, nothing is flushed, and below such a folder they do not even ask the
 * system: the same results and errors in a fraction of the time. The program under test is not changed.
 */
export function newFolderInMemory(): string {
  makeFilesQuick();
  folders += 1;
  const folder = join(inMemory, String(folders));
  memory.mkdirSync(folder);
  return folder;
}

/** From here on the servers of this file are laid in such folders. */
export function layServersInMemory(): void {
  layServersIn(async () => newFolderInMemory());
}

function makeFilesQuick(): void {
  Object.assign(fs, { existsSync: routed('existsSync'), createReadStream: wholeOf });
  for (const name of inBothKinds) {
    const call = routed(`${name}Sync`);
    Object.assign(fs, { [`${name}Sync`]: call });
    Object.assign(promises, { [name]: async (...args: Parameters<typeof call>) => call(...args) });
  }
  Object.assign(promises, {
    open: async (path: string, flags: string) => (flags === 'r' ? reading(path) : writing(path, flags)),
  });
  syncBuiltinESMExports();
}

/** A call that goes to where the files of its first path are; with both paths of a copy or a move on the same side. */
function routed(name: 'existsSync' | `${(typeof inBothKinds)[number]}Sync`) {
  const [held, real] = [memory[name].bind(memory), node[name]] as ((path: string, ...rest: unknown[]) => unknown)[];
  return (path: string, ...rest: unknown[]) => (memory.holds(path) ? held : real)?.(path, ...rest);
}

/** What the program uses of a stream: that it can be iterated. */
async function* wholeOf(path: string): AsyncGenerator<Uint8Array> {
  yield bytesOf(path);
}

/** For what hands out copies of them only. */
function bytesOf(path: string): Buffer {
  return memory.holds(path) ? memory.bytesOf(path) : node.readFileSync(path);
}

/** What the program uses of a file opened for reading. */
function reading(path: string) {
  const stat = fs.statSync(path);
  const bytes = stat.isFile() ? bytesOf(path) : Buffer.alloc(0);
  return {
    stat: async () => stat,
    read: async (buffer: Uint8Array, at: number, length: number, position: number) => {
      const piece = bytes.subarray(position, position + length);
      buffer.set(piece, at);
      return { buffer, bytesRead: piece.length };
    },
    close: async () => undefined,
  };
}

function writing(path: string, flags: string) {
  if (memory.holds(path)) return written(memory.opened(path, flags), () => undefined);
  const handle = node.openSync(path, flags);
  return written(
    (piece) => node.writeFileSync(handle, piece),
    () => node.closeSync(handle),
  );
}

/** What the program uses of a file opened for writing. */
function written(write: Write, close: () => void) {
  return {
    writeFile: async (content: Content) => {
      const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
      for await (const piece of pieces) write(piece);
    },
    sync: async () => undefined,
    close: async () => close(),
  };
}
