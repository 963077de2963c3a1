import { damaged, Fields } from './byte-source.ts';
import type { StringPool } from './string-pool.ts';

/** One row by column name; a binary column holds the name of the stream with its bytes. */
export type Row = Readonly<Record<string, string | number | null>>;

/** The rows of a table that is there, decoded when asked for the first time. */
export type Tables = ReadonlyMap<string, () => readonly Row[]>;

type Kind = 'string' | 'binary' | 'i2' | 'i4';
type Column = { readonly name: string; readonly kind: Kind; readonly isKey: boolean; readonly width: number };

const isStringBit = 0x800;
const isKeyBit = 0x2000;
const isNullableBit = 0x1000;
const binaryType = 0x900;
const maxCells = 20_000_000; // more than any package has

/** Every table that `_Tables` names; the whole content is checked here, so that `rows` cannot fail later. */
export function readTables(streams: ReadonlyMap<string, Uint8Array>, pool: StringPool): Tables {
  const schema = readSchema(streams, pool);
  const tables = new Map<string, () => readonly Row[]>();
  for (const [table, columns] of schema) {
    const bytes = streams.get(table) ?? new Uint8Array(0); // a missing stream is an empty table
    const grid = gridOf(table, columns, bytes, pool);
    let rows: readonly Row[] | undefined;
    tables.set(table, () => {
      rows ??= rowsOf(grid);
      return rows;
    });
  }
  return tables;
}

function readSchema(streams: ReadonlyMap<string, Uint8Array>, pool: StringPool): Map<string, Column[]> {
  const text: Omit<Column, 'name'> = { kind: 'string', isKey: true, width: pool.referenceSize };
  const number: Omit<Column, 'name'> = { kind: 'i2', isKey: false, width: 2 };
  const read = (table: string, columns: Column[]) => {
    const bytes = streams.get(table);
    if (!bytes) throw damaged(`it has no ${table} table`);
    return rowsOf(gridOf(table, columns, bytes, pool));
  };
  const schema = new Map<string, Column[]>();
  for (const row of read('_Tables', [{ name: 'Name', ...text }])) schema.set(String(row.Name), []);
  const columns = [
    { name: 'Table', ...text },
    { name: 'Number', ...number },
    { name: 'Name', ...text },
    { name: 'Type', ...number },
  ];
  const defined = [...read('_Columns', columns)].sort((a, b) => Number(a.Number) - Number(b.Number));
  for (const row of defined) schema.get(String(row.Table))?.push(columnOf(String(row.Name), Number(row.Type), pool));
  return schema;
}

function columnOf(name: string, type: number, pool: StringPool): Column {
  const isKey = (type & isKeyBit) !== 0;
  const basic = type & 0xffff & ~(isNullableBit | isKeyBit);
  if ((type & 0xffff & ~isNullableBit) === binaryType) return { name, kind: 'binary', isKey, width: 2 };
  if (basic & isStringBit) return { name, kind: 'string', isKey, width: pool.referenceSize };
  const size = basic & 0xff;
  if (size !== 1 && size !== 2 && size !== 4) throw damaged('a column has an unknown type');
  return size === 4 ? { name, kind: 'i4', isKey, width: 4 } : { name, kind: 'i2', isKey, width: 2 };
}

/** A table as stored: all values of the first column, then all of the second, and so on. */
type Grid = {
  readonly table: string;
  readonly columns: readonly Column[];
  readonly count: number;
  readonly fields: Fields;
  readonly pool: StringPool;
};

function gridOf(table: string, columns: readonly Column[], bytes: Uint8Array, pool: StringPool): Grid {
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  const count = width === 0 ? 0 : Math.floor(bytes.length / width);
  if (bytes.length - count * width >= 4 && width > 0) throw damaged(`the table ${table} breaks off`);
  if (count * columns.length > maxCells) throw damaged(`the table ${table} is too large`);
  const grid = { table, columns, count, fields: new Fields(bytes, `the table ${table}`), pool };
  let start = 0;
  for (const column of columns) {
    if (column.kind === 'string') for (let row = 0; row < count; row++) pool.text(referenceAt(grid, start, row));
    start += column.width * count;
  }
  return grid;
}

function referenceAt(grid: Grid, columnStart: number, row: number): number {
  const { fields, pool } = grid;
  const offset = columnStart + row * pool.referenceSize;
  return fields.u16(offset) + (pool.referenceSize === 3 ? fields.u8(offset + 2) * 0x10000 : 0);
}

function rowsOf(grid: Grid): Row[] {
  return Array.from({ length: grid.count }, (_, row) => rowOf(grid, row));
}

function rowOf(grid: Grid, row: number): Row {
  const cells: [string, string | number | null][] = [];
  const keys: string[] = [];
  let start = 0;
  for (const column of grid.columns) {
    const value = cellAt(grid, column, start, row);
    cells.push([column.name, column.kind === 'binary' && value !== null ? [grid.table, ...keys].join('.') : value]);
    if (column.isKey) keys.push(String(value ?? ''));
    start += column.width * grid.count;
  }
  return Object.fromEntries(cells);
}

/** Integers are stored with their sign bit flipped, so that a raw 0 can mean null. */
function cellAt(grid: Grid, column: Column, start: number, row: number): string | number | null {
  const { fields, pool } = grid;
  if (column.kind === 'string') return pool.text(referenceAt(grid, start, row));
  const raw = column.width === 4 ? fields.u32(start + row * 4) : fields.u16(start + row * 2);
  if (raw === 0) return null;
  return column.width === 4 ? raw - 0x80000000 : raw - 0x8000;
}
