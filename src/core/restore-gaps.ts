import { changedBytes, lostValues } from './config-gaps.ts';
import { samePath } from './connector.ts';
import { doomedAmong } from './doomed-files.ts';
import type { Facts, FolderRights, Reading } from './facts.ts';
import { placedFile, placedFolder, placementOf } from './placement.ts';
import { both } from './reading.ts';
import { grantsAll, ownRights, rightsIn } from './rights.ts';
import { valueOr } from './situation.ts';
import type { Step, Steps } from './step.ts';

/** What of the config, and of the rights of its folders, is not as a step wants it, or is not going to stay so (T1). */
export function restoreGaps(step: Steps['config.restore'], facts: Facts): Reading<readonly string[]> {
  const { files, folders = [], match, absent = [] } = step;
  const lost = unknownPlace(step, facts);
  if (lost !== null) return { known: true, value: [lost] };
  const place = placementOf(step, facts);
  const gapsOf = match === 'exact' ? changedBytes : lostValues;
  const needed = folders.length > 0 ? facts.folders : nothing;
  const placed = files.map((file) => placedFile(file, place));
  const gaps = both(facts.config, needed, (config, found) => [
    ...folders.flatMap((one) => rightsGaps(placedFolder(one, place), match, rightsIn(found))),
    ...placed.flatMap((file) => gapsOf(config, file)),
    ...config
      .filter(({ path }) => absent.some((one) => samePath(one, path)))
      .map(({ path }) => `${path} was not there`),
  ]);
  const paths = placed.map((file) => file.path);
  return both(gaps, facts.restart, (now, restart) => [...now, ...doomedAmong(restart.deletions, paths)]);
}

/** Where the product lies is not known, so nothing of it is judged by the place that it had. */
function unknownPlace({ into }: Steps['config.restore'], { products }: Facts): string | null {
  const product = into && valueOr(products, []).find((one) => one.productCode === into.productCode);
  return product && product.folder === null ? `the folder of ${product.version} is not known` : null;
}

const nothing: Facts['folders'] = { known: true, value: [] };

/** One that is not there, and of which nothing is known but what its folder hands down, is missed by nobody. */
function rightsGaps(
  { path, sddl }: FolderRights,
  match: Step<'config.restore'>['match'],
  now: readonly FolderRights[],
) {
  const found = now.find((one) => samePath(one.path, path));
  if (!found) return ownRights(sddl) === '' ? [] : [`${path} is not there`];
  const isAsWanted = match === 'exact' ? ownRights(found.sddl) === ownRights(sddl) : grantsAll(found.sddl, sddl);
  return isAsWanted ? [] : [`${path} has other access rights than it had`];
}
