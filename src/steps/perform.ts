import type { Outcome } from '../core/codes.ts';
import { fileErrorText } from '../core/file-error.ts';
import type { Step, StepKind } from '../core/step.ts';
import { backUp, restore } from './config.ts';
import { type Doing, failure, runCalls, runPackage } from './doing.ts';
import { startPoolOf, stopPool, stopPoolOf } from './site.ts';

type Perform<K extends StepKind> = (step: Step<K>, doing: Doing) => Promise<Outcome>;

const performers: { readonly [K in StepKind]: Perform<K> } = {
  'iis.enable': runCalls,
  'hosting.install': (step, doing) => runPackage(step, step.bundle, doing),
  'hosting.repair': (step, doing) => runPackage(step, step.bundle, doing),
  'iis.restart': runCalls,
  'pool.stop': stopPool,
  'pool.start': runCalls,
  'config.backup': backUp,
  'config.restore': restore,
  'connector.install': (step, doing) => runPackage(step, step.msi, doing),
  'connector.upgrade': (step, doing) => runPackage(step, step.msi, doing),
  'connector.serve': (step, doing) => startPoolOf(step.productCode, doing),
  'connector.uninstall': uninstall,
  'site.present': runCalls,
};

/** Files in use would only be marked for deletion at the next start (T1), so the pool of a product is stopped first. */
async function uninstall(step: Step<'connector.uninstall'>, doing: Doing): Promise<Outcome> {
  const stopped = await stopPoolOf(step.productCode, doing);
  return stopped.ok ? runCalls(step, doing) : stopped;
}

/**
 * Brings a step's state about, or says how it failed. Whether the state holds is not judged here: the loop looks again.
 * An error of the file system is a failure of the step.
 */
export async function perform<K extends StepKind>(step: Step<K>, doing: Doing): Promise<Outcome> {
  const one: Perform<K> = performers[step.kind as K];
  try {
    return await one(step, doing);
  } catch (error) {
    const text = fileErrorText(error);
    if (text === null) throw error;
    return failure(text);
  }
}
