import type { ConfigFile, Values } from '../core/facts.ts';
import { settingsValues } from '../core/settings-values.ts';
import { sha256Of } from '../machine/read-files.ts';

/** No settings file is nested deeper; facts that say so are not followed. */
const deepest = 100;

/**
 * Content for a config file of which only fingerprints are known: a JSON file with the same names, and for each value that of
 * the package's own file, or the one guessed, where the fingerprint says that it is the same, else words in its place. Other
 * files are the package's own, or words.
 */
export function madeConfig(
  { path, values }: Pick<ConfigFile, 'path' | 'values'>,
  packaged: string | null,
  guessed: Readonly<Record<string, string>> = {},
): string {
  const isJson = path.toLowerCase().endsWith('.json');
  if (!isJson) return packaged ?? `Made from facts: the content of ${nameOf(path)} is not known.\r\n`;
  if (packaged !== null && isSame(settingsValues(packaged, sha256Of), values)) return packaged;
  if (Object.keys(values).length === 0) return 'Made from facts: what was here is no JSON.\r\n';
  const known = packaged === null ? {} : settingsValues(packaged, sha256Of);
  const content = packaged === null ? null : parsed(packaged);
  const guesses = settingsValues(JSON.stringify(guessed), sha256Of);
  const chosen = (pointer: string, keys: readonly string[]): unknown => {
    if (known[pointer] === values[pointer]) return valueAt(content, keys);
    return guesses[pointer] === values[pointer] ? valueAt(guessed, keys) : `made from facts: ${pointer}`;
  };
  const rows = Object.keys(values)
    .map((pointer) => ({ pointer, keys: keysOf(pointer) }))
    .filter(({ keys }) => keys.length <= deepest)
    .map(({ pointer, keys }) => ({
      keys,
      value: chosen(pointer, keys),
    }));
  return `${JSON.stringify(built(rows), null, 2)}\r\n`;
}

type Row = { readonly keys: readonly string[]; readonly value: unknown };

function built(rows: readonly Row[]): unknown {
  const leaf = rows.find((row) => row.keys.length === 0);
  if (leaf) return leaf.value;
  const names = [...new Set(rows.map((row) => row.keys[0] ?? ''))];
  const parts = names.map((name): [string, unknown] => [name, built(inside(rows, name))]);
  const isList = names.every((name, index) => name === String(index));
  return isList ? parts.map(([, value]) => value) : Object.fromEntries(parts);
}

function inside(rows: readonly Row[], name: string): readonly Row[] {
  return rows.filter((row) => row.keys[0] === name).map(({ keys, value }) => ({ keys: keys.slice(1), value }));
}

function keysOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function valueAt(content: unknown, keys: readonly string[]): unknown {
  return (
    keys.reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | null)?.[key], content) ?? null
  );
}

/** null for what only a reader of JSON with comments understands. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
}

function isSame(left: Values, right: Values): boolean {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name]);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('\\') + 1);
}
