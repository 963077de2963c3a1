import { damaged, Fields } from './byte-source.ts';
import { guidText } from './compound-file.ts';
import { decoderFor } from './string-pool.ts';

/** The summary information of a package; what it does not state is an empty string, an empty list or 0. */
export type Summary = {
  readonly title: string;
  readonly subject: string;
  readonly author: string;
  readonly comments: string;
  readonly application: string;
  /** The first part of the template as written: `x64`, `Intel`, `Arm64`; empty means Intel. */
  readonly platform: string;
  readonly languages: readonly number[];
  readonly packageCode: string;
  /** The oldest Windows Installer that takes it, times 100: 500 is 5.0. */
  readonly installerVersion: number;
  /** Bit 0: short file names, bit 1: compressed, bit 2: administrative image, bit 3: no elevation. */
  readonly wordCount: number;
  readonly security: number;
  readonly codePage: number;
};

const formatId = '{F29F85E0-4FF9-1068-AB91-08002B27B3D9}';
const types = { i2: 2, i4: 3, text: 30 };

/** Reads the stream `\x05SummaryInformation`, an OLE property set. */
export function readSummary(bytes: Uint8Array): Summary {
  const set = new Fields(bytes, 'its summary information');
  if (set.u16(0) !== 0xfffe || guidText(set.slice(28, 16)) !== formatId) {
    throw damaged('its summary information is of another kind');
  }
  const values = readValues(set, set.u32(44));
  const number = (id: number) => Number(values.get(id) ?? 0);
  const codePage = number(1) & 0xffff; // stored as a signed 16-bit number
  const text = (id: number) => {
    const value = values.get(id);
    if (!(value instanceof Uint8Array)) return '';
    return decoderFor(codePage, value)(value).replace(/\0.*$/s, '');
  };
  const [platform = '', languages = ''] = text(7).split(';');
  return {
    title: text(2),
    subject: text(3),
    author: text(4),
    comments: text(6),
    application: text(18),
    platform,
    languages: languages
      .split(',')
      .filter((part) => /^\d+$/.test(part))
      .map(Number),
    packageCode: text(9).slice(0, 38).toUpperCase(), // patches append further codes
    installerVersion: number(14),
    wordCount: number(15),
    security: number(19),
    codePage,
  };
}

function readValues(set: Fields, section: number): Map<number, number | Uint8Array> {
  const values = new Map<number, number | Uint8Array>();
  const count = set.u32(section + 4);
  for (let at = 0; at < count; at++) {
    const id = set.u32(section + 8 + at * 8);
    const value = valueAt(set, section + set.u32(section + 12 + at * 8));
    if (value !== null) values.set(id, value);
  }
  return values;
}

function valueAt(set: Fields, offset: number): number | Uint8Array | null {
  const type = set.u32(offset);
  if (type === types.i2) return set.u16(offset + 4);
  if (type === types.i4) return set.u32(offset + 4) | 0;
  if (type === types.text) return set.slice(offset + 8, set.u32(offset + 4));
  return null;
}
