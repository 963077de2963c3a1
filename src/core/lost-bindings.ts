import type { CertificateBinding, Iis, Site } from './facts.ts';
import { addingWords, deletingWords } from './site-calls.ts';
import { certificateGaps, portOf, sameName, securePorts } from './site-gaps.ts';

/**
 * The certificate bindings of http.sys that are not as they were, in sentences that say how each is bound again. One whose port
 * only the connector has used, and that no site uses now, has gone with it.
 */
export function lostBindings(old: Iis, now: Iis, isOwn: (site: Site) => boolean): readonly string[] {
  const used = portsOf(old.sites.filter((site) => !isOwn(site)));
  const [ofConnector, usedNow] = [portsOf(old.sites.filter(isOwn)), portsOf(now.sites)];
  const hasGone = (port: string) => ofConnector.has(port) && !used.has(port) && !usedNow.has(port);
  return old.certificates
    .filter((one) => !hasGone(portOf(one)))
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

function portsOf(sites: readonly Site[]): ReadonlySet<string> {
  return new Set(sites.flatMap(securePorts));
}
