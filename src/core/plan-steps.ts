import type { Product } from './facts.ts';
import { filesToCarry, filesToKeep } from './kept-config.ts';
import type { Msi } from './media.ts';
import { holds } from './missing.ts';
import type { Plan, Planned, Route } from './plan.ts';
import { siteStep, strayMsi, wayBackOf } from './plan-back.ts';
import { hasPassword, type Situation, siteOf, valueOr } from './situation.ts';
import type { BundleRef, MsiRef, Step } from './step.ts';

type Draft = Omit<Planned, 'id'>;

/** The steps from the origin to the wanted state. The loop skips what holds, so a run that was cut goes on with the same plan. */
export function planForward(one: Situation): Plan {
  const connector = connectorSteps(one);
  const prerequisites = prerequisiteSteps(one);
  const route: Route = one.route === 'none' && prerequisites.length > 0 ? 'prerequisites' : one.route;
  return {
    route,
    direction: 'forward',
    ...numbered(prerequisites, connector),
    ...(connector.length > 0 ? wayBackOf(one) : { wayBack: [] }),
  };
}

/** Only the way back: a run that was cut on its way back goes on walking back, whatever is asked for now. */
export function planBack(one: Situation): Plan {
  return { route: one.route, direction: 'back', prerequisites: [], connector: [], ...wayBackOf(one) };
}

function numbered(
  prerequisites: readonly Draft[],
  connector: readonly Draft[],
): Pick<Plan, 'prerequisites' | 'connector'> {
  const counts = new Map<string, number>();
  const withId = (draft: Draft): Planned => {
    const count = (counts.get(draft.step.kind) ?? 0) + 1;
    counts.set(draft.step.kind, count);
    return { id: count === 1 ? draft.step.kind : `${draft.step.kind}-${count}`, ...draft };
  };
  return { prerequisites: prerequisites.map(withId), connector: connector.map(withId) };
}

function prerequisiteSteps(one: Situation): Draft[] {
  const hosting = hostingStep(one);
  return [
    ...(one.features.length > 0 ? [{ step: enable(one.features), why: 'the connector is an IIS application' }] : []),
    ...(hosting ? [hosting] : []),
    ...(hosting || needsRestart(one) ? [{ step: { kind: 'iis.restart' } as const, why: restartWhy(one) }] : []),
  ];
}

const enable = (features: readonly string[]): Step => ({ kind: 'iis.enable', features });

function hostingStep({ now, runtime, wanted: { bundle } }: Situation): Draft | null {
  if (!runtime || runtime.gaps.length === 0 || !bundle || !now.hosting.known) return null;
  const ref: BundleRef = { name: bundle.name, sha256: bundle.sha256, version: bundle.version };
  const [install, repair]: [Step, Step] = [
    { kind: 'hosting.install', bundle: ref },
    { kind: 'hosting.repair', bundle: ref },
  ];
  // A bundle that was installed before IIS skipped the module in silence; installing it again is what Burn calls a repair.
  const isThere = now.hosting.value.bundles.some((one) => one.version === bundle.version);
  return isThere
    ? { step: repair, why: `it is installed, but ${runtime.gaps[0]}`, orElse: [install] }
    : { step: install, why: runtime.gaps[0] ?? 'it is needed', orElse: [repair] };
}

function needsRestart({ now, runtime }: Situation): boolean {
  return runtime !== null && valueOr(now.iis, null) !== null && !holds({ kind: 'iis.restart' }, now);
}

function restartWhy({ now, product }: Situation): string {
  const iis = valueOr(now.iis, null);
  const others = (iis?.sites ?? []).filter(
    (site) => site.state === 'started' && site.folder !== product?.folder,
  ).length;
  return others === 0
    ? 'so that it finds the hosting bundle'
    : `so that it finds the hosting bundle; ${others} other ${others === 1 ? 'site is' : 'sites are'} down for some seconds`;
}

function connectorSteps(one: Situation): Draft[] {
  const main = mainSteps(one);
  return main.length === 0 ? [] : [...strayStep(one), ...aroundPool(one, main)];
}

function mainSteps(one: Situation): Draft[] {
  const { product, route, wanted } = one;
  if (route === 'install' && wanted.msi)
    return [...keepLeftovers(one), installStep(wanted.msi, one), serveStep(wanted.msi)];
  if (!product) return [];
  if (route === 'uninstall') return [backupStep(one, product), uninstallStep(one, product)];
  if (!wanted.msi) return [];
  if (route === 'upgrade')
    return [
      backupStep(one, product),
      upgradeStep(one, product, wanted.msi),
      ...keepSite(one, product),
      ...restoreStep(one),
    ];
  if (route === 'replace')
    return [
      backupStep(one, product),
      uninstallStep(one, product),
      installStep(wanted.msi, one),
      ...keepSite(one, product),
      ...restoreStep(one),
    ];
  return [];
}

