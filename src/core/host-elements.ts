import type { HostConfig, Iis, KeptHost, Pool, Sha256, Site } from './facts.ts';
import { hostTexts } from './host-config.ts';
import { isSameSite, sameName } from './site-gaps.ts';
import { utf8Text } from './utf8.ts';

type Hash = (text: string) => Sha256;

/** A fingerprint of the text of each site and pool in the bytes of an applicationHost.config, or null if they cannot be edited as text. */
export function hostElements(bytes: Uint8Array, hash: Hash): Pick<KeptHost, 'sites' | 'pools'> | null {
  const texts = hostTexts(utf8Text(bytes) ?? '');
  if (!texts) return null;
  return {
    sites: texts.sites.map(({ name, application, text }) => ({ name, application, element: hash(text) })),
    pools: texts.pools.map(({ name, text }) => ({ name, element: hash(text) })),
  };
}

/** IIS with the fingerprints of its sites and pools, and the file they stand in; without both where that cannot be edited as text. */
export function withHostElements(iis: Iis, bytes: Uint8Array, hostConfig: HostConfig, hash: Hash): Iis {
  const elements = hostElements(bytes, hash);
  if (!elements) return iis;
  const ofSite = (site: Site) => elements.sites.find((one) => isSameSite(one, site))?.element;
  const ofPool = (pool: Pool) => elements.pools.find((one) => sameName(one.name, pool.name))?.element;
  return {
    ...iis,
    hostConfig,
    sites: iis.sites.map((site) => ({ ...site, element: ofSite(site) })),
    pools: iis.pools.map((pool) => ({ ...pool, element: ofPool(pool) })),
  };
}
