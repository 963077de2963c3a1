import { type ByteSource, damaged, type Fields, joinRuns, type Run, readExactly, Unreadable } from './byte-source.ts';

/** A compound file (the container of MSI): the class of its root, and the streams of the root storage by raw name. */
export type CompoundFile = {
  readonly rootClass: string;
  /** The same, as stored. */
  readonly rootClassId: Uint8Array;
  readonly streams: ReadonlyMap<string, ByteSource>;
  readonly hasStorages: boolean;
};

const signature = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const lastRealSector = 0xfffffff9;
const endOfChain = 0xfffffffe;
const miniSectorSize = 64;
const entrySize = 128;
const maxEntries = 1 << 20; // more than any package has

type Header = {
  readonly version: 3 | 4;
  readonly sectorSize: number;
  readonly fatCount: number;
  readonly firstDirectory: number;
  readonly miniCutoff: number;
  readonly firstMiniFat: number;
  readonly firstDifat: number;
  readonly fatSectors: readonly number[];
};

type Entry = {
  readonly name: string;
  readonly type: number;
  readonly left: number;
  readonly right: number;
  readonly child: number;
  readonly start: number;
  readonly size: number;
};

/** The sectors of one file, or of its mini stream, and which follows which. */
type Sectors = { readonly source: ByteSource; readonly size: number; readonly first: number; readonly next: Fields };

/** Opens a compound file of version 3 or 4; loops, overlaps and sizes beyond the file are `Unreadable`. */
export async function openCompoundFile(source: ByteSource): Promise<CompoundFile> {
  const header = await readHeader(source);
  const sectors = await readSectors(source, header);
  const directory = await readChain(sectors, header.firstDirectory, 'the directory');
  const entries = readEntries(directory.bytes, header.version);
  const root = entries[0];
  if (root?.type !== 5) throw damaged('its directory has no root');
  const mini = await openMiniStream(sectors, header, root);
  const all = membersOf(entries, root);
  const members = all.filter((entry) => entry.type === 2);
  if (members.reduce((sum, entry) => sum + entry.size, 0) > source.size)
    throw damaged('its streams are larger than it');
  const open = (entry: Entry) => openStream(entry.size < header.miniCutoff ? mini : sectors, entry.start, entry.size);
  return {
    rootClass: guidText(directory.slice(80, 16)),
    rootClassId: directory.slice(80, 16),
    hasStorages: all.some((entry) => entry.type === 1),
    streams: new Map(members.map((entry) => [entry.name, open(entry)])),
  };
}

async function readHeader(source: ByteSource): Promise<Header> {
  if (source.size < 8) throw new Unreadable('is not an MSI: it is too short');
  const start = await readExactly(source, 0, 8, 'its header');
  if (signature.some((byte, at) => start.u8(at) !== byte))
    throw new Unreadable('is not an MSI: it is no compound file');
  const header = await readExactly(source, 0, 512, 'its header');
  const version = header.u16(26);
  const shift = header.u16(30);
  if (!(version === 3 && shift === 9) && !(version === 4 && shift === 12)) throw damaged('its sector size is unknown');
  if (header.u16(32) !== 6) throw damaged('its mini sector size is unknown');
  return {
    version,
    sectorSize: 1 << shift,
    fatCount: header.u32(44),
    firstDirectory: header.u32(48),
    miniCutoff: header.u32(56),
    firstMiniFat: header.u32(64) === 0 ? endOfChain : header.u32(60), // without one, writers leave various words here
    firstDifat: header.u32(68),
    fatSectors: Array.from({ length: 109 }, (_, at) => header.u32(76 + 4 * at)),
  };
}

/** Reads the FAT, whose own sectors are listed in the header and in the DIFAT chain. */
async function readSectors(source: ByteSource, header: Header): Promise<Sectors> {
  const { sectorSize, fatCount } = header;
  if (fatCount === 0 || fatCount * sectorSize > source.size) throw damaged('its FAT is larger than it');
  const places = header.fatSectors.slice(0, fatCount);
  let difat = header.firstDifat;
  while (places.length < fatCount) {
    const sector = await readExactly(source, offsetOf(difat, sectorSize), sectorSize, 'its DIFAT');
    for (let at = 0; at < sectorSize - 4 && places.length < fatCount; at += 4) places.push(sector.u32(at));
    difat = sector.u32(sectorSize - 4);
  }
  const fat = joinRuns(
    source,
    coalesce(places.map((place) => ({ offset: offsetOf(place, sectorSize), length: sectorSize }))),
  );
  return { source, size: sectorSize, first: sectorSize, next: await readExactly(fat, 0, fat.size, 'its FAT') };
}

