import { type Outcome, success } from '../core/codes.ts';
import { normalPath } from '../core/connector.ts';
import type { OwnChange, Sha256, SharedFolder } from '../core/facts.ts';
import { missing } from '../core/missing.ts';
import { parseSharedNote, type SharedNote, sharedNotePath } from '../core/shared-folder.ts';
import { valueOr } from '../core/situation.ts';
import type { Step } from '../core/step.ts';
import { readManifest } from './backup.ts';
import { putBack } from './config.ts';
import { type Doing, failure } from './doing.ts';

/** Proves that the shared folder can be written to, by a file of our own; then begins the note of what this chain changes in it. */
export async function proveShared({ folder }: Step<'shared.prove'>, doing: Doing): Promise<Outcome> {
  const tried = await doing.machine.tryWrite(folder);
  if (!tried.ok) return failure(`${folder} cannot be written to: ${tried.why}`);
  const shared = valueOr((await doing.look()).shared, null);
  await writeNote({ schema: 1, folder, settingsName: shared?.settingsName ?? null, changes: [] }, doing);
  return success;
}

/** Puts back what is missing in the shared folder, unless somebody else has written it meanwhile (T15). */
export async function restoreShared(step: Step<'shared.restore'>, doing: Doing): Promise<Outcome> {
  const manifest = await readManifest(doing);
  if (!manifest) return failure(`there is no whole backup in ${doing.places.backup}`);
  const now = await doing.look();
  const seen = filesIn(valueOr(now.shared, null));
  for (const file of step.files) {
    const gaps = missing<'shared.restore'>({ ...step, files: [file] }, now);
    if (gaps.known && gaps.value.length === 0) continue;
    if (!seen) return failure(gaps.known ? gaps.value.join('; ') : gaps.why);
    // Between our look and this line another server may have written it: then it is no longer ours to put back.
    const sha256 = seen.get(normalPath(file.path)) ?? null;
    if ((await doing.machine.hash(file.path)) !== sha256) return failure(`${file.path} was changed just now`);
    const put = await putBack(file, step.match, { manifest, folder: doing.places.backup }, doing);
    if (!put.ok) return put;
  }
  return success;
}

/**
 * Does something that may change files in the shared folder, and notes before that it is begun, and after it what it has changed. Where
 * there is no note, the connector has no such folder. What could not be read before it counts as somebody else's work; what could not
 * be read after it is judged as after a power cut.
 */
export async function noted(doing: Doing, work: () => Promise<Outcome>): Promise<Outcome> {
  const note = await readNote(doing);
  if (!note) return work();
  const shared = valueOr((await doing.look()).shared, null);
  const before = filesIn(shared);
  const { begun: _cut, ...settled } = { ...note, changes: shared?.own ?? note.changes };
  if (before) await writeNote({ ...settled, begun: [...before.keys()] }, doing);
  const outcome = await work();
  const after = filesIn(valueOr((await doing.look()).shared, null));
  if (before && after)
    await writeNote({ ...settled, changes: [...settled.changes, ...changesBetween(before, after)] }, doing);
  return outcome;
}

type Seen = ReadonlyMap<string, Sha256>;

/** The files of a shared folder by their path, or null if they could not be read. */
function filesIn(shared: SharedFolder | null): Seen | null {
  if (!shared?.files.known) return null;
  return new Map(shared.files.value.map((file) => [normalPath(file.path), file.sha256]));
}

function changesBetween(before: Seen, after: Seen): OwnChange[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  return paths
    .map((path) => ({ path, from: before.get(path) ?? null, to: after.get(path) ?? null }))
    .filter(({ from, to }) => from !== to);
}

async function readNote({ machine, places }: Doing): Promise<SharedNote | null> {
  const bytes = await machine.read(sharedNotePath(places.backup));
  return bytes && parseSharedNote(new TextDecoder().decode(bytes));
}

async function writeNote(note: SharedNote, { machine, places }: Doing): Promise<void> {
  await machine.write(sharedNotePath(places.backup), new TextEncoder().encode(JSON.stringify(note, null, 2)));
}
