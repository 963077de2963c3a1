/** The text of bytes that are UTF-8, its byte order mark with it: it gives the same bytes when it is written again. Null for others. */
export function utf8Text(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
