import { damaged } from './byte-source.ts';
import type { Row } from './tables.ts';

/** One row of the File table. */
export type PackageFile = {
  readonly key: string;
  /** The folder below TARGETDIR as the Directory table says, in long names, `\` between them; empty for TARGETDIR itself. */
  readonly path: string;
  readonly name: string;
  readonly size: number;
  readonly version: string | null;
  readonly sequence: number;
  /** `#name` for a stream of the package, another name for a file beside it, null for a file that lies uncompressed. */
  readonly cabinet: string | null;
  readonly component: string;
};

type RowsOf = (table: string) => readonly Row[];
type Medium = { readonly last: number; readonly cabinet: string | null };

const notCompressedBit = 0x2000;

/** Every file of the package with its folder and cabinet, in the order of the File table. */
export function filesOf(rows: RowsOf): PackageFile[] {
  const folders = foldersOf(rows);
  const components = new Map(rows('Component').map((row) => [row.Component, String(row.Directory_)]));
  const media = mediaOf(rows);
  return rows('File').map((row) => {
    const folder = folders.get(components.get(row.Component_) ?? '');
    if (folder === undefined) throw damaged(`the file ${row.File} has no folder`);
    return fileOf(row, folder, media);
  });
}

function fileOf(row: Row, path: string, media: readonly Medium[]): PackageFile {
  const sequence = Number(row.Sequence);
  const isLoose = (Number(row.Attributes) & notCompressedBit) !== 0;
  return {
    key: String(row.File),
    path,
    name: longName(String(row.FileName)),
    size: Number(row.FileSize),
    version: row.Version === null ? null : String(row.Version),
    sequence,
    cabinet: isLoose ? null : (media.find((medium) => sequence <= medium.last)?.cabinet ?? null),
    component: String(row.Component_),
  };
}

function mediaOf(rows: RowsOf): Medium[] {
  const media = rows('Media').map((row) => ({
    last: Number(row.LastSequence),
    cabinet: row.Cabinet === null ? null : String(row.Cabinet),
  }));
  return media.sort((a, b) => a.last - b.last);
}

/** `short|long` names: the long one. */
function longName(name: string): string {
  return name.slice(name.indexOf('|') + 1);
}

/** Paths by the key of the Directory table. A root's own name stands for wherever TARGETDIR leads. */
function foldersOf(rows: RowsOf): Map<string, string> {
  const byKey = new Map(rows('Directory').map((row) => [String(row.Directory), row]));
  const paths = new Map<string, string>();
  for (const key of byKey.keys()) resolve(key, byKey, paths);
  return paths;
}

function resolve(key: string, byKey: ReadonlyMap<string, Row>, paths: Map<string, string>): void {
  const waiting: Row[] = [];
  for (let at: string | null = key; at !== null && !paths.has(at); ) {
    const row = byKey.get(at);
    if (!row || waiting.length > byKey.size) throw damaged(`the folder ${at} leads nowhere`);
    waiting.push(row);
    at = row.Directory_Parent === at || row.Directory_Parent === null ? null : String(row.Directory_Parent);
  }
  for (const row of waiting.reverse()) paths.set(String(row.Directory), pathOf(row, paths));
}

function pathOf(row: Row, paths: ReadonlyMap<string, string>): string {
  const parent = row.Directory_Parent;
  if (parent === null || parent === row.Directory) return '';
  const above = paths.get(String(parent)) ?? '';
  const [target = ''] = String(row.DefaultDir).split(':'); // `target:source`
  const name = longName(target);
  if (name === '.') return above;
  return above === '' ? name : `${above}\\${name}`;
}
