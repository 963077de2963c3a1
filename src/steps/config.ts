import { type BackupFile, type Manifest, manifestPath, parseManifest, storedPath } from '../core/backup.ts';
import type { Outcome } from '../core/codes.ts';
import { samePath } from '../core/connector.ts';
import type { ConfigFile, Facts } from '../core/facts.ts';
import { missing } from '../core/missing.ts';
import { packagePath } from '../core/places.ts';
import { withNewKeys, withValues } from '../core/settings-merge.ts';
import type { Step, WantedFile } from '../core/step.ts';
import { type Doing, done, failure } from './doing.ts';

/** Copies config and old package, each read back and compared; the manifest is written last, so it vouches for the rest. */
export async function backUp(step: Step<'config.backup'>, doing: Doing): Promise<Outcome> {
  const { machine, places } = doing;
  for (const one of step.packages) {
    const arrived = await machine.copy(one.from, packagePath(places, one));
    if (arrived !== one.sha256) return failure(`the package ${one.from} is not what it was when the server was read`);
  }
  const first = await doing.look();
  const now = first.config.known ? first : await doing.look();
  if (!now.config.known) return failure(`the config could not be read: ${now.config.why}`);
  const before = await readManifest(doing);
  const found = [...now.config.value, ...sharedFilesIn(now)];
  const files: BackupFile[] = [];
  for (const file of step.files) {
    const kept = (await alreadyKept(file, before, doing)) ?? (await keepFile(file, found, doing));
    if (typeof kept === 'string') return failure(kept);
    files.push(kept);
  }
  const server = now.machine.known ? now.machine.value.name : '';
  const manifest: Manifest = { schema: 1, takenAt: machine.now(), server, files };
  await machine.write(manifestPath(places.backup), new TextEncoder().encode(JSON.stringify(manifest, null, 2)));
  return done;
}

function sharedFilesIn({ shared }: Facts): readonly ConfigFile[] {
  return shared.known && shared.value?.files.known ? shared.value.files.value : [];
}

/** A good copy that an earlier run of this chain has made is never copied over. */
async function alreadyKept(
  file: WantedFile,
  before: Manifest | null,
  { machine, places }: Doing,
): Promise<BackupFile | null> {
  const kept = before?.files.find((one) => samePath(one.path, file.path) && one.sha256 === file.sha256);
  return kept && (await machine.hash(storedPath(places.backup, kept))) === kept.sha256 ? kept : null;
}

async function keepFile(
  file: WantedFile,
  found: readonly ConfigFile[],
  { machine, places }: Doing,
): Promise<BackupFile | string> {
  const source = found.find((one) => samePath(one.path, file.path));
  if (!source) return `${file.path} is not there any more`;
  if (source.sha256 !== file.sha256) return `${file.path} was changed since the server was read`;
  const name = file.path.slice(file.path.lastIndexOf('\\') + 1);
  const stored = `${file.sha256.slice(0, 16)}-${name}`;
  const kept = { path: file.path, role: file.role, sha256: file.sha256, sddl: source.sddl, stored };
  const arrived = await machine.copy(file.path, storedPath(places.backup, kept));
  return arrived === file.sha256 ? kept : `${file.path} was changed while it was being backed up`;
}

/** Puts back what is missing, from the backup of this chain of runs, with the access rights each file had (T6, T13). */
export async function restore(step: Step<'config.restore'>, doing: Doing): Promise<Outcome> {
  const manifest = await readManifest(doing);
  if (!manifest) return failure(`there is no whole backup in ${doing.places.backup}`);
  const now = await doing.look();
  for (const file of step.files) {
    const gaps = missing<'config.restore'>({ ...step, files: [file] }, now);
    if (gaps.known && gaps.value.length === 0) continue;
    const problem = await putBack(file, step.match, manifest, doing);
    if (problem) return failure(problem);
  }
  return done;
}

/** What the backup of this chain of runs holds, or null where there is no whole one. */
export async function readManifest({ machine, places }: Doing): Promise<Manifest | null> {
  const bytes = await machine.read(manifestPath(places.backup));
  return bytes && parseManifest(new TextDecoder().decode(bytes));
}

/** Puts one file back from the backup; the sentence says why not, null if it was done. */
export async function putBack(
  file: WantedFile,
  match: 'values' | 'exact',
  manifest: Manifest,
  { machine, places }: Doing,
): Promise<string | null> {
  const kept = manifest.files.find((one) => samePath(one.path, file.path));
  const stored = kept && storedPath(places.backup, kept);
  const bytes = stored ? await machine.read(stored) : null;
  if (!kept || !stored || !bytes || (await machine.hash(stored)) !== kept.sha256)
    return `the backup of ${file.path} is damaged or not there`;
  const present = match === 'exact' ? null : await machine.read(file.path);
  const rights = await machine.replace(file.path, present ? merged(file, bytes, present) : bytes, kept.sddl);
  return rights.ok ? null : `the access rights of ${file.path} could not be put back: ${rights.why}`;
}

/**
 * Settings: the old bytes with the keys that only the new version has. Responses: the new bytes with the values changed
 * here. A file that is not UTF-8 cannot be edited as text, so the old bytes go back as they were.
 */
function merged(file: WantedFile, kept: Uint8Array, present: Uint8Array): Uint8Array {
  const [old, now] = [utf8(kept), utf8(present)];
  if (old === null || now === null) return kept;
  const text = file.role === 'settings' ? withNewKeys(old, now) : withValues(now, Object.keys(file.values), old);
  return new TextEncoder().encode(text);
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
