import type { Facts, Product } from './facts.ts';
import { filesToKeep } from './kept-config.ts';
import type { Msi } from './media.ts';
import type { Plan } from './plan.ts';
import { type Situation, siteOf, valueOr, whyNoWayBack } from './situation.ts';
import type { Step } from './step.ts';

/**
 * The states that make the connector what it was, in an order that works from anywhere: what is new goes, the old version
 * comes from its kept package, then its site, its config, its pool.
 */
export function wayBackOf(one: Situation): Pick<Plan, 'wayBack' | 'noWayBack'> {
  const pool = one.product ? siteOf(one.origin, one.product).pool : null;
  const steps: Step[] = [
    ...(pool ? [{ kind: 'pool.stop', pool: pool.name } as const] : []),
    ...[one.wanted.msi, strayMsi(one)].flatMap((msi) => removeNew(one, msi)),
    ...originSteps(one),
  ];
  const reason = one.product ? whyNoWayBack(one.origin, one.product) : null;
  return reason === null ? { wayBack: steps } : { wayBack: steps, noWayBack: reason };
}

function removeNew(one: Situation, msi: Msi | null): Step[] {
  if (!msi || msi.productCode === one.product?.productCode) return [];
  return [
    {
      kind: 'connector.uninstall',
      productCode: msi.productCode,
      version: msi.productVersion,
      folder: one.product?.folder ?? null,
    },
  ];
}

function originSteps(one: Situation): Step[] {
  const { origin, product } = one;
  if (!product) return exactFiles(one);
  const { pool } = siteOf(origin, product);
  const { productCode, version, cached } = product;
  const msi = { productCode, version, name: cached?.name ?? '', sha256: cached?.sha256 ?? '' };
  return [
    { kind: 'connector.install', msi, properties: {} },
    ...siteStep(origin, product),
    ...exactFiles(one),
    ...(pool ? [{ kind: pool.state === 'started' ? 'pool.start' : 'pool.stop', pool: pool.name } as const] : []),
  ];
}

/** The package of an unfinished run, where another one is wanted now: it may have left a product behind. */
export function strayMsi({ unfinished, wanted }: Pick<Situation, 'unfinished' | 'wanted'>): Msi | null {
  const before = valueOr(unfinished?.before.products ?? { known: true, value: [] }, []);
  const stray = unfinished?.wanted.msi ?? null;
  const isExpected =
    stray?.productCode === wanted.msi?.productCode || before.some((one) => one.productCode === stray?.productCode);
  return isExpected ? null : stray;
}

/** The site of a product as it was, with the certificates on its ports: removing a site may take them along (T5). */
export function siteStep(origin: Facts, product: Product): Step[] {
  const { site, pool } = siteOf(origin, product);
  if (!site || !pool) return [];
  const ports = site.bindings.filter((one) => one.startsWith('https/')).map((one) => one.split(':').at(-2));
  const all = valueOr(origin.iis, null)?.certificates ?? [];
  // One whose certificate is gone cannot be bound again.
  const certificates = all.filter((one) => one.present && ports.includes(one.endpoint.split(':').at(-1)));
  return [{ kind: 'site.present', site, identity: pool.identity, certificates }];
}

function exactFiles(one: Situation): Step[] {
  const files = filesToKeep(one);
  return files.length === 0 ? [] : [{ kind: 'config.restore', files, match: 'exact' }];
}
