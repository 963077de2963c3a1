import type { CertificateBinding, Iis, Site } from './facts.ts';
import { addingWords, deletingWords } from './site-calls.ts';
import { certificateGaps, portOf, portsOf, sameName } from './site-gaps.ts';

/** Which sites are the connector's, and which of these a registered version served. */
export type OwnSites = { readonly isOwn: (site: Site) => boolean; readonly isOfProduct: (site: Site) => boolean };

/**
 * The certificate bindings of http.sys that are not as they were, in sentences that say how each is bound again. Where only the
 * connector used the port, what is to be bound there is seen to; that leaves what could not be bound again, and has no other certificate
 * in its place. Where no site used the port, nobody misses a certificate that is not in its store.
 */
export function lostBindings(old: Iis, now: Iis, { isOwn, isOfProduct }: OwnSites): readonly string[] {
  const ofOthers = portsOf(old.sites.filter((site) => !isOwn(site)));
  const ofConnector = portsOf(old.sites.filter(isOwn));
  const ofProducts = portsOf(old.sites.filter(isOfProduct));
  const usedNow = portsOf(now.sites);
  const isServed = ({ endpoint }: CertificateBinding) =>
    now.certificates.some((one) => one.present && sameName(one.endpoint, endpoint));
  const isMissed = (one: CertificateBinding) => {
    const port = portOf(one);
    if (ofOthers.has(port)) return true;
    if (!ofConnector.has(port)) return one.present;
    return !one.present && ofProducts.has(port) && usedNow.has(port) && !isServed(one);
  };
  return old.certificates
    .filter(isMissed)
    .flatMap((one) => certificateGaps(now, [one]).map((gap) => gap + whyNot(one) + howTo(one, now)));
}

/** netsh binds no certificate that is not there (1312, ERROR_NO_SUCH_LOGON_SESSION). */
function whyNot({ present, store }: CertificateBinding): string {
  return present ? '' : `, for it is not in the store ${store} of the computer`;
}

function howTo(one: CertificateBinding, now: Iis): string {
  const isTaken = now.certificates.some(({ endpoint }) => sameName(endpoint, one.endpoint));
  const lines = [...(isTaken ? [deletingWords(one)] : []), addingWords(one)].map((words) => `netsh ${words.join(' ')}`);
  return ` (${one.present ? '' : 'once it is there: '}${lines.join(', then ')})`;
}
