import { type BackupHost, storedPath } from '../core/backup.ts';
import { type Outcome, success } from '../core/codes.ts';
import { samePath } from '../core/connector.ts';
import type { HostConfig } from '../core/facts.ts';
import { fileErrorText } from '../core/file-error.ts';
import { type HostName, withKept } from '../core/host-config.ts';
import { holds } from '../core/missing.ts';
import { valueOr } from '../core/situation.ts';
import type { Step } from '../core/step.ts';
import { utf8Text } from '../core/utf8.ts';
import { readManifest } from './backup.ts';
import { type Doing, failure, runCalls } from './doing.ts';
import { replaceFile } from './replace.ts';

/** IIS reads its configuration anew once it is told that the file has changed, and the file may change while it is edited. */
const noticeLimitMs = 30_000;
const pollMs = 1_000;
const mostAttempts = 3;

/**
 * Puts sites and pools back by the very text that the backup has of them, then starts or stops the site. Where that cannot be
 * done, they are put there by appcmd, and that it could not is told if something of them is missing then.
 */
export async function putAsKept(
  step: Step<'site.present'> | Step<'pool.present'>,
  ours: readonly HostName[],
  doing: Doing,
): Promise<Outcome> {
  const written = await putTexts(ours, doing).catch(orFailure);
  if (written.ok) return noticed(step, doing);
  // What is still at work on that file would undo what appcmd does.
  if (written.abandoned) return written;
  const { exact: _exact, ...plain } = step;
  const put = await runCalls(plain as Step, doing);
  if (!put.ok || holds(step, await doing.look())) return put;
  return failure(`${written.meaning}, so appcmd has made them anew`);
}

/** Waits until IIS has taken over what was written, and tells it whether the site is to run. */
async function noticed(step: Step, doing: Doing): Promise<Outcome> {
  let outcome: Outcome = { ok: true, reboot: 'none', meaning: 'success' };
  for (let waited = 0; waited < noticeLimitMs; waited += pollMs) {
    if (holds(step, await doing.look())) return { ...outcome, ok: true };
    outcome = await runCalls(step, doing);
    if (outcome.abandoned || doing.isStopped()) return outcome;
    await doing.machine.sleep(pollMs);
  }
  return outcome;
}

/** Writes the texts into the file that IIS reads. */
async function putTexts(ours: readonly HostName[], doing: Doing): Promise<Outcome> {
  const kept = await keptText(doing);
  if (kept === null) return failure('there is no whole backup of applicationHost.config');
  const host = valueOr((await doing.look()).iis, null)?.hostConfig;
  if (!host || !samePath(host.path, kept.path))
    return failure('IIS does not read the applicationHost.config that was backed up');
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const written = await putOnce(host, kept.text, ours, doing);
    if (written !== changedJustNow) return written;
  }
  return changedJustNow;
}

const changedJustNow = failure('applicationHost.config was being changed');

async function putOnce(host: HostConfig, kept: string, ours: readonly HostName[], doing: Doing): Promise<Outcome> {
  const { machine } = doing;
  const bytes = await machine.read(host.path);
  const present = bytes && utf8Text(bytes);
  const text = present === null ? null : withKept(present, kept, ours);
  if (text === null) return failure(`${host.path} could not be edited as text`);
  if (text === present) return success;
  // Whoever has written it since our look must not lose that.
  const again = await machine.read(host.path);
  if (!again || utf8Text(again) !== present) return changedJustNow;
  const { createdAt, attributes } = (await machine.details(host.path)) ?? { createdAt: machine.now(), attributes: [] };
  const as = { createdAt, changedAt: machine.now(), attributes, sddl: host.sddl };
  const put = await replaceFile(host.path, new TextEncoder().encode(text), as, doing);
  return put.ok ? success : { ...put, meaning: `${host.path} could not be written: ${put.meaning}` };
}

async function keptText(doing: Doing): Promise<{ readonly path: string; readonly text: string } | null> {
  const { machine, places } = doing;
  const kept: BackupHost | undefined = (await readManifest(doing))?.host;
  if (!kept || (await machine.hash(storedPath(places.backup, kept))) !== kept.sha256) return null;
  const bytes = await machine.read(storedPath(places.backup, kept));
  const text = bytes && utf8Text(bytes);
  return text === null ? null : { path: kept.path, text };
}

function orFailure(error: unknown): Outcome {
  const why = fileErrorText(error);
  if (why === null) throw error;
  return failure(`applicationHost.config could not be put back: ${why}`);
}
