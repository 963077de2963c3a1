import { filesToCarryFrom, wantedFile } from './kept-config.ts';
import type { Draft } from './plan.ts';
import { secretsForOldPackage } from './secret-findings.ts';
import { type Situation, valueOr } from './situation.ts';
import type { Step, Steps, WantedFile } from './step.ts';

/** The config in the shared folder, for the backup and the way back. */
export function sharedFilesToKeep({ origin }: Pick<Situation, 'origin'>): readonly WantedFile[] {
  const shared = valueOr(origin.shared, null);
  return shared ? valueOr(shared.files, []).map(wantedFile).map(withoutRights) : [];
}

/** Who may do what on a share is for those who have it. */
function withoutRights({ rights: _rights, ...file }: WantedFile): WantedFile {
  return file;
}

/** Before the first change of the connector: whether the shared folder can be written to must not show afterwards. */
export function proveShared({ origin }: Situation): Draft[] {
  const shared = valueOr(origin.shared, null);
  if (!shared) return [];
  return [{ step: { kind: 'shared.prove', folder: shared.folder }, why: 'other servers keep their config there too' }];
}

/** After the change: what must be found again in the shared folder. */
export function checkShared(one: Situation): Draft[] {
  const shared = valueOr(one.origin.shared, null);
  const there = shared ? valueOr(shared.files, []) : [];
  // A server that joins the others, or leaves them, has nothing to change there.
  const wanted = one.product && one.wanted.msi ? filesToCarryFrom(one, there) : there.map(wantedFile);
  const files = wanted.map(withoutRights);
  if (!shared || files.length === 0) return [];
  const step: Step = { kind: 'shared.restore', folder: shared.folder, files, match: 'values' };
  return [{ step, why: 'other servers need it' }];
}

/** The way back of the shared folder: the very bytes, where nobody else has changed them. */
export function sharedBack(one: Situation): Step[] {
  const shared = valueOr(one.origin.shared, null);
  const files = sharedFilesToKeep(one);
  if (!shared || files.length === 0) return [];
  return [{ kind: 'shared.restore', folder: shared.folder, files, match: 'exact' }];
}

/** The secrets that the package of the way back is told: only where servers share their config. */
export function secretsBack(one: Situation): Pick<Steps['connector.install'], 'secrets'> {
  const secrets = valueOr(one.origin.shared, null) ? secretsForOldPackage(one) : [];
  return secrets.length > 0 ? { secrets } : {};
}
