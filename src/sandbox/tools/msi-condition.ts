import { UnknownCall } from './tool.ts';

/**
 * Whether a condition of a package holds: properties joined by `AND` and `OR`, each with or without `NOT` (MS-msi,
 * conditional-statement-syntax: NOT binds before AND, AND before OR; a property is true when it has a value).
 * Throws on comparisons and every other form.
 */
export function conditionHolds(condition: string | null, properties: ReadonlyMap<string, string>): boolean {
  if (condition === null || condition.trim() === '') return true;
  const words = condition.trim().split(/\s+/);
  return splitAt(words, 'OR').some((part) =>
    splitAt(part, 'AND').every((term) => termHolds(term, condition, properties)),
  );
}

function termHolds(term: readonly string[], condition: string, properties: ReadonlyMap<string, string>): boolean {
  const [first = '', ...rest] = term;
  if (first.toUpperCase() === 'NOT') return !termHolds(rest, condition, properties);
  if (rest.length > 0 || !/^[A-Za-z_][\w.]*$/.test(first))
    throw new UnknownCall('msiexec', `the condition ${condition}`);
  return (properties.get(first) ?? '') !== '';
}

function splitAt(words: readonly string[], separator: string): string[][] {
  const parts: string[][] = [[]];
  for (const word of words) {
    if (word.toUpperCase() === separator) parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts;
}
