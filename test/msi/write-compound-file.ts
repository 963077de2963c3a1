/** Options of `compoundFile`; version 4 has sectors of 4096 bytes. */
export type CompoundOptions = { readonly version?: 3 | 4; readonly rootClass?: string };

const free = 0xffffffff;
const endOfChain = 0xfffffffe;
const fatMark = 0xfffffffd;
const difatMark = 0xfffffffc;
const packageClass = '84100c0000000000c000000000000046';

/** Writes a compound file with these streams in its root: small ones in the mini stream, FAT and DIFAT as they are needed. */
export function compoundFile(streams: ReadonlyMap<string, Uint8Array>, options: CompoundOptions = {}): Uint8Array {
  const version = options.version ?? 3;
  const sectorSize = version === 3 ? 512 : 4096;
  const layout = new Layout(sectorSize);
  const mini = new Layout(64);
  const places = [...streams].map(([name, bytes]) => {
    const target = bytes.length < 4096 ? mini : layout;
    return { name, size: bytes.length, start: target.add(bytes) };
  });
  const container = Buffer.concat(mini.sectors);
  const root = { start: layout.add(container), size: container.length };
  const miniFat = layout.add(numbers(mini.next, sectorSize, free));
  const directory = layout.add(directoryOf(places, root, options.rootClass ?? packageClass, sectorSize));
  const { fatSectors, difatStart, difatCount } = layout.close();
  const header = Buffer.alloc(sectorSize);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header);
  header.writeUInt16LE(0x3e, 24);
  header.writeUInt16LE(version, 26);
  header.writeUInt16LE(0xfffe, 28);
  header.writeUInt16LE(version === 3 ? 9 : 12, 30);
  header.writeUInt16LE(6, 32);
  const words = [
    fatSectors.length,
    directory,
    0,
    4096,
    miniFat,
    Math.ceil((mini.next.length * 4) / sectorSize),
    difatStart,
    difatCount,
  ];
  for (const [index, word] of words.entries()) header.writeUInt32LE(word, 44 + index * 4);
  for (let at = 0; at < 109; at++) header.writeUInt32LE(fatSectors[at] ?? free, 76 + at * 4);
  return new Uint8Array(Buffer.concat([header, ...layout.sectors]));
}

class Layout {
  readonly sectors: Buffer[] = [];
  readonly next: number[] = [];
  private readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  /** Appends bytes as a chain of sectors and gives its first one. */
  add(bytes: Uint8Array): number {
    const start = this.sectors.length;
    for (let at = 0; at < bytes.length; at += this.size) {
      const sector = Buffer.alloc(this.size);
      Buffer.from(bytes.subarray(at, at + this.size)).copy(sector);
      this.sectors.push(sector);
      this.next.push(at + this.size < bytes.length ? this.sectors.length : endOfChain);
    }
    return bytes.length === 0 ? endOfChain : start;
  }

  /** Appends the FAT and, past 109 sectors of it, the chain that lists them. */
  close(): { fatSectors: number[]; difatStart: number; difatCount: number } {
    const perSector = this.size / 4;
    let fatCount = 0;
    let difatCount = 0;
    for (let last = -1; last !== fatCount + difatCount; ) {
      last = fatCount + difatCount;
      fatCount = Math.ceil((this.next.length + fatCount + difatCount) / perSector);
      difatCount = Math.max(0, Math.ceil((fatCount - 109) / (perSector - 1)));
    }
    const first = this.next.length;
    const fatSectors = Array.from({ length: fatCount }, (_, at) => first + at);
    const difatStart = difatCount > 0 ? first + fatCount : endOfChain;
    this.next.push(...fatSectors.map(() => fatMark), ...Array.from({ length: difatCount }, () => difatMark));
    const fat = numbers(this.next, this.size, free);
    for (let at = 0; at < fat.length; at += this.size) this.sectors.push(fat.subarray(at, at + this.size));
    for (let at = 0; at < difatCount; at++) {
      const listed = fatSectors.slice(109 + at * (perSector - 1), 109 + (at + 1) * (perSector - 1));
      const sector = numbers(listed, this.size, free);
      sector.writeUInt32LE(at + 1 < difatCount ? difatStart + at + 1 : endOfChain, this.size - 4);
      this.sectors.push(sector);
    }
    return { fatSectors, difatStart, difatCount };
  }
}

function numbers(values: readonly number[], sectorSize: number, filler: number): Buffer {
  const count = Math.ceil((values.length * 4) / sectorSize) * (sectorSize / 4);
  const bytes = Buffer.alloc(count * 4);
  for (let at = 0; at < count; at++) bytes.writeUInt32LE(values[at] ?? filler, at * 4);
  return bytes;
}

type Place = { readonly name: string; readonly size: number; readonly start: number };

/** The root, and its members as one list down the right side: a tree, if an unbalanced one. */
function directoryOf(
  places: readonly Place[],
  root: Omit<Place, 'name'>,
  rootClass: string,
  sectorSize: number,
): Buffer {
  const entries = [
    entry({ name: 'Root Entry', ...root }, 5, { child: places.length > 0 ? 1 : free, rootClass }),
    ...places.map((place, at) => entry(place, 2, { right: at + 2 <= places.length ? at + 2 : free })),
  ];
  while ((entries.length * 128) % sectorSize !== 0) entries.push(entry({ name: '', size: 0, start: 0 }, 0, {}));
  return Buffer.concat(entries);
}

function entry(place: Place, type: number, links: { child?: number; right?: number; rootClass?: string }): Buffer {
  const bytes = Buffer.alloc(128);
  bytes.write(place.name, 0, 'utf16le');
  bytes.writeUInt16LE(place.name === '' ? 0 : place.name.length * 2 + 2, 64);
  bytes.writeUInt8(type, 66);
  bytes.writeUInt8(1, 67);
  bytes.writeUInt32LE(free, 68);
  bytes.writeUInt32LE(links.right ?? free, 72);
  bytes.writeUInt32LE(links.child ?? free, 76);
  Buffer.from(links.rootClass ?? '', 'hex').copy(bytes, 80);
  bytes.writeUInt32LE(place.start, 116);
  bytes.writeUInt32LE(place.size, 120);
  return bytes;
}
