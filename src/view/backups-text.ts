import type { BackupReport } from '../commands/backup.ts';
import type { BackupRow, BackupsReport } from '../commands/backups.ts';
import { counted } from '../core/words.ts';
import { hanging, labelled } from './layout.ts';

/** A backup that was made, for a person. */
export function backupText({
  message,
  sandbox,
  id,
  copy,
  files,
  packages,
  warnings,
  holdsSettings,
}: BackupReport): string {
  const lines = [
    ...files.map((file) => `  ${file.path}, ${counted(file.size, 'byte')}`),
    ...packages.map(({ path }) => hanging(path, '  Package: ', 11)),
    ...warnings.flatMap(({ message: what, hint }) => [hanging(what, '  NOTE: ', 8), hanging(hint, '        ', 8)]),
  ];
  const back = [id, ...(copy === null ? [] : [copy])].map((from) => `scim-setup restore --from ${from}`);
  const how = holdsSettings ? [`  To put it back: ${back.join(', or ')}`] : [];
  return `${[labelled(message, sandbox), ...lines, ...how].join('\n')}\n`;
}

/** The backups on a server, for a person. */
export function backupsText({ backups, keep, removed, sandbox }: BackupsReport): string {
  const gone = keep === null ? [] : [removedText(removed, keep)];
  const head =
    backups.length === 0
      ? 'There are no backups on this server.'
      : `${counted(backups.length, 'backup')}, the newest first:`;
  return `${[labelled([...gone, head].join(' '), sandbox), ...backups.flatMap(rowLines)].join('\n')}\n`;
}

function removedText(removed: readonly string[], keep: number): string {
  if (removed.length > 0) return `Removed: ${removed.join(', ')}.`;
  const newest = keep === 1 ? 'newest good one' : `${keep} newest good ones`;
  return `Nothing removed: only what is older than the ${newest} with usable settings may go, and not that of an unfinished run.`;
}

function rowLines({ id, server, versions, files, bytes, problems, holdsSettings, holdsFolders }: BackupRow): string[] {
  const what = `${versions.join(' and ') || 'no version'} on ${server ?? 'an unknown server'}, ${counted(files, 'file')}, ${counted(bytes, 'byte')}`;
  const state =
    problems.length > 0
      ? `NOT WHOLE: ${problems.join('; ')}`
      : `good, ${holdsSettings ? '' : 'without usable settings, '}${what}`;
  return [hanging(`${state}${holdsFolders ? '; with folders moved out of the way' : ''}`, `  ${id}  `, id.length + 4)];
}
