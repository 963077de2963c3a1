const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._';
const tableMark = 0x4840;

/** What a stream's stored name means: Windows Installer packs two letters into one character, and marks tables. */
export function decodeStreamName(stored: string): { readonly name: string; readonly isTable: boolean } {
  const isTable = stored.charCodeAt(0) === tableMark;
  const name = [...(isTable ? stored.slice(1) : stored)].map(unpack).join('');
  return { name, isTable };
}

function unpack(character: string): string {
  const code = character.charCodeAt(0);
  if (code >= 0x3800 && code < 0x4800) return letterAt((code - 0x3800) & 63) + letterAt((code - 0x3800) >> 6);
  if (code >= 0x4800 && code < tableMark) return letterAt(code - 0x4800);
  return character;
}

function letterAt(index: number): string {
  return letters.charAt(index);
}
