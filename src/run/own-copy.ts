import { programsFolder } from '../core/places.ts';
import { SetupError } from '../core/setup-error.ts';
import { startupWords, type TaskAction } from '../core/startup-task.ts';
import type { Machine, OwnProgram } from '../machine/machine.ts';
import { removeAll } from './remove-all.ts';

type Copying = Pick<Machine, 'ownProgram' | 'read' | 'hash' | 'receive' | 'write'>;

const manifestName = 'manifest.json';

/**
 * Sees that a whole copy of this program lies in the protected folder, each file proven by its hash, and gives what the startup task
 * has to start. A copy that is there already is left as it is.
 */
export async function placeOwnCopy(machine: Copying): Promise<TaskAction> {
  const own = await machine.ownProgram();
  const folder = folderOf(own);
  for (const { from, path, sha256 } of own.files) {
    const to = `${folder}\\${path}`;
    if ((await machine.hash(to)) === sha256 || (await machine.receive(from, to)) === sha256) continue;
    throw new SetupError(21, {
      message: `${path} of this program was changed while it was being copied.`,
      hint: 'Make sure that nobody updates scim-setup at the same time, then run again.',
    });
  }
  const manifest = manifestOf(own);
  if ((await textAt(machine, folder)) !== manifest)
    await machine.write(`${folder}\\${manifestName}`, new TextEncoder().encode(manifest));
  return actionOf(own, folder);
}

/** Removes the copies of other versions, which no task starts any more; nothing else that lies there. */
export async function removeOtherCopies(
  machine: Pick<Machine, 'list' | 'remove'>,
  { folder }: Pick<TaskAction, 'folder'>,
): Promise<void> {
  for (const name of await machine.list(programsFolder)) {
    const other = `${programsFolder}\\${name.slice(0, -1)}`;
    if (/^[0-9a-f]{16}\\$/.test(name) && other !== folder) await removeAll(other, machine);
  }
}

/** Whether the program that is running is a copy as it was put there, or the one it was copied from. */
export async function isOwnCopy(machine: Copying): Promise<boolean> {
  const own = await machine.ownProgram();
  return (await textAt(machine, folderOf(own))) === manifestOf(own);
}

function actionOf({ start }: OwnProgram, folder: string): TaskAction {
  const words = [...start.args.map((path) => `"${folder}\\${path}"`), ...startupWords];
  return { command: `${folder}\\${start.file}`, arguments: words.join(' '), folder };
}

function folderOf({ id }: OwnProgram): string {
  return `${programsFolder}\\${id.slice(0, 16)}`;
}

/** Where a file came from is no part of what it is. */
function manifestOf({ id, files }: OwnProgram): string {
  return `${JSON.stringify({ schema: 1, id, files: files.map(({ path, sha256 }) => ({ path, sha256 })) }, null, 1)}\n`;
}

async function textAt(machine: Pick<Machine, 'read'>, folder: string): Promise<string | null> {
  const bytes = await machine.read(`${folder}\\${manifestName}`);
  return bytes && new TextDecoder().decode(bytes);
}
