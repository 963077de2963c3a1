import type { Product } from './facts.ts';
import { filesToCarry, filesToKeep, foldersToCarry } from './kept-config.ts';
import { isPlaceKept, isTextKept, losesPassword, newPoolGone } from './kept-site.ts';
import { clearingSteps, type Leftovers, without } from './leftovers.ts';
import { type Msi, refOf } from './media.ts';
import { packageInstead, refFor } from './old-package.ts';
import { asksForFolder, ownFolder } from './place.ts';
import type { Draft, Route } from './plan.ts';
import { leftoversToClear, remainsToClear, siteStep } from './plan-back.ts';
import { keepCertificates } from './plan-certificates.ts';
import { restoreSteps } from './restore.ts';
import { secretsForPackage } from './secret-findings.ts';
import { checkShared } from './shared-plan.ts';
import { type Situation, siteOf, valueOr } from './situation.ts';
import type { Step, Steps, WantedFile } from './step.ts';

/** The steps by which each route brings the connector where it is wanted. */
export function mainSteps(one: Situation): Draft[] {
  const { route, wanted } = one;
  if (route === 'uninstall')
    return [...uninstallSteps(one), ...cleaningSteps(one), ...keepCertificates(one), ...checkShared(one)];
  if (route === 'restore')
    return restoreSteps(one).map((step) => ({ step, why: `as of ${wanted.restore?.takenAt ?? 'then'}` }));
  if (!wanted.msi) return [];
  const steps = mainStepsByRoute[route];
  return steps ? steps(one, wanted.msi) : [];
}

type MainSteps = (one: Situation, msi: Msi) => Draft[];

const replaceSteps: MainSteps = (one, msi) => [
  ...uninstallSteps(one),
  ...cleaningSteps(one),
  installStep(msi, one),
  ...keepSite(one),
  ...keepCertificates(one),
  ...restoreStep(one),
  ...checkShared(one),
];

const mainStepsByRoute: { readonly [R in Route]?: MainSteps } = {
  install: (one, msi) => [
    ...cleaningSteps(one),
    installStep(msi, one),
    ...keepCertificates(one),
    ...checkShared(one),
    serveStep(msi),
  ],
  upgrade: (one, msi) => [
    ...recacheSteps(one),
    upgradeStep(one, msi),
    ...keepSite(one),
    ...keepCertificates(one),
    ...restoreStep(one),
    ...checkShared(one),
  ],
  replace: replaceSteps,
  downgrade: replaceSteps,
  repair: (one, msi) => [
    repairStep(one, msi),
    ...keepSite(one),
    ...keepCertificates(one),
    ...exactStep(one),
    ...checkShared(one),
  ],
};

/**
 * What no product owns, and what an uninstallation leaves. A run that is taken up again may have installed the version wanted where
 * they lay: what that owns stays.
 */
function cleaningSteps(one: Situation): Draft[] {
  const isAdded = ({ productCode }: Product) =>
    productCode === one.wanted.msi?.productCode && !one.products.some((old) => old.productCode === productCode);
  const added = valueOr(one.now.products, []).filter(isAdded);
  const steps = (left: Leftovers) => clearingSteps(without(left, added, valueOr(one.now.iis, null)));
  const stops = new Set(one.products.map((product) => siteOf(one.origin, product).pool?.name));
  return [
    ...steps(remainsToClear(one))
      .filter((step) => step.kind !== 'pool.stop' || !stops.has(step.pool))
      .map((step) => cleaned(step, 'an uninstallation may leave it')),
    ...steps(leftoversToClear(one)).map((step) => cleaned(step, 'no product owns it')),
  ];
}

function cleaned(step: Step, why: string): Draft {
  return { step, why: step.kind === 'folder.clear' ? `${why}; its files go into the backup` : why };
}

function installStep(msi: Msi, one: Situation): Draft {
  return {
    step: { kind: 'connector.install', msi: refOf(msi), ...givenTo(one), ...keptFolder(one) },
    why: 'it is the version wanted',
  };
}

/** The properties of the answers, and the names of the secret ones. */
function givenTo(one: Situation): Pick<Steps['connector.install'], 'properties' | 'secrets'> {
  const secrets = secretsForPackage(one);
  return { properties: one.wanted.properties, ...(secrets.length > 0 ? { secrets } : {}) };
}

/** A site that is kept serves the folder it had, so that is where the new version must lie (T4). */
function keptFolder(one: Situation): { readonly folder?: string } {
  const folder = one.product?.folder ?? null;
  return folder !== null && isPlaceKept(one) ? { folder } : {};
}

