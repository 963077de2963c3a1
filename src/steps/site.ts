import type { Outcome } from '../core/codes.ts';
import { holds, missing } from '../core/missing.ts';
import { siteOf, valueOr } from '../core/situation.ts';
import type { Step } from '../core/step.ts';
import { type Doing, done, failure, runCalls } from './doing.ts';

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
  if (!pool) return done;
  const step = { kind: 'pool.stop', pool: pool.name } as const;
  return holds(step, facts) ? done : stopPool(step, doing);
}

/** Starts the pool of a registered product's site, if it has one. */
export async function startPoolOf(productCode: string, doing: Doing): Promise<Outcome> {
  const { pool } = await poolOf(productCode, doing);
  return pool ? runCalls({ kind: 'pool.start', pool: pool.name }, doing) : done;
}

async function poolOf(productCode: string, doing: Doing) {
  const facts = await doing.look();
  const product = valueOr(facts.products, []).find((one) => one.productCode === productCode);
  return { facts, pool: product ? siteOf(facts, product).pool : null };
}
