import type { Limits, RunChild } from '../core/call.ts';
import { fileErrorText } from '../core/file-error.ts';
import type { Opened } from '../core/journal.ts';
import { programsFolder, resumePlaces } from '../core/places.ts';
import { mayGoOn } from '../core/resume.ts';
import { keepsSecrets } from '../core/secret-findings.ts';
import type { Secrets } from '../core/secrets.ts';
import { SetupError } from '../core/setup-error.ts';
import type { Machine } from '../machine/machine.ts';
import { placeOwnCopy, removeOtherCopies } from './own-copy.ts';
import { registerStartupTask, removeStartupTask } from './startup-task.ts';

/** `childrenFor` says for what a child is run, and how somebody learns of it. */
type Around = {
  readonly machine: Machine;
  childrenFor(purpose: string): RunChild;
  warn(text: string): void;
};

/**
 * Makes that the run goes on by itself after a restart of the server, whatever it is that cuts it, before anything is changed. A
 * run that is to go on and could not is refused.
 */
export async function makeReady(opened: Opened, secrets: Secrets, around: Around): Promise<void> {
  const { machine, warn } = around;
  const { limits } = opened.wanted;
  if (opened.wanted.resume === 'off') return standDown(limits, around);
  if (opened.attempt === undefined && (await machine.hash(resumePlaces.attempts)) !== null)
    await machine.remove(resumePlaces.attempts);
  if (!mayGoOn(opened)) return;
  const action = await placeOwnCopy(machine);
  if (secrets.size > 0 && keepsSecrets(opened.wanted)) await keep(secrets, machine);
  const problem = await registerStartupTask(around, action, limits);
  if (problem !== null) throw notReady(`the startup task could not be registered (${problem})`);
  const left = await problemWith(() => removeOtherCopies(machine, action).then(() => null));
  if (left !== null) warn(`An older copy of this program is left in ${programsFolder} (${left}); it does no harm.`);
}

/** Removes everything by which a run would go on: it is at its end. What could not be removed is told, and does no harm. */
export async function standDown(limits: Limits, around: Around): Promise<void> {
  const { machine, warn } = around;
  const task = await problemWith(() => removeStartupTask(around, limits));
  if (task !== null)
    warn(`The startup task is left (${task}): at the next start of the server it finds nothing to do and goes.`);
  for (const path of [resumePlaces.secrets, resumePlaces.attempts, resumePlaces.task]) {
    const problem = await problemWith(() => whyStillThere(path, machine));
    if (problem !== null) warn(`${path} is left (${problem}): remove it by hand.`);
  }
}

/** What is wrong with some work, as it says itself or as a file could not be read or written. */
async function problemWith(work: () => Promise<string | null>): Promise<string | null> {
  try {
    return await work();
  } catch (error) {
    const text = fileErrorText(error);
    if (text === null) throw error;
    return text;
  }
}

async function whyStillThere(path: string, machine: Machine): Promise<string | null> {
  if ((await machine.hash(path)) === null) return null;
  await machine.remove(path);
  return (await machine.hash(path)) === null ? null : 'it is still there';
}

async function keep(secrets: Secrets, machine: Machine): Promise<void> {
  const kept = await machine.keepSecrets(resumePlaces.secrets, secrets);
  if (!kept.ok) throw notReady(`its secrets could not be kept (${kept.why})`);
}

function notReady(why: string): SetupError {
  return new SetupError(21, {
    message: `The run could not be begun so that it goes on after a restart: ${why}.`,
    hint: 'Mend that, or run with --resume off: then you take it up yourself after a power cut or a restart.',
  });
}
