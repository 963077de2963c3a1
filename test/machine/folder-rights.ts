import assert from 'node:assert/strict';
import { SetupError } from '../../src/core/setup-error.ts';
import type { Lock } from '../../src/machine/machine.ts';
import { lockFile, type Rights } from '../../src/machine/protected-folder.ts';

export const inherited =
  'O:BAG:SYD:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIID;0x1200a9;;;BU)(A;CIID;DCLCRPCR;;;BU)';
export const wanted = 'O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)';
/** As Windows gives back what was set: with a group, another flag, and the entries in its own order. */
export const ours = 'O:BAG:SYD:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)';
export const foreign = 'O:S-1-5-21-1-2-3-1001G:SYD:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)';
export const oneMore = 'O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-5-21-1-2-3-1001)';

/** The rights of one folder: what they are at first, what they are after they were set, and what was asked for. */
export function rightsOf(before: string, after: string = before): Rights & { readonly set: [string, string][] } {
  const set: [string, string][] = [];
  return {
    set,
    sddlOf: async () => (set.length === 0 ? before : after),
    setAcl: async (path, sddl) => {
      set.push([path, sddl]);
      return { ok: true };
    },
  };
}

export async function taken(path: string, rights: Rights, owner = 'run 1'): Promise<Lock> {
  const lock = await lockFile(path, owner, rights);
  return 'heldBy' in lock ? assert.fail(lock.heldBy) : lock;
}

export const refusal = (folder: string, why: string) => (error: unknown) => {
  assert.ok(error instanceof SetupError);
  assert.equal(error.exitCode, 21);
  assert.equal(error.message, `The folder ${folder} cannot be trusted: ${why}.`);
  return true;
};

/** As a folder inside has it: handed down. */
export const handedDown = 'O:BAG:SYD:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)';
export const readable = 'O:BAG:SYD:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIIOID;GA;;;CO)(A;OICIID;0x1200a9;;;BU)';
export const openToUsers = 'O:BAG:SYD:AI(A;OICI;0x1301bf;;;BU)(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)';

/** The rights of a folder and, by their names, of what lies in it. */
export function rightsWithin(
  folder: string,
  own: { readonly before: string; readonly after?: string },
  within: Readonly<Record<string, string>>,
): Rights & { readonly set: readonly [string, string][] } {
  const rights = rightsOf(own.before, own.after);
  const sddlOf = async (path: string) =>
    path === folder ? rights.sddlOf(path) : (within[path.slice(folder.length + 1)] ?? handedDown);
  return { ...rights, sddlOf };
}
