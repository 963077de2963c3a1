import type { CertificateBinding, ConfigRole, FolderRights, Pool, Sha256, Site, Values } from './facts.ts';

/** What the file system says of a file beside its bytes: size in bytes, times as ISO 8601 in UTC, names of .NET's FileAttributes. */
export type FileDetails = {
  readonly size: number;
  readonly createdAt: string;
  readonly changedAt: string;
  readonly attributes: readonly string[];
};

/** What a file that is put in place has beside its bytes. */
export type FileState = Pick<FileDetails, 'createdAt' | 'changedAt' | 'attributes'> & { readonly sddl: string };

/** One file of a backup: where it lay, what it was, and the name of its copy in the backup's folder. */
export type BackupFile = FileDetails & {
  readonly path: string;
  readonly role: ConfigRole;
  readonly sha256: Sha256;
  readonly sddl: string;
  readonly stored: string;
  /** Of a file of Responses: the values that its version comes with; absent where they are not known. */
  readonly defaults?: Values;
  /** Whether a web.config is another than its package lays down; absent where that is not known. */
  readonly isEdited?: boolean;
  /** It came to its place only after the backup was made, by a new version for one: when it was kept too. */
  readonly since?: string;
};

/** What else there was of the connector, and what http.sys had bound on the whole server; no password is in it (T5). */
export type BackupSurroundings = {
  readonly versions: readonly string[];
  readonly sites: readonly Site[];
  readonly pools: readonly Pool[];
  readonly certificates: readonly CertificateBinding[];
  /** The rights of the folders in which config and logs lay; absent in a backup that was begun without them. */
  readonly folders?: readonly FolderRights[];
};

/** The kept applicationHost.config. */
export type BackupHost = Omit<BackupFile, 'role' | 'defaults' | 'isEdited' | 'since'>;

/** What a backup holds. It is written last, so a folder with a manifest is a whole backup. */
export type Manifest = BackupSurroundings & {
  readonly schema: 1;
  readonly takenAt: string;
  readonly server: string;
  readonly files: readonly BackupFile[];
  /** Absent where it cannot be put back as text, or nothing could be lost. */
  readonly host?: BackupHost;
  /** Of all the rest, so that a manifest that was edited or cut off is known by it. */
  readonly fingerprint: Sha256;
};

/** SHA-256 of a text's UTF-8 form; handed in, since nothing here computes it. */
export type Fingerprint = (text: string) => Sha256;

export const manifestPath = (backup: string): string => `${backup}\\manifest.json`;

/** Where the copy of a file lies in its backup. */
export const storedPath = (backup: string, file: Pick<BackupFile, 'stored'>): string => `${backup}\\${file.stored}`;

/** The name of a file's copy: two states of one file are two copies. */
export function storedName({ path, sha256 }: Pick<BackupFile, 'path' | 'sha256'>): string {
  return `${sha256.slice(0, 16)}-${path.slice(path.lastIndexOf('\\') + 1)}`;
}

/** The text of a manifest, with the fingerprint of its parts. */
export function manifestText(parts: Omit<Manifest, 'schema' | 'fingerprint'>, fingerprint: Fingerprint): string {
  const rest = { schema: 1, ...parts } as const;
  return `${JSON.stringify({ ...rest, fingerprint: fingerprint(JSON.stringify(rest)) }, null, 2)}\n`;
}

/** Reads a manifest, or says in half a sentence why it is none that could be trusted. */
export function parseManifest(text: string, fingerprint: Fingerprint): Manifest | { readonly problem: string } {
  const value = parsed(text);
  if (value === null) return { problem: 'it is empty or cut off' };
  if (value.schema !== 1)
    return { problem: `it is of schema ${String(value.schema)}, which this version does not know` };
  const { fingerprint: own, ...rest } = value;
  if (own !== fingerprint(JSON.stringify(rest))) return { problem: 'it was changed after it was written' };
  if (!isOfServer(value)) return { problem: 'it does not say of which server and version it is' };
  const host = value.host === undefined ? [] : [value.host];
  if (!areAll(value.files, isBackupFile) || !host.every(isStored)) return { problem: 'it does not name its files' };
  if (!areAll(value.folders ?? [], isFolder)) return { problem: 'it does not name its folders' };
  const manifest = value as unknown as Manifest;
  return copiesIn(manifest).every((file) => /^[^\\/:]+$/.test(file.stored) && !/^\.+$/.test(file.stored))
    ? manifest
    : { problem: 'it names a copy outside its own folder' };
}

/** Every file of which a backup holds a copy. */
export function copiesIn({ files, host }: Pick<Manifest, 'files' | 'host'>): readonly BackupHost[] {
  return host ? [...files, host] : files;
}

function isOfServer({ takenAt, server, versions, sites, pools, certificates }: Record<string, unknown>): boolean {
  const isNamed = typeof takenAt === 'string' && typeof server === 'string' && isTexts(versions);
  return isNamed && areAll(sites, isSite) && areAll(pools, isPool) && Array.isArray(certificates);
}

function isBackupFile(file: unknown): file is BackupFile {
  const { role, defaults = {}, isEdited } = (file ?? {}) as Partial<BackupFile>;
  const isKnown = ['boolean', 'undefined'].includes(typeof isEdited) && areValues(defaults);
  return typeof role === 'string' && isKnown && isStored(file);
}

function isStored(file: unknown): file is BackupHost {
  const { path, sha256, sddl, stored, size, createdAt, changedAt, attributes } = (file ?? {}) as Partial<BackupHost>;
  const isDetailed = typeof size === 'number' && isTexts([createdAt, changedAt]) && isTexts(attributes);
  return isDetailed && isTexts([path, sha256, sddl, stored]);
}

function isSite(site: unknown): boolean {
  const { name, folder, pool } = (site ?? {}) as Partial<Site>;
  return isTexts([name, folder, pool]);
}

function isPool(pool: unknown): boolean {
  const { name, identity, sid = '' } = (pool ?? {}) as Partial<Pool>;
  return isTexts([name, identity, sid]);
}

function isFolder(folder: unknown): boolean {
  const { path, sddl } = (folder ?? {}) as Partial<FolderRights>;
  return isTexts([path, sddl]);
}

function areAll(value: unknown, isOne: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isOne);
}

function areValues(value: unknown): boolean {
  return typeof value === 'object' && value !== null && isTexts(Object.values(value));
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
