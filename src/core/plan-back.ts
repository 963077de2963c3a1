import { defaultFolder, samePath } from './connector.ts';
import type { ConnectorFolder, Facts, Pool, Product, Site } from './facts.ts';
import { splitProperties } from './instance.ts';
import { filesToKeep, foldersToKeep } from './kept-config.ts';
import { certificateSteps, newPoolGone } from './kept-site.ts';
import { type Leftovers, noLeftovers, remainsOf } from './leftovers.ts';
import type { Msi } from './media.ts';
import { oldPackageOf, refFor } from './old-package.ts';
import { asksForFolder } from './place.ts';
import { type Plan, packagesTried } from './plan.ts';
import { restoreSteps } from './restore.ts';
import { secretsBack, sharedBack } from './shared-plan.ts';
import { isSameSite, sameName, secondSites, withoutText } from './site-gaps.ts';
import { hasText, type Situation, siteOf, valueOr } from './situation.ts';
import type { MsiRef, Properties, Step } from './step.ts';
import { whyNoWayBack } from './way-back.ts';

/**
 * The states that make the connector what it was, in an order that works from anywhere: what is new goes, the old versions
 * come from their kept packages, then folders, sites, config, pools.
 */
export function wayBackOf(one: Situation): Pick<Plan, 'wayBack' | 'noWayBack'> {
  const left = leftoversToPutBack(one);
  const pools = poolsOf(one, left);
  if (one.route === 'restore') return { wayBack: [...stops(pools), ...exactFiles(one), ...pools.map(asItWas)] };
  const sites = sitesOf(one, left);
  const steps: Step[] = [
    ...stops(pools),
    ...[one.wanted.msi, ...strays(one)].flatMap((msi) => removeNew(one, msi)),
    ...one.products.toReversed().flatMap((product) => makeWay(one, product)),
    ...one.products.map((product) => putBack(one, product)),
    ...foldersOf(one, left).map((folder): Step => ({ kind: 'folder.present', folder })),
    ...sites,
    ...(sites.length > 0 ? newPoolGone(one) : []),
    ...left.pools.map((pool) => poolPresent(one.origin, pool)),
    ...certificateSteps(one, []),
    ...exactFiles(one),
    ...sharedBack(one),
    ...pools.map(asItWas),
  ];
  const reason = whyNoWayBack(one);
  return reason === null ? { wayBack: steps } : { wayBack: steps, noWayBack: reason };
}

function stops(pools: readonly Pool[]): Step[] {
  return pools.map(({ name }) => ({ kind: 'pool.stop', pool: name }));
}

function asItWas({ name, state }: Pool): Step {
  return { kind: state === 'started' ? 'pool.start' : 'pool.stop', pool: name };
}

/** What of no product is cleared away: only where no product is to stay, for a product may lie beside it. */
export function leftoversToClear({ route, leftovers }: Situation): Leftovers {
  return route === 'install' || route === 'uninstall' ? leftovers : noLeftovers;
}

/** What the uninstallation of products that do not come back may leave: of all of them, or of all but the one that counts. */
export function remainsToClear({ origin, route, products, product }: Situation): Leftovers {
  if (route === 'uninstall') return remainsOf(products, origin);
  const isKept = (folder: string | null) => folder === null || samePath(folder, product?.folder ?? defaultFolder);
  const others = ['replace', 'downgrade'].includes(route) ? products.filter((one) => !isKept(one.folder)) : [];
  return remainsOf(others, origin);
}

/** What the way back puts back of it. The sites and pools of products come with these. */
function leftoversToPutBack(one: Situation): Leftovers {
  const left = leftoversToClear(one);
  return { ...left, folders: [...left.folders, ...remainsToClear(one).folders] };
}

/** A folder in which several versions lie is as it was only if every file of it is. */
function foldersOf({ origin }: Situation, left: Leftovers): readonly ConnectorFolder[] {
  const shared = valueOr(origin.folders, []).filter((one) => one.content !== undefined);
  return [...left.folders, ...shared.filter((one) => !left.folders.includes(one))];
}

function poolsOf({ origin, products }: Situation, left: Leftovers): readonly Pool[] {
  const all = [...products.flatMap((product) => siteOf(origin, product).pool ?? []), ...left.pools];
  return all.filter((pool, index) => all.indexOf(pool) === index);
}

function removeNew(one: Situation, msi: Msi | null): Step[] {
  if (!msi || one.products.some((product) => product.productCode === msi.productCode)) return [];
  const { productCode, productVersion: version } = msi;
  return [{ kind: 'connector.uninstall', productCode, version, folder: one.product?.folder ?? null }];
}

