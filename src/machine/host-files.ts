import { open, readFile } from 'node:fs/promises';
import { fileErrorText } from '../core/file-error.ts';

/** An open file of the system this program runs on, read by offset. */
export type HostFile = {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
};

/** Opens a file of the caller's own system (not of a simulated server), or null if there is none. */
export async function openHostFile(path: string): Promise<HostFile | null> {
  const handle = await open(path, 'r').catch(nullIfAbsent);
  if (!handle) return null;
  const stat = await handle.stat();
  if (!stat.isFile()) {
    await handle.close();
    return null;
  }
  const read = async (offset: number, length: number) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  return { size: stat.size, read, close: () => handle.close() };
}

/** The text of a file of the caller's own system, or null if there is none. */
export function readHostText(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(nullIfAbsent);
}

/** A path that cannot be opened for whatever reason is not there for us. */
function nullIfAbsent(error: NodeJS.ErrnoException): null {
  if (fileErrorText(error) !== null || error.code === 'ERR_INVALID_ARG_VALUE') return null;
  throw error;
}
