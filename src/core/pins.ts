import compare from 'semver/functions/compare.js';
import valid from 'semver/functions/valid.js';
import type { Sha256 } from './facts.ts';
import { cabinetsOf, type Media } from './media.ts';
import type { CabinetRef } from './step.ts';
import { compareMsiVersions, parseMsiVersion } from './version.ts';

/** The oldest version of each kind of package that may be given. */
export type MinimumVersion = { readonly msi?: string; readonly hostingBundle?: string };

/** What every package that is given must be. */
export type Pins = {
  /** The hash of each must be among them; empty where any will do. */
  readonly sha256: readonly Sha256[];
  readonly minimumVersion: MinimumVersion;
  /** One of these must have signed each: a thumbprint, a subject or its common name. Empty where anybody may have. */
  readonly signers: readonly string[];
};

/** Where anything may be given, or nothing is. */
export const noPins: Pins = { sha256: [], minimumVersion: {}, signers: [] };

/** Every file that is given to a run: packages, and the cabinets beside them, from which the files of a product come. */
function filesGiven({ msi, bundle, oldMsi }: Media): readonly CabinetRef[] {
  const packages = [msi, oldMsi].filter((one) => one !== null);
  return [...packages, ...(bundle ? [bundle] : []), ...packages.flatMap(cabinetsOf)];
}

/** Whether a text is a SHA-256: 64 hex digits of either case. */
export function isSha256(text: string): boolean {
  return /^[0-9a-f]{64}$/i.test(text);
}

/** Whether a text is a version that packages of Windows Installer can have. */
export function isMsiVersion(text: string): boolean {
  return parseMsiVersion(text) !== null;
}

/** Whether a text is a version of a hosting bundle as this program reads it: three numbers. */
export function isBundleVersion(text: string): boolean {
  return /^\d+\.\d+\.\d+$/.test(text) && valid(text) !== null;
}

/** The files given whose hash is none of those pinned. */
export function notPinned(given: Media, { sha256 }: Pick<Pins, 'sha256'>): readonly CabinetRef[] {
  return sha256.length === 0 ? [] : filesGiven(given).filter((one) => !sha256.includes(one.sha256));
}

/** What is wrong with the version of each package that is too old; a version that cannot be compared is too old as well. */
export function tooOld(
  { msi, bundle }: Pick<Media, 'msi' | 'bundle'>,
  { minimumVersion }: Pick<Pins, 'minimumVersion'>,
): readonly string[] {
  const { msi: oldestMsi, hostingBundle: oldestBundle } = minimumVersion;
  const isOldMsi = msi && oldestMsi !== undefined && !isAtLeast(compareMsiVersions(msi.productVersion, oldestMsi));
  const isOldBundle = bundle && oldestBundle !== undefined && !isAtLeast(compareBundles(bundle.version, oldestBundle));
  return [
    ...(isOldMsi ? [`${msi.name} is ${msi.productVersion} (minimum ${oldestMsi})`] : []),
    ...(isOldBundle ? [`${bundle.name} is ${bundle.version} (minimum ${oldestBundle})`] : []),
  ];
}

function isAtLeast(order: number | null): boolean {
  return order !== null && order >= 0;
}

function compareBundles(left: string, right: string): number | null {
  return isBundleVersion(left) && isBundleVersion(right) ? compare(left, right) : null;
}