function offsetOf(sector: number, sectorSize: number): number {
  if (sector > lastRealSector) throw damaged('a chain of sectors breaks off');
  return (sector + 1) * sectorSize;
}

function coalesce(runs: readonly Run[]): Run[] {
  const joined: Run[] = [];
  for (const run of runs) {
    const last = joined.at(-1);
    if (last && last.offset + last.length === run.offset) {
      joined[joined.length - 1] = { offset: last.offset, length: last.length + run.length };
    } else joined.push(run);
  }
  return joined;
}

/** A chain whose length only its end marker tells: the directory and the mini FAT. */
async function readChain(sectors: Sectors, start: number, what: string): Promise<Fields> {
  const most = sectors.next.bytes.length / 4;
  const runs: Run[] = [];
  for (let sector = start; sector !== endOfChain; sector = nextOf(sectors, sector)) {
    if (runs.length >= most) throw damaged(`${what} runs in a circle`);
    runs.push({ offset: offsetOf(sector, sectors.size), length: sectors.size });
  }
  const bytes = runs.length * sectors.size;
  if (bytes > sectors.source.size) throw damaged(`${what} is larger than the file`);
  return readExactly(joinRuns(sectors.source, coalesce(runs)), 0, bytes, what);
}

function nextOf(sectors: Sectors, sector: number): number {
  if (sector * 4 + 4 > sectors.next.bytes.length) throw damaged('a chain of sectors leaves the file');
  return sectors.next.u32(sector * 4);
}

function openStream(sectors: Sectors, start: number, size: number): ByteSource {
  if (size > sectors.source.size) throw damaged('a stream is larger than the file');
  const runs: Run[] = [];
  let sector = start;
  for (let left = size; left > 0; left -= sectors.size) {
    if (sector > lastRealSector) throw damaged('a stream breaks off');
    const run = { offset: sectors.first + sector * sectors.size, length: Math.min(left, sectors.size) };
    if (run.offset + run.length > sectors.source.size) throw damaged('a stream leaves the file');
    runs.push(run);
    if (left > sectors.size) sector = nextOf(sectors, sector);
  }
  return joinRuns(sectors.source, coalesce(runs));
}

/** Streams below the cutoff lie in sectors of 64 bytes inside one stream of the root. */
async function openMiniStream(sectors: Sectors, header: Header, root: Entry): Promise<Sectors> {
  const next = await readChain(sectors, header.firstMiniFat, 'the mini FAT');
  const container = openStream(sectors, root.start, root.size);
  return { source: container, size: miniSectorSize, first: 0, next };
}

function readEntries(directory: Uint8Array, version: 3 | 4): Entry[] {
  const count = directory.length / entrySize;
  if (count > maxEntries) throw damaged('its directory is too large');
  const view = new DataView(directory.buffer, directory.byteOffset, directory.byteLength);
  const u32 = (offset: number) => view.getUint32(offset, true);
  const entries: Entry[] = [];
  for (let at = 0; at < directory.length; at += entrySize) {
    const nameBytes = Math.min(64, Math.max(0, view.getUint16(at + 64, true) - 2)) & ~1;
    entries.push({
      name: utf16(directory.subarray(at, at + nameBytes)),
      type: view.getUint8(at + 66),
      left: u32(at + 68),
      right: u32(at + 72),
      child: u32(at + 76),
      start: u32(at + 116),
      size: u32(at + 120) + (version === 4 ? u32(at + 124) * 2 ** 32 : 0), // version 3 leaves the high half undefined
    });
  }
  return entries;
}

function utf16(bytes: Uint8Array): string {
  return new TextDecoder('utf-16le').decode(bytes);
}

/** A GUID as stored, in braces and upper case. */
export function guidText(bytes: Uint8Array): string {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  const hex = order
    .map((at) => (bytes[at] ?? 0).toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
  return `{${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}}`;
}

/** The entries of the root storage only: those of storages inside it (embedded transforms) have names of their own. */
function membersOf(entries: readonly Entry[], root: Entry): Entry[] {
  const members: Entry[] = [];
  const seen = new Set<number>();
  const waiting = [root.child];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at > lastRealSector) continue;
    const entry = entries[at];
    if (!entry || seen.has(at)) throw damaged('its directory runs in a circle');
    seen.add(at);
    members.push(entry);
    waiting.push(entry.left, entry.right);
  }
  return members;
}
