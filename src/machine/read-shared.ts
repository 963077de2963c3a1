import { configFolders } from '../core/connector.ts';
import type { ConfigFile, ConfigRole, Reading, SharedFolder } from '../core/facts.ts';
import { fileErrorText } from '../core/file-error.ts';
import {
  ownChanges,
  parseSharedNote,
  type SharedNote,
  type SharedPlace,
  sharedNotePath,
  sharedPlaceIn,
  sharedRole,
} from '../core/shared-folder.ts';
import type { Files, LookFor } from './machine.ts';
import { readFile } from './read-files.ts';

/** What a shared folder is read with. */
export type SharedTools = {
  readonly files: Files;
  hasFolder(path: string): Promise<boolean>;
  sddlOf(path: string): Promise<string>;
};

/**
 * The shared folder of the connector in these folders, with its config as the account that looks may read it. Its place is
 * taken from the note of this chain of runs, because an uninstallation takes the settings that name it along; then from
 * those settings; then from the answers. Changes nothing.
 */
export async function readShared(
  folders: readonly string[],
  { backup, sharedFolder }: Pick<LookFor, 'backup' | 'sharedFolder'>,
  tools: SharedTools,
): Promise<Reading<null | SharedFolder>> {
  try {
    const note = await noteIn(backup, tools.files);
    const asked = sharedFolder === undefined ? null : { folder: sharedFolder, settingsName: null };
    const place = note ?? (await placeIn(folders, tools.files)) ?? asked;
    return { known: true, value: place && (await folderAt(place, note, tools)) };
  } catch (error) {
    return {
      known: false,
      why: `the settings that name a shared folder could not be read: ${(error as Error).message}`,
    };
  }
}

async function noteIn(backup: string | null, files: Files) {
  const bytes = backup === null ? null : await files.read(sharedNotePath(backup));
  return bytes && parseSharedNote(new TextDecoder().decode(bytes));
}

async function placeIn(folders: readonly string[], files: Files): Promise<SharedPlace | null> {
  for (const folder of folders) {
    const bytes = await files.read(`${folder}\\Responses\\AppSettings.json`);
    const place = bytes && sharedPlaceIn(new TextDecoder().decode(bytes), folder);
    if (place) return place;
  }
  return null;
}

async function folderAt(place: SharedPlace, note: SharedNote | null, tools: SharedTools): Promise<SharedFolder> {
  const files = await tried(() => filesIn(place, tools));
  return {
    folder: place.folder,
    settingsName: place.settingsName,
    files,
    sddl: await tried(() => tools.sddlOf(place.folder)),
    own: note && ownChanges(note, files.known ? files.value : []),
  };
}

async function filesIn(place: SharedPlace, { files, hasFolder, sddlOf }: SharedTools): Promise<readonly ConfigFile[]> {
  if (!(await hasFolder(place.folder))) throw new Error('there is no such folder, or it cannot be reached');
  const found: ConfigFile[] = [];
  for (const one of await configIn(place, files)) {
    const file = await readFile(files, one, sddlOf);
    if (file) found.push(file);
  }
  return found;
}

async function configIn(
  { folder, settingsName }: SharedPlace,
  files: Files,
): Promise<readonly { path: string; role: ConfigRole }[]> {
  const found: { path: string; role: ConfigRole }[] = [];
  for (const below of configFolders) {
    const full = below === '' ? folder : `${folder}\\${below}`;
    for (const name of await files.list(full)) {
      const role = sharedRole(below, name, settingsName);
      if (role) found.push({ path: `${full}\\${name}`, role });
    }
  }
  return found;
}

async function tried<T>(read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { known: true, value: await read() };
  } catch (error) {
    return { known: false, why: fileErrorText(error) ?? (error as Error).message };
  }
}
