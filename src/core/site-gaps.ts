import { isSamePolicy, usualPolicy } from './binding-policy.ts';
import { normalPath, samePath } from './connector.ts';
import type { CertificateBinding, Iis, Kept, Pool, Product, Site } from './facts.ts';
import type { Steps } from './step.ts';
import { nameOfSite } from './words.ts';

/** What keeps a pool from being in a state; one that is not there is stopped. */
export function poolGaps(iis: Iis | null, name: string, wanted: 'started' | 'stopped'): string[] {
  const pool = iis?.pools.find((one) => sameName(one.name, name));
  if (!pool) return wanted === 'stopped' ? [] : [`pool ${name} is not there`];
  if (pool.state !== wanted) return [`pool ${name} is ${pool.state}`];
  return wanted === 'stopped' && pool.workers > 0 ? [`a worker process of pool ${name} still runs`] : [];
}

/** What keeps the pool of a product's site from running; nothing where it has no site. */
export function servingGaps(now: readonly Product[], iis: Iis | null, productCode: string): string[] {
  const folder = now.find((one) => one.productCode === productCode)?.folder ?? null;
  const site = iis?.sites.find((one) => folder !== null && samePath(one.folder, folder));
  return site ? poolGaps(iis, site.pool, 'started') : [];
}

/** Which of these certificates http.sys does not bind where they are wanted. */
export function certificateGaps(iis: Iis | null, wanted: readonly CertificateBinding[]): string[] {
  return wanted.flatMap((one) => {
    const found = iis?.certificates.find((now) => isSameBinding(now, one));
    if (!found) return [`certificate ${one.thumbprint} is not bound to ${one.endpoint}`];
    const isAsWanted = isSamePolicy(found.policy ?? usualPolicy, one.policy ?? usualPolicy);
    return isAsWanted ? [] : [`${one.endpoint} does not treat its clients and their certificates as it did`];
  });
}

/** The certificates that a step wants to find bound, the ports of the sites being what they are now. */
export function wantedCertificates(
  iis: Iis | null,
  { certificates, ifUsed = [] }: Steps['certificates.present'],
): readonly CertificateBinding[] {
  const used = portsOf(iis?.sites ?? []);
  return certificates.filter((one) => !ifUsed.includes(one.endpoint) || used.has(portOf(one)));
}

/** The ports of all https bindings of some sites. */
export function portsOf(sites: readonly Pick<Site, 'bindings'>[]): ReadonlySet<string> {
  return new Set(sites.flatMap(securePorts));
}

function isSameBinding(left: CertificateBinding, right: CertificateBinding): boolean {
  const { endpoint, thumbprint, store } = right;
  return sameName(left.endpoint, endpoint) && sameName(left.thumbprint, thumbprint) && sameName(left.store, store);
}

/** The id under which IIS binds certificates (the application that `netsh http show sslcert` names for those of its sites). */
export const iisApplication = '{4DC3E181-E14B-4A21-B022-59FC669B0914}';

/**
 * What IIS has bound where nothing was bound before (`bound`) and to a port that no site uses: a setup that counts its port up
 * leaves it behind when the site gets its own port back. What somebody else has bound is none of it.
 */
export function strayCertificates(iis: Iis | null, bound: readonly string[]): readonly CertificateBinding[] {
  const used = portsOf(iis?.sites ?? []);
  return (iis?.certificates ?? []).filter(
    (one) =>
      one.appId === iisApplication &&
      !used.has(portOf(one)) &&
      !bound.some((endpoint) => sameName(endpoint, one.endpoint)),
  );
}

/** The ports of a site's https bindings. */
export function securePorts(site: Pick<Site, 'bindings'>): readonly string[] {
  return site.bindings.filter((one) => one.startsWith('https/')).map((one) => one.split(':').at(-2) ?? '');
}

/** The port that a certificate is bound to. */
export function portOf({ endpoint }: CertificateBinding): string {
  return endpoint.split(':').at(-1) ?? '';
}

