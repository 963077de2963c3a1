import type { CertificateBinding, Site } from './facts.ts';
import { bindingsKept, certificateSteps, isPlaceKept } from './kept-site.ts';
import type { Draft } from './plan.ts';
import { leftoversToClear, remainsToClear } from './plan-back.ts';
import { runsSetup } from './route.ts';
import { portOf, sameName, securePorts } from './site-gaps.ts';
import { type Situation, siteOf, valueOr } from './situation.ts';

/** A binding of http.sys as it was and as it is. */
type Replaced = { readonly was: CertificateBinding; readonly is: CertificateBinding };

/**
 * Removing a site takes the certificate of its address and port from everybody who uses these (T5, KB 2405568), and a setup that changes
 * a site binds one of its own to them.
 */
export function keepCertificates(one: Situation): Draft[] {
  return certificateSteps(one, sitesThatGo(one), ownSites(one)).map((step) => ({
    step,
    why: 'removing a site may take those of others along',
  }));
}

/** Bindings that a setup may take along with its site, and that cannot be put back: their certificate is not in its store. */
export function bindingsAtRisk(one: Situation): readonly CertificateBinding[] {
  if (!runsSetup(one.route)) return [];
  const ports = new Set([...ownSites(one), ...sitesToClear(one)].flatMap(securePorts));
  // Where properties move it, what was bound to its old port is not asked for.
  const go = isPlaceKept(one) ? sitesThatGo(one) : [...ownSites(one), ...sitesToClear(one)];
  return bindingsKept(one, go).filter((binding) => !binding.present && ports.has(portOf(binding)));
}

/** Where another certificate is bound than before the unfinished run that has reached the connector: until then it is found anew. */
export function replacedBindings({ origin, now, unfinished }: Situation): readonly Replaced[] {
  const [old, found] = [origin, now].map(({ iis }) => valueOr(iis, null)?.certificates ?? []);
  if (!unfinished || !old || !found) return [];
  return old.flatMap((was) =>
    found
      .filter((is) => is.present && sameName(is.endpoint, was.endpoint) && !sameName(is.thumbprint, was.thumbprint))
      .map((is) => ({ was, is })),
  );
}

/** Sites that nothing puts back. One whose ports properties change is none: it has its certificate where it keeps its port. */
function sitesThatGo(one: Situation): readonly Site[] {
  return one.route === 'uninstall' ? [...ownSites(one), ...sitesToClear(one)] : sitesToClear(one);
}

function ownSites({ origin, products }: Situation): readonly Site[] {
  return products.flatMap((product) => siteOf(origin, product).site ?? []);
}

function sitesToClear(one: Situation): readonly Site[] {
  return [leftoversToClear(one), remainsToClear(one)].flatMap(({ sites }) => sites);
}
