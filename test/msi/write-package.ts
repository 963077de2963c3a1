import { type CompoundOptions, compoundFile } from './write-compound-file.ts';

export type Cell = string | number | null;

/** Column types as idt files write them: `s72` text, `S72` text or null, `L0` localisable, `i2`, `I4`, `V0` stream; `*` marks a key. */
export type Table = { readonly columns: Readonly<Record<string, string>>; readonly rows: readonly (readonly Cell[])[] };

export type PackageOptions = CompoundOptions & {
  readonly codePage?: number;
  readonly encode?: (text: string) => Uint8Array;
  readonly wideReferences?: boolean;
  readonly template?: string;
  /** Streams that are no tables. */
  readonly streams?: Readonly<Record<string, Uint8Array>>;
};

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._';

/** Writes a package with these tables, each string stored once. */
export function packageOf(tables: Readonly<Record<string, Table>>, options: PackageOptions = {}): Uint8Array {
  const pool = new Pool(options.encode ?? ((text) => Buffer.from(text, 'utf8')), options.wideReferences ? 3 : 2);
  const names = Object.keys(tables);
  const columns = Object.entries(tables).flatMap(([table, { columns: defined }]) =>
    Object.entries(defined).map(([name, type], index) => [table, index + 1, name, typeBits(type)] as const),
  );
  const streams = new Map<string, Uint8Array>();
  streams.set(
    encodeName('_Tables', true),
    grid({ columns: { Name: 's64*' }, rows: names.map((name) => [name]) }, pool),
  );
  const columnTable = { columns: { Table: 's64*', Number: 'i2*', Name: 's64', Type: 'i2' }, rows: columns };
  streams.set(encodeName('_Columns', true), grid(columnTable, pool));
  for (const [name, table] of Object.entries(tables)) {
    if (table.rows.length > 0) streams.set(encodeName(name, true), grid(table, pool));
  }
  streams.set(encodeName('_StringPool', true), pool.lengths(options.codePage ?? 0));
  streams.set(encodeName('_StringData', true), pool.data());
  streams.set('\u0005SummaryInformation', summary(options.template ?? 'x64;1033'));
  for (const [name, bytes] of Object.entries(options.streams ?? {})) streams.set(encodeName(name, false), bytes);
  return compoundFile(streams, options);
}

/** Packs a stream name two letters to a character, as Windows Installer does. */
export function encodeName(name: string, isTable: boolean): string {
  let packed = isTable ? '\u4840' : '';
  for (let at = 0; at < name.length; at++) {
    const [first, second] = [
      letters.indexOf(name.charAt(at)),
      at + 1 < name.length ? letters.indexOf(name.charAt(at + 1)) : -1,
    ];
    if (first < 0) packed += name.charAt(at);
    else if (second < 0) packed += String.fromCharCode(0x4800 + first);
    else {
      packed += String.fromCharCode(0x3800 + first + second * 64);
      at++;
    }
  }
  return packed;
}

class Pool {
  private readonly ids = new Map<string, number>();
  private readonly texts: Uint8Array[] = [];
  private readonly encode: (text: string) => Uint8Array;
  readonly referenceSize: 2 | 3;

  constructor(encode: (text: string) => Uint8Array, referenceSize: 2 | 3) {
    this.encode = encode;
    this.referenceSize = referenceSize;
  }

  id(text: string): number {
    const known = this.ids.get(text) ?? this.texts.push(this.encode(text));
    this.ids.set(text, known);
    return known;
  }

  lengths(codePage: number): Uint8Array {
    const words = [codePage & 0xffff, (codePage >>> 16) | (this.referenceSize === 3 ? 0x8000 : 0)];
    for (const { length } of this.texts) {
      if (length < 0x10000) words.push(length, 1);
      else words.push(0, 1, length & 0xffff, length >>> 16);
    }
    return new Uint8Array(new Uint16Array(words).buffer);
  }

  data(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.texts));
  }
}

function typeBits(type: string): number {
  const letter = type.charAt(0);
  const size = Number.parseInt(type.slice(1), 10);
  const kinds: Record<string, number> = { s: 0x0d00, l: 0x0f00, i: 0x0500 - (size === 4 ? 0x400 : 0), v: 0x0900 };
  const nullable = letter !== letter.toLowerCase() ? 0x1000 : 0;
  return (((kinds[letter.toLowerCase()] ?? 0) | size | nullable | (type.endsWith('*') ? 0x2000 : 0)) << 16) >> 16;
}

function grid(table: Table, pool: Pool): Uint8Array {
  const bytes: number[] = [];
  Object.values(table.columns).forEach((type, column) => {
    for (const row of table.rows) bytes.push(...cellBytes(type.toLowerCase(), row[column] ?? null, pool));
  });
  return new Uint8Array(bytes);
}

function cellBytes(type: string, cell: Cell, pool: Pool): number[] {
  if (type.startsWith('s') || type.startsWith('l'))
    return little(cell === null ? 0 : pool.id(String(cell)), pool.referenceSize);
  if (type.startsWith('v')) return little(cell === null ? 0 : 1, 2);
  const width = type.startsWith('i4') ? 4 : 2;
  return little(cell === null ? 0 : Number(cell) + 2 ** (8 * width - 1), width);
}

function little(value: number, width: number): number[] {
  return Array.from({ length: width }, (_, at) => Math.floor(value / 256 ** at) & 255);
}

/** A summary information of code page 1252 with template, package code, versions. */
export function summary(template: string): Uint8Array {
  const text = (value: string) => {
    const bytes = Buffer.alloc(8 + Math.ceil((value.length + 1) / 4) * 4);
    bytes.writeUInt32LE(30, 0);
    bytes.writeUInt32LE(value.length + 1, 4);
    bytes.write(value, 8, 'latin1');
    return bytes;
  };
  const number = (kind: number, value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32LE(kind, 0);
    bytes.writeInt32LE(value, 4);
    return bytes;
  };
  const values: [number, Buffer][] = [
    [1, number(2, 1252)],
    [2, text('Installation Database')],
    [4, text('M\xfcller')],
    [7, text(template)],
    [9, text('{0A1B2C3D-0000-4000-8000-00000000000f}')],
    [14, number(3, 500)],
    [15, number(3, 2)],
  ];
  const head = Buffer.alloc(48 + 8 + values.length * 8);
  head.writeUInt16LE(0xfffe, 0);
  head.writeUInt32LE(1, 24);
  Buffer.from('e0859ff2f94f6810ab9108002b27b3d9', 'hex').copy(head, 28);
  head.writeUInt32LE(48, 44);
  head.writeUInt32LE(values.length, 52);
  let offset = 8 + values.length * 8;
  values.forEach(([id, value], at) => {
    head.writeUInt32LE(id, 56 + at * 8);
    head.writeUInt32LE(offset, 60 + at * 8);
    offset += value.length;
  });
  head.writeUInt32LE(offset, 48);
  return new Uint8Array(Buffer.concat([head, ...values.map(([, value]) => value)]));
}

/** The columns of the tables that every package with files has. */
export const fileTables = {
  File: {
    File: 's72*',
    Component_: 's72',
    FileName: 'l255',
    FileSize: 'i4',
    Version: 'S72',
    Attributes: 'I2',
    Sequence: 'i4',
  },
  Component: { Component: 's72*', Directory_: 's72' },
  Directory: { Directory: 's72*', Directory_Parent: 'S72', DefaultDir: 'l255' },
} as const satisfies Record<string, Table['columns']>;
