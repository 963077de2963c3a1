import { damaged, Fields } from '../msi/byte-source.ts';

/** One element of ASN.1 in its DER form: its tag, all its bytes, and those of its content. */
export type Der = { readonly tag: number; readonly whole: Uint8Array; readonly content: Uint8Array };

/** Tags of ASN.1 that signatures are made of. `field0`: the first optional field of a sequence. */
export const tags = { octets: 4, objectId: 6, set: 0x31, field0: 0xa0 } as const;

/** The elements that stand one after another; what leaves the bytes, or is no DER, is `Unreadable`. */
export function elementsOf(bytes: Uint8Array): readonly Der[] {
  const fields = new Fields(bytes, 'its signature');
  const found: Der[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { start, length } = lengthAt(fields, at + 1);
    const end = start + length;
    found.push({ tag: fields.u8(at), whole: fields.slice(at, end - at), content: fields.slice(start, length) });
    at = end;
  }
  return found;
}

/** The first element alone: what follows it may be filling. */
export function firstOf(bytes: Uint8Array): Der {
  const fields = new Fields(bytes, 'its signature');
  const { start, length } = lengthAt(fields, 1);
  return { tag: fields.u8(0), whole: fields.slice(0, start + length), content: fields.slice(start, length) };
}

/** The element at an index; one that is not there is `Unreadable`. */
export function at(elements: readonly Der[], index: number): Der {
  const element = elements[index];
  if (!element) throw damaged('its signature ends too early');
  return element;
}

/** Up to 127 one byte, else one that says how many follow with the length (X.690, 8.1.3). */
function lengthAt(fields: Fields, place: number): { readonly start: number; readonly length: number } {
  const first = fields.u8(place);
  if (first < 0x80) return { start: place + 1, length: first };
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw damaged('its signature has a length that DER does not know');
  let length = 0;
  for (let byte = 1; byte <= count; byte++) length = length * 256 + fields.u8(place + byte);
  return { start: place + 1 + count, length };
}

/** An object identifier in dots (X.690, 8.19). */
export function objectIdOf({ content }: Der): string {
  const arcs: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    arcs.push(value);
    value = 0;
  }
  const [first = 0, ...rest] = arcs;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join('.');
}
