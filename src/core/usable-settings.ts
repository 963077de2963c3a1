import { isConnectorPath, samePath } from './connector.ts';
import type { ConfigFile, Product } from './facts.ts';
import { type Situation, valueOr } from './situation.ts';

const settingsFile = 'appsettings.json';

/** Whether a file should hold settings as JSON and does not, empty or cut off as it is: the smallest that is whole has one value, `{}`. */
export function isTorn({ path, values }: Pick<ConfigFile, 'path' | 'values'>): boolean {
  return path.toLowerCase().endsWith('.json') && Object.keys(values).length === 0;
}

/**
 * Settings that the connector cannot read, and those that its package lays down and that are not there: half sentences. What a version
 * keeps in `Responses` is not known well enough to be judged. Before the first run of the chain, since amid a run the files are the run's own matter.
 */
export function unusableSettings({ origin, products }: Pick<Situation, 'origin' | 'products'>): readonly string[] {
  const config = valueOr(origin.config, []);
  const shared = valueOr(valueOr(origin.shared, null)?.files ?? { known: true, value: [] }, []);
  const own = config.filter(({ path }) =>
    products.some((one) => one.folder !== null && isConnectorPath(path, one.folder)),
  );
  return [
    ...products.flatMap((product) => missingSettings(product, config)),
    ...[...own, ...shared]
      .filter((file) => file.role === 'settings' && isTorn(file))
      .map(({ path }) => `${path} is empty or no whole JSON`),
  ];
}

function missingSettings({ folder, cached }: Product, config: readonly ConfigFile[]): string[] {
  const path = `${folder}\\${settingsFile}`;
  const isLaidDown = folder !== null && cached !== null && settingsFile in cached.defaults;
  return isLaidDown && !config.some((one) => samePath(one.path, path)) ? [`${path} is not there`] : [];
}
