import iconv from 'iconv-lite';

/** The text of a child's output: UTF-16LE as msiexec writes it, UTF-8, or the OEM code page, which is asked for only then (T19). */
export async function decodeOutput(bytes: Uint8Array, oemCodePage: () => Promise<number>): Promise<string> {
  if (isUtf16(bytes)) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const page = `cp${await oemCodePage()}`;
    return iconv.decode(Buffer.from(bytes), iconv.encodingExists(page) ? page : 'latin1');
  }
}

/** A byte order mark, or NUL in most of the odd places, which no other encoding of text has. */
function isUtf16(bytes: Uint8Array): boolean {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return true;
  const odd = bytes.subarray(0, 512).filter((_byte, index) => index % 2 === 1);
  return odd.length > 1 && odd.filter((byte) => byte === 0).length > odd.length / 2;
}
