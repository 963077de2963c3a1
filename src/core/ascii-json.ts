/** JSON in ASCII, so that no code page on its way can change it (T19); on one line unless it is indented. */
export function asciiJson(document: unknown, indent?: number): string {
  const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(document, null, indent).replace(/[^\n\x20-\x7e]/g, escaped);
}
