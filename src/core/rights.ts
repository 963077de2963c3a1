import type { ConnectorFolder, FolderRights } from './facts.ts';

/** The rights of every folder that was looked at. */
export function rightsIn(folders: readonly ConnectorFolder[]): readonly FolderRights[] {
  return folders.flatMap(({ rights = [] }) => rights);
}

/**
 * What of a security descriptor (SDDL) was given to the file itself: its own entries, in a fixed order, and whether it takes over none
 * of its folder's. Empty where all of it is inherited, as it is of most files. What a folder hands down is left out, since it follows
 * the folder and not the file (T13).
 */
export function ownRights(sddl: string): string {
  const { isProtected, own } = partsOf(sddl);
  return own.length === 0 ? '' : `${isProtected ? 'P' : ''}${own.toSorted().join('')}`;
}

/** Whether a descriptor gives at least what was given by another one, and takes over no more of its folder than that. */
export function grantsAll(sddl: string, wanted: string): boolean {
  const [now, old] = [partsOf(sddl), partsOf(wanted)];
  return old.own.every((entry) => now.own.includes(entry)) && (now.isProtected || !old.isProtected);
}

/** A descriptor that gives what both give, with owner and group of the wanted one; it takes over of its folder no more than either. */
export function withGrants(sddl: string, wanted: string): string {
  const [now, old] = [partsOf(sddl), partsOf(wanted)];
  const entries = [...new Set([...old.own, ...now.own])];
  // Windows reads the list from its begin, and what is denied comes first in it (MS-DTYP, 2.4.5).
  const ordered = [...entries.filter(isDenied), ...entries.filter((entry) => !isDenied(entry))];
  return `${wanted.slice(0, wanted.indexOf('D:'))}D:${old.isProtected || now.isProtected ? 'P' : ''}AI${ordered.join('')}`;
}

/** The same rights for another identity, in a descriptor or in what `ownRights` gives. */
export function withIdentity(rights: string, from: string, to: string): string {
  return rights.replaceAll(`;${from})`, `;${to})`);
}

type Parts = { readonly isProtected: boolean; readonly own: readonly string[] };

function partsOf(sddl: string): Parts {
  const [, flags = '', list = ''] = /D:([A-Z_]*)(\(.*)?$/.exec(sddl) ?? [];
  const own = entriesOf(list).filter((entry) => !isInherited(entry));
  return { isProtected: flags.includes('P'), own: [...new Set(own)] };
}

function isDenied(entry: string): boolean {
  return entry.startsWith('(D');
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
