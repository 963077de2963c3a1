import type { RunReport } from '../core/report.ts';
import { restoreProblems } from '../core/restore.ts';
import { noSecrets } from '../core/secrets.ts';
import { SetupError } from '../core/setup-error.ts';
import { nothingWanted, type Wanted } from '../core/wanted.ts';
import { run } from './apply.ts';
import { historyOf } from './decide-now.ts';
import { notRestored, restorable } from './open-backup.ts';
import { plainLook } from './plain-look.ts';
import { notAcceptable } from './read-wanted.ts';
import type { Doors, Request } from './request.ts';

/** Puts the config of a backup back, byte for byte over the version it was made of; what is there now is backed up first. */
export async function restore({ from = '', accept }: Request, doors: Doors): Promise<RunReport> {
  const { machine } = doors;
  if (from === '') {
    throw new SetupError(20, {
      message: 'No backup was named.',
      hint: 'Name it: scim-setup restore --from 2026-11-23T20-41-07Z; scim-setup backups lists them.',
    });
  }
  const problems = notAcceptable(accept);
  if (problems.length > 0) throw new SetupError(20, ...problems);
  const { manifest, source } = await restorable(machine, from);
  const { unfinished } = await historyOf(machine);
  if (unfinished?.touched) {
    throw new SetupError(21, {
      message: `The run ${unfinished.runId} is not finished: what config belongs here is for it to say.`,
      hint: 'Finish it with scim-setup resume, then restore.',
    });
  }
  const now = await machine.look(plainLook());
  const reasons = restoreProblems(manifest, now);
  if (reasons.length > 0) throw new SetupError(21, ...reasons.map(({ why, hint }) => notRestored(from, why, hint)));
  const wanted: Wanted = { ...nothingWanted, goal: 'restored', restore: source, accept };
  return run('restore', { wanted, msiPath: null, bundlePath: null, oldMsiPath: null, secrets: noSecrets }, doors);
}
