import { samePath } from './connector.ts';
import { filesToKeep } from './kept-config.ts';
import { type OldPackage, oldPackageOf } from './old-package.ts';
import type { Draft } from './plan.ts';
import { sharedFilesToKeep } from './shared-plan.ts';
import { isToSettle, type Situation, valueOr } from './situation.ts';
import type { Steps, WantedFile } from './step.ts';

/** A backup wherever there is a product, config or a site: what lies there without a product is nobody's to lose either. */
export function backupSteps(one: Situation): Draft[] {
  const { products, leftovers } = one;
  const isSite = leftovers.sites.length + leftovers.pools.length > 0 && 'host' in hostOf(one);
  return products.length + filesOf(one).length > 0 || isSite ? [backupStep(one)] : [];
}

/**
 * Config files of an unfinished run that are not as they were before it, and whose copies in its backup are damaged or gone. What lies
 * untouched in its place is backed up again.
 */
export function lostFromBackup(one: Situation): readonly string[] {
  const { config, shared, kept } = one.now;
  if (!one.unfinished || !kept.known) return [];
  const inShared = valueOr(valueOr(shared, null)?.files ?? { known: true, value: [] }, []);
  const copies = [...kept.value.files, ...valueOr(config, []), ...inShared];
  const isThere = (file: WantedFile) =>
    copies.some((copy) => samePath(copy.path, file.path) && copy.sha256 === file.sha256);
  return filesOf(one)
    .filter((file) => !isThere(file))
    .map((file) => file.path);
}

/** Every config file, and the packages from which the registered versions could be put back. */
function backupStep(one: Situation): Draft {
  const files = filesOf(one);
  const old = one.products.flatMap((product) => oldPackageOf(one, product) ?? []);
  const packages = old.map(({ ref: { name, sha256, cabinets }, from }) => ({
    name,
    sha256,
    ...(cabinets ? { cabinets } : {}),
    from,
  }));
  const values = files.reduce((sum, file) => sum + Object.keys(file.values).length, 0);
  const versions = old.map((each) => keptAs(one, each));
  const host = 'host' in hostOf(one) ? ', applicationHost.config' : '';
  const why = `${files.length} files, ${values} values${host}${versions.length > 0 ? `, and the package of ${versions.join(' and ')}` : ''}`;
  return { step: { kind: 'config.backup', files, packages, ...hostOf(one) }, why };
}

/** What Windows Installer takes back first may change it, so it is kept only afterwards. */
function hostOf(one: Situation): Pick<Steps['config.backup'], 'host'> {
  const path = valueOr(one.origin.iis, null)?.hostConfig?.path;
  return path === undefined || isToSettle(one) ? {} : { host: { path } };
}

/** The version of a package that is kept, and for the operator's own copy under which name, where that is another. */
function keptAs({ wanted: { oldMsi } }: Situation, { ref, from }: OldPackage): string {
  if (from !== null) return ref.version;
  const isRenamed = oldMsi?.sha256 === ref.sha256 && oldMsi.name !== ref.name;
  return `${ref.version} that was given${isRenamed ? ` as ${oldMsi.name}, under its registered name ${ref.name}` : ''}`;
}

function filesOf(one: Situation): readonly WantedFile[] {
  return [...filesToKeep(one), ...sharedFilesToKeep(one)];
}
