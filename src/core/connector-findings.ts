import { isConnectorPath } from './connector.ts';
import type { Product } from './facts.ts';
import { type FindingRow, listed, named, read } from './finding-row.ts';
import { losesPassword } from './kept-site.ts';
import { packageInstead } from './old-package.ts';
import { packagesTried } from './plan.ts';
import { leftoversToClear } from './plan-back.ts';
import { lostFromBackup } from './plan-backup.ts';
import { whyLost } from './product-gaps.ts';
import { isReplacing } from './route.ts';
import { sameName } from './site-gaps.ts';
import { type Situation, siteOf, valueOr } from './situation.ts';
import { compareMsiVersions } from './version.ts';
import { isGoingBack, whyNoWayBack, whyStranded } from './way-back.ts';
import { capitalised } from './words.ts';

/** What can be wrong with the connector that is there. */
export const connectorFindings: readonly FindingRow[] = [
  {
    id: 'duplicate',
    about: 'connector',
    means: 'Windows has more than one registration of the connector, and which of them owns the files cannot be told.',
    needs: ['products'],
    stops: 'unless-accepted',
    hint: 'Uninstall all but one of them by hand, or accept that all of them are uninstalled, with their packages and config kept.',
    test: duplicates,
  },
  {
    id: 'per-user',
    about: 'connector',
    means: 'The connector was installed for one user only, and a package for all users neither sees nor replaces it.',
    needs: ['products'],
    stops: 'always',
    hint: 'Uninstall it as the user who installed it, then run again.',
    test: ({ products }) => {
      const product = products.find((one) => one.context === 'user');
      return product
        ? `${named(product)} was installed for one user only; no package for all users replaces it.`
        : null;
    },
  },
  {
    id: 'changed-meanwhile',
    about: 'connector',
    means:
      'A run was cut off, and since then somebody else has changed the connector, or the journal comes from another server.',
    needs: ['products', 'machine'],
    stops: 'always',
    alsoBack: true,
    hint: 'Look at the journal of the unfinished run, bring the connector to a known version by hand, then run again.',
    test: changedMeanwhile,
  },
  {
    id: 'backup-damaged',
    about: 'settings',
    means: 'A run is not finished, and what it had backed up of the config before is damaged or gone.',
    needs: ['kept'],
    stops: 'always',
    alsoBack: true,
    hint: 'Replace the folder that the message names by a whole copy of it, then run again. Where there is none, see that the connector runs and has its settings, and move the folders of the unfinished runs out of runs: the next one then begins anew with what is there.',
    test: (one) =>
      listed(
        lostFromBackup(one),
        (paths) =>
          `The backup of the unfinished run, ${one.unfinished?.backup}, does not hold ${paths} any more, nor do they lie in their place.`,
      ),
  },
  {
    id: 'broken',
    about: 'connector',
    means: 'The connector is registered, but files that its package lays down, or the package itself, are gone.',
    needs: [],
    stops: 'never',
    hint: 'The package given lays them down again; config, site and pool stay as they are.',
    test: ({ product, route }) =>
      product && route === 'repair' ? `${named(product)} is registered, but ${whatIsGone(product)}.` : null,
  },
  {
    id: 'package-lost',
    about: 'connector',
    means:
      'Windows Installer has lost the package that it kept of the connector, or that is damaged, and without it uninstalls nothing.',
    needs: ['products'],
    stops: 'always',
    hint: 'Give your own copy of the package of the installed version with --old-msi, its cabinets beside it.',
    test: lostPackages,
  },
  {
    id: 'same-product-code',
    about: 'connector',
    means:
      'The package given and the installed connector differ in version but not in product code, so Windows Installer takes the one for the other.',
    needs: [],
    stops: 'always',
    hint: 'Uninstall the installed version with `scim-setup uninstall`, which keeps its config, then install this one.',
    test: ({ product, wanted: { msi } }) =>
      product &&
      msi &&
      product.productCode === msi.productCode &&
      compareMsiVersions(product.version, msi.productVersion) !== 0
        ? `${msi.name} is version ${msi.productVersion} under the product code of the installed ${product.version}: Windows Installer takes both for the same product.`
        : null,
  },
  {
    id: 'downgrade',
    about: 'connector',
    means: 'The package given is older than the installed connector.',
    needs: [],
    stops: 'unless-accepted',
    hint: 'Give a package that is not older, or accept that the installed version is uninstalled and the older one installed.',
    test: ({ products, route, wanted }) =>
      route === 'downgrade'
        ? `${wanted.msi?.productVersion} is older than the installed ${products.at(-1)?.version}.`
        : null,
  },
  {
    id: 'no-way-back',
    about: 'connector',
    means: 'The installed version could not be put back if the change failed.',
    needs: [],
    stops: 'unless-accepted',
    hint: 'Where its package is the reason, give your own copy with --old-msi, its cabinets beside it; a property for it with --way-back-property. Or have a backup of the server, and accept it.',
    test: noWayBack,
  },
  {
    id: 'stranded',
    about: 'connector',
    means: 'An earlier run failed, and what was there before it could not be put back either.',
    needs: [],
    stops: 'never',
    isChoice: true,
    alsoBack: true,
    hint: 'This run tries the way back once more; give it what is missing with --old-msi or --way-back-property. To go forward, or to uninstall, in place of that: --accept stranded.',
    test: (one) => {
      const why = whyStranded(one);
      return why === null || !isGoingBack(one) ? null : `The last run could not put the connector back: ${why}.`;
    },
  },
  {
    id: 'pool-password',
    about: 'connector',
    means:
      'Uninstalling the connector loses the password of its pool, which only IIS knows, and the text of the pool cannot be put back here.',
    needs: ['iis'],
    stops: 'always',
    hint: 'Have the account and its password at hand, let the pool run as ApplicationPoolIdentity for the run, and set the account again afterwards.',
    test: (one) => {
      const { product, route, origin } = one;
      const pool = product && isReplacing(route) ? siteOf(origin, product).pool : null;
      return losesPassword(one) && pool
        ? `Pool ${pool.name} runs as ${pool.identity.slice('SpecificUser:'.length)}; uninstalling the old version takes the password along, which only IIS knows.`
        : null;
    },
  },
  {
    id: 'deletions-pending',
    about: 'connector',
    means:
      'An earlier setup left files that Windows deletes or replaces at its next start, and it does so to those of an installation in their place too.',
    needs: ['restart'],
    stops: 'always',
    hint: 'Restart the server, then run again.',
    test: (one) => {
      const { now, products, route, wanted } = one;
      // What is moved aside could not be put back.
      const aside = leftoversToClear(one).folders.map(({ path }) => path);
      const folders = [...(products.length > 0 ? products.map(({ folder }) => folder) : [null]), ...aside];
      const isDoomed = (path: string) => folders.some((folder) => isConnectorPath(path, folder));
      const { deletions, renames = [] } = read(now.restart);
      // What a setup has left to be replaced makes its version whole; only where nothing of the connector is touched it is no hindrance.
      const isUntouched = route === 'none' || route === 'prerequisites';
      const doomed = [...deletions, ...(isUntouched ? [] : renames)].filter(isDoomed);
      // A version that is there already is not there for long, if its files are among them.
      return (route !== 'none' || wanted.msi !== null) && doomed.length > 0
        ? `Windows will delete or replace ${doomed.join(', ')} at its next start.`
        : null;
    },
  },
  {
    id: 'pool-shared',
    about: 'connector',
    means: 'Other sites run in the pool of the connector and stop with it.',
    needs: ['iis'],
    stops: 'never',
    hint: 'They are down as long as the connector is.',
    test: sharedPool,
  },
];

