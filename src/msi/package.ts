import { type ByteSource, damaged, type NotUnpacked, type Problem, readExactly, Unreadable } from './byte-source.ts';
import { type Cabinet, openCabinet } from './cabinet.ts';
import { type CompoundFile, openCompoundFile } from './compound-file.ts';
import { filesOf, type PackageFile } from './files.ts';
import { decodeStreamName } from './stream-name.ts';
import { readStringPool } from './string-pool.ts';
import { readSummary, type Summary } from './summary.ts';
import { type Row, readTables, type Tables } from './tables.ts';

/** A Windows Installer package that was read; everything but the files' bytes has been checked. */
export type Package = {
  readonly summary: Summary;
  /** The names of its tables, sorted. */
  readonly tables: readonly string[];
  /** The rows of a table in stored order, none for a table that is not there. */
  rows(table: string): readonly Row[];
  /** The bytes of a stream that is no table (`Binary.name`, an embedded cabinet). */
  stream(name: string): ByteSource | null;
  /** Every row of the File table. */
  files(): readonly PackageFile[];
  /** Streams one file by its key; what cannot be read is thrown as `Unreadable` while iterating. */
  open(key: string): AsyncIterable<Uint8Array>;
};

/** Finds an external cabinet by the name that the Media table gives it. */
export type Beside = (cabinet: string) => Promise<ByteSource | null>;

const packageClass = '{000C1084-0000-0000-C000-000000000046}';
const otherClasses: Readonly<Record<string, string>> = {
  '{000C1086-0000-0000-C000-000000000046}': 'is a patch (MSP), not a package',
  '{000C1082-0000-0000-C000-000000000046}': 'is a transform (MST), not a package',
};

/** Reads a package; whatever the bytes are, the answer is a package or one sentence on what is wrong with it. */
export async function openPackage(source: ByteSource, beside: Beside = async () => null): Promise<Package | Problem> {
  return asValue(async () => {
    const file = await openCompoundFile(source);
    if (file.rootClass !== packageClass) {
      throw new Unreadable(otherClasses[file.rootClass] ?? 'is not an MSI: it is a compound file of another kind');
    }
    return readPackage(file, beside);
  });
}

/** All bytes of one file of the package, or why they cannot be had; more than `most` bytes are a problem too. */
export async function bytesOf(from: Package, key: string, most: number): Promise<Uint8Array | NotUnpacked> {
  return asValue(async () => {
    const pieces: Uint8Array[] = [];
    let size = 0;
    for await (const piece of from.open(key)) {
      size += piece.length;
      if (size > most) throw new Unreadable(`has a file larger than expected: ${key}`, 'limit');
      pieces.push(piece);
    }
    return new Uint8Array(Buffer.concat(pieces));
  });
}

async function asValue<T>(read: () => Promise<T>): Promise<T | NotUnpacked> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Unreadable) return { problem: error.problem, isLimit: error.isLimit };
    throw error;
  }
}

async function readPackage(file: CompoundFile, beside: Beside): Promise<Package> {
  const { tableBytes, streams } = await sortStreams(file);
  const summaryStream = streams.get('\u0005SummaryInformation');
  if (!summaryStream) throw damaged('it has no summary information');
  const summary = readSummary((await wholeOf(summaryStream, 'its summary information')).bytes);
  const pool = readStringPool(neededTable(tableBytes, '_StringPool'), neededTable(tableBytes, '_StringData'));
  const tables = readTables(tableBytes, pool);
  const rows = (table: string) => tables.get(table)?.() ?? [];
  const files = filesOf(rows);
  const stream = (name: string) => streams.get(name) ?? null;
  const open = fileOpener(files, stream, beside);
  return { summary, tables: sortedNames(tables), rows, stream, files: () => files, open };
}

/** Tables are read now, other streams when they are needed. */
async function sortStreams(file: CompoundFile) {
  const tableBytes = new Map<string, Uint8Array>();
  const streams = new Map<string, ByteSource>();
  for (const [stored, source] of file.streams) {
    const { name, isTable } = decodeStreamName(stored);
    if (isTable) tableBytes.set(name, (await wholeOf(source, `the table ${name}`)).bytes);
    else streams.set(name, source);
  }
  return { tableBytes, streams };
}

function wholeOf(source: ByteSource, what: string) {
  return readExactly(source, 0, source.size, what);
}

function neededTable(tables: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const bytes = tables.get(name);
  if (!bytes) throw damaged(`it has no ${name}`);
  return bytes;
}

function sortedNames(tables: Tables): string[] {
  return [...tables.keys()].sort((a, b) => (a < b ? -1 : 1));
}

function fileOpener(files: readonly PackageFile[], stream: (name: string) => ByteSource | null, beside: Beside) {
  const byKey = new Map(files.map((file) => [file.key, file]));
  const cabinets = new Map<string, Promise<Cabinet>>();
  function cabinet(name: string): Promise<Cabinet> {
    const known = cabinets.get(name) ?? find(name, stream, beside).then(openCabinet);
    cabinets.set(name, known);
    return known;
  }
  return async function* open(key: string): AsyncGenerator<Uint8Array> {
    const file = byKey.get(key);
    if (!file) throw new Unreadable(`has no file ${key}`);
    if (file.cabinet === null) throw new Unreadable(`keeps the file ${file.name} outside of any cabinet`, 'limit');
    yield* (await cabinet(file.cabinet)).open(key);
  };
}

async function find(name: string, stream: (name: string) => ByteSource | null, beside: Beside): Promise<ByteSource> {
  const found = name.startsWith('#') ? stream(name.slice(1)) : await beside(name);
  if (found) return found;
  if (name.startsWith('#')) throw damaged(`its cabinet ${name.slice(1)} is missing`);
  throw new Unreadable(`needs its cabinet ${name} beside it, and that is not there`, 'limit');
}
