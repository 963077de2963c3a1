import { changedBytes, lostValues } from './config-gaps.ts';
import { samePath } from './connector.ts';
import type { Facts, FolderRights, Reading } from './facts.ts';
import { placedFile, placedFolder, placementOf } from './placement.ts';
import { both } from './reading.ts';
import { grantsAll, ownRights } from './rights.ts';
import type { Step, Steps } from './step.ts';

/** What of the config, and of the rights of its folders, is not as a step wants it. */
export function restoreGaps(step: Steps['config.restore'], facts: Facts): Reading<readonly string[]> {
  const { files, folders = [], match } = step;
  const place = placementOf(step, facts);
  const gapsOf = match === 'exact' ? changedBytes : lostValues;
  const needed = folders.length > 0 ? facts.folders : nothing;
  return both(facts.config, needed, (config, found) => [
    ...folders.flatMap((one) => folderGaps(placedFolder(one, place), match, rightsIn(found))),
    ...files.flatMap((file) => gapsOf(config, placedFile(file, place))),
  ]);
}

const nothing: Facts['folders'] = { known: true, value: [] };

/** The rights of every folder that was looked at. */
export function rightsIn(folders: Extract<Facts['folders'], { known: true }>['value']): readonly FolderRights[] {
  return folders.flatMap(({ rights = [] }) => rights);
}

/** One that is not there, and of which nothing is known but what its folder hands down, is missed by nobody. */
function folderGaps(
  { path, sddl }: FolderRights,
  match: Step<'config.restore'>['match'],
  now: readonly FolderRights[],
) {
  const found = now.find((one) => samePath(one.path, path));
  if (!found) return ownRights(sddl) === '' ? [] : [`${path} is not there`];
  const isAsWanted = match === 'exact' ? ownRights(found.sddl) === ownRights(sddl) : grantsAll(found.sddl, sddl);
  return isAsWanted ? [] : [`${path} has other access rights than it had`];
}