/**
 * An older version that is laid over a newer one in the same folder leaves its own bytes in files of the other: the newer one goes
 * first, if the package is there from which it comes back.
 */
function makeWay(one: Situation, product: Product): Step[] {
  const { productCode, version, folder } = product;
  const { products } = one;
  const index = products.findIndex((one) => one.productCode === productCode);
  const older = products.slice(0, index).filter((one) => one.folder && folder && samePath(one.folder, folder));
  if (older.length === 0 || [product, ...older].some((each) => oldPackageOf(one, each) === null)) return [];
  return [{ kind: 'connector.uninstall', productCode, version, folder, beneath: older.map((one) => one.productCode) }];
}

/** Files that were gone before need not be there again. */
function putBack(one: Situation, product: Product): Step {
  const { folder, missingFiles } = product;
  return {
    kind: 'connector.install',
    msi: packageBack(one, product),
    properties: propertiesFor(one, folder),
    ...secretsBack(one),
    ...(folder === null ? {} : { folder }),
    ...(missingFiles.length === 0 ? {} : { lacking: missingFiles }),
  };
}

/** Where none is whole, the one given may be that of the same product. */
function packageBack(one: Situation, product: Product): MsiRef {
  const old = oldPackageOf(one, product);
  const { msi } = one.wanted;
  const given = msi?.productCode === product.productCode ? refFor(msi, product) : null;
  if (old?.lacking.length === 0) return old.ref;
  const { productCode, version } = product;
  return given ?? old?.ref ?? { productCode, version, name: '', sha256: '' };
}

/** Properties that say where it lies are for the version that lay there, and would lead another one astray. */
function propertiesFor({ products, wanted: { wayBackProperties } }: Situation, folder: string | null): Properties {
  const isMeant = products.length === 1 || (folder !== null && asksForFolder(wayBackProperties, folder));
  return isMeant ? wayBackProperties : splitProperties(wayBackProperties).instance;
}

/** The packages of unfinished runs, the newest first, where another one is wanted now: each may have left a product behind. */
export function strays({ unfinished, wanted }: Pick<Situation, 'unfinished' | 'wanted'>): readonly Msi[] {
  const before = valueOr(unfinished?.before.products ?? { known: true, value: [] }, []);
  const expected = [wanted.msi, ...before].map((one) => one?.productCode);
  return unfinished ? packagesTried(unfinished).filter((one) => !expected.includes(one.productCode)) : [];
}

function sitesOf({ origin, products }: Situation, left: Leftovers): Step[] {
  const iis = valueOr(origin.iis, null);
  const all = [...products.flatMap((product) => siteOf(origin, product).site ?? []), ...left.sites];
  return all
    .filter((site, index) => all.findIndex((one) => isSameSite(one, site)) === index)
    .flatMap((site) => sitePresent(origin, site, iis?.pools.find((pool) => sameName(pool.name, site.pool)) ?? null));
}

/** The site of a product as it was; its settings are left to the setup where a pool of its own kind is needed. */
export function siteStep(origin: Facts, product: Product, isTextKept: boolean): Step[] {
  const { site, pool } = siteOf(origin, product);
  return site ? sitePresent(origin, site, pool, isTextKept) : [];
}

function sitePresent(origin: Facts, site: Site, pool: Pool | null, isTextKept = hasText(origin, pool, site)): Step[] {
  if (!pool) return [];
  const beside = secondSites(valueOr(origin.iis, null), site, []).map((one) => one.name + one.application);
  const exact = isTextKept ? { exact: true as const } : {};
  return [{ kind: 'site.present', site: withoutText(site), identity: pool.identity, beside, ...exact }];
}

/** A pool as it was, by its text where that can be put back. */
export function poolPresent(origin: Facts, pool: Pool): Step {
  const exact = hasText(origin, pool) ? { exact: true as const } : {};
  return { kind: 'pool.present', pool: pool.name, identity: pool.identity, ...exact };
}

/**
 * Every config file, byte for byte as it was, and the rights of its folders; what a restore has brought, and was not there, is gone:
 * also where something else is asked for by now.
 */
function exactFiles(one: Situation): Step[] {
  const [files, folders] = [filesToKeep(one), foldersToKeep(one)];
  const wanted = one.unfinished?.wanted.restore ? one.unfinished.wanted : one.wanted;
  const brought = restoreSteps({ ...one, wanted }).flatMap((step) => step.files.map(({ path }) => path));
  const absent = brought.filter((path) => !files.some((file) => samePath(file.path, path)));
  if (files.length + folders.length + absent.length === 0) return [];
  const more = { ...(folders.length > 0 ? { folders } : {}), ...(absent.length > 0 ? { absent } : {}) };
  return [{ kind: 'config.restore', files, match: 'exact', ...more }];
}
