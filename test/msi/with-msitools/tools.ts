import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { Package } from '../../../src/msi/package.ts';

/** A folder that is gone after the test. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'scim-setup-msi-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs one of the programs of Debian's msitools and wixl and gives its output. */
export function run(folder: string, file: string, args: readonly string[]): Buffer {
  return execFileSync(file, args, { cwd: folder, maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The tables msiinfo lists, without those that are not stored as tables. */
export function tablesByMsiinfo(file: string): string[] {
  const lines = run('.', 'msiinfo', ['tables', file]).toString('utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('_')).sort((a, b) => (a < b ? -1 : 1));
}

/** What msiinfo exports of one table: column names, and each row as one line of cells. It writes streams into `folder`. */
export function exportByMsiinfo(folder: string, file: string, table: string): { columns: string[]; rows: string[] } {
  const lines = run(folder, 'msiinfo', ['export', file, table]).toString('utf8').split('\r\n');
  return { columns: (lines[0] ?? '').split('\t'), rows: lines.slice(3).filter((line) => line !== '') };
}

/** Our reading of the same table in the same form. */
export function exportByUs(from: Package, table: string, columns: readonly string[]): string[] {
  return from.rows(table).map((row) => columns.map((column) => String(row[column] ?? '')).join('\t'));
}

/** The text of an idt file: names, types, keys, rows. */
export function idt(
  table: string,
  columns: readonly (readonly [string, string])[],
  rows: readonly (readonly string[])[],
): string {
  const head = [columns.map(([name]) => name), columns.map(([, type]) => type), [table, columns[0]?.[0] ?? '']];
  return [...head, ...rows].map((row) => `${row.join('\t')}\r\n`).join('');
}

/** Builds a package by msibuild from idt files, and gives its path. */
export function build(folder: string, tables: Readonly<Record<string, string>>, codePage?: number): string {
  const file = path.join(folder, 'built.msi');
  const imports = Object.entries(tables).flatMap(([name, text]) => {
    writeFileSync(path.join(folder, `${name}.idt`), text);
    return ['-i', `${name}.idt`];
  });
  writeFileSync(path.join(folder, 'page.idt'), `\r\n\r\n${codePage ?? 0}\t_ForceCodepage\r\n`);
  run(folder, 'msibuild', [file, ...(codePage === undefined ? [] : ['-i', 'page.idt']), ...imports]);
  run(folder, 'msibuild', [
    file,
    '-s',
    'Made by a test',
    'nobody',
    'x64;1033',
    '{0A1B2C3D-0000-4000-8000-00000000000F}',
  ]);
  return file;
}
