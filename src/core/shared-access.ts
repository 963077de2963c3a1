import { acesOf, maskOf } from './aces.ts';
import { isOnShare } from './shared-folder.ts';

/** Whether the pool of a connector may read and write in a folder. */
export type PoolAccess = 'yes' | 'no' | 'cannot-tell';

/** FILE_LIST_DIRECTORY and FILE_ADD_FILE: nothing less lets a connector keep its config in a folder. */
const needed = 0x3;

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
