/** A value of the registry: text is REG_SZ, a number REG_DWORD, a list REG_MULTI_SZ, bytes REG_BINARY. */
export type RegistryValue = string | number | readonly string[] | Uint8Array;

/** One key with its values; the key's name begins with `HKEY_LOCAL_MACHINE\`. */
export type RegistryKey = { readonly key: string; readonly values: Readonly<Record<string, RegistryValue>> };

/** The text of a .reg file that first removes the keys named in `gone` with all below them, then writes `keys`. */
export function registryFile(gone: readonly string[], keys: readonly RegistryKey[]): string {
  const sections = [...gone.map((key) => `[-${key}]`), ...keys.map(section)];
  return ['Windows Registry Editor Version 5.00', ...sections, ''].join('\r\n\r\n');
}

function section({ key, values }: RegistryKey): string {
  return [`[${key}]`, ...Object.entries(values).map(([name, value]) => `${quoted(name)}=${encoded(value)}`)].join(
    '\r\n',
  );
}

function encoded(value: RegistryValue): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return `dword:${value.toString(16).padStart(8, '0')}`;
  if (value instanceof Uint8Array) return `hex:${hex(value)}`;
  return `hex(7):${hex(Buffer.from(`${value.map((text) => `${text}\0`).join('')}\0`, 'utf16le'))}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(',');
}
