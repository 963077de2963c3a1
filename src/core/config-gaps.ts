import { samePath } from './connector.ts';
import type { ConfigFile, Values } from './facts.ts';
import { ownRights } from './rights.ts';
import type { WantedFile } from './step.ts';

/** Whether a config file is there with the very bytes wanted. */
export function changedBytes(now: readonly ConfigFile[], file: WantedFile): string[] {
  const found = now.find((one) => samePath(one.path, file.path));
  if (!found) return [`${file.path} is not there`];
  return found.sha256 === file.sha256 ? lostRights(found, file) : [`${file.path} is not as it was`];
}

function lostRights({ sddl }: ConfigFile, { path, rights }: WantedFile): string[] {
  return rights === undefined || ownRights(sddl) === rights ? [] : [`${path} has other access rights than it had`];
}

/** The values wanted of a config file that are gone or different in it. */
export function lostValues(now: readonly ConfigFile[], file: WantedFile): string[] {
  const found = now.find((one) => samePath(one.path, file.path));
  if (!found) return [`${file.path} is not there`];
  const lost = differingPointers(file.values, found.values).map(
    (pointer) => `${file.path}: ${pointer} ${pointer in found.values ? 'has another value' : 'is gone'}`,
  );
  return [...lost, ...lostRights(found, file)];
}

/** The pointers of the wanted values that are absent or different; as in .NET's configuration, case does not count in keys. */
export function differingPointers(wanted: Values, found: Values): string[] {
  const byKey = new Map(Object.entries(found).map(([pointer, value]) => [pointer.toLowerCase(), value]));
  return Object.keys(wanted).filter(
    (pointer) => wanted[pointer] !== found[pointer] && wanted[pointer] !== byKey.get(pointer.toLowerCase()),
  );
}
