import { planDocument } from '../core/plan-document.ts';
import { SetupError } from '../core/setup-error.ts';
import { sha256Of } from '../machine/read-files.ts';
import type { Decided } from './decide-now.ts';
import { placesOfMedia } from './plan-media.ts';
import type { WantedWithMedia } from './read-wanted.ts';
import { writeDocument } from './write-document.ts';

/** Keeps a plan in a file and says whether it did: there is nothing to approve in a refused one. */
export async function keepPlan(
  file: string,
  { opened, decision, now, unfinished }: Decided,
  media: WantedWithMedia,
): Promise<boolean> {
  if (decision.verdict === 'refuse') return false;
  if (unfinished) {
    throw new SetupError(21, {
      message: `The run ${unfinished.runId} was cut; a plan that takes it up cannot be kept, since it hangs on its journal.`,
      hint: 'Finish it with scim-setup apply, then make the plan.',
    });
  }
  const { program, sandbox, wanted } = opened;
  const places = placesOfMedia(media, file);
  await writeDocument(file, planDocument({ program, sandbox, media: places, wanted, facts: now }, sha256Of));
  return true;
}
