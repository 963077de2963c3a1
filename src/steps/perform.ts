import { type Outcome, success } from '../core/codes.ts';
import { fileErrorText } from '../core/file-error.ts';
import { holds, missing } from '../core/missing.ts';
import { valueOr } from '../core/situation.ts';
import type { Step, StepKind } from '../core/step.ts';
import { backUp, keepUnseen } from './backup.ts';
import { restore } from './config.ts';
import { type Doing, failure, runCalls, runPackage } from './doing.ts';
import { clearFolder, putFolderBack } from './folder.ts';
import { noted, proveShared, restoreShared } from './shared.ts';
import {
  mendCertificates,
  putPool,
  putSite,
  removeLeftSite,
  removePool,
  startPoolOf,
  stopPool,
  stopPoolOf,
} from './site.ts';

type Perform<K extends StepKind> = (step: Step<K>, doing: Doing) => Promise<Outcome>;

/** Steps that may change or take away config files: what is there and nowhere else is kept first. */
const changing: readonly StepKind[] = [
  'config.restore',
  'shared.restore',
  'connector.install',
  'connector.upgrade',
  'connector.recache',
  'connector.repair',
  'connector.uninstall',
  'folder.present',
];

const performers: { readonly [K in StepKind]: Perform<K> } = {
  'iis.enable': runCalls,
  'hosting.install': (step, doing) => runPackage(step, step.bundle, doing),
  'hosting.repair': (step, doing) => runPackage(step, step.bundle, doing),
  'iis.restart': runCalls,
  'pool.stop': stopPool,
  'pool.start': runCalls,
  'config.backup': backUp,
  'config.restore': restore,
  'shared.prove': proveShared,
  'shared.restore': (step, doing) => noted(doing, () => restoreShared(step, doing)),
  'connector.install': (step, doing) => noted(doing, () => install(step, doing)),
  'connector.upgrade': (step, doing) => noted(doing, () => runPackage(step, step.msi, doing)),
  'connector.recache': (step, doing) => noted(doing, () => runPackage(step, step.msi, doing)),
  'connector.repair': (step, doing) => noted(doing, () => runPackage(step, step.msi, doing)),
  'connector.serve': (step, doing) => startPoolOf(step.productCode, doing),
  'connector.uninstall': uninstall,
  'connector.unchanged': otherwise,
  'installer.settle': settle,
  'folder.clear': clearFolder,
  'folder.present': putFolderBack,
  'site.present': putSite,
  'site.absent': removeLeftSite,
  'certificates.present': mendCertificates,
  'pool.present': putPool,
  'pool.absent': removePool,
};

/** Installing what is registered does nothing (MS-msi: maintenance), so where files of it are gone it is installed again as a repair. */
async function install(step: Step<'connector.install'>, doing: Doing): Promise<Outcome> {
  const { msi, properties, secrets } = step;
  const products = valueOr((await doing.look()).products, []);
  const isBroken = products.some((one) => one.productCode === msi.productCode && one.missingFiles.length > 0);
  const repair: Step = { kind: 'connector.repair', msi, properties, ...(secrets ? { secrets } : {}) };
  return runPackage(isBroken ? repair : step, msi, doing);
}

/** Files in use would only be marked for deletion at the next start (T1), so the pool of a product is stopped first. */
async function uninstall(step: Step<'connector.uninstall'>, doing: Doing): Promise<Outcome> {
  const stopped = await stopPoolOf(step.productCode, doing);
  if (!stopped.ok) return stopped;
  const outcome = await noted(doing, () => (step.msi ? runPackage(step, step.msi, doing) : runCalls(step, doing)));
  // Where a pool was stopped for it, a busy Windows Installer has not left the server untouched.
  const { busy: _busy, ...others } = outcome;
  return stopped === success ? outcome : others;
}

/** The product by which Windows Installer is asked may itself be taken back, so what that call ends with does not count (T11). */
async function settle(step: Step<'installer.settle'>, doing: Doing): Promise<Outcome> {
  if (step.by === null)
    return failure('there is neither a product nor a package by which Windows Installer could be asked');
  const outcome = 'msi' in step.by ? await runPackage(step, step.by.msi, doing) : await runCalls(step, doing);
  if (outcome.ok || outcome.busy || outcome.abandoned) return outcome;
  return holds(step, await doing.look()) ? { ...outcome, ok: true } : outcome;
}

/** What is other than it was when it was decided on cannot be put right by this run: the next one decides anew. */
async function otherwise(step: Step<'connector.unchanged'>, doing: Doing): Promise<Outcome> {
  const gaps = missing(step, await doing.look());
  return failure(`${gaps.known ? gaps.value.join('; ') : gaps.why}; the next run goes by what is there then`);
}

/**
 * Brings a step's state about, or says how it failed. Whether the state holds is not judged here: the loop looks again.
 * An error of the file system is a failure of the step.
 */
export async function perform<K extends StepKind>(step: Step<K>, doing: Doing): Promise<Outcome> {
  const one: Perform<K> = performers[step.kind as K];
  try {
    const lost = changing.includes(step.kind) ? await keepUnseen(doing, step.kind.startsWith('connector.')) : null;
    if (lost !== null && !doing.isBack) return failure(lost);
    return await one(step, doing);
  } catch (error) {
    const text = fileErrorText(error);
    if (text === null) throw error;
    return failure(text);
  }
}