/** The pool is stopped because its files are in use (T10); one that was found stopped stays stopped. */
function aroundPool({ origin, product, route }: Situation, main: readonly Draft[]): Draft[] {
  const pool = product ? siteOf(origin, product).pool : null;
  if (!pool) return [...main];
  const stop: Draft = { step: { kind: 'pool.stop', pool: pool.name }, why: 'its files are in use' };
  if (route === 'uninstall') return [stop, ...main];
  const last: Draft =
    pool.state === 'started'
      ? { step: { kind: 'pool.start', pool: pool.name }, why: 'it was running' }
      : { step: { kind: 'pool.stop', pool: pool.name }, why: 'it was found stopped and stays so' };
  return [stop, ...main, last];
}

/** Config that lies there without a product is nobody's to lose. */
function keepLeftovers(one: Situation): Draft[] {
  return filesToKeep(one).length === 0 ? [] : [backupStep(one, null)];
}

function backupStep(one: Situation, product: Product | null): Draft {
  const files = filesToKeep(one);
  const packages = product?.cached
    ? [{ name: product.cached.name, sha256: product.cached.sha256, from: product.cached.path }]
    : [];
  const values = files.reduce((sum, file) => sum + Object.keys(file.values).length, 0);
  const why = `${files.length} files, ${values} values${packages.length > 0 ? `, and the package of ${product?.version}` : ''}`;
  return { step: { kind: 'config.backup', files, packages }, why };
}

function installStep(msi: Msi, { wanted }: Situation): Draft {
  return {
    step: { kind: 'connector.install', msi: refOf(msi), properties: wanted.properties },
    why: 'it is the version wanted',
  };
}

function serveStep({ productCode }: Msi): Draft {
  return { step: { kind: 'connector.serve', productCode }, why: 'a run that was cut may have stopped it' };
}

function whyUninstall({ route }: Situation, version: string): string {
  return route === 'uninstall' ? `${version} is there` : 'the new version does not replace it in place';
}

function uninstallStep(one: Situation, product: Product): Draft {
  const { productCode, version, folder } = product;
  return { step: { kind: 'connector.uninstall', productCode, version, folder }, why: whyUninstall(one, version) };
}

function upgradeStep({ wanted, origin }: Situation, product: Product, msi: Msi): Draft {
  const [ref, properties] = [refOf(msi), wanted.properties];
  const { productCode, version, folder } = product;
  const upgrade: Draft = {
    step: { kind: 'connector.upgrade', msi: ref, properties, replaces: [productCode] },
    why: `its package replaces ${version}`,
  };
  // Uninstalling would take the pool's password along, which a failed upgrade may have left intact (T5).
  if (hasPassword(siteOf(origin, product).pool)) return upgrade;
  return {
    ...upgrade,
    orElse: [
      { kind: 'connector.uninstall', productCode, version, folder },
      { kind: 'connector.install', msi: ref, properties },
    ],
  };
}

function restoreStep(one: Situation): Draft[] {
  const files = filesToCarry(one);
  return files.length === 0
    ? []
    : [{ step: { kind: 'config.restore', files, match: 'values' }, why: 'nothing of the old settings may be missing' }];
}

/** A product that an unfinished run with another package may have left. */
function strayStep({ unfinished, wanted, now }: Situation): Draft[] {
  const stray = strayMsi({ unfinished, wanted });
  const isThere = valueOr(now.products, []).some((product) => product.productCode === stray?.productCode);
  if (!stray || !isThere) return [];
  const { productCode, productVersion } = stray;
  return [
    {
      step: { kind: 'connector.uninstall', productCode, version: productVersion, folder: null },
      why: 'an unfinished run left it',
    },
  ];
}

/** A folder or port that the properties name is where the new version belongs, so only without any is the old site wanted. */
function keepSite({ origin, wanted }: Situation, product: Product): Draft[] {
  if (Object.keys(wanted.properties).length > 0) return [];
  return siteStep(origin, product).map((step) => ({ step, why: 'folder, bindings and certificate stay as they are' }));
}

function refOf(msi: Msi): MsiRef {
  return { name: msi.name, sha256: msi.sha256, productCode: msi.productCode, version: msi.productVersion };
}
