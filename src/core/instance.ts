import { samePath } from './connector.ts';
import type { Product, SharedFolder } from './facts.ts';
import type { Msi } from './media.ts';
import { oldPackageOf } from './old-package.ts';
import { instanceProperties } from './shared-folder.ts';
import { type Situation, valueOr } from './situation.ts';
import type { Properties } from './step.ts';

/**
 * What a package must be told again, because Windows Installer remembers no properties (T4), so that a server stays in
 * multiple-instance mode: a phrase for each property that is not among the answers; none for other servers.
 */
export function instanceNotCarried(one: Situation): readonly string[] {
  const { product, route, wanted } = one;
  const shared = valueOr(one.origin.shared, null);
  if (!shared || !product || !wanted.msi || route === 'none' || route === 'uninstall') return [];
  return notTold(wanted.msi, wanted.properties, shared, one);
}

/** The same of the package from which an installed version would be put back. */
export function instanceNotPutBack(one: Situation, product: Product): readonly string[] {
  const shared = valueOr(one.origin.shared, null);
  const old = oldPackageOf(one, product);
  if (!shared || !old || one.route === 'none') return [];
  return notTold(old, one.wanted.wayBackProperties, shared, one);
}

/** The properties of multiple-instance mode, which say nothing of where the connector lies, and the others. */
export function splitProperties(properties: Properties): { readonly instance: Properties; readonly place: Properties } {
  const { mode, folder } = instanceProperties({ properties: Object.keys(properties) });
  const named = (isOfInstance: boolean) =>
    Object.fromEntries(
      Object.entries(properties).filter(([name]) => (name === mode || name === folder) === isOfInstance),
    );
  return { instance: named(true), place: named(false) };
}

function notTold(
  told: Pick<Msi, 'properties'>,
  given: Properties,
  shared: SharedFolder,
  { wanted }: Situation,
): readonly string[] {
  const { mode, folder, passphrase } = instanceProperties(told);
  if (!folder) return [`the shared folder ${shared.folder}, for which it knows no property`];
  const isSecret = wanted.secrets.some((one) => one.name === passphrase);
  return [
    ...(mode && !(mode in given) ? [`${mode}, which sets multiple-instance mode`] : []),
    ...(samePath(given[folder] ?? '', shared.folder) ? [] : [`${folder}=${shared.folder}`]),
    ...(passphrase && !isSecret ? [`${passphrase} as a secret (--secret-property ${passphrase})`] : []),
  ];
}
