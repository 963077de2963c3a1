import { crossesFormat, defaultPool } from './connector.ts';
import type { CertificateBinding, Site } from './facts.ts';
import { splitProperties } from './instance.ts';
import { bitsOf } from './media.ts';
import { keepsPlace } from './place.ts';
import { isSameSite, poolNamed, portOf, portsOf } from './site-gaps.ts';
import { hasPassword, hasText, type Situation, siteOf, valueOr } from './situation.ts';
import type { Step } from './step.ts';

/** Whether the site of the product that counts is to be as it was: a folder or port that the properties name is where the new version belongs. */
export function isPlaceKept({ origin, product, wanted }: Situation): boolean {
  return (
    product !== null &&
    keepsPlace(splitProperties(wanted.properties).place, product.folder, siteOf(origin, product).site)
  );
}

/**
 * Whether its site and pool also keep the very text they have in applicationHost.config. A pool for another kind of program, of
 * 32 bits or older than 4.0, is left as the setup of the new version makes it.
 */
export function isTextKept(one: Situation): boolean {
  const { origin, product, wanted } = one;
  if (!product || !wanted.msi || !isPlaceKept(one)) return false;
  const { site, pool } = siteOf(origin, product);
  const isSameKind = product.bits === bitsOf(wanted.msi) && !crossesFormat(product.version, wanted.msi.productVersion);
  return isSameKind && site !== null && hasText(origin, pool, site);
}

/** Whether the way to the new version loses the password of the pool's account, which only IIS knows (T5). */
export function losesPassword(one: Situation): boolean {
  const { origin, product } = one;
  return product !== null && hasPassword(siteOf(origin, product).pool) && !isTextKept(one);
}

/**
 * Every certificate that http.sys bound and that is still there, but for those which only sites that `go` used; those which only `movable`
 * ones used are wanted where a site uses their port afterwards. Where there is none, and no site of the connector that stays, there is
 * nothing to see to.
 */
export function certificateSteps(one: Situation, go: readonly Site[], movable: readonly Site[] = []): Step[] {
  const certificates = bindingsKept(one, go).filter(({ present }) => present);
  const isGoing = (site: Site) => go.some((other) => isSameSite(other, site));
  const stays = one.products.some((product) => {
    const { site } = siteOf(one.origin, product);
    return site !== null && !isGoing(site);
  });
  if (certificates.length === 0 && !stays) return [];
  const bound = (valueOr(one.origin.iis, null)?.certificates ?? []).map(({ endpoint }) => endpoint);
  const movableOnes = endpointsOnlyOf(one, movable);
  const ifUsed = certificates.map(({ endpoint }) => endpoint).filter((endpoint) => movableOnes.includes(endpoint));
  return [{ kind: 'certificates.present', certificates, bound, ...(ifUsed.length > 0 ? { ifUsed } : {}) }];
}

/** What http.sys bound, but for what only sites that `go` used. */
export function bindingsKept(one: Situation, go: readonly Site[]): readonly CertificateBinding[] {
  const gone = endpointsOnlyOf(one, go);
  const all = valueOr(one.origin.iis, null)?.certificates ?? [];
  return all.filter(({ endpoint }) => !gone.includes(endpoint));
}

/** The endpoints of what http.sys bound to ports that only some sites used. */
function endpointsOnlyOf({ origin }: Situation, sites: readonly Site[]): readonly string[] {
  const iis = valueOr(origin.iis, null);
  const isOne = (site: Site) => sites.some((one) => isSameSite(one, site));
  const own = portsOf(sites);
  const others = portsOf((iis?.sites ?? []).filter((site) => !isOne(site)));
  const isOnly = (port: string) => own.has(port) && !others.has(port);
  return (iis?.certificates ?? []).filter((one) => isOnly(portOf(one))).map(({ endpoint }) => endpoint);
}

/** A setup that is not told otherwise makes the pool of a standard installation, in which nothing runs once the old site is back. */
export function newPoolGone({ origin }: Pick<Situation, 'origin'>): Step[] {
  const iis = valueOr(origin.iis, null);
  return !iis || poolNamed(iis, defaultPool) ? [] : [{ kind: 'pool.absent', pool: defaultPool }];
}
