import { configConflicts } from './config-conflicts.ts';
import { crossesFormat, isConnectorPath } from './connector.ts';
import { type FindingRow, listed, read } from './finding-row.ts';
import { settingsUnknown, webConfigEdits } from './kept-config.ts';
import { leftInBackup } from './restore.ts';
import { isReplacing } from './route.ts';
import { poolAccess } from './shared-access.ts';
import { type Situation, siteOf } from './situation.ts';
import { unusableSettings } from './usable-settings.ts';

/** What becomes of settings when another version comes. */
export const settingsFindings: readonly FindingRow[] = [
  {
    id: 'settings-unusable',
    about: 'settings',
    means:
      'A settings file of the connector is not there, empty or cut off, so the connector cannot start or starts without its keys.',
    needs: ['products', 'config'],
    stops: 'unless-accepted',
    hint: 'Put the last good one back: scim-setup backups lists what there is, scim-setup restore --from <id> puts it back. Accept it to go on without what it held.',
    test: (one) =>
      one.wanted.goal === 'present'
        ? listed(unusableSettings(one), (names) => `The connector cannot use its settings: ${names}.`)
        : null,
  },
  {
    id: 'unknown-settings',
    about: 'settings',
    means: 'An older version does not know settings that were made with a newer one; they stay in the files.',
    needs: ['config'],
    stops: 'never',
    hint: 'They do nothing in the older version, and count again after the next upgrade.',
    test: (one) =>
      listed(
        settingsUnknown(one),
        (names) => `${one.wanted.msi?.productVersion} does not know these settings: ${names}.`,
      ),
  },
  {
    id: 'reconfiguration',
    about: 'settings',
    means: 'The old and the new version keep their settings in different formats, so they cannot be carried over.',
    needs: [],
    stops: 'unless-accepted',
    hint: 'Have the connection to Secret Server and the endpoints at hand to enter them again.',
    test: ({ product, wanted: { msi }, route }) =>
      product && msi && isReplacing(route) && crossesFormat(product.version, msi.productVersion)
        ? `${product.version} keeps its settings in a form that ${msi.productVersion} cannot read. They stay in the backup and must be entered again; endpoint tokens become invalid.`
        : null,
  },
  {
    id: 'restore-unfinished',
    about: 'settings',
    means: 'A run that puts a backup back is not finished, and something else is asked for before that.',
    needs: [],
    stops: 'always',
    hint: 'Finish it first: scim-setup resume. Then run this again.',
    test: (one) =>
      isRestoreCut(one) && one.wanted.goal !== 'restored'
        ? 'The unfinished run puts a backup back; what is asked for now would take what it has put back for the change of somebody else.'
        : null,
  },
  {
    id: 'config-conflict',
    about: 'settings',
    means:
      'A setting was changed on this server or in the backup that is put back, or that cannot be told, and the version that it goes into has another value for it.',
    needs: ['config'],
    stops: 'never',
    hint: 'Your values are kept, in a restore those of the backup; compare them with the others.',
    test: conflictText,
  },
  {
    id: 'pool-cannot-write',
    about: 'settings',
    means:
      'The account under which the connector runs may not write its settings, so what is entered in it is not saved.',
    needs: ['products', 'config', 'iis'],
    stops: 'never',
    hint: 'Give that account the right to modify the file, for instance with icacls.',
    test: settingsNotWritable,
  },
  {
    id: 'web-config-edited',
    about: 'settings',
    means: 'The web.config was edited on this server, or that cannot be told, and the new version comes with its own.',
    needs: ['config'],
    stops: 'never',
    hint: 'The old one is in the backup; what is still of use of the edits must be made again in the new one.',
    test: editedWebConfig,
  },
  {
    id: 'backup-elsewhere',
    about: 'settings',
    means:
      'A backup lies outside the protected folder, and the server has none of its own by which it could be proven.',
    needs: [],
    stops: 'unless-accepted',
    hint: 'It is whole by its own manifest, which whoever may write there could have made too. Accept it if nobody but administrators could since it was made.',
    test: ({ wanted: { restore } }) =>
      restore && !restore.isOwn
        ? `The backup in ${restore.folder} is not one of those that this server has: whether it is as it was made cannot be told.`
        : null,
  },
  {
    id: 'left-in-backup',
    about: 'settings',
    means: 'A backup holds files that belong to the version it was made of, and another one is installed.',
    needs: ['config'],
    stops: 'never',
    hint: 'Their copies lie in the folder of the backup; take from them by hand what is still of use.',
    test: (one) =>
      listed(leftInBackup(one).map(leftText), (names) => {
        const versions = one.wanted.restore?.versions.join(' and ');
        return `These files of the backup belong to ${versions} and are not put over ${one.product?.version}: ${names}.`;
      }),
  },
];

/** The connector itself saves its settings (domain: appsettings.json holds what is entered in its pages). */
function settingsNotWritable({ now, wanted }: Situation): string | null {
  if (wanted.goal === 'absent') return null;
  const refused = read(now.products).flatMap((product) => {
    const { pool } = siteOf(now, product);
    const file = read(now.config).find(
      ({ path, role }) => role === 'settings' && product.folder !== null && isConnectorPath(path, product.folder),
    );
    const may = pool && file ? poolAccess(file.sddl, file.path, pool.identity, pool.sid) : 'cannot-tell';
    return pool && file && may === 'no'
      ? [`Pool ${pool.name} runs as ${pool.identity}, which may not write ${file.path}`]
      : [];
  });
  return refused.length === 0 ? null : `${refused.join('; ')}.`;
}

function isRestoreCut({ unfinished }: Situation): boolean {
  return unfinished?.wanted.goal === 'restored' && unfinished.direction === 'forward';
}

function conflictText(one: Situation): string | null {
  const { wanted, product } = one;
  const { changed, unclear } = configConflicts(one);
  const told = wanted.restore
    ? `${product?.version} has other values for settings that are changed in the backup`
    : 'The new version has new defaults for settings that were changed here';
  const from = wanted.restore?.versions.join(' and ') ?? product?.version;
  const sentences = [
    listed(changed, (names) => `${told}: ${names}.`),
    listed(
      unclear,
      (names) =>
        `These go over other values of ${wanted.msi?.productVersion ?? product?.version}, and whether they were changed cannot be told, for what ${from} comes with is not known: ${names}.`,
    ),
  ].filter((one) => one !== null);
  return sentences.length === 0 ? null : sentences.join(' ');
}

/** A web.config names the DLL and the hosting model of its own version, so it is never carried over (T6). */
function editedWebConfig(one: Situation): string | null {
  const { product, wanted } = one;
  const edits = webConfigEdits(one);
  if (!product || edits.length === 0) return null;
  const sentences = edits.map(({ path, isKnown }) =>
    isKnown
      ? `${path} is not as the package of ${product.version} lays it down.`
      : `Whether ${path} was edited cannot be told: what the package of ${product.version} lays down is not known.`,
  );
  return `${sentences.join(' ')} ${wanted.msi?.productVersion} comes with its own.`;
}

function leftText({ path, isEdited }: ReturnType<typeof leftInBackup>[number]): string {
  return isEdited ? `${path} (edited on this server)` : path;
}
