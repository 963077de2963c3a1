import type { CabinetRef, PackageRef } from './step.ts';

/** Where one run keeps its things on a server. */
export type Places = {
  readonly root: string;
  readonly run: string;
  readonly journal: string;
  readonly logs: string;
  readonly backup: string;
  readonly packages: string;
  readonly lock: string;
  /** Folder of the PowerShell scripts that ship with the program. */
  readonly scripts: string;
};

/** The protected folder of all runs (SYSTEM and Administrators only). */
export const placesRoot = 'C:\\ProgramData\\ScimSetup';

/** What a run that goes on after a restart needs: the task, how often it was tried, secrets for the time of the run. */
export const resumePlaces = {
  task: `${placesRoot}\\resume\\task.xml`,
  attempts: `${placesRoot}\\resume\\attempts.txt`,
  secrets: `${placesRoot}\\resume\\secrets.bin`,
} as const;

/** Where the copies of this program lie that the startup task runs, each in a folder named by what it is. */
export const programsFolder = `${placesRoot}\\program`;

/** Where the scripts lie on a server on which the program was put in its usual place. */
export const usualScripts = 'C:\\Program Files\\scim-setup\\scripts';

/** The places of a run and of the backup that belongs to its chain of runs. */
export function placesOf(runId: string, backupId: string, scripts: string): Places {
  const run = `${placesRoot}\\runs\\${runId}`;
  return {
    root: placesRoot,
    run,
    journal: `${run}\\journal.jsonl`,
    logs: `${run}\\logs`,
    backup: `${placesRoot}\\backups\\${backupId}`,
    packages: `${placesRoot}\\packages`,
    lock: `${placesRoot}\\lock`,
    scripts,
  };
}

/** Where a kept package lies: under its original name, which Windows Installer asks for (T2). */
export function packagePath(places: Pick<Places, 'packages'>, kept: PackageRef): string {
  return `${places.packages}\\${kept.sha256}\\${kept.name}`;
}

/** Where a folder that was moved aside lies in the backup of its chain of runs; what came to its place since lies beside it. */
export function movedFolder({ backup }: Pick<Places, 'backup'>, path: string, turn = 1): string {
  return `${backup}\\folders\\${path.replaceAll(/[\\/:]+/g, '-')}${turn === 1 ? '' : `-${turn}`}`;
}

/** Where a cabinet of a kept package lies: beside it, where Windows Installer looks for it (T2). */
export function cabinetPath(
  places: Pick<Places, 'packages'>,
  { sha256 }: Pick<PackageRef, 'sha256'>,
  { name }: Pick<CabinetRef, 'name'>,
): string {
  return packagePath(places, { sha256, name });
}
