import { createScanner, type Node, type ParseError, parseTree } from 'jsonc-parser';
import type { Sha256 } from './facts.ts';

const deepest = 100;

/**
 * The fingerprints of all leaves of a settings file by JSON pointer (RFC 6901), each of the value's JSON text; an empty object
 * or list is a leaf. Comments, trailing commas and a byte order mark are read over. A text that is no JSON has no values.
 */
export function settingsValues(text: string, sha256: (text: string) => Sha256): Readonly<Record<string, Sha256>> {
  const json = text.replace(/^\uFEFF/, '');
  const errors: ParseError[] = [];
  const root = isTooDeep(json) ? undefined : parseTree(json, errors, { allowTrailingComma: true });
  if (!root || errors.length > 0) return {};
  return Object.fromEntries(leavesOf(root, '', json).map(([pointer, value]) => [pointer, sha256(value)]));
}

/** Parsing goes down by recursion; no settings file is this deep. */
function isTooDeep(json: string): boolean {
  const scanner = createScanner(json, true);
  let depth = 0;
  for (scanner.scan(); scanner.getTokenOffset() < json.length; scanner.scan()) {
    const token = scanner.getTokenLength() === 1 ? json.charAt(scanner.getTokenOffset()) : '';
    if (token === '{' || token === '[') depth++;
    if (token === '}' || token === ']') depth--;
    if (depth > deepest) return true;
  }
  return false;
}

function leavesOf(node: Node, pointer: string, json: string): [string, string][] {
  const children = node.children ?? [];
  if (node.type === 'object' && children.length > 0) {
    return children.flatMap(({ children: [key, value] = [] }) =>
      key && value ? leavesOf(value, `${pointer}/${escapePointer(String(key.value))}`, json) : [],
    );
  }
  if (node.type === 'array' && children.length > 0) {
    return children.flatMap((child, index) => leavesOf(child, `${pointer}/${index}`, json));
  }
  return [[pointer, textOf(node, json)]];
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** One text for one value. Numbers stay as written: a large one would lose digits on its way through a double. */
function textOf(node: Node, json: string): string {
  if (node.type === 'object') return '{}';
  if (node.type === 'array') return '[]';
  return node.type === 'string' ? JSON.stringify(node.value) : json.slice(node.offset, node.offset + node.length);
}
