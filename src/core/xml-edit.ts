import type { XmlElement } from './xml-scan.ts';

/** A text with the characters between two places replaced, and every other one as it was. */
export function spliced(
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
  by: string,
): string {
  return text.slice(0, start) + by + text.slice(end);
}

/** The text of an element, from its first character to its last. */
export function textOf(text: string, { start, end }: XmlElement): string {
  return text.slice(start, end);
}

/** The blanks and line ends that stand right before an element. */
export function leadOf(text: string, { start }: XmlElement): string {
  const before = text.slice(0, start);
  return before.slice(before.trimEnd().length);
}

/** The text without an element and the blanks before it. */
export function withoutElement(text: string, element: XmlElement): string {
  return spliced(text, { start: element.start - leadOf(text, element).length, end: element.end }, '');
}

/** The text with a new element after one of a container's children, or before the first one; `lead` stands before it. */
export function withChild(
  text: string,
  container: XmlElement,
  after: XmlElement | null,
  { lead, element }: { readonly lead: string; readonly element: string },
): string {
  const at = after?.end ?? container.contentStart;
  if (!container.isEmptyTag) return spliced(text, { start: at, end: at }, lead + element);
  const opening = textOf(text, container).replace(/\s*\/>$/, '>');
  return spliced(text, container, `${opening}${lead}${element}${leadOf(text, container)}</${container.name}>`);
}
