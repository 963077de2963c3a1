/** A key of the registry with the data of its values, as reg.exe prints them. */
export type Keys = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** Reads what `reg query KEY /s` printed; keys are in full and in the case in which they were printed. */
export function readKeys(printed: string): Keys {
  const keys = new Map<string, Record<string, string>>();
  let values: Record<string, string> = {};
  for (const line of printed.split(/\r?\n/)) {
    if (line.startsWith('HKEY_')) {
      values = {};
      keys.set(line.trim(), values);
    }
    const value = /^ {4}(.+?) {4}REG_[A-Z_]+ {4}(.*)$/.exec(line);
    if (value?.[1] !== undefined) values[value[1]] = value[2] ?? '';
  }
  return keys;
}

/** A GUID as Windows Installer packs it into names of keys, unpacked: in braces and upper case (domain 4.2). */
export function unpacked(packed: string): string {
  const reversed = (from: number, to: number) => [...packed.slice(from, to)].reverse().join('');
  const swapped = (from: number, to: number) => packed.slice(from, to).replace(/(.)(.)/g, '$2$1');
  const groups = [reversed(0, 8), reversed(8, 12), reversed(12, 16), swapped(16, 20), swapped(20, 32)];
  return `{${groups.join('-').toUpperCase()}}`;
}
