import path from 'node:path';
import { type BundleMedia, cabinetsOf, type Msi } from '../core/media.ts';
import type { MediaPlace, PlanDocument } from '../core/plan-document.ts';
import type { Problem } from '../core/setup-error.ts';
import type { CabinetRef } from '../core/step.ts';
import { openHostFile } from '../machine/host-files.ts';
import { readBundleFile, readMsi } from '../media/read-media.ts';
import type { WantedWithMedia } from './read-wanted.ts';
import type { Request } from './request.ts';

/** A file that a plan was made with, read again: the same bytes, under the name it had then. */
export type FoundMedia<T> = { readonly media: T; readonly path: string };

type Read<T> = (file: string) => Promise<T | { readonly problem: string }>;
type Words = { readonly noun: string; readonly option: string };
type Kind<T> = Words & {
  readonly read: Read<T>;
  /** Only packages of Windows Installer keep cabinets beside themselves. */
  readonly cabinets: (media: T) => readonly CabinetRef[];
};

const msiKind: Kind<Msi> = {
  noun: 'package',
  option: '--msi',
  read: (file) => readMsi(file, openHostFile),
  cabinets: cabinetsOf,
};
const oldMsiKind: Kind<Msi> = { ...msiKind, noun: 'package of the installed version', option: '--old-msi' };
const bundleKind: Kind<BundleMedia> = {
  noun: 'hosting bundle',
  option: '--hosting-bundle',
  read: (file) => readBundleFile(file, openHostFile),
  cabinets: () => [],
};

/** Where the files of a plan lie, told from the folder of the plan file, so that both can be moved together. */
export function placesOfMedia(
  { wanted: { msi, bundle, oldMsi }, msiPath, bundlePath, oldMsiPath }: WantedWithMedia,
  planFile: string,
): PlanDocument['media'] {
  const place = (media: Msi | BundleMedia | null, file: string | null): MediaPlace | null => {
    if (!media || file === null) return null;
    const cabinets = 'externalCabinets' in media ? cabinetsOf(media) : [];
    const beside = cabinets.length > 0 ? { cabinets } : {};
    return { path: fromFolder(path.dirname(planFile), file), sha256: media.sha256, ...beside };
  };
  return { msi: place(msi, msiPath), bundle: place(bundle, bundlePath), oldMsi: place(oldMsi, oldMsiPath) };
}

function fromFolder(folder: string, file: string): string {
  return path.relative(folder, path.resolve(file)).split(path.sep).join('/');
}

/** Reads the files of a plan again: those of the flags, or where the plan says, or beside it. Each must have the hash of the plan. */
export async function findMedia(
  { msi, bundle, oldMsi }: PlanDocument['media'],
  request: Request,
  planFile: string,
): Promise<{
  readonly msi: FoundMedia<Msi> | null;
  readonly bundle: FoundMedia<BundleMedia> | null;
  readonly oldMsi: FoundMedia<Msi> | null;
  readonly problems: readonly Problem[];
}> {
  const problems: Problem[] = [];
  const folder = path.dirname(planFile);
  return {
    msi: await found(msiKind, msi, request.msi, folder, problems),
    bundle: await found(bundleKind, bundle, request.hostingBundle, folder, problems),
    oldMsi: await found(oldMsiKind, oldMsi, request.oldMsi, folder, problems),
    problems,
  };
}

async function found<T extends Msi | BundleMedia>(
  kind: Kind<T>,
  place: MediaPlace | null,
  given: string | undefined,
  folder: string,
  problems: Problem[],
): Promise<FoundMedia<T> | null> {
  const { noun, option } = kind;
  if (place === null) {
    if (given !== undefined) problems.push(contradiction(option, `the plan was made without a ${noun}`));
    return null;
  }
  const name = path.win32.basename(place.path);
  const candidates = given === undefined ? [path.resolve(folder, place.path), path.resolve(folder, name)] : [given];
  const read = await Promise.all(candidates.map(async (file) => ({ file, media: await kind.read(file) })));
  const same = read.flatMap(({ file, media }) =>
    'problem' in media || media.sha256 !== place.sha256 ? [] : [{ media: { ...media, name }, path: file }],
  );
  const whole = same.find(({ media }) => otherCabinets(kind.cabinets(media), place).length === 0);
  if (whole) return whole;
  if (same[0]) {
    problems.push(...otherCabinets(kind.cabinets(same[0].media), place).map((one) => cabinetProblem(one, name)));
    return null;
  }
  const isThere = read.some((one) => !('problem' in one.media));
  problems.push(given === undefined ? notFound(name, kind, isThere) : notTheSame(given, kind, read[0]?.media));
  return null;
}

/** The cabinets of a plan that are not beside its package, or not the same any more. */
function otherCabinets(there: readonly CabinetRef[], { cabinets = [] }: MediaPlace): readonly CabinetRef[] {
  return cabinets.filter((one) => !there.some(({ name, sha256 }) => name === one.name && sha256 === one.sha256));
}

function cabinetProblem({ name }: CabinetRef, packageName: string): Problem {
  return {
    message: `The cabinet ${name} beside ${packageName} is not there, or not the file any more that the plan was made with.`,
    hint: 'Put the very file beside the package; for another file make another plan.',
  };
}

function notFound(name: string, { noun, option }: Words, isThere: boolean): Problem {
  return {
    message: isThere
      ? `The ${noun} ${name} is not the file any more that the plan was made with: its SHA-256 differs.`
      : `The ${noun} ${name}, which the plan was made with, is neither where it was nor beside the plan, or is damaged.`,
    hint: `Put the very file beside the plan, or name it with ${option}; for another file make another plan.`,
  };
}

function notTheSame(file: string, { noun, option }: Words, media: object | undefined): Problem {
  const name = path.win32.basename(file);
  if (media && 'problem' in media) {
    return { message: `The ${noun} ${name} ${media.problem}.`, hint: `Check the path given with ${option}.` };
  }
  return contradiction(option, `${name} is not the file that the plan was made with: its SHA-256 differs`);
}

/** A flag that says something else than the plan. */
export function contradiction(option: string, what: string): Problem {
  return {
    message: `${option} contradicts the plan: ${what}.`,
    hint: `Leave ${option} out, in the environment too, or make a plan with it.`,
  };
}
