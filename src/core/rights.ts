/**
 * What of a security descriptor (SDDL) was given to the file itself: its own entries, in a fixed order, and whether it takes over none
 * of its folder's. Empty where all of it is inherited, as it is of most files. What a folder hands down is left out, since it follows
 * the folder and not the file (T13).
 */
export function ownRights(sddl: string): string {
  const [, flags = '', list = ''] = /D:([A-Z_]*)(\(.*)?$/.exec(sddl) ?? [];
  const own = entriesOf(list).filter((entry) => !isInherited(entry));
  return own.length === 0 ? '' : `${flags.includes('P') ? 'P' : ''}${own.sort().join('')}`;
}

/** The entries of the list at the begin of a text; one with a condition holds brackets itself (MS-DTYP, 2.5.1.1). */
function entriesOf(text: string): string[] {
  const entries: string[] = [];
  let [depth, start] = [0, 0];
  for (const [index, letter] of [...text].entries()) {
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (depth > 0) continue;
    // Behind the list stands that of auditing.
    if (letter !== ')') break;
    entries.push(text.slice(start, index + 1));
    start = index + 1;
  }
  return entries;
}

/** The second field holds two-letter flags; ID is that of what came from the folder. */
function isInherited(entry: string): boolean {
  const flags = entry.slice(1, -1).split(';')[1] ?? '';
  return /^(..)*ID/.test(flags);
}
