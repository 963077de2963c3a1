import { type ByteSource, damaged, type Fields, type Problem, readExactly, Unreadable } from '../msi/byte-source.ts';

/** A hosting bundle by its version resource; `version` is the first three fields of its product version: `6.0.36`. */
export type Bundle = { readonly version: string; readonly productName: string; readonly fileVersion: string };

type Section = { readonly address: number; readonly size: number; readonly offset: number };
type Resources = { readonly source: ByteSource; readonly sections: readonly Section[]; readonly root: number };

const versionInfoType = 16; // RT_VERSION
const subfolderBit = 0x80000000;
const mostResourceBytes = 1 << 16;

/** Reads the version resource of a Windows program by a few small reads, or says why it cannot be had. */
export async function readBundle(source: ByteSource): Promise<Bundle | Problem> {
  try {
    const resources = await findResources(source);
    return bundleFrom(await readVersionInfo(resources));
  } catch (error) {
    if (error instanceof Unreadable) return { problem: error.problem };
    throw error;
  }
}

type OptionalHeader = {
  readonly fields: Fields;
  /** Where it lies in the file. */
  readonly start: number;
  /** Where in it the table of directories begins, eight bytes each, after their number. */
  readonly directories: number;
  readonly sections: number;
};

/** The optional header of a Windows program; what is none is `Unreadable`. */
export async function optionalHeaderOf(source: ByteSource): Promise<OptionalHeader> {
  const notProgram = new Unreadable('is not a Windows program');
  if (source.size < 64) throw notProgram;
  const dos = await readExactly(source, 0, 64, 'its header');
  const start = dos.u32(60);
  if (dos.u16(0) !== 0x5a4d || start + 24 > source.size) throw notProgram; // 'MZ'
  const head = await readExactly(source, start, 24, 'its header');
  if (head.u32(0) !== 0x4550) throw notProgram; // 'PE'
  const fields = await readExactly(source, start + 24, head.u16(20), 'its header');
  const directories = fields.u16(0) === 0x20b ? 112 : 96; // 64-bit programs have wider fields before it
  return { fields, start: start + 24, directories, sections: head.u16(6) };
}

async function findResources(source: ByteSource): Promise<Resources> {
  const { fields, start, directories, sections } = await optionalHeaderOf(source);
  if (fields.u32(directories - 4) < 3) throw new Unreadable('has no version in its resources');
  const root = fields.u32(directories + 16); // the third directory: resources
  if (root === 0) throw new Unreadable('has no version in its resources');
  return { source, root, sections: await readSections(source, start + fields.bytes.length, sections) };
}

async function readSections(source: ByteSource, start: number, count: number): Promise<Section[]> {
  const table = await readExactly(source, start, count * 40, 'its section table');
  return Array.from({ length: count }, (_, at) => ({
    address: table.u32(at * 40 + 12),
    size: table.u32(at * 40 + 16),
    offset: table.u32(at * 40 + 20),
  }));
}

function readAt({ source, sections }: Resources, address: number, length: number): Promise<Fields> {
  const section = sections.find((one) => address >= one.address && address + length <= one.address + one.size);
  if (!section) throw damaged('its resources lie outside of it');
  return readExactly(source, section.offset + address - section.address, length, 'its resources');
}

/** Three levels: kind, name, language. Any name and language will do: a program has one version. */
async function readVersionInfo(resources: Resources): Promise<Fields> {
  const kind = await entryIn(resources, 0, versionInfoType);
  const name = await entryIn(resources, kind & ~subfolderBit, null);
  const leaf = await entryIn(resources, name & ~subfolderBit, null);
  const data = await readAt(resources, resources.root + leaf, 16);
  if (data.u32(4) > mostResourceBytes) throw damaged('its version is larger than any');
  return readAt(resources, data.u32(0), data.u32(4));
}

async function entryIn(resources: Resources, folder: number, id: number | null): Promise<number> {
  const head = await readAt(resources, resources.root + folder, 16);
  const count = head.u16(12) + head.u16(14);
  const entries = await readAt(resources, resources.root + folder + 16, count * 8);
  for (let at = 0; at < count; at++) {
    if (id === null || entries.u32(at * 8) === id) return entries.u32(at * 8 + 4);
  }
  throw new Unreadable('has no version in its resources');
}

function bundleFrom(info: Fields): Bundle {
  const strings = stringsOf(info);
  const fixed = fixedVersions(info);
  const version = threeFields(strings.get('ProductVersion') ?? '') ?? threeFields(fixed.product);
  if (!version) throw new Unreadable('has no version in its resources');
  return {
    version,
    productName: strings.get('ProductName') ?? '',
    fileVersion: strings.get('FileVersion') ?? fixed.file,
  };
}

/** `6.0.36.24516` and `6.0.36+build` are 6.0.36; null for what does not begin with three numbers. */
function threeFields(version: string): string | null {
  return /^\s*(\d+\.\d+\.\d+)/.exec(version)?.[1] ?? null;
}

/** VS_FIXEDFILEINFO stands after the header and the key VS_VERSION_INFO, which together take 40 bytes. */
function fixedVersions(info: Fields): { file: string; product: string } {
  if (info.u16(2) < 52 || info.u32(40) !== 0xfeef04bd) return { file: '', product: '' };
  const fields = (at: number) => [at + 2, at, at + 6, at + 4].map((one) => info.u16(one)).join('.');
  return { file: fields(48), product: fields(56) };
}

type Node = { readonly key: string; readonly value: number; readonly valueLength: number; readonly end: number };

/** A node of the tree VS_VERSIONINFO > StringFileInfo > StringTable > String; each starts at a multiple of four. */
function nodeAt(info: Fields, at: number): Node {
  const length = info.u16(at);
  if (length < 6 || at + length > info.bytes.length) throw damaged('its version breaks off');
  const end = at + length;
  const { text, next } = textAt(info, at + 6, end);
  return { key: text, value: align(next), valueLength: info.u16(at + 2), end };
}

function textAt(info: Fields, at: number, end: number): { text: string; next: number } {
  let next = at;
  while (next + 2 <= end && info.u16(next) !== 0) next += 2;
  return { text: new TextDecoder('utf-16le').decode(info.slice(at, next - at)), next: next + 2 };
}

function align(at: number): number {
  return (at + 3) & ~3;
}

function childrenOf(info: Fields, start: number, end: number): Node[] {
  const nodes: Node[] = [];
  for (let at = start; at + 6 <= end; ) {
    const node = nodeAt(info, at);
    nodes.push(node);
    at = align(node.end);
  }
  return nodes;
}

function stringsOf(info: Fields): Map<string, string> {
  const root = nodeAt(info, 0);
  const blocks = childrenOf(info, align(root.value + root.valueLength), root.end);
  const tables = blocks
    .filter((one) => one.key === 'StringFileInfo')
    .flatMap((one) => childrenOf(info, one.value, one.end));
  const strings = tables.flatMap((table) => childrenOf(info, table.value, table.end));
  return new Map(strings.map((one) => [one.key, textAt(info, one.value, one.end).text.trim()]));
}
