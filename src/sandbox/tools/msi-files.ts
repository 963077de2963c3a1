import { createHash } from 'node:crypto';
import { win32 } from 'node:path';
import { samePath } from '../../core/connector.ts';
import { bytesOf } from '../../msi/package.ts';
import { forgetRights } from '../rights.ts';
import { remember, type Server, store, stored, without } from '../server.ts';
import {
  componentsOf,
  filesOf,
  hasMode,
  isLaying,
  type MsiComponent,
  type MsiFile,
  property,
  type Session,
} from './msi-session.ts';

/** Attributes of a component (MS-msi: component-table). */
const permanent = 0x10;
const neverOverwrite = 0x80;

const mostBytes = 2 ** 31;

/** Decides what will be laid down; what is removed later does not change it (MS-msi: costing comes before every change). */
export async function cost(session: Session): Promise<void> {
  if (!isLaying(session)) return;
  const files = filesOf(session);
  for (const file of files) {
    if (await isKept(session, file, files)) continue;
    session.toLay.add(file.key);
  }
}

/** Registers the product as a client of its components, or takes it off them; a permanent one stays held for ever. */
export function processComponents(session: Session): void {
  const { server, mode } = session;
  const code = property(session, 'ProductCode');
  if (mode === 'maintain' || mode === 'nothing') return;
  let clients = server.memory.clients;
  for (const { guid, attributes } of componentsOf(session)) {
    const others = (clients[guid] ?? []).filter((one) => one !== code);
    const stays = (attributes & permanent) !== 0 ? ['permanent'] : [];
    const now = mode === 'remove' ? [...new Set([...others, ...stays])] : [...others, code];
    clients = now.length > 0 ? { ...clients, [guid]: now } : without(clients, guid);
  }
  remember(server, { clients });
}

/** Removes the files of components that no product holds any more, changed or not, and then empty folders. */
export async function removeFiles(session: Session): Promise<void> {
  if (session.mode !== 'remove') return;
  const files = filesOf(session).filter((file) => session.server.memory.clients[file.component.guid] === undefined);
  for (const file of files) await removeFile(session, file.path);
  const folders = [...new Set(files.map((file) => file.component.folder))].sort(
    (left, right) => right.length - left.length,
  );
  for (const folder of folders)
    if (await session.server.drive.removeEmptyFolder(folder)) forgetRights(session.server, folder);
}

/** Lays down what costing decided, out of the package's cabinet; the sentence of the log if a file cannot be had. */
export async function installFiles(session: Session): Promise<string | null> {
  const { server } = session;
  for (const { key, path, version } of filesOf(session).filter((file) => session.toLay.has(file.key))) {
    const bytes = await bytesOf(session.package, key, mostBytes);
    if ('problem' in bytes) return cabinetError(bytes.isLimit === true);
    await session.undo?.keep(path);
    if ((await server.drive.hasFile(path)) && isInUse(server, path)) moveAway(session, path);
    await server.drive.write(path, bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const lower = path.toLowerCase();
    remember(server, {
      laid: { ...server.memory.laid, [lower]: { version, sha256 } },
      acls: without(server.memory.acls, lower),
    });
  }
  return null;
}

/** MS-msi: windows-installer-error-messages. */
function cabinetError(isMissing: boolean): string {
  return isMissing
    ? 'Error 1311. Source file not found. Verify that the file exists and that you can access it.'
    : 'Error 1335. The cabinet file required for this installation is corrupt and cannot be used.';
}

/** NeverOverwrite with the key file there, or what the mode says of the file that is there (MS-msi: component-table). */
async function isKept(session: Session, file: MsiFile, all: readonly MsiFile[]): Promise<boolean> {
  const { drive } = session.server;
  const keyFile = all.find((one) => one.key === file.component.keyPath);
  if ((file.component.attributes & neverOverwrite) !== 0 && keyFile && (await drive.hasFile(keyFile.path))) return true;
  if (!(await drive.hasFile(file.path)) || hasMode(session, 'a')) return false;
  const laid = session.server.memory.laid[file.path.toLowerCase()];
  const isEdited = laid?.sha256 !== (await drive.hash(file.path));
  return !['o', 'e', 'd'].some(
    (letter) => hasMode(session, letter) && givesWay(letter, file, laid?.version ?? null, isEdited),
  );
}

/** Whether the file that is there is replaced, by a letter of REINSTALLMODE (MS-msi: reinstallmode, file-versioning-rules). */
function givesWay(letter: string, file: MsiFile, there: string | null, isEdited: boolean): boolean {
  // Of two without a version one that was changed since it was laid down is the user's; one that carries a version wins.
  if (file.version === null) return there === null && !isEdited;
  if (there === null) return true;
  const order = compareFileVersions(there, file.version);
  return letter === 'd' ? order !== 0 : order < 0 || (letter === 'e' && order === 0);
}

async function removeFile(session: Session, path: string): Promise<void> {
  const { server } = session;
  if (!(await server.drive.hasFile(path))) return;
  await session.undo?.keep(path);
  const lower = path.toLowerCase();
  remember(server, { laid: without(server.memory.laid, lower) });
  if (isInUse(server, path) && session.outer === null) {
    // An uninstall may leave a file in use where it is, to be deleted at the next boot, and return 3010 (T1).
    deleteAtBoot(session, path);
    return;
  }
  if (isInUse(server, path)) moveAway(session, path);
  remember(server, { acls: without(server.memory.acls, lower) });
  await server.drive.remove(path);
}

/** A program file is held by the worker process of the pool whose site lies in its folder (domain 6.5). */
function isInUse(server: Server, path: string): boolean {
  if (!/\.(dll|exe)$/i.test(path)) return false;
  const iis = stored(server, 'iis');
  const folder = win32.dirname(path);
  const site = iis?.sites.find((one) => samePath(one.folder, folder) || samePath(`${one.folder}\\bin`, folder));
  return (iis?.pools ?? []).some((pool) => pool.name === site?.pool && pool.workers > 0 && !hasLeft(server, pool.name));
}

function hasLeft(server: Server, pool: string): boolean {
  const gone = server.memory.leaving[pool];
  return gone !== undefined && gone <= server.memory.clock;
}

/** The old file goes to \Config.Msi, out of the way, and is deleted there at the next boot: harmless (T1). */
function moveAway(session: Session, path: string): void {
  const name = createHash('sha256').update(`${path} ${session.server.memory.clock}`).digest('hex').slice(0, 6);
  deleteAtBoot(session, `C:\\Config.Msi\\${name}.rbf`);
}

function deleteAtBoot(session: Session, path: string): void {
  const { reasons, deletions } = stored(session.server, 'restart');
  session.isRestartNeeded = true;
  store(session.server, 'restart', {
    reasons: [...new Set([...reasons, 'file-renames'])],
    deletions: [...deletions, path],
  });
}

function compareFileVersions(left: string, right: string): number {
  const [a, b] = [left.split('.').map(Number), right.split('.').map(Number)];
  const index = [0, 1, 2, 3].find((field) => (a[field] ?? 0) !== (b[field] ?? 0));
  return index === undefined ? 0 : (a[index] ?? 0) - (b[index] ?? 0);
}

/** The paths of the components' key files. */
export function keyPathsOf(session: Session): string[] {
  const files = filesOf(session);
  const keyFile = (component: MsiComponent) => files.find((file) => file.key === component.keyPath);
  return componentsOf(session).flatMap((component) => keyFile(component)?.path ?? []);
}
