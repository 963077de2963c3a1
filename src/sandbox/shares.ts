import { isOnShare } from '../core/shared-folder.ts';
import type { Server, Share } from './server.ts';

/** The share that a path lies on, or null if it lies on no share that this server knows. */
export function shareOf({ memory }: Server, path: string): Share | null {
  const [, , host, share] = path.toLowerCase().split('\\');
  return memory.shares?.[`\\\\${host}\\${share}`] ?? null;
}

/**
 * Throws what Windows answers where the account that runs the program may not do a thing on a share: a token of a network
 * logon cannot go on to another machine (T15, no second hop), and one without the right is denied (libuv maps
 * ERROR_ACCESS_DENIED to EPERM).
 */
export function mayReach(server: Server, path: string, what: 'read' | 'write'): void {
  if (!isOnShare(path)) return;
  const { machine } = server.facts;
  const access = shareOf(server, path)?.access ?? 'none';
  const isFar = machine.known && machine.value.networkLogon;
  if (!isFar && (access === 'write' || (access === 'read' && what === 'read'))) return;
  throw Object.assign(new Error(`EPERM: operation not permitted, ${what} '${path}'`), { code: 'EPERM', syscall: what });
}

/** The security descriptor of a share's folder, and what it hands down; null for a path on no share. */
export function shareSddl(server: Server, path: string): string | null {
  const sddl = isOnShare(path) ? shareOf(server, path)?.sddl : undefined;
  if (sddl === undefined) return null;
  const isTop = path.split('\\').length <= 4;
  return isTop ? sddl : sddl.replaceAll('(A;OICI;', '(A;ID;').replaceAll('(D;OICI;', '(D;ID;');
}