function duplicates({ products, product, wanted }: Situation): string | null {
  if (products.length < 2) return null;
  const what = `The connector is registered ${products.length} times: ${products.map(named).join(', ')}.`;
  const config = `the config of ${product?.version} in ${product?.folder ?? 'a folder that is not known'}`;
  return wanted.goal === 'absent' ? what : `${what} The new installation takes over ${config}.`;
}

/** An upgrade uninstalls too; where the package given is that of the same product, it serves instead (1612, 1714). */
function lostPackages(one: Situation): string | null {
  if (!['upgrade', 'replace', 'downgrade', 'uninstall'].includes(one.route)) return null;
  const lost = one.products.filter((product) => product.cached === null && packageInstead(one, product) === null);
  return listed(
    lost.map((product) => `${named(product)} (${whyLost(product)})`),
    (names) => `Windows Installer cannot uninstall ${names}.`,
  );
}

function whatIsGone(product: Product): string {
  const { missingFiles, cached } = product;
  const files = missingFiles.length > 0 ? [`files of it are gone: ${missingFiles.join(', ')}`] : [];
  return [...files, ...(cached ? [] : [whyLost(product)])].join('; ');
}

function changedMeanwhile({ now, wanted, unfinished, origin }: Situation): string | null {
  if (!unfinished) return null;
  const before = valueOr(origin.products, []).map((one) => one.productCode);
  const ours = [...before, wanted.msi?.productCode, ...packagesTried(unfinished).map((one) => one.productCode)];
  const others = read(now.products).filter((one) => !ours.includes(one.productCode));
  if (others.length > 0)
    return `Since the unfinished run began, someone else has installed ${others.map(named).join(', ')}.`;
  const name = origin.machine.known ? origin.machine.value.name : read(now.machine).name;
  return name === read(now.machine).name ? null : `The unfinished run was begun on ${name}, not on this server.`;
}

/** A repair is not refused for it: what is broken cannot become worse by being mended. */
function noWayBack(one: Situation): string | null {
  if (!['upgrade', 'replace', 'downgrade', 'install', 'uninstall'].includes(one.route)) return null;
  // Whoever accepts that an earlier run was stranded has accepted this.
  if (whyStranded(one) !== null) return null;
  const reason = whyNoWayBack(one);
  return reason === null ? null : `${capitalised(reason)}.`;
}

function sharedPool({ now, product, route }: Situation): string | null {
  if (!product || route === 'none') return null;
  const { site, pool } = siteOf(now, product);
  const others = (read(now.iis)?.sites ?? []).filter(
    (one) => pool !== null && sameName(one.pool, pool.name) && one !== site,
  );
  return others.length > 0
    ? `Pool ${pool?.name} also runs ${others.map((one) => one.name + (one.application === '/' ? '' : one.application)).join(', ')}.`
    : null;
}
