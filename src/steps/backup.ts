import {
  type BackupFile,
  type BackupHost,
  type BackupSurroundings,
  type Manifest,
  manifestPath,
  manifestText,
  parseManifest,
  storedName,
  storedPath,
} from '../core/backup.ts';
import { type Outcome, success } from '../core/codes.ts';
import { samePath } from '../core/connector.ts';
import type { ConfigFile, Facts } from '../core/facts.ts';
import { defaultsOf, isEdited } from '../core/kept-config.ts';
import { packagePath } from '../core/places.ts';
import { rightsIn } from '../core/rights.ts';
import { valueOr } from '../core/situation.ts';
import type { Step, Steps, WantedFile } from '../core/step.ts';
import { type Doing, failure, unproven } from './doing.ts';

/** Copies config and old packages, each read back and compared; the manifest is written last, so it vouches for the rest. */
export async function backUp(step: Step<'config.backup'>, doing: Doing): Promise<Outcome> {
  for (const one of step.packages) {
    const problem = await keepPackage(one, doing);
    if (problem !== null) return failure(problem);
  }
  const first = await doing.look();
  const isRead = first.config.known && (first.iis.known || !step.host);
  const now = isRead ? first : await doing.look();
  if (!now.config.known) return failure(`the config could not be read: ${now.config.why}`);
  const before = await readManifest(doing);
  const found = configIn(now);
  const files: BackupFile[] = [];
  for (const file of step.files) {
    const kept = (await alreadyKept(file, before, doing)) ?? (await keepWanted(file, found, now, doing));
    if (typeof kept === 'string') return failure(kept);
    files.push(kept);
  }
  const host = step.host ? await keepHost(step.host.path, now, before, doing) : before?.host;
  if (typeof host === 'string') return failure(host);
  const others = (before?.files ?? []).filter((one) => !files.some((file) => isSameState(one, file)));
  const parts = { ...beginning(now, doing), ...before, files: [...files, ...others], ...(host ? { host } : {}) };
  await writeManifest(parts, doing);
  return success;
}

/** Copies a package of the server, or proves one that was given and is there already. The sentence says why it is not kept. */
async function keepPackage(one: Steps['config.backup']['packages'][number], doing: Doing): Promise<string | null> {
  if (one.from === null) return unproven(one, doing);
  const arrived = await doing.machine.copy(one.from, packagePath(doing.places, one));
  return arrived === one.sha256 ? null : `the package ${one.from} is not what it was when the server was read`;
}

/**
 * Adds to the backup what config is there now and not yet in it, before something is done that may change it: what a new version
 * has put there, or the connector has saved. `begins`: where there was nothing to back up before the first run of the chain, this
 * begins the backup, for an unfinished installation may be in use. The sentence says what could not be kept.
 */
export async function keepUnseen(doing: Doing, begins: boolean): Promise<string | null> {
  const manifest = await readManifest(doing);
  if (!manifest && !(begins && (await isWithout(doing)))) return null;
  const now = await doing.look();
  const kept = manifest?.files ?? [];
  const unseen = configIn(now).filter((file) => !kept.some((one) => isSameState(one, file)));
  if (unseen.length === 0) return null;
  const added: BackupFile[] = [];
  for (const file of unseen) {
    const copied = await keepFile(file, doing);
    if (typeof copied === 'string') return copied;
    added.push({ ...copied, since: doing.machine.now() });
  }
  await writeManifest({ ...beginning(now, doing), ...manifest, files: [...kept, ...added] }, doing);
  return null;
}

/** Whether there is no manifest at all: a damaged one is not written over, for with it the copies may still be of use. */
async function isWithout({ machine, places }: Doing): Promise<boolean> {
  return (await machine.hash(manifestPath(places.backup))) === null;
}

/** What a backup holds, by default that of this chain of runs, or null where there is no whole one. */
export async function readManifest(
  { machine, places, fingerprint }: Doing,
  folder = places.backup,
): Promise<Manifest | null> {
  const bytes = await machine.read(manifestPath(folder));
  const manifest = bytes && parseManifest(new TextDecoder().decode(bytes), fingerprint);
  return manifest && !('problem' in manifest) ? manifest : null;
}

