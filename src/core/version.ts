/** The three fields of an MSI version that Windows Installer compares; it ignores a fourth (MS-msi, ProductVersion). */
export type MsiVersion = readonly [major: number, minor: number, build: number];

/** The fields that count, or null for a text that is no MSI version (`major.minor[.build[.anything]]`, at most 255.255.65535). */
export function parseMsiVersion(text: string): MsiVersion | null {
  const match = /^(\d{1,3})\.(\d{1,3})(?:\.(\d{1,5})(?:\.\d+)?)?$/.exec(text);
  if (!match) return null;
  const [major, minor, build] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  return major <= 255 && minor <= 255 && build <= 65535 ? [major, minor, build] : null;
}

/** Negative, zero or positive by all fields there are: for an order of what Windows Installer itself takes for equal. */
export function compareAllFields(left: string, right: string): number {
  const [a, b] = [left.split('.').map(Number), right.split('.').map(Number)];
  const index = [0, 1, 2, 3].find((field) => (a[field] ?? 0) !== (b[field] ?? 0));
  return index === undefined ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

/** Negative, zero or positive as Windows Installer orders the two versions; null if one of them is none. */
export function compareMsiVersions(left: string, right: string): number | null {
  const [a, b] = [parseMsiVersion(left), parseMsiVersion(right)];
  if (!a || !b) return null;
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
