import { samePath } from './connector.ts';
import type {
  ConfigFile,
  ConnectorFolder,
  Facts,
  FeatureState,
  Hosting,
  Iis,
  Product,
  Reading,
  SharedFolder,
  Values,
} from './facts.ts';
import type { RestoreFrom } from './restore.ts';

/** The backup whose values are there that were not before; undefined where a new version has brought them. */
type Restored = Pick<RestoreFrom, 'files'> | undefined;

/** What differs between two looks at a server, in sentences for its operator; nothing is said of what could not be read. */
export function changesBetween(before: Facts, after: Facts, restored?: Restored): readonly string[] {
  const configOf = (old: readonly ConfigFile[], now: readonly ConfigFile[]) => configChanges(old, now, restored);
  return [
    ...compared(before.features, after.features, featureChanges),
    ...compared(before.hosting, after.hosting, hostingChanges),
    ...compared(before.products, after.products, productChanges),
    ...compared(before.iis, after.iis, iisChanges),
    ...compared(before.config, after.config, isFirst(before, after) ? firstConfig : configOf),
    ...compared(before.folders, after.folders, folderChanges),
    ...compared(before.shared, after.shared, sharedChanges),
  ];
}

function compared<T>(before: Reading<T>, after: Reading<T>, changes: (before: T, after: T) => string[]): string[] {
  return before.known && after.known ? changes(before.value, after.value) : [];
}

type Features = Readonly<Record<string, FeatureState>>;

function featureChanges(before: Features, after: Features): string[] {
  const enabled = Object.keys(after).filter((name) => after[name] === 'enabled' && before[name] !== 'enabled');
  return enabled.length === 0 ? [] : [`Windows features enabled: ${enabled.join(', ')}`];
}

function hostingChanges(before: Hosting, after: Hosting): string[] {
  const added = after.runtimes
    .filter(
      (one) =>
        !before.runtimes.some((old) => old.name === one.name && old.version === one.version && old.bits === one.bits),
    )
    .map((one) => `${one.name} ${one.version} (${one.bits} bits)`);
  const isModuleNew = after.module.registered && !before.module.registered;
  return [
    ...(added.length === 0 ? [] : [`.NET runtimes laid down: ${added.join(', ')}`]),
    ...(isModuleNew ? ['ASP.NET Core Module added to IIS'] : []),
  ];
}

function productChanges(before: readonly Product[], after: readonly Product[]): string[] {
  const versions = (products: readonly Product[]) =>
    products.map((one) => one.version).join(' and ') || 'not installed';
  return versions(before) === versions(after) ? [] : [`SCIM Connector: ${versions(before)} -> ${versions(after)}`];
}

function iisChanges(before: Iis | null, after: Iis | null): string[] {
  const sites = (iis: Iis | null) =>
    (iis?.sites ?? []).map((one) => one.name + (one.application === '/' ? '' : one.application));
  const added = sites(after).filter((name) => !sites(before).includes(name));
  const gone = sites(before).filter((name) => !sites(after).includes(name));
  return [...added.map((name) => `site ${name} added`), ...gone.map((name) => `site ${name} removed`)];
}

/** Whether a version is there that none was before: then what config lay there was nobody's, and is not carried over. */
function isFirst(before: Facts, after: Facts): boolean {
  const none = before.products.known && before.products.value.length === 0;
  return none && after.products.known && after.products.value.length > 0;
}

function firstConfig(before: readonly ConfigFile[], after: readonly ConfigFile[]): string[] {
  return after.flatMap(({ path, sha256 }) => {
    const old = before.find((one) => samePath(one.path, path));
    if (!old) return [`${path}: new`];
    return old.sha256 === sha256 ? [] : [`${path}: new; the one that lay there is in the backup`];
  });
}

function folderChanges(before: readonly ConnectorFolder[], after: readonly ConnectorFolder[]): string[] {
  return before
    .filter((one) => !after.some((now) => samePath(now.path, one.path)))
    .map(({ path }) => `${path}: gone; what an uninstallation leaves is in the backup`);
}

function sharedChanges(before: SharedFolder | null, after: SharedFolder | null): string[] {
  return before && after ? compared(before.files, after.files, (old, now) => configChanges(old, now, undefined)) : [];
}

function configChanges(before: readonly ConfigFile[], after: readonly ConfigFile[], restored: Restored): string[] {
  const all = [...before, ...after.filter((one) => !before.some((old) => samePath(old.path, one.path)))];
  return all.flatMap(({ path }) => {
    const [old, now] = [before, after].map((files) => files.find((one) => samePath(one.path, path)));
    if (!old) return [`${path}: new`];
    if (!now) return [`${path}: gone, kept in the backup`];
    const kept = restored?.files.find((one) => samePath(one.path, path)) ?? now;
    return old.sha256 === now.sha256
      ? []
      : [`${path}: ${valueChanges(old.values, now.values, restored && kept.values)}`];
  });
}

/** `backup`: the values of that file in the backup that was put back, if one was. */
function valueChanges(before: Values, after: Values, backup: Values | undefined): string {
  const kept = Object.keys(before).filter((pointer) => before[pointer] === after[pointer]).length;
  const changed = Object.keys(before).filter((pointer) => pointer in after && before[pointer] !== after[pointer]);
  const added = Object.keys(after).filter((pointer) => !(pointer in before));
  const gone = Object.keys(before).filter((pointer) => !(pointer in after));
  // It holds no values, as a web.config, or held none that could be read.
  if (Object.keys(before).length === 0) return `replaced by that of ${backup ? 'the backup' : 'the new version'}`;
  const arrived = backup
    ? { 'from the backup': [...added, ...changed], 'kept, not in the backup': absentIn(backup, after) }
    : { new: added, 'new default': changed };
  const listed = Object.entries({ ...arrived, gone }).filter(([, pointers]) => pointers.length > 0);
  const parts = listed.map(([what, pointers]) => `${what}: ${pointers.join(', ')}`);
  return [`${kept} of ${Object.keys(before).length} values kept`, ...parts].join('; ');
}

/** Pointers of values that another file does not have; case does not count, by which the merge goes too. */
function absentIn(other: Values, values: Values): string[] {
  const names = new Set(Object.keys(other).map((pointer) => pointer.toLowerCase()));
  return Object.keys(values).filter((pointer) => !names.has(pointer.toLowerCase()));
}
