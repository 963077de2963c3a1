import { type Outcome, success } from '../core/codes.ts';
import { samePath } from '../core/connector.ts';
import type { CertificateBinding, Facts } from '../core/facts.ts';
import { holds, missing } from '../core/missing.ts';
import { bindCertificate, removeSite, unbindCertificate } from '../core/site-calls.ts';
import { sameName, secondSites, strayCertificates } from '../core/site-gaps.ts';
import { siteOf, valueOr } from '../core/situation.ts';
import type { Step } from '../core/step.ts';
import { nameOfSite } from '../core/words.ts';
import { type Doing, failure, runCalls, runEach } from './doing.ts';
import { putAsKept } from './host-config.ts';

/** Puts a site as it was. One that a package has made beside it, pointing at the same folder, goes first, for it may hold the ports (T4). */
export async function putSite(step: Step<'site.present'>, doing: Doing): Promise<Outcome> {
  const now = await doing.look();
  for (const one of secondSites(valueOr(now.iis, null), step.site, step.beside)) {
    const removed = await runEach((attempt) => [removeSite(one, attempt)], doing);
    if (!removed.ok) return removed;
  }
  if (!step.exact) return runCalls(step, doing);
  const { name, application, pool } = step.site;
  return putAsKept(
    step,
    [
      { kind: 'pool', name: pool },
      { kind: 'site', name, application },
    ],
    doing,
  );
}

/** Puts a pool as it was. */
export async function putPool(step: Step<'pool.present'>, doing: Doing): Promise<Outcome> {
  return step.exact ? putAsKept(step, [{ kind: 'pool', name: step.pool }], doing) : runCalls(step, doing);
}

/** Removes a site that no product owns. */
export async function removeLeftSite(step: Step<'site.absent'>, doing: Doing): Promise<Outcome> {
  const products = valueOr((await doing.look()).products, []);
  const owner = products.find((one) => one.folder && samePath(one.folder, step.site.folder));
  if (owner) return failure(`site ${nameOfSite(step.site)} belongs to ${owner.version}, which is registered`);
  return runCalls(step, doing);
}

/**
 * Binds again what was lost (T5), and takes away what IIS has bound to ports that are now nobody's: what is right is not touched, and
 * one that cannot be bound again keeps no other from it.
 */
export async function mendCertificates(step: Step<'certificates.present'>, doing: Doing): Promise<Outcome> {
  const now = await doing.look();
  const iis = valueOr(now.iis, null);
  const lost = step.certificates.filter(
    (one) => !holds({ ...step, certificates: [one], bound: endpointsIn(now) }, now),
  );
  let result = success;
  for (const one of lost) {
    const inPlace = iis?.certificates.find(({ endpoint }) => sameName(endpoint, one.endpoint));
    const bound = await bindAgain(one, inPlace, doing);
    if (bound.abandoned) return bound;
    if (result.ok) result = bound;
  }
  const strays = strayCertificates(iis, step.bound);
  const freed = await runEach((attempt) => strays.map((one) => unbindCertificate(one, attempt)), doing);
  return result.ok || freed.abandoned ? freed : result;
}

/** A certificate that is gone from its store cannot be bound again (netsh: 1312), and must not cost what was bound in its place. */
async function bindAgain(
  one: CertificateBinding,
  inPlace: CertificateBinding | undefined,
  doing: Doing,
): Promise<Outcome> {
  const bound = await runEach((attempt) => bindCertificate(one, attempt), doing);
  if (bound.ok || bound.abandoned || !inPlace) return bound;
  const restored = await runEach((attempt) => bindCertificate(inPlace, attempt), doing);
  return restored.abandoned ? restored : bound;
}

function endpointsIn({ iis }: Facts): readonly string[] {
  return (valueOr(iis, null)?.certificates ?? []).map((one) => one.endpoint);
}

/** Removes a pool in which nothing runs any more. */
export async function removePool(step: Step<'pool.absent'>, doing: Doing): Promise<Outcome> {
  const iis = valueOr((await doing.look()).iis, null);
  const user = iis?.sites.find((one) => sameName(one.pool, step.pool));
  return user ? failure(`${nameOfSite(user)} runs in pool ${step.pool}`) : runCalls(step, doing);
}

/** The longest that IIS itself gives a worker process to end (shutdownTimeLimit, 90 s by default). */
const workerLimitMs = 90_000;
const pollMs = 1_000;

/** Stops a pool and waits until its worker processes have ended: appcmd returns before they are gone (T10). */
export async function stopPool(step: Step<'pool.stop'>, doing: Doing): Promise<Outcome> {
  const outcome = await runCalls(step, doing);
  if (!outcome.ok) return outcome;
  for (let waited = 0; waited <= workerLimitMs; waited += pollMs) {
    const gaps = missing(step, await doing.look());
    if (gaps.known && gaps.value.length === 0) return outcome;
    await doing.machine.sleep(pollMs);
  }
  return failure(`the worker process of pool ${step.pool} did not end within ${workerLimitMs / 1000} s`);
}

/** Stops the pool of a registered product's site, if it has one that runs. */
export async function stopPoolOf(productCode: string, doing: Doing): Promise<Outcome> {
  const { pool, facts } = await poolOf(productCode, doing);
  if (!pool) return success;
  const step = { kind: 'pool.stop', pool: pool.name } as const;
  return holds(step, facts) ? success : stopPool(step, doing);
}

/** Starts the pool of a registered product's site, if it has one. */
export async function startPoolOf(productCode: string, doing: Doing): Promise<Outcome> {
  const { pool } = await poolOf(productCode, doing);
  return pool ? runCalls({ kind: 'pool.start', pool: pool.name }, doing) : success;
}

async function poolOf(productCode: string, doing: Doing) {
  const facts = await doing.look();
  const product = valueOr(facts.products, []).find((one) => one.productCode === productCode);
  return { facts, pool: product ? siteOf(facts, product).pool : null };
}
