/** One attribute: its value as the file means it, and where that stands between its quotes. */
export type XmlAttribute = {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
};

/** One element of a text, by positions: from `<` to after `>`, and what lies between its tags (both at the end of a tag `<a />`). */
export type XmlElement = {
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  readonly start: number;
  readonly end: number;
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly isEmptyTag: boolean;
};

const markup =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<\/(?<closing>[^\s<>/]+)\s*>|<(?<opening>[^\s<>/!?='"]+)(?<attributes>(?:\s+[^\s<>/='"]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(?<slash>\/?)>/y;

type Growing = { -readonly [K in keyof XmlElement]: XmlElement[K] } & { readonly children: XmlElement[] };

/**
 * Where every element of an XML text stands, or null if the text is none that is well formed, or has a document type. It only
 * finds places: whoever changes a text between two of them leaves every other character of it alone.
 */
export function scanXml(text: string): XmlElement | null {
  const top = growing('', 0, 0);
  const open: Growing[] = [top];
  for (let at = text.indexOf('<'); at !== -1; at = text.indexOf('<', markup.lastIndex)) {
    markup.lastIndex = at;
    const match = markup.exec(text);
    if (!match || !take(match, open)) return null;
  }
  const [root, ...more] = top.children;
  if (!root || more.length > 0 || open.length > 1) return null;
  return isBlank(text.slice(0, root.start)) && isBlank(text.slice(root.end)) ? root : null;
}

/** The value of an attribute, or null. */
export function attributeOf(element: XmlElement, name: string): string | null {
  return element.attributes.find((one) => one.name === name)?.value ?? null;
}

/** The first element below another one by the names of a path, or null. */
export function descend(element: XmlElement | null, ...names: readonly string[]): XmlElement | null {
  return names.reduce<XmlElement | null>(
    (above, name) => above?.children.find((one) => one.name === name) ?? null,
    element,
  );
}

/** A text with what XML has a meaning for written as entities, for an attribute in double quotes. */
export function escapedXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Takes one piece of markup; false where it closes what is not open. */
function take(match: RegExpExecArray, open: Growing[]): boolean {
  const { closing, opening, attributes = '', slash } = match.groups ?? {};
  const [start, end] = [match.index, match.index + match[0].length];
  const inner = open.at(-1) as Growing;
  if (closing !== undefined) {
    if (open.length < 2 || inner.name !== closing) return false;
    Object.assign(inner, { contentEnd: start, end });
    open.pop();
  }
  if (opening === undefined) return true;
  const isEmptyTag = slash === '/';
  const element = {
    ...growing(opening, start, end),
    isEmptyTag,
    attributes: attributesIn(attributes, start + 1 + opening.length),
  };
  inner.children.push(element);
  if (!isEmptyTag) open.push(element);
  return true;
}

function growing(name: string, start: number, end: number): Growing {
  return { name, start, end, contentStart: end, contentEnd: end, isEmptyTag: false, attributes: [], children: [] };
}

function attributesIn(text: string, offset: number): readonly XmlAttribute[] {
  return [...text.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map((match) => {
    const raw = match[2] ?? match[3] ?? '';
    const end = offset + match.index + match[0].length - 1;
    return { name: match[1] ?? '', value: unescaped(raw), start: end - raw.length, end };
  });
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(raw: string): string {
  return raw.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return entities[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Comments and instructions may stand outside of the root, text may not. */
function isBlank(text: string): boolean {
  return (
    text
      .replace(/^\uFEFF/, '')
      .replace(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g, '')
      .trim() === ''
  );
}
