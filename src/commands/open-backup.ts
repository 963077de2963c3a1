import { type BackupFile, copiesIn, type Manifest, manifestPath, parseManifest, storedPath } from '../core/backup.ts';
import { normalPath } from '../core/connector.ts';
import { fileErrorText } from '../core/file-error.ts';
import { isFileName } from '../core/file-name.ts';
import { wantedFile } from '../core/kept-config.ts';
import { placesRoot } from '../core/places.ts';
import { originalFiles, type RestorableFile, type RestoreFrom } from '../core/restore.ts';
import { type Problem, SetupError } from '../core/setup-error.ts';
import { isOnShare } from '../core/shared-folder.ts';
import { isTorn } from '../core/usable-settings.ts';
import type { Files } from '../machine/machine.ts';
import { fingerprintOf, sha256Of } from '../machine/read-files.ts';

/** The folder of all backups. */
export const backupsFolder = `${placesRoot}\\backups`;

/** A backup in its folder; `problems` say in half sentences what of it is not as its manifest says. */
export type OpenedBackup = {
  readonly folder: string;
  readonly manifest: Manifest | null;
  readonly problems: readonly string[];
  /** Whether settings are in it that the connector can use: such a backup puts its keys back. */
  readonly holdsSettings: boolean;
};

const nothing = { manifest: null, holdsSettings: false } as const;

/** Reads a backup and proves each copy by its hash, in one pass. */
export async function openBackup(files: Files, folder: string): Promise<OpenedBackup> {
  const bytes = await files.read(manifestPath(folder));
  if (!bytes) {
    const isThere = (await files.list(folder)).length > 0;
    const why = isThere ? 'it has no manifest, so it is no backup, or was never finished' : 'there is no such backup';
    return { folder, ...nothing, problems: [why] };
  }
  const manifest = parseManifest(new TextDecoder().decode(bytes), sha256Of);
  if ('problem' in manifest) return { folder, ...nothing, problems: [`its manifest: ${manifest.problem}`] };
  const problems: string[] = [];
  for (const file of copiesIn(manifest)) {
    const found = await files.hash(storedPath(folder, file));
    if (found === null) problems.push(`the copy of ${file.path} is not there`);
    else if (found !== file.sha256) problems.push(`the copy of ${file.path} is damaged`);
  }
  return { folder, manifest, problems, holdsSettings: await holdsSettings(files, folder, manifest) };
}

/** The same for a list of them: one that is held by another program, or closed to this account, has that for its problem. */
export async function openBackupOrSay(files: Files, folder: string): Promise<OpenedBackup> {
  try {
    return await openBackup(files, folder);
  } catch (error) {
    const text = fileErrorText(error);
    if (text === null) throw error;
    return { folder, ...nothing, problems: [`it cannot be read (${text})`] };
  }
}

async function holdsSettings(files: Files, folder: string, manifest: Manifest): Promise<boolean> {
  for (const file of originalFiles(manifest)) {
    if (file.role === 'legacy') return true;
    if (file.role !== 'settings') continue;
    const bytes = await files.read(storedPath(folder, file));
    if (bytes && !isTorn({ ...file, ...fingerprintOf(file.path, bytes) })) return true;
  }
  return false;
}

/** The folder that an operator means: the id of one of our backups, or the folder of one that was copied elsewhere (exit 20). */
function folderOfBackup(from: string): string {
  return /[\\/:.]/.test(from) ? wholePath(from, 'neither the id of a backup nor') : `${backupsFolder}\\${from}`;
}

/** A folder by its whole path: what it would be taken from, or what Windows would make of its name, is not for this program to guess; `isNot` begins the sentence (exit 20). */
export function wholePath(path: string, isNot = 'not'): string {
  const folder = path.replaceAll('/', '\\').replace(/\\+$/, '');
  const [root = null] = /^([A-Za-z]:|\\\\[^\\]+\\[^\\]+)\\/.exec(folder) ?? [];
  if (root !== null && folder.slice(root.length).split('\\').every(isFileName)) return folder;
  throw new SetupError(20, {
    message: `"${path}" is ${isNot} the whole path of a folder.`,
    hint: 'Write the path from its drive or server on, in names that Windows takes and without "..": D:\\keep\\one',
  });
}

