import { type FindingRow, listed } from './finding-row.ts';
import { instanceNotCarried, splitProperties } from './instance.ts';
import { isAnyLeft } from './leftovers.ts';
import { longPaths, tooLongFor } from './long-paths.ts';
import { oldPackageOf } from './old-package.ts';
import { asksForFolder, namesAnotherFolder, ownFolder } from './place.ts';
import { leftoversToClear } from './plan-back.ts';
import { bindingsAtRisk, replacedBindings } from './plan-certificates.ts';
import { changesVersion } from './route.ts';
import { type Situation, valueOr } from './situation.ts';
import type { Properties } from './step.ts';
import { counted, nameOfSite } from './words.ts';

/** What can be wrong with where the connector lies and is served, and with the properties that say where it shall. */
export const placeFindings: readonly FindingRow[] = [
  {
    id: 'leftovers',
    about: 'connector',
    means: 'Files, a site or a pool of the connector are there, but no registered version that owns them.',
    needs: ['products', 'folders', 'iis'],
    stops: 'unless-accepted',
    hint: 'Accept that they are moved or removed, the folder into the backup: a new installation starts with settings and keys of its own.',
    test: (one) =>
      isAnyLeft(leftoversToClear(one))
        ? `No version ${one.products.length === 0 ? 'is registered' : 'lies there'}, but ${whatIsLeft(one)}.`
        : null,
  },
  {
    id: 'settings-not-carried',
    about: 'connector',
    means:
      'The connector lies in a folder of its own choice, or shares its config with other servers, and the package does neither unless properties say so.',
    needs: ['products', 'shared'],
    stops: 'always',
    hint: 'Give them with --property NAME=value, a secret with --secret-property NAME; `scim-setup inspect` lists the names that the package knows.',
    test: notCarried,
  },
  {
    id: 'path-too-long',
    about: 'connector',
    means:
      'A path that the run would make or name is too long for Windows Installer, appcmd or PowerShell: a package, config, a folder.',
    needs: ['products', 'folders'],
    stops: 'always',
    hint: 'Rename a package; let the connector, or the shared folder, lie in a folder with a shorter path. Then run again.',
    test: (one) => listed(longPaths(one), (paths) => `These paths would be ${tooLongFor}: ${paths}.`),
  },
  {
    id: 'folder-moves',
    about: 'connector',
    means: 'Properties put the new version into another folder than the one in which the connector lies.',
    needs: ['products'],
    stops: 'never',
    hint: 'Config and the rights given to folders and pool go along. What is left in the old folder holds keys: remove it once the connector runs as wanted.',
    test: movedFolder,
  },
  {
    id: 'certificate-absent',
    about: 'iis',
    means:
      "A port of the connector's site is bound to a certificate that is not in its store, so a binding that a setup removes could not be put back.",
    needs: ['iis', 'products', 'folders'],
    stops: 'never',
    hint: 'Put the certificate with its private key into that store before the run, or take the binding away: netsh http delete sslcert. What the run has taken along is told at its end, with the line of netsh that binds it again.',
    test: (one) =>
      listed(
        bindingsAtRisk(one).map(({ thumbprint, endpoint, store }) => `${thumbprint} at ${endpoint} (${store})`),
        (names) => `Certificates that http.sys binds are not in their store: ${names}.`,
      ),
  },
  {
    id: 'certificate-replaced',
    about: 'iis',
    means:
      'While a run was unfinished, another certificate was bound where http.sys had one; the run binds that of before again.',
    needs: ['iis'],
    stops: 'never',
    alsoBack: true,
    hint: 'Where somebody had renewed it meanwhile, bind the new one again after the run. That of a setup may go.',
    test: (one) =>
      listed(
        replacedBindings(one).map(({ was, is }) => `${is.thumbprint} at ${is.endpoint}, where ${was.thumbprint} was`),
        (names) =>
          `Since the unfinished run began, other certificates were bound, by a setup or by somebody: ${names}.`,
      ),
  },
  {
    id: 'property-unknown',
    about: 'packages',
    means: 'A property was given that its package does not name anywhere, so it would be passed over in silence.',
    needs: ['products'],
    stops: 'unless-accepted',
    hint: 'Check the name; accept it if a part of the package that cannot be read takes it.',
    test: (one) => {
      const { wanted, product, route } = one;
      const forward = unknownIn(wanted.properties, wanted.msi?.properties, wanted.msi?.name ?? '');
      const back = route === 'none' || !product ? null : oldPackageOf(one, product);
      return forward ?? unknownIn(wanted.wayBackProperties, back?.properties, back?.ref.name ?? '');
    },
  },
];

function whatIsLeft(one: Situation): string {
  const { folders, sites, pools } = leftoversToClear(one);
  return [
    ...folders.map(({ path, files }) => `${path} holds ${counted(files, 'file')}`),
    ...sites.map((site) => `site ${nameOfSite(site)} points at ${site.folder}`),
    ...pools.map(({ name }) => `pool ${name} is there`),
  ].join('; ');
}

function notCarried(one: Situation): string | null {
  const sentences = [folderNotCarried(one), sharingNotCarried(one)].filter((text) => text !== null);
  return sentences.length > 0 ? sentences.join(' ') : null;
}

/** Repair leaves everything where it is; a product that is only uninstalled needs no place. */
function folderNotCarried({ product, route, wanted }: Situation): string | null {
  const folder = product && changesVersion(route) ? ownFolder(product) : null;
  if (folder === null || asksForFolder(wanted.properties, folder)) return null;
  return `${product?.version} lies in ${folder}, and Windows Installer remembers no folder: without a property ${wanted.msi?.name} would go to its standard one.`;
}

function movedFolder({ product, route, wanted }: Situation): string | null {
  const folder = product && changesVersion(route) ? product.folder : null;
  if (folder === null || !namesAnotherFolder(splitProperties(wanted.properties).place, folder)) return null;
  return `${product?.version} lies in ${folder}, and the properties given to ${wanted.msi?.name} name another folder.`;
}

function sharingNotCarried(one: Situation): string | null {
  const folder = valueOr(one.origin.shared, null)?.folder;
  return listed(
    instanceNotCarried(one),
    (names) => `This server shares its config with others in ${folder}; ${one.wanted.msi?.name} is not told: ${names}.`,
  );
}

function unknownIn(given: Properties, known: readonly string[] | undefined, name: string): string | null {
  if (!known) return null;
  const unknown = Object.keys(given).filter((one) => !known.includes(one));
  return listed(unknown, (names) => `${name} does not know ${names}; it knows ${known.join(', ') || 'none'}.`);
}