async function writeManifest(parts: Parameters<typeof manifestText>[0], doing: Doing): Promise<void> {
  const { schema: _schema, fingerprint: _old, ...rest } = parts as Manifest;
  const text = manifestText(rest, doing.fingerprint);
  await doing.machine.write(manifestPath(doing.places.backup), new TextEncoder().encode(text));
}

/** What a new manifest says beside the files. */
function beginning(now: Facts, { machine }: Doing) {
  return { takenAt: machine.now(), server: valueOr(now.machine, null)?.name ?? '', ...surroundings(now) };
}

function surroundings({ products, iis, folders }: Facts): BackupSurroundings {
  const web = valueOr(iis, null);
  return {
    versions: valueOr(products, []).map((one) => one.version),
    sites: web?.sites ?? [],
    pools: web?.pools ?? [],
    certificates: web?.certificates ?? [],
    folders: rightsIn(valueOr(folders, [])),
  };
}

function configIn({ config, shared }: Facts): readonly ConfigFile[] {
  const together = valueOr(shared, null);
  return [...valueOr(config, []), ...(together ? valueOr(together.files, []) : [])];
}

type State = Pick<BackupFile, 'path' | 'sha256'>;

function isSameState(one: State, other: State): boolean {
  return samePath(one.path, other.path) && one.sha256 === other.sha256;
}

/** A good copy that an earlier run of this chain has made is never copied over. */
async function alreadyKept(
  file: WantedFile,
  before: Manifest | null,
  { machine, places }: Doing,
): Promise<BackupFile | null> {
  const kept = before?.files.find((one) => isSameState(one, file));
  return kept && (await machine.hash(storedPath(places.backup, kept))) === kept.sha256 ? kept : null;
}

/** As it is now: none of our steps that follow has touched it yet. One that an earlier run of this chain has kept is older, and stays. */
async function keepHost(
  path: string,
  { iis }: Facts,
  before: Manifest | null,
  { machine, places }: Doing,
): Promise<BackupHost | string> {
  const old = before?.host;
  if (old && (await machine.hash(storedPath(places.backup, old))) === old.sha256) return old;
  const host = valueOr(iis, null)?.hostConfig;
  const [sha256, details] = [await machine.hash(path), await machine.details(path)];
  if (!host || !samePath(host.path, path) || sha256 === null || !details) return `${path} could not be read`;
  const kept = { path, sha256, ...details, sddl: host.sddl, stored: storedName({ path, sha256 }) };
  const arrived = await machine.copy(path, storedPath(places.backup, kept));
  return arrived === sha256 ? kept : `${path} was changed while it was being backed up`;
}

async function keepWanted(
  file: WantedFile,
  found: readonly ConfigFile[],
  now: Facts,
  doing: Doing,
): Promise<BackupFile | string> {
  const source = found.find((one) => samePath(one.path, file.path));
  if (!source) return `${file.path} is not there any more`;
  if (source.sha256 !== file.sha256) return `${file.path} was changed since the server was read`;
  const kept = await keepFile(source, doing);
  if (typeof kept === 'string') return kept;
  const products = valueOr(now.products, []);
  const [defaults, edited] = [defaultsOf(source, products), isEdited(source, products)];
  return { ...kept, ...(defaults ? { defaults } : {}), ...(edited === undefined ? {} : { isEdited: edited }) };
}

/** One pass over the file, and one over its copy. */
async function keepFile(source: ConfigFile, { machine, places }: Doing): Promise<BackupFile | string> {
  const { path, role, sha256, sddl } = source;
  const details = await machine.details(path);
  if (!details) return `${path} is not there any more`;
  const kept = { path, role, sha256, ...details, sddl, stored: storedName(source) };
  const arrived = await machine.copy(path, storedPath(places.backup, kept));
  return arrived === sha256 ? kept : `${path} was changed while it was being backed up`;
}
