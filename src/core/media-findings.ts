import compare from 'semver/functions/compare.js';
import { productNamePattern } from './connector.ts';
import { type FindingRow, listed, named } from './finding-row.ts';
import { lineOf } from './hosting-gaps.ts';
import { differencesFrom } from './old-package.ts';
import { notPinned, tooOld } from './pins.ts';
import type { Situation } from './situation.ts';

/** What can be wrong with the packages and properties given. */
export const mediaFindings: readonly FindingRow[] = [
  {
    id: 'other-product',
    about: 'packages',
    means: 'The MSI given is, by its own name, not the SCIM Connector.',
    needs: [],
    stops: 'unless-accepted',
    hint: 'Give the MSI of the SCIM Connector.',
    test: ({ wanted: { msi } }) =>
      msi && !new RegExp(productNamePattern, 'i').test(msi.productName)
        ? `${msi.name} is "${msi.productName}" by ${msi.manufacturer}, not the SCIM Connector.`
        : null,
  },
  {
    id: 'hash-not-pinned',
    about: 'packages',
    means: 'A package given is not one of the files whose SHA-256 was given with --sha256 or in the answer file.',
    needs: [],
    stops: 'always',
    hint: 'Get the file anew from where its hash is published, or give the hash of this one if it is the right one.',
    test: ({ wanted }) =>
      listed(
        notPinned(wanted, wanted).map(({ name, sha256 }) => `${name} has ${sha256}`),
        (files) => `The SHA-256 of a package is none of those given: ${files}; given: ${wanted.sha256.join(', ')}.`,
      ),
  },
  {
    id: 'below-minimum-version',
    about: 'packages',
    means: 'A package given is older than the minimum version that was given for packages of its kind.',
    needs: [],
    stops: 'always',
    hint: 'Give a newer package; the minimum comes from --minimum-msi-version, --minimum-bundle-version or the answer file.',
    test: ({ wanted }) => listed(tooOld(wanted, wanted), (packages) => `A package is too old: ${packages}.`),
  },
  {
    id: 'old-msi-does-not-fit',
    about: 'packages',
    means:
      'The package given with --old-msi is not that of an installed version, so nothing could be put back with it.',
    needs: ['products'],
    stops: 'always',
    hint: 'Give the very package from which the installed version was installed, or leave --old-msi out.',
    test: oldMsiUnfit,
  },
  {
    id: 'package-unread',
    about: 'packages',
    means:
      'A part of the MSI could not be read, so that it is not known which .NET version and which settings it brings.',
    needs: [],
    stops: 'unless-accepted',
    hint: 'Accepting it means that you know which .NET version the package needs, and that it is there.',
    test: ({ wanted: { msi } }) =>
      msi && msi.unread.length > 0
        ? `Not all of ${msi.name} could be read, so its needs are not known: ${msi.unread.join('; ')}.`
        : null,
  },
  {
    id: 'bundle-needed',
    about: 'packages',
    means:
      'The package needs a .NET version, or the module of IIS, that is not on this server, and no hosting bundle was given.',
    needs: ['hosting'],
    stops: 'always',
    hint: 'Give the hosting bundle of that version with --hosting-bundle.',
    test: ({ runtime, wanted }) =>
      runtime && runtime.gaps.length > 0 && !wanted.bundle
        ? `The .NET hosting bundle ${lineOf(runtime.version)} is needed and was not given: ${runtime.gaps.join('; ')}.`
        : null,
  },
  {
    id: 'bundle-does-not-fit',
    about: 'packages',
    means: 'The hosting bundle given is of another .NET line than the package needs, or older than it needs.',
    needs: [],
    stops: 'always',
    hint: 'Give the hosting bundle of the line that the package asks for.',
    test: ({ runtime, wanted: { bundle, msi } }) => {
      if (!runtime || !bundle || runtime.gaps.length === 0) return null;
      const fits = lineOf(bundle.version) === lineOf(runtime.version) && compare(bundle.version, runtime.version) >= 0;
      return fits
        ? null
        : `The bundle given is ${bundle.version}, but ${msi?.name} needs .NET ${lineOf(runtime.version)}.`;
    },
  },
];

/** Where nothing is to be changed it is of no account: the same command line is run again on a server that is as wanted. */
function oldMsiUnfit({ wanted: { oldMsi }, products, route }: Situation): string | null {
  if (!oldMsi || route === 'none') return null;
  const unlike = products.map((product) => ({ name: named(product), differences: differencesFrom(product, oldMsi) }));
  if (unlike.some(({ differences }) => differences.length === 0)) return null;
  if (unlike.length === 0) return `No version is installed, and ${oldMsi.name} was given as the package of one.`;
  const told = unlike.map(({ name, differences }) => `${name} (${differences.join('; ')})`);
  return `The package given, ${oldMsi.name}, is not that of ${told.join(' or ')}.`;
}
