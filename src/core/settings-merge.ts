import { findNodeAtLocation, type JSONPath, type Node, parseTree } from 'jsonc-parser';

/**
 * The old text with every key that only the new text has inserted after its neighbours, as it is written there; every byte
 * of the old text stays. Keys that differ in case only are the same key: .NET refuses a file that holds both.
 */
export function withNewKeys(oldText: string, newText: string): string {
  const source = withoutMark(newText);
  const wanted = parseTree(source);
  return edited(oldText, (text) => (wanted ? insertNew(text, [], wanted, source) : text));
}

/**
 * The text with the values at the given JSON pointers taken from another text, as they are written there. A list is taken
 * as a whole; where the text has another kind of value on the way, that is replaced as a whole.
 */
export function withValues(text: string, pointers: readonly string[], from: string): string {
  const source = withoutMark(from);
  const tree = parseTree(source);
  if (!tree) return text;
  return edited(text, (start) =>
    pointers.reduce((result, pointer) => withValue(result, keysOf(pointer), tree, source), start),
  );
}

const mark = '\uFEFF';

function withoutMark(text: string): string {
  return text.startsWith(mark) ? text.slice(1) : text;
}

/** Edits what stands behind a byte order mark and leaves the mark where it is. */
function edited(text: string, edit: (text: string) => string): string {
  return (text.startsWith(mark) ? mark : '') + edit(withoutMark(text));
}

function insertNew(text: string, path: JSONPath, wanted: Node, source: string): string {
  return propertiesOf(wanted).reduce((result, property) => {
    const here = nodeAt(result, path);
    const [key, value] = property.children ?? [];
    if (here?.type !== 'object' || !key || !value) return result;
    const present = propertyNamed(here, String(key.value));
    if (!present) return inserted(result, here, textOf(property, source));
    return insertNew(result, [...path, String(present.children?.[0]?.value)], value, source);
  }, text);
}

function withValue(text: string, keys: readonly string[], tree: Node, source: string): string {
  let [target, wanted]: [Node | undefined, Node | undefined] = [parseTree(text), tree];
  for (const key of keys) {
    if (!target || wanted?.type !== 'object' || target.type !== 'object') break;
    const property = propertyNamed(wanted, key);
    if (!property) return text;
    const present = propertyNamed(target, key);
    if (!present) return inserted(text, target, textOf(property, source));
    [target, wanted] = [present.children?.[1], property.children?.[1]];
  }
  return target && wanted ? replaced(text, target, textOf(wanted, source)) : text;
}

function propertiesOf(node: Node): readonly Node[] {
  return node.type === 'object' ? (node.children ?? []) : [];
}

function propertyNamed(node: Node, key: string): Node | undefined {
  const name = (property: Node) => String(property.children?.[0]?.value);
  const all = propertiesOf(node);
  return all.find((one) => name(one) === key) ?? all.find((one) => name(one).toLowerCase() === key.toLowerCase());
}

function nodeAt(text: string, path: JSONPath): Node | undefined {
  const tree = parseTree(text);
  return tree && findNodeAtLocation(tree, path);
}

function textOf(node: Node, source: string): string {
  return source.slice(node.offset, node.offset + node.length);
}

function replaced(text: string, node: Node, by: string): string {
  return text.slice(0, node.offset) + by + text.slice(node.offset + node.length);
}

/** Behind the last property, with the same line break and indent that stands before it. */
function inserted(text: string, object: Node, property: string): string {
  const last = propertiesOf(object).at(-1);
  if (!last) return `${text.slice(0, object.offset + 1)} ${property} ${text.slice(object.offset + 1)}`;
  const end = last.offset + last.length;
  const before = /(\r?\n)?[ \t]*$/.exec(text.slice(0, last.offset))?.[0] ?? '';
  return `${text.slice(0, end)},${before === '' ? ' ' : before}${property}${text.slice(end)}`;
}

/** The keys of an RFC 6901 pointer. */
function keysOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}
