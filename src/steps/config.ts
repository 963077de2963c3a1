import { type Manifest, storedPath } from '../core/backup.ts';
import type { Outcome } from '../core/codes.ts';
import { samePath } from '../core/connector.ts';
import { missing } from '../core/missing.ts';
import { withNewKeys, withValues } from '../core/settings-merge.ts';
import type { Step, WantedFile } from '../core/step.ts';
import { utf8Text } from '../core/utf8.ts';
import { readManifest } from './backup.ts';
import { type Doing, done, failure } from './doing.ts';

/** Puts back what is missing, from the backup, with the access rights each file had (T6, T13). */
export async function restore(step: Step<'config.restore'>, doing: Doing): Promise<Outcome> {
  const folder = step.from ?? doing.places.backup;
  const manifest = await readManifest(doing, folder);
  if (!manifest) return failure(`there is no whole backup in ${folder}`);
  const now = await doing.look();
  for (const file of step.files) {
    const gaps = missing<'config.restore'>({ ...step, files: [file] }, now);
    if (gaps.known && gaps.value.length === 0) continue;
    const problem = await putBack(file, step.match, { manifest, folder }, doing);
    if (problem) return failure(problem);
  }
  return done;
}

/** A backup and its folder. */
export type KeptIn = { readonly manifest: Manifest; readonly folder: string };

/** Puts one file back from a backup; the sentence says why not, null if it was done. */
export async function putBack(
  file: WantedFile,
  match: 'values' | 'exact',
  { manifest, folder }: KeptIn,
  { machine }: Pick<Doing, 'machine'>,
): Promise<string | null> {
  const kept = manifest.files.find((one) => samePath(one.path, file.path) && one.sha256 === file.sha256);
  const stored = kept && storedPath(folder, kept);
  const bytes = stored ? await machine.read(stored) : null;
  if (!kept || !stored || !bytes || (await machine.hash(stored)) !== kept.sha256)
    return `the backup of ${file.path} is damaged or not there`;
  const present = match === 'exact' ? null : await machine.read(file.path);
  const rights = await machine.replace(file.path, present ? merged(file, bytes, present) : bytes, kept);
  return rights.ok ? null : `the access rights of ${file.path} could not be put back: ${rights.why}`;
}

/**
 * Settings: the old bytes with the keys that only the new version has. Responses: the new bytes with the values changed
 * here. A file that is not UTF-8 cannot be edited as text, so the old bytes go back as they were.
 */
function merged(file: WantedFile, kept: Uint8Array, present: Uint8Array): Uint8Array {
  const [old, now] = [utf8Text(kept), utf8Text(present)];
  if (old === null || now === null) return kept;
  const text = file.role === 'settings' ? withNewKeys(old, now) : withValues(now, Object.keys(file.values), old);
  return new TextEncoder().encode(text);
}
