import { isOnShare } from './shared-folder.ts';

/** Whether the pool of a connector may read and write in a folder. */
export type PoolAccess = 'yes' | 'no' | 'cannot-tell';

type Ace = { readonly isDeny: boolean; readonly mask: number; readonly who: string };

/** FILE_LIST_DIRECTORY and FILE_ADD_FILE: nothing less lets a connector keep its config in a folder. */
const needed = 0x3;

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

const everyone = ['WD', 'S-1-1-0', 'AU', 'S-1-5-11'];
const fromNetwork = [...everyone, 'NU', 'S-1-5-2'];

/** Nobody who comes over the network, and nobody but the owner of what is made later. */
const neverOverNetwork = /^(SY|LS|NS|IS|IU|SU|CO|CG|OW|LA|S-1-5-(4|6|18|19|20)|S-1-5-32-568|S-1-3-\d|S-1-5-82-.*)$/;

/** The same for a computer: nobody makes one an administrator of another by default. */
const neverComputer = new RegExp(`${neverOverNetwork.source}|^(BA|DA|EA|S-1-5-32-544)$`);

/** Local groups in which a pool without an account of its own is not: administrators and the operators of a server. */
const neverLocal = /^(CO|CG|OW|LA|NU|DA|DU|DC|DD|BA|BO|SO|PO|S-1-3-\d)$/;

/**
 * Whether a pool's identity may read and write in a folder, by the DACL of its security descriptor. On a share the identities
 * without an account act as the computer account, and LocalService as nobody (learn.microsoft.com: Application Pool
 * Identities; LocalService Account). Groups that an account might be in cannot be told; permissions of the share itself are
 * not in the descriptor. `sid`: of a pool with an identity of its own, where that is known. A file is judged as a folder is: to read
 * and write it takes the same bits.
 */
export function poolAccess(sddl: string, folder: string, identity: string, sid?: string): PoolAccess {
  const aces = acesOf(sddl);
  if (aces === null) return 'cannot-tell';
  if (aces === 'no DACL') return 'yes';
  const [own, never] = isOnShare(folder) ? remote(identity) : local(identity, sid);
  const maybe = aces.filter(({ who }) => !own.test(who) && !never.test(who));
  const denied = maskOf(aces.filter((ace) => ace.isDeny && own.test(ace.who)));
  if ((denied & needed) !== 0) return 'no';
  const surely = maskOf(aces.filter((ace) => !ace.isDeny && own.test(ace.who)));
  const isMaybeDenied = (maskOf(maybe.filter((ace) => ace.isDeny)) & needed) !== 0;
  if ((surely & needed) === needed) return isMaybeDenied ? 'cannot-tell' : 'yes';
  const perhaps = surely | maskOf(maybe.filter((ace) => !ace.isDeny));
  return (perhaps & needed) === needed ? 'cannot-tell' : 'no';
}

/** Who an identity surely is, and who it surely is not, when it comes over the network. */
function remote(identity: string): readonly [RegExp, RegExp] {
  if (identity === 'LocalService') return [/^(AN|S-1-5-7)$/, /./];
  const account = identity.startsWith('SpecificUser:') ? identity.slice('SpecificUser:'.length) : '$';
  // A managed service account is a computer in this respect: its name ends in $, its primary group is Domain Computers.
  const group = account.endsWith('$') ? 'DC|S-1-5-21-\\d+-\\d+-\\d+-515' : 'DU|S-1-5-21-\\d+-\\d+-\\d+-513';
  return [new RegExp(`^(${fromNetwork.join('|')}|${group})$`), account === '$' ? neverComputer : neverOverNetwork];
}

/** The same on this server itself. */
function local(identity: string, sid: string | undefined): readonly [RegExp, RegExp] {
  const common = [...everyone, 'BU', 'S-1-5-32-545', 'IS', 'S-1-5-32-568', ...(sid ? [sid] : [])].join('|');
  const own: Readonly<Record<string, string>> = {
    LocalSystem: 'SY|S-1-5-18|BA|S-1-5-32-544',
    NetworkService: 'NS|S-1-5-20',
    LocalService: 'LS|S-1-5-19',
  };
  const isAccount = identity.startsWith('SpecificUser:');
  const otherPools = sid ? '|S-1-5-82-.*' : '';
  const never = isAccount ? /^(SY|LS|NS|CO|CG|OW|NU)$/ : new RegExp(`${neverLocal.source}${otherPools}`);
  return [new RegExp(`^(${common}${own[identity] ? `|${own[identity]}` : ''})$`), never];
}

function maskOf(aces: readonly Ace[]): number {
  return aces.reduce((mask, ace) => mask | ace.mask, 0);
}

/** The entries of a DACL that hold for the folder itself; null where the text is no descriptor that can be judged. */
function acesOf(sddl: string): readonly Ace[] | 'no DACL' | null {
  const dacl = /D:([A-Z_]*)((?:\([^()]*\))*)(?=$|S:)/.exec(sddl);
  if (!dacl) return null;
  if (dacl[1]?.includes('NO_ACCESS_CONTROL')) return 'no DACL';
  const aces: Ace[] = [];
  for (const [, text = ''] of (dacl[2] ?? '').matchAll(/\(([^()]*)\)/g)) {
    const [type = '', flags = '', mask = '', , , who = ''] = text.split(';');
    if (flags.includes('IO')) continue;
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
