import type { BackupReport } from '../commands/backup.ts';
import type { BackupRow, BackupsReport } from '../commands/backups.ts';
import { counted } from '../core/words.ts';
import { hanging, labelled } from './layout.ts';

/** A backup that was made, for a person. */
export function backupText({ message, sandbox, id, copy, files }: BackupReport): string {
  const lines = files.map((file) => `  ${file.path}, ${counted(file.size, 'byte')}`);
  const back = [id, ...(copy === null ? [] : [copy])].map((from) => `scim-setup restore --from ${from}`);
  return `${[labelled(message, sandbox), ...lines, `  To put it back: ${back.join(', or ')}`].join('\n')}\n`;
}

/** The backups on a server, for a person. */
export function backupsText({ backups, removed, sandbox }: BackupsReport): string {
  const gone = removed.length > 0 ? [`Removed: ${removed.join(', ')}.`] : [];
  const head =
    backups.length === 0
      ? 'There are no backups on this server.'
      : `${counted(backups.length, 'backup')}, the newest first:`;
  return `${[labelled([...gone, head].join(' '), sandbox), ...backups.flatMap(rowLines)].join('\n')}\n`;
}

function rowLines({ id, server, versions, files, bytes, problems, holdsConfig, holdsFolders }: BackupRow): string[] {
  const what = `${versions.join(' and ') || 'no version'} on ${server ?? 'an unknown server'}, ${counted(files, 'file')}, ${counted(bytes, 'byte')}`;
  const state =
    problems.length > 0 ? `NOT WHOLE: ${problems.join('; ')}` : `good, ${holdsConfig ? '' : 'without config, '}${what}`;
  return [hanging(`${state}${holdsFolders ? '; with folders moved out of the way' : ''}`, `  ${id}  `, id.length + 4)];
}
