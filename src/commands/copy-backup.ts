import { copiesIn, type Manifest, manifestPath, storedPath } from '../core/backup.ts';
import { setRights } from '../core/calls.ts';
import { isConnectorPath } from '../core/connector.ts';
import type { Facts } from '../core/facts.ts';
import { fileErrorText } from '../core/file-error.ts';
import { partialSuffix } from '../core/file-name.ts';
import { isTooLong, storedPaths, tooLongFor } from '../core/long-paths.ts';
import { type Places, packagePath, placesRoot } from '../core/places.ts';
import { SetupError } from '../core/setup-error.ts';
import { valueOr } from '../core/situation.ts';
import type { PackageRef, Step } from '../core/step.ts';
import type { Machine } from '../machine/machine.ts';
import { sha256Of } from '../machine/read-files.ts';
import { type Doing, runEach } from '../steps/doing.ts';
import { replaceFile } from '../steps/replace.ts';
import { openBackup } from './open-backup.ts';

/** Keys lie in it: it must be new, and nowhere from where a site could serve it. Every path of the copy can be named to PowerShell. */
export async function checkTarget(
  to: string,
  now: Facts,
  step: Step<'config.backup'>,
  machine: Machine,
): Promise<void> {
  const sites = valueOr(now.iis, null)?.sites ?? [];
  const site = sites.find((one) => one.folder !== '' && isConnectorPath(to, one.folder));
  const reasons = [
    ...(site ? [`site ${site.name} would serve it`] : []),
    ...(isConnectorPath(to, placesRoot) ? ['that folder is for this program alone'] : []),
    ...(await whyNotNew(to, machine)),
    ...(await whyTooLong(to, step, machine)),
  ];
  const hint = 'Name a new folder with --to.';
  if (reasons.length > 0)
    throw new SetupError(20, ...reasons.map((why) => ({ message: `No copy goes to ${to}: ${why}.`, hint })));
}

async function whyTooLong(
  to: string,
  { files, host, packages }: Step<'config.backup'>,
  machine: Machine,
): Promise<readonly string[]> {
  const kept = host ? [{ path: host.path, sha256: (await machine.hash(host.path)) ?? '' }] : [];
  const made = [...packages.map((one) => packagePath(placesIn(to), one)), manifestPath(to)];
  const paths = [...storedPaths(to, [...files, ...kept]), ...made.map((path) => path + partialSuffix)].filter(
    isTooLong,
  );
  return paths.length > 0 ? [`its path is too long; these would be ${tooLongFor}: ${paths.join(', ')}`] : [];
}

async function whyNotNew(to: string, machine: Machine): Promise<readonly string[]> {
  try {
    if ((await machine.details(to)) !== null) return ['it is a file'];
    return (await machine.list(to)).length > 0 ? ['it is not empty'] : [];
  } catch (error) {
    const text = fileErrorText(error);
    if (text === null) throw error;
    return [`it cannot be looked into (${text})`];
  }
}

/** SYSTEM and Administrators only, whatever the folder hands down. */
const onlyTrusted = 'O:BAG:SYD:P(A;;FA;;;SY)(A;;FA;;;BA)';

/** The same, handed down to all that comes to lie in a folder. */
const onlyTrustedBelow = 'O:BAG:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)';

/** What is copied beside the manifest: the files that it names, and the kept packages, which hold no keys. */
export type ToCopy = {
  readonly manifest: Manifest;
  readonly packages: readonly PackageRef[];
};

/** Every copy is read back and compared; the manifest comes last, so that half a copy is none. */
export async function copyTo(to: string, { manifest, packages }: ToCopy, doing: Doing): Promise<void> {
  const { machine, places } = doing;
  const from = places.backup;
  const problems: string[] = [];
  try {
    problems.push(...(await closed(to, doing)));
    for (const one of problems.length > 0 ? [] : packages) {
      const copy = packagePath(placesIn(to), one);
      const arrived = await machine.copy(packagePath(places, one), copy);
      if (arrived !== one.sha256) problems.push(`${copy} is not what was written`);
    }
    for (const file of copiesIn(manifest)) {
      // One child that does not end is enough to wait for.
      if (problems.length > 0) break;
      problems.push(...(await place(storedPath(from, file), storedPath(to, file), file, doing)));
    }
    const details = (await machine.details(manifestPath(from))) ?? { createdAt: '', changedAt: '', attributes: [] };
    if (problems.length === 0) problems.push(...(await place(manifestPath(from), manifestPath(to), details, doing)));
    if (problems.length === 0) problems.push(...(await openBackup(machine, to)).problems);
    if (problems.length === 0) return;
  } catch (error) {
    const text = fileErrorText(error);
    if (text === null) throw error;
    problems.push(text);
  }
  throw new SetupError(21, {
    message: `The backup is whole in ${from}, but its copy in ${to} is not: ${problems.join('; ')}.`,
    hint: 'Make room there or name another folder, then run again.',
  });
}

/** In a copy the kept packages lie as they do in the protected folder. */
function placesIn(to: string): Pick<Places, 'packages'> {
  return { packages: `${to}\\packages` };
}

/** Before the first byte: what a power cut leaves of a copy, or one that is still being written, is closed too. */
async function closed(to: string, doing: Doing): Promise<readonly string[]> {
  await doing.machine.makeFolder(to);
  const set = await runEach((attempt) => [setRights(to, onlyTrustedBelow, attempt)], doing);
  return set.ok ? [] : [`the access rights of ${to} could not be set: ${set.meaning}`];
}

type Placed = { readonly createdAt: string; readonly changedAt: string };

/** Puts one copy in place; what is wrong with it, if anything is. */
async function place(
  from: string,
  to: string,
  { createdAt, changedAt }: Placed,
  doing: Doing,
): Promise<readonly string[]> {
  const bytes = await doing.machine.read(from);
  if (!bytes) return [`${from} is not there`];
  const put = await replaceFile(to, bytes, { sddl: onlyTrusted, createdAt, changedAt, attributes: ['Archive'] }, doing);
  if (!put.ok) return [`the access rights of ${to} could not be set: ${put.meaning}`];
  return (await doing.machine.hash(to)) === sha256Of(bytes) ? [] : [`${to} is not what was written`];
}
