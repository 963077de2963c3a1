import { type Manifest, storedPath } from '../core/backup.ts';
import { setRights } from '../core/calls.ts';
import { type Outcome, success } from '../core/codes.ts';
import { samePath } from '../core/connector.ts';
import type { FolderRights } from '../core/facts.ts';
import { holds } from '../core/missing.ts';
import { inPlace, type Placement, placedFolder, placementOf } from '../core/placement.ts';
import { rightsIn, withGrants } from '../core/rights.ts';
import { withNewKeys, withValues } from '../core/settings-merge.ts';
import { valueOr } from '../core/situation.ts';
import type { Step, WantedFile } from '../core/step.ts';
import { utf8Text } from '../core/utf8.ts';
import { readManifest } from './backup.ts';
import { type Doing, failure, runEach } from './doing.ts';
import { replaceFile } from './replace.ts';

/** Puts back what is missing, from the backup, with the access rights each file had (T6, T13). */
export async function restore(step: Step<'config.restore'>, doing: Doing): Promise<Outcome> {
  const now = await doing.look();
  const place = placementOf(step, now);
  for (const one of step.folders ?? []) {
    if (holds({ ...step, files: [], folders: [one], absent: [] }, now)) continue;
    const given = await giveRights(one, step.match, place, doing);
    if (!given.ok) return given;
  }
  const lost = step.files.filter((file) => !holds({ ...step, files: [file], folders: [], absent: [] }, now));
  const put = await putAllBack(lost, step, doing, place);
  if (!put.ok) return put;
  for (const path of step.absent ?? []) await doing.machine.remove(path);
  return success;
}

async function putAllBack(
  files: readonly WantedFile[],
  { from, match }: Step<'config.restore'>,
  doing: Doing,
  place: Placement,
): Promise<Outcome> {
  const folder = from ?? doing.places.backup;
  const manifest = files.length > 0 ? await readManifest(doing, folder) : null;
  for (const file of files) {
    if (!manifest) return failure(`there is no whole backup in ${folder}`);
    const put = await putBack(file, match, { manifest, folder }, doing, place);
    if (!put.ok) return put;
  }
  return success;
}

/** Before any file in it, which takes over what the folder hands down; one that only the old version had is made again. */
async function giveRights(
  one: FolderRights,
  match: 'values' | 'exact',
  place: Placement,
  doing: Doing,
): Promise<Outcome> {
  const { path, sddl } = placedFolder(one, place);
  const found = rightsIn(valueOr((await doing.look()).folders, []));
  const present = found.find((other) => samePath(other.path, path));
  if (!present) await doing.machine.makeFolder(path);
  const wanted = match === 'exact' || !present ? sddl : withGrants(place.rights(present.sddl), sddl);
  return runEach((attempt) => [setRights(path, wanted, attempt)], doing);
}

/** A backup and its folder. */
export type KeptIn = { readonly manifest: Manifest; readonly folder: string };

/** Puts one file back from a backup. */
export async function putBack(
  file: WantedFile,
  match: 'values' | 'exact',
  { manifest, folder }: KeptIn,
  doing: Doing,
  place: Placement = inPlace,
): Promise<Outcome> {
  const { machine } = doing;
  const kept = manifest.files.find((one) => samePath(one.path, file.path) && one.sha256 === file.sha256);
  const stored = kept && storedPath(folder, kept);
  const bytes = stored ? await machine.read(stored) : null;
  if (!kept || !stored || !bytes || (await machine.hash(stored)) !== kept.sha256)
    return failure(`the backup of ${file.path} is damaged or not there`);
  const path = place.path(file.path);
  const present = match === 'exact' ? null : await machine.read(path);
  const as = { ...kept, sddl: place.rights(kept.sddl) };
  const put = await replaceFile(path, present ? merged(file, bytes, present) : bytes, as, doing);
  return put.ok ? success : { ...put, meaning: `the access rights of ${path} could not be put back: ${put.meaning}` };
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
