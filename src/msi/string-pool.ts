import { damaged, Fields, Unreadable } from './byte-source.ts';

/** All strings of a package by number; 0 is null, and `referenceSize` is how many bytes a number takes in a table. */
export type StringPool = { readonly codePage: number; readonly referenceSize: 2 | 3; text(id: number): string | null };

const encodings: Readonly<Record<number, string>> = {
  874: 'windows-874',
  932: 'shift_jis',
  936: 'gbk',
  949: 'euc-kr',
  950: 'big5',
  1200: 'utf-16le',
  10000: 'macintosh',
  20127: 'windows-1252',
  20866: 'koi8-r',
  65001: 'utf-8',
};

/** How to read text in a Windows code page; 0 is "neutral": UTF-8 where the bytes are, else windows-1252, as tools write it. */
export function decoderFor(codePage: number, sample: Uint8Array): (bytes: Uint8Array) => string {
  const isAscii = sample.every((byte) => byte < 0x80);
  const neutral = isAscii || isUtf8(sample) ? 'utf-8' : 'windows-1252';
  const windows = codePage >= 1250 && codePage <= 1258 ? `windows-${codePage}` : encodings[codePage];
  const name = codePage === 0 || (isAscii && !windows) ? neutral : windows;
  if (name) {
    const decoder = new TextDecoder(name, { ignoreBOM: true });
    return (bytes) => decoder.decode(bytes);
  }
  throw new Unreadable(`is written in the code page ${codePage}, which this program cannot read`);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Reads the streams `_StringPool` (lengths) and `_StringData` (text). */
export function readStringPool(poolBytes: Uint8Array, data: Uint8Array): StringPool {
  const pool = new Fields(poolBytes, 'its string pool');
  const head = pool.u32(0);
  const codePage = head & 0x7fffffff;
  const decode = decoderFor(codePage, data);
  const ends = stringEnds(pool);
  if ((ends.at(-1) ?? 0) > data.length) throw damaged('its strings end too early');
  const known = new Map<number, string>();
  function text(id: number): string | null {
    if (id === 0) return null;
    const end = ends[id];
    if (end === undefined) throw damaged('a table names a string that is not there');
    const value = known.get(id) ?? decode(data.subarray(ends[id - 1], end));
    known.set(id, value);
    return value;
  }
  return { codePage, referenceSize: head & 0x80000000 ? 3 : 2, text };
}

/** Where each string ends in the data, by its number. */
function stringEnds(pool: Fields): number[] {
  const ends = [0];
  let end = 0;
  for (let at = 4; at + 4 <= pool.bytes.length; at += 4) {
    const isLong = pool.u16(at) === 0 && pool.u16(at + 2) !== 0;
    if (isLong) at += 4; // 64 kB and more: the length stands in the next four bytes
    end += isLong ? pool.u32(at) : pool.u16(at);
    ends.push(end);
  }
  return ends;
}
