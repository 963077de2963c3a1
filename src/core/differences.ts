/** One place at which two documents differ; undefined on the side where there is nothing. */
export type Difference = { readonly path: readonly string[]; readonly before: unknown; readonly after: unknown };

type Fields = Readonly<Record<string, unknown>>;

/**
 * Every place at which two documents of plain data differ. Rows of a list are matched by what names them, not by their
 * number, so that a new one does not make all others look changed; their order alone is no difference.
 */
export function differencesBetween(
  before: unknown,
  after: unknown,
  path: readonly string[] = [],
): readonly Difference[] {
  if (Array.isArray(before) && Array.isArray(after)) return inLists(before, after, path);
  if (!isFields(before) || !isFields(after)) return before === after ? [] : [{ path, before, after }];
  if (isReading(before) && isReading(after)) return differencesBetween(before.value, after.value, path);
  if ('known' in before && before.known !== after.known) return [{ path, before, after }];
  return inEach([...new Set([...Object.keys(before), ...Object.keys(after)])], (key) =>
    differencesBetween(own(before, key), own(after, key), [...path, key]),
  );
}

/** A difference as one line: `iis.sites[SCIMConnector /].state: started -> stopped`. */
export function differenceText({ path, before, after }: Difference): string {
  const name = path.reduce((text, part) => text + (part.startsWith('[') || text === '' ? part : `.${part}`), '');
  if (before === undefined) return `${name}: new${isFields(after) || Array.isArray(after) ? '' : `, ${shown(after)}`}`;
  return after === undefined ? `${name}: gone` : `${name}: ${shown(before)} -> ${shown(after)}`;
}

function inLists(before: readonly unknown[], after: readonly unknown[], path: readonly string[]): Difference[] {
  const nameOf = namesFor(before, after);
  const named = (list: readonly unknown[]) => new Map(list.map((row, index) => [nameOf(row, index), row]));
  const [old, now] = [named(before), named(after)];
  return inEach([...new Set([...old.keys(), ...now.keys()])], (name) =>
    differencesBetween(old.get(name), now.get(name), [...path, `[${name}]`]),
  );
}

function inEach(names: readonly string[], find: (name: string) => readonly Difference[]): Difference[] {
  return names.flatMap((name) => [...find(name)]);
}

/** What may name the rows of a list; the first that tells all of them apart does. */
const identities: readonly (readonly string[])[] = [
  ['id'],
  ['productCode'],
  ['path'],
  ['endpoint'],
  ['name', 'application'],
  ['name', 'version', 'bits'],
  ['name'],
  ['version'],
  ['kind'],
];

function namesFor(before: readonly unknown[], after: readonly unknown[]): (row: unknown, index: number) => string {
  const all = [...before, ...after];
  if (all.every(isScalar) && isUnique(before.map(String)) && isUnique(after.map(String))) return String;
  const keys = identities.find((one) => isUnique(namesBy(one, before)) && isUnique(namesBy(one, after)));
  return keys ? (row) => nameBy(keys, row) ?? '' : (_row, index) => String(index + 1);
}

function namesBy(keys: readonly string[], rows: readonly unknown[]): readonly (string | null)[] {
  return rows.map((row) => nameBy(keys, row));
}

function nameBy(keys: readonly string[], row: unknown): string | null {
  const values = isFields(row) ? keys.map((key) => own(row, key)) : [];
  return values.length > 0 && values.every((one) => typeof one === 'string' || typeof one === 'number')
    ? values.join(' ')
    : null;
}

function isUnique(names: readonly (string | null)[]): boolean {
  return names.every((name) => name !== null) && new Set(names).size === names.length;
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isReading(fields: Fields): boolean {
  return fields.known === true && Object.keys(fields).join() === 'known,value';
}

function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

const mostShown = 80;

function shown(value: unknown): string {
  if (value === null) return 'none';
  if (isFields(value) && 'known' in value) return value.known === true ? 'read' : `could not be read (${value.why})`;
  if (typeof value === 'object') return Array.isArray(value) ? '[...]' : '{...}';
  const text = typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
  if (/^[0-9a-f]{64}$/.test(text)) return `${text.slice(0, 12)}...`;
  return text.length > mostShown ? `${text.slice(0, mostShown)}...` : text;
}
