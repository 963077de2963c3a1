import { win32 } from 'node:path';
import { remember, type Server } from './server.ts';
import { shareSddl } from './shares.ts';

/**
 * The security descriptor of a file or folder: its own entries, and unless it is protected what the folders above it hand down (MS-DTYP,
 * 2.5.3.4). Where none of those has entries of its own, the defaults of wwwroot, and of what this program makes.
 */
export function sddlOf(server: Server, path: string): string {
  const own = server.memory.acls[path.toLowerCase()];
  if (own !== undefined) return isWhole(own) ? own : own + handedDown(server, path);
  const shared = shareSddl(server, path);
  if (shared !== null) return shared;
  const isWeb = /^c:\\inetpub\\/i.test(path);
  return `${isWeb ? 'O:SYG:SYD:AI' : 'O:BAG:SYD:AI'}${handedDown(server, path)}`;
}

/** Gives a file or folder a descriptor; what it takes over of the folders above is not kept, since it follows them. */
export function setSddl(server: Server, path: string, sddl: string): void {
  const own = sddl.replaceAll(/\([AD];[A-Z]*ID;[^)]*\)/g, '');
  remember(server, { acls: { ...server.memory.acls, [path.toLowerCase()]: own } });
}

/** Forgets the descriptors of what is no more. */
export function forgetRights(server: Server, path: string): void {
  const lower = path.toLowerCase();
  if (!(lower in server.memory.acls)) return;
  const { [lower]: _gone, ...acls } = server.memory.acls;
  remember(server, { acls });
}

/** A descriptor that takes over nothing, or says itself what it has taken over. */
function isWhole(sddl: string): boolean {
  return /D:[A-Z]*P/.test(sddl) || /\([AD];[A-Z]*ID;/.test(sddl);
}

function handedDown(server: Server, path: string): string {
  const above = win32.dirname(path);
  if (above === path) return '(A;ID;FA;;;SY)(A;ID;FA;;;BA)';
  const own = server.memory.acls[above.toLowerCase()];
  if (own === undefined) return isWwwroot(above) ? wwwroot : handedDown(server, above);
  const entries = [...own.matchAll(/\(([AD]);([A-Z]*);([^)]*)\)/g)].filter(([, , flags = '']) => /OI/.test(flags));
  const handed = entries.map(([, kind, , rest]) => `(${kind};ID;${rest})`).join('');
  return isWhole(own) ? handed : handed + handedDown(server, above);
}

/** What IIS gives its root folder: administrators change it, the worker processes and users read it. */
const wwwroot = '(A;ID;0x1200a9;;;IS)(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)';

function isWwwroot(path: string): boolean {
  return /^c:\\inetpub(\\|$)/i.test(path);
}
