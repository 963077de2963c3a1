import { doomedAmong, doomedIn, doomedOf } from './doomed-files.ts';
import type { Facts } from './facts.ts';
import { placementOf } from './placement.ts';
import { valueOr } from './situation.ts';
import type { Step } from './step.ts';

/** Why nothing may be laid down by this step before the server was restarted: Windows would undo it (T1); null if it may. */
export function whyNotBeforeRestart(step: Step, facts: Facts): string | null {
  if (!facts.restart.known) return null;
  const { deletions, renames = [] } = facts.restart.value;
  // What a setup has left to be laid down at the next start would be laid over this one.
  return doomedBy(step, facts, [...deletions, ...renames])[0] ?? null;
}

function doomedBy(step: Step, facts: Facts, doomed: readonly string[]): string[] {
  const now = valueOr(facts.products, []);
  switch (step.kind) {
    case 'connector.install':
    case 'connector.upgrade':
      return doomedOf(doomed, now, step.msi.productCode, step.folder ?? null);
    case 'connector.repair':
      return doomedOf(doomed, now, step.msi.productCode, null);
    case 'folder.present':
      return doomedIn(doomed, step.folder.path);
    case 'config.restore': {
      const place = placementOf(step, facts);
      return doomedAmong(
        doomed,
        step.files.map((file) => place.path(file.path)),
      );
    }
    default:
      return [];
  }
}
