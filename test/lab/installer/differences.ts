import { isDeepStrictEqual } from 'node:util';
import { noPackage, truncated } from './packages.ts';
import {
  asksForNoOlderFile,
  fileOf,
  isCode,
  isOfLowerVersion,
  isOnlyReal,
  isRemovalOfNothing,
  isUnopened,
  isWell,
  type Mismatch,
  nameOf,
  pathOf,
  type Seen,
} from './seen.ts';
import { twoLanguages } from './variants.ts';

/** A case in which Wine 8 does not do what Windows does. The sandbox does what Windows does. */
export type Difference = {
  readonly what: string;
  readonly wine: string;
  readonly windows: string;
  readonly source: string;
  /** Whether this mismatch is that case, and shows just what the row says of both. */
  explains(seen: Seen, mismatch: Mismatch): boolean;
  /** `apart`: what is registered differs from now on, so that a sequence cannot go on. */
  readonly leaves: 'alike' | 'apart';
};

/** Every known difference between Wine's Windows Installer and Microsoft's that the sequences can meet. */
export const differences: readonly Difference[] = [
  {
    what: 'repair is not there',
    wine: '/f takes a package for a product code and ends with 1605; with a product code it does nothing and ends with 1',
    windows: '/f takes both, and is REINSTALL=ALL with its letters as REINSTALLMODE; 1605, 1619 and 1620 as for /i',
    source: 'MS-msi: command-line-options; Wine: programs/msiexec/msiexec.c',
    leaves: 'alike',
    explains: ({ operation, before, product }, { kind, simulated, real }) => {
      if (kind !== 'code' || operation.kind !== 'msiexec' || operation.verb !== '/f') return false;
      if (before.products[product]) return false;
      return isCode(operation.what) ? real === 1 && simulated === 1605 : real === 1605 && isUnopened(simulated);
    },
  },
  {
    what: 'package file is not there',
    wine: 'the system error 2',
    windows: '1619',
    source: 'MS-msi: error-codes',
    leaves: 'alike',
    explains: ({ operation }, { kind, simulated, real }) =>
      kind === 'code' && operation.kind === 'msiexec' && !isCode(operation.what) && simulated === 1619 && real === 2,
  },
  {
    what: 'file is no package',
    wine: '1627, a function failed',
    windows: '1620',
    source: 'MS-msi: error-codes',
    leaves: 'alike',
    explains: ({ operation }, { kind, simulated, real }) =>
      kind === 'code' &&
      operation.kind === 'msiexec' &&
      [truncated, noPackage].includes(operation.what) &&
      simulated === 1620 &&
      real === 1627,
  },
  {
    what: 'removal by a package that is not installed removes what that would replace',
    wine: 'begins anyway, and RemoveExistingProducts with it',
    windows: '1605',
    source: 'MS-msi: error-codes; convention of msiexec /x',
    leaves: 'apart',
    explains: (seen, mismatch) => {
      const isGone = Object.keys(seen.before.products).some((code) => !seen.after.real.products[code]);
      return isRemovalOfNothing(seen) && isGone && isOnlyReal(seen, mismatch);
    },
  },
  {
    what: 'removal by a package that is not installed',
    wine: 'begins anyway: 0, or 1603 or 3010 by what the package says, and may take a file of another product along',
    windows: '1605',
    source: 'MS-msi: error-codes; convention of msiexec /x',
    leaves: 'alike',
    explains: (seen, mismatch) => {
      if (!isRemovalOfNothing(seen)) return false;
      if (mismatch.kind === 'code') return [0, 1603, 3010].includes(seen.codes.real ?? -1);
      return fileOf(seen, mismatch) !== null && mismatch.real === null && isOnlyReal(seen, mismatch);
    },
  },
  {
    what: 'upgrade code is forgotten although another product has it',
    wine: 'takes the whole key of an upgrade code away with one product, and when a run installs nothing',
    windows: 'the key has a value for each product that has the upgrade code',
    source: 'domain 4.2; seen here',
    leaves: 'apart',
    explains: ({ operation, before, product, after }, mismatch) => {
      if (mismatch.kind !== 'related' || operation.kind !== 'msiexec') return false;
      const isNothing = !before.products[product] && (operation.verb === '/x' || operation.letters !== null);
      const isOneGone = Object.keys(before.products).some((code) => !after.real.products[code]);
      const isTheRestAlike = isDeepStrictEqual(after.real.products, after.simulated.products);
      return (isNothing || isOneGone) && isTheRestAlike && isDeepStrictEqual(mismatch.real, {});
    },
  },
  {
    what: 'file of equal or higher version is kept whatever the mode',
    wine: 'looks at versions alone and knows no letter of REINSTALLMODE',
    windows: '`a` replaces every file, `e` one of equal version, `d` one of another version',
    source: 'MS-msi: reinstallmode; measured here',
    leaves: 'alike',
    explains: (seen, mismatch) => {
      const file = fileOf(seen, mismatch);
      return (
        file?.laid.version != null &&
        file.before !== null &&
        file.real === file.before &&
        file.simulated === file.laid.sha256
      );
    },
  },
  {
    what: 'edited file without a version is replaced',
    wine: 'replaces a file whose size or hash is not that of the package, in every mode',
    windows: 'keeps a file that was changed since it was laid down, unless the mode has `a`',
    source: 'MS-msi: neither-file-has-a-version, reinstallmode',
    leaves: 'alike',
    explains: (seen, mismatch) => {
      const file = fileOf(seen, mismatch);
      return (
        file?.laid.version === null &&
        file.before !== null &&
        file.simulated === file.before &&
        file.real === file.laid.sha256
      );
    },
  },
  {
    what: 'same package again lays down what is gone',
    wine: 'looks at every file of an installed product, whether its features are to be reinstalled or not',
    windows: 'changes no file without REINSTALL or a choice of features',
    source: 'MS-msi: reinstallmode (its presence alone reinstalls nothing), reinstall',
    leaves: 'alike',
    explains: (seen, mismatch) => {
      const file = fileOf(seen, mismatch);
      const { operation, before, product } = seen;
      const isAgain = operation.kind === 'msiexec' && operation.verb === '/i' && operation.letters === null;
      return (
        isAgain && before.products[product] !== undefined && file?.simulated === null && file.real === file.laid.sha256
      );
    },
  },
  {
    what: 'file of lower version is replaced although nobody asks for it',
    wine: 'replaces it in every maintenance of an installed product, with `p` and without any REINSTALL too',
    windows: 'changes no file without REINSTALL or a choice of features; `p` lays down what is missing, and no more',
    source:
      'MS-msi: reinstallmode, reinstall; Wine: dlls/msi/action.c and files.c (an installed feature is one to install)',
    leaves: 'alike',
    explains: (seen, mismatch) => {
      const file = fileOf(seen, mismatch);
      if (!file || !asksForNoOlderFile(seen) || !isOfLowerVersion(seen, mismatch)) return false;
      return file.before !== null && file.simulated === file.before && file.real === file.laid.sha256;
    },
  },
  {
    what: 'another build of an installed product is taken for the same',
    wine: 'looks at the product code alone and goes on',
    windows: '1638, unless it is a reinstallation with `v`',
    source: 'MS-msi: error-codes, applying-small-updates-by-reinstalling-the-product; domain 4.1',
    leaves: 'apart',
    explains: (seen, mismatch) =>
      seen.codes.simulated === 1638 && isWell(seen.codes.real) && isOnlyReal(seen, mismatch),
  },
  {
    what: 'package of another name is cached anew',
    wine: 'takes any name',
    windows: 'looks for the name under which the product was installed (error 1316), and ends with 1603',
    source: 'T2; experience with minor upgrades of OpenAFS (openafs-win32-devel, October 2005)',
    leaves: 'apart',
    explains: (seen, mismatch) => {
      const { operation, before, product, codes } = seen;
      if (operation.kind !== 'msiexec' || isCode(operation.what) || !operation.letters?.includes('v')) return false;
      const isOther = nameOf(operation.what) !== before.products[product]?.packageName;
      return isOther && codes.simulated === 1603 && isWell(codes.real) && isOnlyReal(seen, mismatch);
    },
  },
  {
    what: 'maintenance registers its package anew',
    wine: 'takes over the name of the package that it was given, and caches a lost one, in every maintenance',
    windows: 'keeps name and source, and caches anew with `v` only',
    source: 'MS-msi: reinstallmode; openafs-win32-devel, October 2005 (the name given does not count)',
    leaves: 'apart',
    explains: ({ operation, product }, mismatch) => {
      if (mismatch.kind !== 'product' || mismatch.code !== product || operation.kind !== 'msiexec') return false;
      const { simulated, real } = mismatch;
      if (!simulated || !real || operation.verb === '/x') return false;
      const isName = real.packageName === simulated.packageName || real.packageName === nameOf(operation.what);
      const isCopy = real.cached === simulated.cached || simulated.cached === null;
      const { packageName, cached } = simulated;
      return isName && isCopy && isDeepStrictEqual({ ...real, packageName, cached }, simulated);
    },
  },
  {
    what: 'second language of a row of the Upgrade table is not seen',
    wine: 'reads the first of the languages that a row lists',
    windows: 'a row lists language identifiers with commas between them',
    source: 'MS-msi: upgrade-table; Wine: dlls/msi/upgrade.c',
    leaves: 'apart',
    explains: (seen, mismatch) => {
      const isListing = seen.operation.kind === 'msiexec' && seen.operation.what === twoLanguages;
      if (!isListing || seen.codes.simulated !== seen.codes.real) return false;
      if (mismatch.kind === 'related') return true;
      if (mismatch.kind !== 'product' || mismatch.code === seen.product) return false;
      return mismatch.simulated === null && isDeepStrictEqual(mismatch.real, seen.before.products[mismatch.code]);
    },
  },
  {
    what: 'newer file of another component is not removed',
    wine: 'keeps a file whose version is above that in the package that is removed',
    windows: 'removes what its components laid down; the same file must be the same component (component rules)',
    source: 'MS-msi: removefiles-action, changing-the-component-code; measured here',
    leaves: 'alike',
    explains: (seen, mismatch) => {
      if (mismatch.kind !== 'file' || mismatch.simulated !== null) return false;
      const isThere = [fileOf(seen, mismatch)?.laid.sha256, seen.before.files[mismatch.path]].includes(
        mismatch.real ?? '',
      );
      const gone = Object.keys(seen.before.products).filter((code) => !seen.after.simulated.products[code]);
      const isOfAnother = gone.some((code) => {
        const own = seen.contents[code]?.[pathOf(mismatch)];
        return own?.version != null && own.sha256 !== mismatch.real;
      });
      return isOfAnother && isThere;
    },
  },
  {
    what: 'source package is not missed',
    wine: 'works from the cached package where it is to work from the source',
    windows: '1612',
    source: 'MS-msi: reinstallmode (`v` runs from the source package), error-codes',
    leaves: 'alike',
    explains: ({ operation, before, product }, { kind, simulated, real }) =>
      kind === 'code' &&
      operation.kind === 'msiexec' &&
      isCode(operation.what) &&
      operation.letters?.includes('v') === true &&
      typeof before.products[product]?.cached === 'string' &&
      simulated === 1612 &&
      isWell(real),
  },
  {
    what: 'old product that cannot be removed does not stop an upgrade',
    wine: 'goes on when the package of the old product is found nowhere',
    windows: 'error 1714, and 1603',
    source: 'MS-msi: removeexistingproducts-action, windows-installer-error-messages; T2',
    leaves: 'apart',
    explains: (seen, mismatch) => {
      const others = Object.entries(seen.before.products).filter(([code]) => code !== seen.product);
      const isLost = others.some(([, { cached }]) => cached === null);
      return isLost && seen.codes.simulated === 1603 && isWell(seen.codes.real) && isOnlyReal(seen, mismatch);
    },
  },
];
