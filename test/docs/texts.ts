import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** The text of a file of the project. */
export function textOf(name: string): string {
  return readFileSync(join(checkout, name), 'utf8').replaceAll('\r\n', '\n');
}

/** Every file of the project that is not ignored, by its path from the top with `/`. */
export function projectFiles(): readonly string[] {
  const ignored = textOf('.gitignore')
    .split('\n')
    .filter((line) => line !== '');
  const skipped = [...ignored.map((line) => line.replace(/\/$/, '')), '.git'];
  const below = (folder: string): string[] =>
    readdirSync(join(checkout, folder), { withFileTypes: true })
      .filter((entry) => folder !== '' || !skipped.includes(entry.name))
      .flatMap((entry) => {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        return entry.isDirectory() ? below(path) : [path];
      });
  return below('').map((path) => path.replaceAll(sep, '/'));
}

/** The rows of the first Markdown table whose head is given, each by its cells. */
export function tableIn(text: string, head: string): readonly (readonly string[])[] {
  const lines = text.split('\n');
  const start = lines.indexOf(head);
  if (start < 0) throw new Error(`there is no table "${head}"`);
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end < 0 ? undefined : end).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  );
}

/** What stands in backticks. */
export function codesIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
}