/** How a site differs from the one wanted, pool and identity included. */
export function siteGaps(iis: Iis | null, site: Steps['site.present']['site'], identity: string): string[] {
  const found = siteNamed(iis, site);
  if (!found) return sitePlaceGaps(iis, site);
  return [
    ...sitePlaceGaps(iis, site),
    ...(found.state === site.state ? [] : [`site ${nameOfSite(site)} is ${found.state}`]),
    ...identityGaps(iis, site.pool, identity),
  ];
}

/** How a site's folder, pool and bindings differ from those wanted. */
export function sitePlaceGaps(iis: Iis | null, site: Site): string[] {
  const found = siteNamed(iis, site);
  if (!found) return [`site ${nameOfSite(site)} is not there`];
  return [
    ...(samePath(found.folder, site.folder)
      ? []
      : [`site ${nameOfSite(site)} has the folder ${found.folder}, not ${site.folder}`]),
    ...(sameName(found.pool, site.pool)
      ? []
      : [`site ${nameOfSite(site)} runs in pool ${found.pool}, not ${site.pool}`]),
    ...(sameSet(found.bindings, site.bindings)
      ? []
      : [`site ${nameOfSite(site)} has the bindings ${found.bindings.join(' ')}, not ${site.bindings.join(' ')}`]),
  ];
}

/** Whether a pool is missing or runs as somebody else. */
export function identityGaps(iis: Iis | null, pool: string, identity: string): string[] {
  return poolNamed(iis, pool)?.identity === identity ? [] : [`pool ${pool} does not run as ${identity}`];
}

/** Whether a site stands in applicationHost.config by another text than the backup has of it; nothing where it has none. */
export function siteTextGaps(iis: Iis | null, { host }: Kept, site: Pick<Site, 'name' | 'application'>): string[] {
  const [kept, found] = [host?.sites.find((one) => isSameSite(one, site)), siteNamed(iis, site)];
  if (!kept || !found || found.element === kept.element) return [];
  return [`site ${nameOfSite(site)} has not the settings it had in applicationHost.config`];
}

/** The same of a pool. */
export function poolTextGaps(iis: Iis | null, { host }: Kept, pool: string): string[] {
  const [kept, found] = [host?.pools.find((one) => sameName(one.name, pool)), poolNamed(iis, pool)];
  if (!kept || !found || found.element === kept.element) return [];
  return [`pool ${pool} has not the settings it had in applicationHost.config`];
}

/** The site or application of that name, if it is there. */
export function siteNamed(iis: Iis | null, site: Pick<Site, 'name' | 'application'>): Site | undefined {
  return iis?.sites.find((one) => isSameSite(one, site));
}

/** The pool of that name, if it is there. */
export function poolNamed(iis: Iis | null, name: string): Pool | undefined {
  return iis?.pools.find((one) => sameName(one.name, name));
}

/** A site as a plan names it: the fingerprint of its text is no part of any plan. */
export function withoutText({ element: _element, ...site }: Site): Site {
  return site;
}

/** Whether both are the same site or application, by their names. */
export function isSameSite(
  one: Pick<Site, 'name' | 'application'>,
  other: Pick<Site, 'name' | 'application'>,
): boolean {
  return sameName(one.name, other.name) && sameName(one.application, other.application);
}

/** Sites and applications that point at the folder of a site, other than itself and those named in `beside` (T4). */
export function secondSites(iis: Iis | null, site: Site, beside: readonly string[]): readonly Site[] {
  return (iis?.sites ?? []).filter(
    (one) =>
      samePath(one.folder, site.folder) &&
      !isSameSite(one, site) &&
      !beside.some((name) => sameName(name, one.name + one.application)),
  );
}

/** IIS takes the names of sites and pools without case. */
export function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.map(normalPath).sort().join('\n') === right.map(normalPath).sort().join('\n');
}
