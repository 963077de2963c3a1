import { win32 } from 'node:path';
import type { BundleMedia, Msi } from '../core/media.ts';
import { packagePath, placesRoot } from '../core/places.ts';
import { SetupError } from '../core/setup-error.ts';
import type { Machine } from '../machine/machine.ts';
import type { Placed } from './check-signers.ts';
import type { Decided } from './decide-now.ts';
import type { WantedWithMedia } from './read-wanted.ts';

/** The packages given, where they lie on the caller's system. */
export function placesGiven({ wanted, msiPath, bundlePath }: WantedWithMedia): readonly (Placed & Media)[] {
  const given = [
    { media: wanted.msi, path: msiPath },
    { media: wanted.bundle, path: bundlePath },
  ];
  return given.flatMap(({ media, path }) => (media && path !== null ? [{ name: media.name, media, path }] : []));
}

type Media = { readonly media: Msi | BundleMedia };

/** Our own copy of a package; `isNew` where this run has made it. */
export type Copy = Placed & { readonly isNew: boolean };

/** What is executed are our own copies, whose hashes are those of the files that were read for the plan. */
export async function receiveMedia(
  given: WantedWithMedia,
  { opened }: Decided,
  machine: Machine,
): Promise<readonly Copy[]> {
  const copies: Copy[] = [];
  for (const { name, media, path: from } of placesGiven(given)) {
    const to = packagePath(opened.places, media);
    const isNew = (await machine.hash(to)) !== media.sha256;
    copies.push({ name, path: to, isNew });
    if (!isNew || (await machine.receive(from, to)) === media.sha256) continue;
    await discard(copies, machine);
    throw new SetupError(21, {
      message: `${name} was changed while it was being copied.`,
      hint: 'Make sure that nobody writes to it, then run again.',
    });
  }
  return copies;
}

/** Removes what this run has copied, and the folders that were made for it: a refused run leaves nothing behind. */
export async function discard(copies: readonly Copy[], machine: Machine): Promise<void> {
  for (const { path } of copies.filter((one) => one.isNew)) {
    // A folder that holds anything else stays.
    for (let place = path; place.length >= placesRoot.length; place = win32.dirname(place)) await machine.remove(place);
  }
}
