import type { BackupFile, BackupSurroundings, Manifest } from './backup.ts';
import {
  configFolders,
  configRole,
  connectorFolders,
  crossesFormat,
  isConnectorPath,
  normalPath,
  rightsFolders,
  samePath,
} from './connector.ts';
import type { Facts, FolderRights, Product } from './facts.ts';
import { carried } from './kept-config.ts';
import { ownRights } from './rights.ts';
import { isOnShare } from './shared-folder.ts';
import { sameName } from './site-gaps.ts';
import { type Situation, valueOr } from './situation.ts';
import type { Step, Steps, WantedFile } from './step.ts';
import { compareAllFields } from './version.ts';

/** A file of a backup as it can be put back, with what its manifest tells of it. */
export type RestorableFile = WantedFile & Pick<BackupFile, 'defaults' | 'isEdited'>;

/** A backup that is to be put back. */
export type RestoreFrom = {
  /** Its folder on the server. */
  readonly folder: string;
  /** Whether it lies in the protected folder of this server, or is a copy of one that does: nobody else can have written it. */
  readonly isOwn: boolean;
  readonly takenAt: string;
  readonly versions: readonly string[];
  readonly files: readonly RestorableFile[];
} & Pick<BackupSurroundings, 'sites' | 'pools'> &
  Required<Pick<BackupSurroundings, 'folders'>>;

/**
 * Of each file the state that the backup was made for. What came there later is kept too, but nobody asks for it, unless there was
 * nothing before: then the newest state of each file is what there is.
 */
export function originalFiles({ files }: Pick<Manifest, 'files'>): readonly BackupFile[] {
  const first = files.filter((file) => file.since === undefined);
  const wanted = first.length > 0 ? first : files;
  return wanted.filter((file) => wanted.findLast((one) => samePath(one.path, file.path)) === file);
}

/** Half a sentence on why a backup is not put back, and what to do. */
export type RestoreProblem = { readonly why: string; readonly hint: string };

const asThen = 'Name a backup of this server, made of a version like the one installed: scim-setup backups lists them.';
const oneVersion = 'Install the version that shall use it, and no other, then restore.';

/** Why a backup cannot be put back on this server; nothing of it is believed that could lead elsewhere. */
export function restoreProblems(manifest: Manifest, now: Facts): readonly RestoreProblem[] {
  const name = valueOr(now.machine, null)?.name ?? '';
  const products = valueOr(now.products, []);
  const [product, ...others] = products;
  const isOther = manifest.server.toLowerCase() !== name.toLowerCase();
  const ofBackup = [
    ...(isOther ? [`it was made on ${manifest.server || 'a server that it does not name'}, and this is ${name}`] : []),
    ...(originalFiles(manifest).length > 0 ? [] : ['it holds no config']),
    ...(product ? formatProblems(manifest.versions, product.version) : []),
    ...originalFiles(manifest).flatMap((file) => placeProblem(file, now) ?? []),
    ...(product ? elsewhere(manifest, product) : []),
  ];
  const ofServer = [
    ...(product ? [] : ['no connector is installed that could use it']),
    ...(others.length > 0 ? ['more than one version of the connector is registered'] : []),
  ];
  return [...ofBackup.map((why) => ({ why, hint: asThen })), ...ofServer.map((why) => ({ why, hint: oneVersion }))];
}

function formatProblems(versions: readonly string[], installed: string): string[] {
  const others = versions.filter((one) => crossesFormat(one, installed));
  return others.map((one) => `${one} keeps its settings in a form that the installed ${installed} cannot read`);
}

/** What lies where no version lies is of no use to the one that is installed. */
function elsewhere(manifest: Manifest, { folder, version }: Product): string[] {
  const own = originalFiles(manifest).filter(({ path }) => !isOnShare(path));
  if (folder === null || own.length === 0 || own.some(({ path }) => isConnectorPath(path, folder))) return [];
  return [`its config lay elsewhere, ${own[0]?.path} for one, and ${version} lies in ${folder}`];
}

