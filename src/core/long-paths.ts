import { type BackupFile, storedName, storedPath } from './backup.ts';
import { isConnectorPath } from './connector.ts';
import { partialSuffix } from './file-name.ts';
import { splitProperties } from './instance.ts';
import { filesToCarry, filesToKeep, foldersToCarry, foldersToKeep } from './kept-config.ts';
import { refOf } from './media.ts';
import { oldPackageOf } from './old-package.ts';
import { isPath, namesAnotherFolder } from './place.ts';
import { movedFolder, packagePath, placesRoot } from './places.ts';
import { leftoversToClear, remainsToClear } from './plan-back.ts';
import { sharedFilesToKeep } from './shared-plan.ts';
import { type Situation, siteOf, valueOr } from './situation.ts';
import type { PackageRef } from './step.ts';

/** Windows Installer, appcmd and Windows PowerShell take paths of less than 248 characters (T22). */
const tooMany = 248;

/** Whether a path is too long for the programs of Windows that know no long paths. */
export function isTooLong(path: string): boolean {
  return path.length >= tooMany;
}

/** In which way paths are too long, in the middle of a sentence. */
export const tooLongFor = `too long for Windows Installer, appcmd and PowerShell, which take less than ${tooMany} characters`;

/**
 * Every path that the run would make, or name to such a program, and that is too long for it. Journals and logs are none of them: their
 * names are this program's own, and so is the folder in which they lie.
 */
export function longPaths(one: Situation): readonly string[] {
  const paths = [...packagesOf(one), ...(changesConnector(one) ? [...ownPaths(one), ...elsewhere(one)] : [])];
  return [...new Set(paths)].filter(isTooLong);
}

function changesConnector({ route }: Situation): boolean {
  return route !== 'none' && route !== 'prerequisites';
}

/** Every file that is copied to the server before anything else is done. */
function packagesOf(one: Situation): readonly string[] {
  const { msi, bundle } = one.wanted;
  const old = one.products.flatMap((product) => oldPackageOf(one, product)?.ref ?? []);
  const packages: PackageRef[] = [...(msi ? [refOf(msi)] : []), ...(bundle ? [bundle] : []), ...old];
  return packages.flatMap(({ name, sha256, cabinets = [] }) =>
    [name, ...cabinets.map((cabinet) => cabinet.name)].map((each) =>
      packagePath({ packages: `${placesRoot}\\packages` }, { name: each, sha256 }),
    ),
  );
}

/** What is backed up, put back in its place, or moved out of the way. */
function ownPaths(one: Situation): readonly string[] {
  const files = [...filesToKeep(one), ...sharedFilesToKeep(one)];
  const restored = one.wanted.restore?.files ?? [];
  const host = valueOr(one.origin.iis, null)?.hostConfig;
  const written = [...files, ...restored, ...(host ? [host] : [])].map(({ path }) => path);
  const aside = [...leftoversToClear(one).folders, ...remainsToClear(one).folders];
  return [
    ...written.map((path) => path + partialSuffix),
    ...storedPaths(backup, files),
    ...foldersToKeep(one).map(({ path }) => path),
    ...one.products.flatMap((product) => siteOf(one.origin, product).site?.folder ?? []),
    ...aside.map(({ path }) => movedFolder({ backup }, path)),
  ];
}

/** The id of a run is its time, which no plan holds; it is as long as this. */
const backup = `${placesRoot}\\backups\\yyyy-mm-ddThh-mm-ssZ`;

/** Where files lie in a backup while they are being written. */
export function storedPaths(folder: string, files: readonly Pick<BackupFile, 'path' | 'sha256'>[]): readonly string[] {
  return files.map((file) => storedPath(folder, { stored: storedName(file) }) + partialSuffix);
}

/** What goes along to another folder that a property names: that folder itself, or the one above it. */
function elsewhere(one: Situation): readonly string[] {
  const folder = one.product?.folder ?? null;
  const { place } = splitProperties(one.wanted.properties);
  if (folder === null || !namesAnotherFolder(place, folder)) return [];
  const paths = [
    ...filesToCarry(one).map(({ path }) => path + partialSuffix),
    ...foldersToCarry(one).map(({ path }) => path),
  ].filter((path) => isConnectorPath(path, folder));
  const homes = Object.values(place).filter(isPath);
  return homes.flatMap((home) => paths.map((path) => home.replace(/\\+$/, '') + path.slice(folder.length)));
}
