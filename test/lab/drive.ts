import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import type { LabFile } from './projection.ts';

/** The host's path of a Windows path on drive C:, whose host folder is `drive`; names that exist match without case. */
export function hostPath(drive: string, windowsPath: string): string {
  const names = windowsPath
    .replace(/^C:\\?/i, '')
    .split('\\')
    .filter(Boolean);
  return names.reduce((folder, name) => join(folder, existingName(folder, name)), drive);
}

/** Every file below a folder, as a path relative to it with `\`; empty if there is no such folder. */
export function filesBelow(folder: string): readonly string[] {
  const names = namesIn(folder, true).filter((name) => statSync(join(folder, name)).isFile());
  return names.map((name) => name.replaceAll(sep, '\\')).sort();
}

/** Writes the files onto the drive, with their folders. */
export function layFiles(drive: string, files: readonly LabFile[]): void {
  for (const { path, text } of files) {
    const file = hostPath(drive, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Copies a file of the simulated drive to the same place on the lab's, if it is not the same there already. */
export function copyAcross(from: string, drive: string, path: string, time: string | null): void {
  const [source, target] = [join(from, ...path.split('\\')), hostPath(drive, path)];
  if (!isSame(source, target)) {
    mkdirSync(dirname(target), { recursive: true });
    cpSync(source, target);
  }
  if (time === null) return;
  // Wine shows the time of change as that of creation too; a folder was made when its first file came.
  for (const one of [target, dirname(target)]) utimesSync(one, new Date(time), new Date(time));
}

function isSame(left: string, right: string): boolean {
  const there = statSync(right, { throwIfNoEntry: false });
  return there?.size === statSync(left).size && readFileSync(left).equals(readFileSync(right));
}

function existingName(folder: string, name: string): string {
  return namesIn(folder, false).find((one) => one.toLowerCase() === name.toLowerCase()) ?? name;
}

function namesIn(folder: string, recursive: boolean): readonly string[] {
  try {
    return readdirSync(folder, { recursive, encoding: 'utf8' });
  } catch {
    return [];
  }
}