/** A target is believed only if it is config of a folder in which the connector lies on this server. */
function placeProblem({ path, role }: BackupFile, now: Facts): string | null {
  if (isOnShare(path)) return null;
  const sites = valueOr(now.iis, null)?.sites ?? [];
  const folders = connectorFolders(valueOr(now.products, []), sites);
  const isConfig = folders.some((folder) =>
    configFolders.some((below) => {
      const full = below === '' ? folder : `${folder}\\${below}`;
      const name = path.slice(full.length + 1);
      return (
        normalPath(path).startsWith(`${normalPath(full)}\\`) && !/[\\/]/.test(name) && configRole(below, name) === role
      );
    }),
  );
  return isConfig ? null : `${path} is no config file of the connector on this server`;
}

/**
 * What of a backup goes over the installed version (T6): all of it over the version it was made of. Over another one the values
 * of the settings and those of Responses that were changed by hand; web.config belongs to its version.
 */
export function restoreSteps({ wanted, product }: Situation): readonly Step<'config.restore'>[] {
  const { restore } = wanted;
  if (!restore || !product) return [];
  const own = filesOfServer(restore);
  const isSame = isOfVersion(restore, product);
  const files = isSame ? own.map(plain) : own.flatMap(carriedOver);
  const folders = rightsToRestore(restore, product);
  const from = { from: restore.folder, ...intoPool(restore, product) };
  const match = isSame ? 'exact' : 'values';
  return [
    ...(folders.length > 0 ? [{ kind: 'config.restore', files: [], match: 'values', folders, ...from } as const] : []),
    ...(files.length > 0 ? [{ kind: 'config.restore', files, match, ...from } as const] : []),
  ];
}

/**
 * What had been given to the folders; it is given again beside what they have now, for that may be needed too. A path of a manifest is
 * believed only if it is a folder of the installed version in which config or logs lie.
 */
function rightsToRestore({ folders }: RestoreFrom, { folder }: Product): readonly FolderRights[] {
  if (folder === null) return [];
  const own = rightsFolders.map((name) => (name === '' ? folder : `${folder}\\${name}`));
  const isOwn = ({ path }: FolderRights) => own.some((one) => samePath(one, path));
  return folders.filter((one) => isOwn(one) && ownRights(one.sddl) !== '');
}

/** What the identity of the pool of then might do, that of now may do. */
function intoPool(
  { sites, pools }: RestoreFrom,
  { folder, productCode }: Product,
): Pick<Steps['config.restore'], 'into'> {
  const site = sites.find((one) => folder !== null && samePath(one.folder, folder));
  const identity = pools.find((one) => site !== undefined && sameName(one.name, site.pool))?.sid;
  return folder === null || identity === undefined ? {} : { into: { folder, identity, productCode } };
}

/** Files of a backup that are not there as they were, and do not go over the installed version. */
export function leftInBackup(one: Situation): readonly RestorableFile[] {
  const present = valueOr(one.now.config, []);
  const isThere = (file: RestorableFile) =>
    present.some(({ path, sha256 }) => samePath(path, file.path) && sha256 === file.sha256);
  const isCarried = ({ role }: RestorableFile) => role === 'settings' || role === 'responses';
  return restoredOver(one).filter((file) => !isCarried(file) && !isThere(file));
}

function filesOfServer({ files }: RestoreFrom): readonly RestorableFile[] {
  return files.filter(({ path }) => !isOnShare(path));
}

function isOfVersion({ versions }: RestoreFrom, product: Product): boolean {
  return versions.some((one) => compareAllFields(one, product.version) === 0);
}

/** Files of a backup that other servers use too: they are not this server's to put back (T15). */
export function sharedInBackup({ wanted }: Pick<Situation, 'wanted'>): readonly string[] {
  return (wanted.restore?.files ?? []).map(({ path }) => path).filter(isOnShare);
}

/** Files of a backup of which values go over another version than it was made of. */
export function restoredOver({ wanted: { restore }, product }: Situation): readonly RestorableFile[] {
  return restore && product && !isOfVersion(restore, product) ? filesOfServer(restore) : [];
}

/** What of a file goes over another version. */
export function carriedOver(file: RestorableFile): WantedFile[] {
  return carried(plain(file), file.defaults);
}

function plain({ defaults: _defaults, isEdited: _isEdited, ...file }: RestorableFile): WantedFile {
  return file;
}
