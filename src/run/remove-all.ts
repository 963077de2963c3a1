import type { Machine } from '../machine/machine.ts';

/** Removes a folder and everything in it; a power cut or a held file leaves the rest, and the next time goes on with it. */
export async function removeAll(folder: string, machine: Pick<Machine, 'list' | 'remove'>): Promise<void> {
  for (const name of await machine.list(folder)) {
    if (name.endsWith('\\')) await removeAll(`${folder}\\${name.slice(0, -1)}`, machine);
    else await machine.remove(`${folder}\\${name}`);
  }
  await machine.remove(folder);
}
