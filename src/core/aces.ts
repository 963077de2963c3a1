/** One entry of a DACL: whom it lets or forbids to do what. */
export type Ace = { readonly isDeny: boolean; readonly mask: number; readonly who: string };

/** Rights as SDDL writes them (MS-DTYP 2.5.1.1). */
const rights: Readonly<Record<string, number>> = {
  GA: 0x1f01ff,
  GR: 0x120089,
  GW: 0x120116,
  GX: 0x1200a0,
  FA: 0x1f01ff,
  FR: 0x120089,
  FW: 0x120116,
  FX: 0x1200a0,
  CC: 0x1,
  DC: 0x2,
  LC: 0x4,
  SW: 0x8,
  RP: 0x10,
  WP: 0x20,
  DT: 0x40,
  LO: 0x80,
  CR: 0x100,
  SD: 0x10000,
  RC: 0x20000,
  WD: 0x40000,
  WO: 0x80000,
};

/**
 * Rights by which something, or what lies in it, could become other than it is: to write, append or delete, to set its attributes (which
 * makes a folder a link: FSCTL_SET_REPARSE_POINT), its rights or its owner.
 */
const changing = 0xd0156;

/** Those of Windows that stand in SDDL by two letters (MS-DTYP 2.5.1.1) and may be met where somebody has opened a folder. */
const names: Readonly<Record<string, string>> = {
  AN: 'Anonymous Logon',
  AU: 'Authenticated Users',
  BG: 'Guests',
  BU: 'Users',
  DU: 'Domain Users',
  IU: 'Interactive',
  LA: 'the account Administrator',
  NU: 'Network',
  PU: 'Power Users',
  WD: 'Everyone',
};

/**
 * Who but SYSTEM, the Administrators and the owner could change what has a descriptor, by name or SID, each once; null where that cannot
 * be told. What denies somebody a right is not looked at: it does not close what another entry opens to others.
 */
export function othersWhoMayWrite(sddl: string): readonly string[] | null {
  const aces = acesOf(sddl);
  if (aces === null) return null;
  if (aces === 'no DACL') return ['Everyone'];
  const others = aces.filter(({ isDeny, mask, who }) => !isDeny && (mask & changing) !== 0 && !trusted.includes(who));
  return [...new Set(others.map(({ who }) => names[who] ?? who))];
}

/** SYSTEM, the Administrators, and OWNER RIGHTS, which is for the owner alone. */
const trusted = ['SY', 'BA', 'OW', 'S-1-5-18', 'S-1-5-32-544', 'S-1-3-4'];

/** All rights that some entries are about. */
export function maskOf(aces: readonly Ace[]): number {
  return aces.reduce((mask, ace) => mask | ace.mask, 0);
}

/** The entries of a DACL that hold for the folder itself; null where the text is no descriptor that can be judged. */
export function acesOf(sddl: string): readonly Ace[] | 'no DACL' | null {
  const dacl = /D:([A-Z_]*)((?:\([^()]*\))*)(?=$|S:)/.exec(sddl);
  if (!dacl) return null;
  if (dacl[1]?.includes('NO_ACCESS_CONTROL')) return 'no DACL';
  const aces: Ace[] = [];
  for (const [, text = ''] of (dacl[2] ?? '').matchAll(/\(([^()]*)\)/g)) {
    const [type = '', flags = '', mask = '', , , who = ''] = text.split(';');
    if (/^(..)*IO/.test(flags)) continue;
    const value = maskIn(mask);
    if ((type !== 'A' && type !== 'D') || value === null) return null;
    aces.push({ isDeny: type === 'D', mask: value, who });
  }
  return aces;
}

function maskIn(text: string): number | null {
  if (/^0x[0-9a-f]+$/i.test(text)) return mapped(Number(text));
  const words = text.match(/../g) ?? [];
  if (words.join('') !== text) return null;
  return words.every((word) => word in rights) ? words.reduce((mask, word) => mask | (rights[word] ?? 0), 0) : null;
}

/** Generic rights in a number mean what the file system maps them to (MS-DTYP 2.4.3). */
function mapped(mask: number): number {
  const generic: readonly (readonly [number, string])[] = [
    [0x10000000, 'GA'],
    [0x20000000, 'GX'],
    [0x40000000, 'GW'],
    [0x80000000, 'GR'],
  ];
  return generic.reduce(
    (all, [bit, name]) => (Math.floor(mask / bit) % 2 === 1 ? all | (rights[name] ?? 0) : all),
    mask | 0,
  );
}
