/** Bytes that can be read at any place; `read` gives exactly what was asked for, or fewer bytes at the end. */
export type ByteSource = { readonly size: number; read(offset: number, length: number): Promise<Uint8Array> };

/** One sentence on why something could not be read; it follows a file's name, as in "is damaged: ...". */
export type Problem = { readonly problem: string };

/** Why a file could not be unpacked. A limit: its bytes may be right, but this program cannot read such ones or has them not. */
export type NotUnpacked = Problem & { readonly isLimit: boolean };

/** Thrown inside the reader, and while a file's bytes are streamed; its `problem` is the sentence for people. */
export class Unreadable extends Error implements NotUnpacked {
  readonly problem: string;
  readonly isLimit: boolean;

  constructor(problem: string, kind: 'wrong' | 'limit' = 'wrong') {
    super(problem);
    this.name = 'Unreadable';
    this.problem = problem;
    this.isLimit = kind === 'limit';
  }
}

/** The error for bytes that contradict the format. */
export function damaged(what: string): Unreadable {
  return new Unreadable(`is damaged: ${what}`);
}

/** Little-endian numbers out of bytes; a place outside them is `Unreadable`, never a number made up. */
export class Fields {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly what: string;

  constructor(bytes: Uint8Array, what: string) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.what = what;
  }

  private check(offset: number, length: number): void {
    if (offset < 0 || length < 0 || offset + length > this.bytes.length) throw damaged(`${this.what} ends too early`);
  }

  u8(offset: number): number {
    this.check(offset, 1);
    return this.view.getUint8(offset);
  }

  u16(offset: number): number {
    this.check(offset, 2);
    return this.view.getUint16(offset, true);
  }

  u32(offset: number): number {
    this.check(offset, 4);
    return this.view.getUint32(offset, true);
  }

  slice(offset: number, length: number): Uint8Array {
    this.check(offset, length);
    return this.bytes.subarray(offset, offset + length);
  }
}

/** Reads exactly `length` bytes; anything less, or a place outside the source, is `Unreadable`. */
export async function readExactly(source: ByteSource, offset: number, length: number, what: string): Promise<Fields> {
  if (offset < 0 || length < 0 || offset + length > source.size) throw damaged(`${what} ends too early`);
  const bytes = length === 0 ? new Uint8Array(0) : await source.read(offset, length);
  if (bytes.length !== length) throw damaged(`${what} ends too early`);
  return new Fields(bytes, what);
}

const windowSize = 256 * 1024;

/** The same bytes, fetched in pieces of 256 kB, for readers that go forward in small steps. */
export function readAhead(source: ByteSource): ByteSource {
  let start = 0;
  let held: Uint8Array = new Uint8Array(0);
  async function read(offset: number, length: number): Promise<Uint8Array> {
    if (length > windowSize) return source.read(offset, length);
    if (offset < start || offset + length > start + held.length) {
      held = await source.read(offset, Math.min(windowSize, source.size - offset));
      start = offset;
    }
    return held.subarray(offset - start, offset - start + length);
  }
  return { size: source.size, read };
}

/** A piece of another source that is contiguous there. */
export type Run = { readonly offset: number; readonly length: number };

/** The bytes of several runs of `source`, one after the other. */
export function joinRuns(source: ByteSource, runs: readonly Run[]): ByteSource {
  const size = runs.reduce((sum, run) => sum + run.length, 0);
  async function read(offset: number, length: number): Promise<Uint8Array> {
    const result = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    let runStart = 0;
    for (const run of runs) {
      const from = Math.max(offset, runStart);
      const to = Math.min(offset + result.length, runStart + run.length);
      if (from < to) {
        const piece = await readExactly(source, run.offset + from - runStart, to - from, 'a stream');
        result.set(piece.bytes, from - offset);
      }
      runStart += run.length;
      if (runStart >= offset + result.length) break;
    }
    return result;
  }
  return { size, read };
}
