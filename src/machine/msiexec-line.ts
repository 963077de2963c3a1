import type { Arg } from '../core/call.ts';

/**
 * The arguments of msiexec as one command line. It does not follow the C runtime's rules: a value with spaces stands in
 * quotes after the equals sign, and a quote inside is doubled (MS-msi, Command-Line Options).
 */
export function msiexecLine(args: readonly Arg[]): string[] {
  return args.map((arg) => (typeof arg === 'string' ? quotedPath(arg) : `${arg.property}=${quotedValue(arg.value)}`));
}

/** A path cannot hold a quote, so only spaces matter. */
function quotedPath(word: string): string {
  return /\s/.test(word) ? `"${word}"` : word;
}

/** An empty value must be quoted to clear the property. */
function quotedValue(value: string): string {
  return value === '' || /[\s"]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
