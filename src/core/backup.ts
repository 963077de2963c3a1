import type { ConfigRole, Sha256 } from './facts.ts';

/** One file of a backup: where it lay, what it was, and the name of its copy in the backup's folder. */
export type BackupFile = {
  readonly path: string;
  readonly role: ConfigRole;
  readonly sha256: Sha256;
  readonly sddl: string;
  readonly stored: string;
};

/** What a backup holds. It is written last, so a folder with a manifest is a whole backup. */
export type Manifest = {
  readonly schema: 1;
  readonly takenAt: string;
  readonly server: string;
  readonly files: readonly BackupFile[];
};

export const manifestPath = (backup: string): string => `${backup}\\manifest.json`;

/** Where the copy of a file lies in its backup. */
export const storedPath = (backup: string, file: Pick<BackupFile, 'stored'>): string => `${backup}\\${file.stored}`;

/** Reads a manifest; null if the text is none of ours. */
export function parseManifest(text: string): Manifest | null {
  try {
    const value = JSON.parse(text) as Manifest;
    return value.schema === 1 && Array.isArray(value.files) && value.files.every(isBackupFile) ? value : null;
  } catch {
    return null;
  }
}

function isBackupFile(file: BackupFile): boolean {
  const texts = [file.path, file.role, file.sha256, file.sddl, file.stored];
  return texts.every((text) => typeof text === 'string') && /^[^\\/:]+$/.test(file.stored);
}
