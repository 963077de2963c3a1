import { inflateRawSync } from 'node:zlib';
import { type ByteSource, damaged, type Fields, readAhead, readExactly, Unreadable } from './byte-source.ts';

/** An open cabinet. */
export type Cabinet = {
  /** Streams one file; a name that is not there, or bytes that cannot be unpacked, are `Unreadable`. */
  open(name: string): AsyncIterable<Uint8Array>;
};

type Folder = { readonly start: number; readonly blocks: number; readonly compression: number };
type Member = { readonly name: string; readonly size: number; readonly start: number; readonly folder: number };
type Layout = { readonly source: ByteSource; readonly blockReserve: number; readonly folders: readonly Folder[] };

/** Where unpacking stands in a folder: `block` was the last one unpacked and begins at `start` of its content. */
type Cursor = { next: number; offset: number; start: number; block: Uint8Array; history: Uint8Array };

const hasPrevious = 1;
const hasNext = 2;
const hasReserve = 4;
const blockMost = 32768;

/** Reads the directory of a cabinet. */
export async function openCabinet(raw: ByteSource): Promise<Cabinet> {
  const source = readAhead(raw);
  const header = await readExactly(source, 0, 36, 'its cabinet');
  if (header.u32(0) !== 0x4643534d) throw damaged('its cabinet is not one'); // 'MSCF'
  const flags = header.u16(30);
  const reserve = flags & hasReserve ? await readExactly(source, 36, 4, 'its cabinet') : null;
  const folderReserve = reserve?.u8(2) ?? 0;
  let at = reserve ? 40 + reserve.u16(0) : 36;
  for (const flag of [hasPrevious, hasPrevious, hasNext, hasNext]) {
    if (flags & flag) at = (await readText(source, at)).end;
  }
  const folders = await readFolders(source, at, header.u16(26), 8 + folderReserve);
  const members = await readMembers(source, header.u32(16), header.u16(28));
  return cabinetOf({ source, blockReserve: reserve?.u8(3) ?? 0, folders }, members);
}

async function readText(source: ByteSource, at: number): Promise<{ text: string; end: number }> {
  const { bytes } = await readExactly(source, at, Math.min(257, source.size - at), 'its cabinet');
  const length = bytes.indexOf(0);
  if (length < 0) throw damaged('a name in its cabinet does not end');
  return { text: new TextDecoder('utf-8').decode(bytes.subarray(0, length)), end: at + length + 1 };
}

async function readFolders(source: ByteSource, at: number, count: number, size: number): Promise<Folder[]> {
  const table = await readExactly(source, at, count * size, 'its cabinet');
  return Array.from({ length: count }, (_, index) => ({
    start: table.u32(index * size),
    blocks: table.u16(index * size + 4),
    compression: table.u16(index * size + 6),
  }));
}

async function readMembers(source: ByteSource, start: number, count: number): Promise<Member[]> {
  const members: Member[] = [];
  let at = start;
  for (let index = 0; index < count; index++) {
    const fields = await readExactly(source, at, 16, 'its cabinet');
    const { text, end } = await readText(source, at + 16);
    members.push({ name: text, size: fields.u32(0), start: fields.u32(4), folder: fields.u16(8) });
    at = end;
  }
  return members;
}

function cabinetOf(layout: Layout, members: readonly Member[]): Cabinet {
  const byName = new Map(members.map((member) => [member.name, member]));
  const parked = new Map<number, Cursor>();
  async function* open(name: string): AsyncGenerator<Uint8Array> {
    const member = byName.get(name);
    if (!member) throw damaged(`its cabinet lacks the file ${name}`);
    if (member.folder >= 0xfffd)
      throw new Unreadable(`has a file that spans two cabinets, which this program cannot read: ${name}`, 'limit');
    const held = parked.get(member.folder);
    parked.delete(member.folder); // in use: a second reader starts from the beginning
    const cursor = held && held.start <= member.start ? held : newCursor(layout, member.folder);
    yield* unpack(layout, member, cursor);
    parked.set(member.folder, cursor);
  }
  return { open };
}

function newCursor(layout: Layout, index: number): Cursor {
  const folder = layout.folders[index];
  if (!folder) throw damaged('its cabinet names a folder that is not there');
  const empty = new Uint8Array(0);
  return { next: 0, offset: folder.start, start: 0, block: empty, history: empty };
}

async function* unpack(layout: Layout, member: Member, cursor: Cursor): AsyncGenerator<Uint8Array> {
  const end = member.start + member.size;
  for (let at = member.start; at < end; ) {
    const blockEnd = cursor.start + cursor.block.length;
    if (at < blockEnd) {
      const piece = cursor.block.subarray(at - cursor.start, Math.min(end, blockEnd) - cursor.start);
      at += piece.length;
      yield piece;
    } else await advance(layout, member.folder, cursor);
  }
}

async function advance(layout: Layout, index: number, cursor: Cursor): Promise<void> {
  const folder = layout.folders[index];
  if (!folder || cursor.next >= folder.blocks) throw damaged('a file is longer than its cabinet');
  const headSize = 8 + layout.blockReserve;
  const head = await readExactly(layout.source, cursor.offset, headSize, 'its cabinet');
  const data = await readExactly(layout.source, cursor.offset + headSize, head.u16(4), 'its cabinet');
  const stored = head.u32(0);
  const sum = checksum(head.bytes.subarray(4), checksum(data.bytes, 0));
  if (layout.blockReserve === 0 && stored !== 0 && stored !== sum) throw damaged('a checksum in its cabinet is wrong');
  cursor.start += cursor.block.length;
  cursor.block = decompress(folder.compression, data, head.u16(6), cursor.history);
  cursor.history = joinHistory(cursor.history, cursor.block);
  cursor.offset += headSize + data.bytes.length;
  cursor.next++;
}

/** The sum of MS-CAB 3.1: 32-bit words, little-endian, combined by exclusive or; the rest is taken the other way round. */
function checksum(bytes: Uint8Array, seed: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length & ~3;
  let sum = seed;
  for (let at = 0; at < whole; at += 4) sum ^= view.getUint32(at, true);
  let rest = 0;
  for (let at = whole; at < bytes.length; at++) rest = (rest << 8) | (bytes[at] ?? 0);
  return (sum ^ rest) >>> 0;
}

function joinHistory(history: Uint8Array, block: Uint8Array): Uint8Array {
  if (block.length >= blockMost) return block;
  const joined = new Uint8Array(history.length + block.length);
  joined.set(history);
  joined.set(block, history.length);
  return joined.subarray(Math.max(0, joined.length - blockMost));
}

function decompress(compression: number, data: Fields, size: number, history: Uint8Array): Uint8Array {
  const method = compression & 15;
  if (method === 0) return data.bytes;
  if (method === 2 || method === 3) {
    throw new Unreadable(
      `has a cabinet packed by ${method === 2 ? 'Quantum' : 'LZX'}, which this program cannot unpack`,
      'limit',
    );
  }
  if (method !== 1 || data.u16(0) !== 0x4b43) throw damaged('a block of its cabinet is of no known kind'); // 'CK'
  const block = inflate(data.bytes.subarray(2), history);
  if (block.length !== size) throw damaged('a block of its cabinet has another length than stated');
  return block;
}

function inflate(bytes: Uint8Array, history: Uint8Array): Uint8Array {
  try {
    const dictionary = history.length > 0 ? { dictionary: history } : {};
    return inflateRawSync(bytes, { ...dictionary, maxOutputLength: blockMost });
  } catch {
    throw damaged('a block of its cabinet cannot be unpacked');
  }
}
