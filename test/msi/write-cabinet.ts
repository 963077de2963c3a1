import { deflateRawSync } from 'node:zlib';

/** A folder of a cabinet: files that are packed together. */
export type CabinetFolder = {
  readonly pack: 'none' | 'mszip' | 'quantum' | 'lzx';
  readonly files: Readonly<Record<string, Uint8Array>>;
};

export type CabinetOptions = {
  readonly headerReserve?: number;
  readonly folderReserve?: number;
  readonly blockReserve?: number;
};

const blockSize = 32768;
const methods = { none: 0, mszip: 1, quantum: 2, lzx: 0x1503 };

/** Writes a cabinet. Blocks are of 32 kB; those of MSZIP use the bytes before them as history. */
export function cabinet(folders: readonly CabinetFolder[], options: CabinetOptions = {}): Uint8Array {
  const { headerReserve = 0, folderReserve = 0, blockReserve = 0 } = options;
  const hasReserve = headerReserve + folderReserve + blockReserve > 0;
  const reserve = hasReserve
    ? Buffer.concat([reserveSizes(headerReserve, folderReserve, blockReserve), Buffer.alloc(headerReserve, 0xee)])
    : Buffer.alloc(0);
  const members = folders.flatMap((folder, index) => membersOf(folder, index));
  const filesStart = 36 + reserve.length + folders.length * (8 + folderReserve);
  const dataStart = filesStart + members.reduce((sum, member) => sum + member.length, 0);
  const entries: Buffer[] = [];
  const data: Buffer[] = [];
  for (const folder of folders) {
    const blocks = blocksOf(folder, blockReserve);
    const entry = Buffer.alloc(8 + folderReserve, 0xee);
    entry.writeUInt32LE(dataStart + data.reduce((sum, block) => sum + block.length, 0), 0);
    entry.writeUInt16LE(blocks.length, 4);
    entry.writeUInt16LE(methods[folder.pack], 6);
    entries.push(entry);
    data.push(...blocks);
  }
  const rest = Buffer.concat([reserve, ...entries, ...members, ...data]);
  const header = Buffer.alloc(36);
  header.write('MSCF', 0, 'latin1');
  header.writeUInt32LE(36 + rest.length, 8);
  header.writeUInt32LE(filesStart, 16);
  header.writeUInt16LE(0x0103, 24);
  header.writeUInt16LE(folders.length, 26);
  header.writeUInt16LE(members.length, 28);
  header.writeUInt16LE(hasReserve ? 4 : 0, 30);
  return new Uint8Array(Buffer.concat([header, rest]));
}

function reserveSizes(header: number, folder: number, block: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16LE(header, 0);
  bytes.writeUInt8(folder, 2);
  bytes.writeUInt8(block, 3);
  return bytes;
}

function membersOf(folder: CabinetFolder, index: number): Buffer[] {
  let start = 0;
  return Object.entries(folder.files).map(([name, bytes]) => {
    const member = Buffer.alloc(16);
    member.writeUInt32LE(bytes.length, 0);
    member.writeUInt32LE(start, 4);
    member.writeUInt16LE(index, 8);
    member.writeUInt16LE(0x5822, 10);
    member.writeUInt16LE(0x20, 14);
    start += bytes.length;
    return Buffer.concat([member, Buffer.from(`${name}\0`, 'utf8')]);
  });
}

function blocksOf(folder: CabinetFolder, reserve: number): Buffer[] {
  const content = Buffer.concat(Object.values(folder.files));
  const blocks: Buffer[] = [];
  for (let at = 0; at < content.length; at += blockSize) {
    const plain = content.subarray(at, at + blockSize);
    const data = folder.pack === 'mszip' ? zipBlock(plain, content.subarray(Math.max(0, at - blockSize), at)) : plain;
    blocks.push(block(data, plain.length, reserve));
  }
  return blocks;
}

function zipBlock(plain: Buffer, history: Buffer): Buffer {
  const packed = deflateRawSync(plain, history.length > 0 ? { dictionary: history } : {});
  return Buffer.concat([Buffer.from('CK'), packed]);
}

function block(data: Buffer, plainLength: number, reserve: number): Buffer {
  const head = Buffer.alloc(8 + reserve, 0);
  head.writeUInt16LE(data.length, 4);
  head.writeUInt16LE(plainLength, 6);
  head.writeUInt32LE((checksum(data) ^ head.readUInt32LE(4)) >>> 0, 0);
  return Buffer.concat([head, data]);
}

/** As the cabinet format has it: little-endian words by exclusive or, and the last one to three bytes with the first on top. */
function checksum(data: Buffer): number {
  const words = data.length >> 2;
  let sum = 0;
  for (let at = 0; at < words; at++) sum ^= data.readUInt32LE(at * 4);
  const tail = data.subarray(words * 4);
  return sum ^ (tail.length === 0 ? 0 : tail.readUIntBE(0, tail.length));
}
