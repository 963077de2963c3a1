import type { BackupFile } from '../core/backup.ts';
import { type Outcome, success } from '../core/codes.ts';
import { samePath } from '../core/connector.ts';
import type { Sha256 } from '../core/facts.ts';
import { fileErrorText } from '../core/file-error.ts';
import { movedFolder } from '../core/places.ts';
import { valueOr } from '../core/situation.ts';
import type { Step } from '../core/step.ts';
import type { Files, Machine } from '../machine/machine.ts';
import { readManifest } from './backup.ts';
import { type Doing, failure } from './doing.ts';
import { replaceFile } from './replace.ts';

/** Moves a folder into the backup: by one rename, or where that is on another drive, file by file. Never one that a product owns. */
export async function clearFolder({ path }: Step<'folder.clear'>, doing: Doing): Promise<Outcome> {
  const { machine, places } = doing;
  const owner = valueOr((await doing.look()).products, []).find((one) => one.folder && samePath(one.folder, path));
  if (owner) return failure(`${path} belongs to ${owner.version}, which is registered`);
  let turn = 1;
  while ((await machine.list(movedFolder(places, path, turn))).length > 0) turn += 1;
  if (await machine.move(path, movedFolder(places, path, turn))) return success;
  // A cut amid the copying has left a part: the rest belongs to it.
  const aside = movedFolder(places, path);
  const copied = await copyBelow(path, aside, { doing, other: 'keep', withRights: [] });
  if (!copied.ok) return copied;
  await removeCopied(machine, path, aside);
  return success;
}

/** Puts a folder back that was moved aside; what lies there meanwhile is kept unless the folder had a file of that name. */
export async function putFolderBack({ folder: { path } }: Step<'folder.present'>, doing: Doing): Promise<Outcome> {
  const { machine, places } = doing;
  const aside = movedFolder(places, path);
  if (await renamedBack(aside, path, machine).catch(notForNow)) return success;
  if ((await machine.list(aside)).length === 0) return failure(`${path} is not in the backup`);
  const withRights = (await readManifest(doing))?.files ?? [];
  return copyBelow(aside, path, { doing, other: 'replace', withRights });
}

async function renamedBack(aside: string, path: string, machine: Machine): Promise<boolean> {
  if ((await machine.list(aside)).length === 0) return false;
  await machine.remove(path);
  return (await machine.list(path)).length === 0 && machine.move(aside, path);
}

/** What holds a folder against renaming it, does not hold its files against being copied. */
function notForNow(error: unknown): false {
  if (fileErrorText(error) === null) throw error;
  return false;
}

type Copying = {
  readonly doing: Doing;
  /** What to do where another file stands in the way. */
  readonly other: 'keep' | 'replace';
  /** Files that are put in place with the access rights they had. */
  readonly withRights: readonly BackupFile[];
};

/** Copies what differs, each file read back and compared; a failure says which could not be, or stands in the way. */
async function copyBelow(from: string, to: string, copying: Copying): Promise<Outcome> {
  const { doing, other } = copying;
  const { machine } = doing;
  for (const name of await filesIn(machine, from)) {
    const [source, target] = [`${from}\\${name}`, `${to}\\${name}`];
    const [wanted, found] = [await machine.hash(source), await machine.hash(target)];
    if (wanted !== null && found === wanted) continue;
    if (found !== null && other === 'keep') return failure(`${target} is another file than ${source}`);
    if (wanted === null) return notCopied(source);
    const copied = await copyFile(source, target, wanted, copying);
    if (!copied.ok) return copied;
  }
  return success;
}

async function copyFile(source: string, target: string, wanted: Sha256, copying: Copying): Promise<Outcome> {
  const { doing, withRights } = copying;
  const { machine } = doing;
  const kept = withRights.find((one) => samePath(one.path, target) && one.sha256 === wanted);
  if (!kept) return (await machine.copy(source, target)) === wanted ? success : notCopied(source);
  const bytes = await machine.read(source);
  if (bytes === null) return notCopied(source);
  const put = await replaceFile(target, bytes, kept, doing);
  if (!put.ok) return { ...put, meaning: `the access rights of ${target} could not be put back: ${put.meaning}` };
  return (await machine.hash(target)) === wanted ? success : notCopied(source);
}

function notCopied(source: string): Outcome {
  return failure(`${source} could not be copied`);
}

/** Removes a file only after its copy has been compared once more: what came or changed since stays, and its folder with it. */
async function removeCopied(machine: Machine, from: string, to: string): Promise<void> {
  for (const name of await machine.list(from)) {
    const [source, target] = [`${from}\\${name}`, `${to}\\${name}`];
    if (name.endsWith('\\')) await removeCopied(machine, source.slice(0, -1), target.slice(0, -1));
    else if ((await machine.hash(source)) === (await machine.hash(target))) await machine.remove(source);
  }
  await machine.remove(from);
}

async function filesIn(files: Pick<Files, 'list'>, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await files.list(folder)) {
    if (!name.endsWith('\\')) found.push(name);
    else found.push(...(await filesIn(files, `${folder}\\${name.slice(0, -1)}`)).map((inner) => name + inner));
  }
  return found;
}