function serveStep({ productCode }: Msi): Draft {
  return { step: { kind: 'connector.serve', productCode }, why: 'a run that was cut may have stopped it' };
}

function uninstallSteps(one: Situation): Draft[] {
  return one.products
    .toReversed()
    .map((product) => ({ step: uninstall(one, product), why: whyUninstall(one, product) }));
}

function whyUninstall({ route, products }: Situation, { version }: Product): string {
  if (route === 'uninstall') return `${version} is there`;
  if (products.length > 1) return 'more than one version is registered';
  return route === 'downgrade' ? 'no package replaces a newer version' : 'the new version does not replace it in place';
}

/** Windows Installer uninstalls by the package that it keeps; where that is gone (1612), by the one given, if it is the same product's. */
function uninstall(one: Situation, product: Product): Step {
  const { productCode, version, folder, cached } = product;
  const msi = cached === null ? packageInstead(one, product) : null;
  return { kind: 'connector.uninstall', productCode, version, folder, ...(msi ? { msi } : {}) };
}

/** An upgrade removes the old product by the package that Windows Installer keeps of it (1714, 1612), so that comes back first. */
function recacheSteps(one: Situation): Draft[] {
  return one.products.flatMap((product) => {
    const msi = product.cached === null ? packageInstead(one, product) : null;
    return msi
      ? [{ step: { kind: 'connector.recache', msi }, why: 'without it the old version cannot be removed' }]
      : [];
  });
}

function upgradeStep(one: Situation, msi: Msi): Draft {
  const replaced = one.products.map((product) => product.productCode);
  const step: Step = {
    kind: 'connector.upgrade',
    msi: refOf(msi),
    ...givenTo(one),
    replaces: replaced,
    ...keptFolder(one),
  };
  return { step, why: `its package replaces ${one.product?.version}`, ...orReinstall(one, msi) };
}

function repairStep(one: Situation, msi: Msi): Draft {
  const ref = one.product ? refFor(msi, one.product) : refOf(msi);
  const step: Step = { kind: 'connector.repair', msi: ref, ...givenTo(one) };
  const why = one.product && one.product.missingFiles.length > 0 ? 'files of it are gone' : 'its package is gone';
  return { step, why, ...orReinstall(one, msi) };
}

/**
 * Uninstalling and installing, where the step itself fails; not where that would lose what only Windows knows: a password that
 * goes with the pool, which a failed upgrade may have left intact (T5), or a folder that no property asks for (T4).
 */
function orReinstall(one: Situation, msi: Msi): Pick<Draft, 'orElse'> {
  const { product, wanted } = one;
  if (!product || losesPassword(one)) return {};
  const folder = ownFolder(product);
  if (folder !== null && !asksForFolder(wanted.properties, folder)) return {};
  return { orElse: [uninstall(one, product), installStep(msi, one).step] };
}

function restoreStep(one: Situation): Draft[] {
  return carrySteps(one, filesToCarry(one));
}

function carrySteps(one: Situation, files: readonly WantedFile[]): Draft[] {
  const folders = foldersToCarry(one);
  if (files.length + folders.length === 0) return [];
  const given = folders.length > 0 ? { folders } : {};
  const step: Step = { kind: 'config.restore', files, match: 'values', ...given, ...intoPlace(one) };
  const why = files.length > 0 ? 'nothing of the old settings may be missing' : 'what was given to them stays given';
  return [{ step, why }];
}

/** Properties may put the new version into another folder or pool: config and rights go along. */
function intoPlace(one: Situation): Pick<Steps['config.restore'], 'into'> {
  const { product, origin, wanted } = one;
  if (!product?.folder || !wanted.msi || isPlaceKept(one)) return {};
  const identity = siteOf(origin, product).pool?.sid ?? null;
  return { into: { folder: product.folder, identity, productCode: wanted.msi.productCode } };
}

/** Every byte of the config; of the rights of its folders what was given, for the repair may give them more. */
function exactStep(one: Situation): Draft[] {
  const files = filesToKeep(one);
  const why = 'the version is the same, so every byte of it counts';
  const step: Step = { kind: 'config.restore', files, match: 'exact' };
  return [...(files.length > 0 ? [{ step, why }] : []), ...carrySteps(one, [])];
}

function keepSite(one: Situation): Draft[] {
  if (!one.product || !isPlaceKept(one)) return [];
  const site = siteStep(one.origin, one.product, isTextKept(one)).map((step) => ({
    step,
    why: 'folder, bindings and pool stay as they are',
  }));
  const gone = newPoolGone(one).map((step) => ({ step, why: 'it was not there, and nothing runs in it' }));
  return site.length === 0 ? [] : [...site, ...gone];
}