type Restorable = { readonly manifest: Manifest; readonly source: RestoreFrom };

/** A backup that can be put back: whole, by its own manifest. Everything wrong with it is told at once (exit 21). */
export async function restorable(files: Files, from: string): Promise<Restorable> {
  return proven(files, from).catch((error) => {
    throw unread(from, error);
  });
}

async function proven(files: Files, from: string): Promise<Restorable> {
  const { folder, manifest, problems } = await openBackup(files, folderOfBackup(from));
  if (!manifest || problems.length > 0) throw new SetupError(21, ...problems.map((one) => notRestored(from, one)));
  const wanted: RestorableFile[] = [];
  for (const file of originalFiles(manifest)) wanted.push(await restorableFile(files, folder, file));
  const torn = wanted.filter((file) => file.role === 'settings' && !isOnShare(file.path) && isTorn(file));
  if (torn.length > 0)
    throw new SetupError(21, ...torn.map(({ path }) => notRestored(from, whyTorn(path), usableOnes)));
  const { takenAt, versions, sites, pools, folders = [] } = manifest;
  const own = await sameOnThisServer(files, folder, manifest);
  const isWhole = own !== null && (await openBackup(files, own)).problems.length === 0;
  const source = { folder: isWhole ? own : folder, isOwn: own !== null, takenAt, versions };
  return { manifest, source: { ...source, files: wanted, folders, sites, pools } };
}

/** A share may be out of reach or closed to this account, a file be held by another program; any other error stays what it is. */
function unread(from: string, error: unknown): unknown {
  const text = fileErrorText(error);
  if (text === null) return error;
  const hint = 'See that this account can read it, then run again.';
  return new SetupError(21, notRestored(from, `it cannot be read (${text})`, hint));
}

/** The folder of the very same backup in the protected folder, which nobody else can have written; null where there is none. */
async function sameOnThisServer(files: Files, folder: string, { fingerprint }: Manifest): Promise<string | null> {
  if (`${normalPath(folder)}\\`.startsWith(`${normalPath(backupsFolder)}\\`)) return folder;
  for (const name of (await files.list(backupsFolder)).filter((one) => one.endsWith('\\'))) {
    const own = `${backupsFolder}\\${name.slice(0, -1)}`;
    const bytes = await files.read(manifestPath(own)).catch(unlessHeld);
    const manifest = bytes && parseManifest(new TextDecoder().decode(bytes), sha256Of);
    if (manifest && !('problem' in manifest) && manifest.fingerprint === fingerprint) return own;
  }
  return null;
}

/** A backup that nobody can read just now is none that could be told to be the same. */
function unlessHeld(error: unknown): null {
  if (fileErrorText(error) === null) throw error;
  return null;
}

const usableOnes = 'See scim-setup backups for those with settings that the connector can use.';

function whyTorn(path: string): string {
  return `${path} was empty or no whole JSON when it was made, and the connector could not use it`;
}

const wholeOnes = 'See scim-setup backups for those that are whole.';

/** A reason why a backup is not put back, as it is told. */
export function notRestored(from: string, why: string, hint = wholeOnes): Problem {
  return { message: `The backup ${from} is not put back: ${why}.`, hint };
}

async function restorableFile(files: Files, folder: string, file: BackupFile): Promise<RestorableFile> {
  const bytes = (await files.read(storedPath(folder, file))) ?? new Uint8Array();
  const { values } = fingerprintOf(file.path, bytes);
  const { defaults, isEdited } = file;
  const known = { ...(defaults ? { defaults } : {}), ...(isEdited === undefined ? {} : { isEdited }) };
  return { ...wantedFile({ ...file, values }), ...known };
}
