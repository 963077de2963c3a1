import path from 'node:path';
import type { Sha256 } from '../core/facts.ts';
import { refOf } from '../core/media.ts';
import { cabinetPath, packagePath, placesRoot } from '../core/places.ts';
import { type Plan, stepsForward } from '../core/plan.ts';
import { SetupError } from '../core/setup-error.ts';
import type { PackageRef, Step } from '../core/step.ts';
import type { Machine } from '../machine/machine.ts';
import type { Placed } from './check-signers.ts';
import type { Decided } from './decide-now.ts';
import type { WantedWithMedia } from './read-wanted.ts';

/** Every file given, where it lies on the caller's system: packages, and their cabinets before them. */
export function placesGiven(media: WantedWithMedia): readonly Placed[] {
  return packagesGiven(media).flatMap(({ ref, from }) => [
    ...(ref.cabinets ?? []).map(({ name }) => ({ name, path: beside(from, name) })),
    { name: ref.name, path: from },
  ]);
}

type Given = { readonly ref: PackageRef; readonly from: string };

function packagesGiven({ wanted, msiPath, bundlePath, oldMsiPath }: WantedWithMedia): readonly Given[] {
  const { msi, bundle, oldMsi } = wanted;
  const all: readonly (readonly [PackageRef | null, string | null])[] = [
    [msi && refOf(msi), msiPath],
    [bundle, bundlePath],
    [oldMsi && refOf(oldMsi), oldMsiPath],
  ];
  return all.flatMap(([ref, from]) => (ref && from !== null ? [{ ref, from }] : []));
}

function beside(packageFile: string, cabinet: string): string {
  return path.join(path.dirname(packageFile), cabinet);
}

/** Our own copy of a file given; `isNew` where this run has made it. */
export type Copy = Placed & { readonly isNew: boolean };

/** What is executed are our own copies, whose hashes are those of the files that were read for the plan. */
export async function receiveMedia(
  given: WantedWithMedia,
  plan: Plan,
  { opened }: Decided,
  machine: Machine,
): Promise<readonly Copy[]> {
  const copies: Copy[] = [];
  for (const { name, sha256, from, path: to } of copiesFor(given, plan, opened.places)) {
    const isNew = (await machine.hash(to)) !== sha256;
    copies.push({ name, path: to, isNew });
    if (!isNew || (await machine.receive(from, to)) === sha256) continue;
    await discard(copies, machine);
    throw new SetupError(21, {
      message: `${name} was changed while it was being copied.`,
      hint: 'Make sure that nobody writes to it, then run again.',
    });
  }
  return copies;
}

type Wish = Placed & { readonly sha256: Sha256; readonly from: string };

/**
 * A package is copied under each name by which the plan calls it: Windows Installer asks for that under which a product was
 * registered (T2). Its cabinets come first, so that where a package lies they do too.
 */
function copiesFor(given: WantedWithMedia, plan: Plan, places: Decided['opened']['places']): readonly Wish[] {
  const called = packagesIn(plan);
  return packagesGiven(given).flatMap(({ ref: own, from }) => {
    const names = new Set(called.filter((one) => one.sha256 === own.sha256).map((one) => one.name));
    const cabinets = (own.cabinets ?? []).map((cabinet) => ({
      ...cabinet,
      from: beside(from, cabinet.name),
      path: cabinetPath(places, own, cabinet),
    }));
    const { sha256 } = own;
    const packages = [...(names.size > 0 ? names : [own.name])].map((name) => {
      return { name, sha256, from, path: packagePath(places, { name, sha256 }) };
    });
    return [...cabinets, ...packages];
  });
}

/** The packages that a plan calls. */
function packagesIn(plan: Plan): readonly PackageRef[] {
  const forward = stepsForward(plan).flatMap(({ step, orElse = [] }) => [step, ...orElse]);
  return [...forward, ...plan.wayBack].flatMap(packagesOf);
}

function packagesOf(step: Step): readonly PackageRef[] {
  if (step.kind === 'config.backup') return step.packages.filter((one) => one.from === null);
  const { msi, bundle, by } = step as { msi?: PackageRef; bundle?: PackageRef; by?: { msi?: PackageRef } | null };
  return [msi, bundle, by?.msi].filter((one) => one !== undefined);
}

/** Removes what this run has copied, and the folders that were made for it: a refused run leaves nothing behind. */
export async function discard(copies: readonly Copy[], machine: Machine): Promise<void> {
  for (const one of copies.filter(({ isNew }) => isNew)) {
    // A folder that holds anything else stays.
    for (let place = one.path; place.length >= placesRoot.length; place = path.win32.dirname(place))
      await machine.remove(place);
  }
}
