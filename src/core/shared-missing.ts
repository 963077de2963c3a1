import { samePath } from './connector.ts';
import type { ConfigFile, SharedFolder } from './facts.ts';
import { isOwnWork } from './shared-folder.ts';
import type { Steps, WantedFile } from './step.ts';

type FileGaps = (found: readonly ConfigFile[], file: WantedFile) => readonly string[];

/** What keeps it from being proven that the shared folder can be written to. */
export function proofGaps(shared: SharedFolder | null, folder: string): string[] {
  if (!shared || !samePath(shared.folder, folder)) return [`the shared folder ${folder} is not known any more`];
  return shared.own === null ? [`it is not proven that ${folder} can be written to`] : [];
}

/**
 * What of the files in a shared folder is to be put back: what is gone, since every server needs it and nobody's work is
 * overwritten, and what this chain of runs alone has changed. What another server has changed is its own (T15).
 */
export function sharedGaps(
  { files, folder }: Steps['shared.restore'],
  shared: SharedFolder | null,
  gapsOf: FileGaps,
): readonly string[] {
  const now = readable(shared, folder);
  if (typeof now === 'string') return [now];
  return files.flatMap((file) => {
    const found = now.find((one) => samePath(one.path, file.path));
    return found && !isOurs(file, found, shared) ? [] : gapsOf(now, file);
  });
}

/** The files that stay as they are, because somebody else has changed them since they were backed up. */
export function leftToOthers(
  { files, folder }: Steps['shared.restore'],
  shared: SharedFolder | null,
  gapsOf: FileGaps,
): readonly string[] {
  const now = readable(shared, folder);
  if (typeof now === 'string') return [];
  return files.flatMap((file) => {
    const found = now.find((one) => samePath(one.path, file.path));
    return found && gapsOf(now, file).length > 0 && !isOurs(file, found, shared) ? [file.path] : [];
  });
}

/** A folder that cannot be read is a gap and not an unknown: the connector on this server can be walked back all the same. */
function readable(shared: SharedFolder | null, folder: string): readonly ConfigFile[] | string {
  if (!shared) return `the shared folder ${folder} is not known any more`;
  return shared.files.known ? shared.files.value : `the shared folder ${folder} could not be read: ${shared.files.why}`;
}

function isOurs(file: WantedFile, found: ConfigFile, shared: SharedFolder | null): boolean {
  return isOwnWork(shared?.own ?? [], file.path, file.sha256, found.sha256);
}
