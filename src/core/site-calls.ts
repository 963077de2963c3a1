import { policyWords, usualPolicy } from './binding-policy.ts';
import { type Attempt, type Change, child } from './call.ts';
import type { CertificateBinding, Site } from './facts.ts';
import { iisApplication } from './site-gaps.ts';
import type { Steps } from './step.ts';

/** The calls that put a site and its pool right; of one that is put back by its text, only what makes it run or not. */
export function putSite(step: Steps['site.present'], attempt: Attempt): Change[] {
  return step.exact ? turnSite(step.site).map((args) => appcmd(args, attempt)) : putIisObjects(step, attempt);
}

/** The call that removes a site, or an application under one. */
export function removeSite(site: Pick<Site, 'name' | 'application'>, attempt: Attempt): Change {
  const args =
    site.application === '/'
      ? ['delete', 'site', `/site.name:${site.name}`]
      : ['delete', 'app', `/app.name:${site.name}${site.application}`];
  return appcmd(args, attempt);
}

/** The words by which appcmd makes a pool and gives it its identity. */
export function putPool(pool: string, identity: string): string[][] {
  return [
    ['add', 'apppool', `/name:${pool}`],
    // The password of a SpecificUser is gone with the old pool; the other identities need none.
    ...(identity.startsWith('SpecificUser')
      ? []
      : [['set', 'apppool', `/apppool.name:${pool}`, `/processModel.identityType:${identity}`]]),
  ];
}

/** The calls that bind a certificate to an address and port, or to a host name and port, for whom and as it was bound before. */
export function bindCertificate(one: CertificateBinding, attempt: Attempt): Change[] {
  return [unbindCertificate(one, attempt), child('netsh', netsh, addingWords(one), attempt, null)];
}

/** The call that takes what is bound to an address and port, or to a host name and port, from there. */
export function unbindCertificate(one: Pick<CertificateBinding, 'endpoint'>, attempt: Attempt): Change {
  return child('netsh delete', netsh, deletingWords(one), attempt, null);
}

/** The words by which netsh binds a certificate as it was bound before. */
export function addingWords(one: CertificateBinding): readonly string[] {
  const { endpoint, thumbprint, store, appId, policy = usualPolicy } = one;
  return [
    'http',
    'add',
    'sslcert',
    placeOf(endpoint),
    `certhash=${thumbprint.toLowerCase()}`,
    `appid=${appId ?? iisApplication}`,
    `certstorename=${store}`,
    ...policyWords(policy),
  ];
}

/** The words by which netsh takes away what is bound there. */
export function deletingWords({ endpoint }: Pick<CertificateBinding, 'endpoint'>): readonly string[] {
  return ['http', 'delete', 'sslcert', placeOf(endpoint)];
}

const netsh = '%SystemRoot%\\System32\\netsh.exe';

function placeOf(endpoint: string): string {
  const isAddress = /^(\[[0-9a-f:.%]+\]|[0-9.]+):\d+$/i.test(endpoint);
  return `${isAddress ? 'ipport' : 'hostnameport'}=${endpoint}`;
}

function putIisObjects({ site, identity }: Steps['site.present'], attempt: Attempt): Change[] {
  const name = `/site.name:${site.name}`;
  const isOwn = site.application === '/';
  const bindings = `/bindings:${site.bindings.join(',')}`;
  const app = `/app.name:${site.name}${site.application}`;
  return [
    ...putPool(site.pool, identity),
    isOwn
      ? ['add', 'site', `/name:${site.name}`, `/physicalPath:${site.folder}`, bindings]
      : ['add', 'app', name, `/path:${site.application}`, `/physicalPath:${site.folder}`],
    ['set', 'app', app, `/applicationPool:${site.pool}`],
    ['set', 'vdir', `/vdir.name:${rootOf(site)}`, `/physicalPath:${site.folder}`],
    ...(isOwn ? [['set', 'site', name, bindings]] : []),
    ...turnSite(site),
  ].map((args) => appcmd(args, attempt));
}

/** An application runs with its site, which is somebody else's to start and stop. */
function turnSite({ name, application, state }: Site): string[][] {
  return application === '/' ? [[state === 'started' ? 'start' : 'stop', 'site', `/site.name:${name}`]] : [];
}

/** The name of an application's root folder: `Site/` or `Site/application/`. */
function rootOf({ name, application }: Site): string {
  return `${name}${application === '/' ? '' : application}/`;
}

/** A call of appcmd. */
export function appcmd(args: readonly string[], attempt: Attempt): Change {
  return child('appcmd', '%SystemRoot%\\System32\\inetsrv\\appcmd.exe', args, attempt, null);
}
