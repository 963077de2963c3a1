import type { Limits, RunChild } from '../core/call.ts';
import { type Outcome, outcomeOf } from '../core/codes.ts';
import { resumePlaces } from '../core/places.ts';
import {
  registerCall,
  removeCall,
  startsAction,
  startupTask,
  startupTaskXml,
  type TaskAction,
} from '../core/startup-task.ts';
import type { Machine } from '../machine/machine.ts';

/** `childrenFor` says for what a child is run. */
type Scheduling = {
  readonly machine: Pick<Machine, 'registeredTask' | 'write'>;
  childrenFor(purpose: string): RunChild;
};

/** Registers the startup task, and looks whether it is there: the sentence says why it is not, null if it is. */
export async function registerStartupTask(
  { machine, childrenFor }: Scheduling,
  action: TaskAction,
  limits: Limits,
): Promise<string | null> {
  if (await isRegistered(machine, action)) return null;
  await machine.write(resumePlaces.task, utf16(startupTaskXml(action)));
  const outcome = await called(childrenFor('register the startup task'), registerCall(resumePlaces.task, limits));
  return (await isRegistered(machine, action))
    ? null
    : `schtasks: ${outcome.ok ? 'the task is not there' : outcome.meaning}`;
}

/** Removes the startup task, and looks whether it is gone: the sentence says why it is not, null if it is. */
export async function removeStartupTask({ machine, childrenFor }: Scheduling, limits: Limits): Promise<string | null> {
  if ((await machine.registeredTask(startupTask)) === null) return null;
  const outcome = await called(childrenFor('remove the startup task'), removeCall(limits));
  return (await machine.registeredTask(startupTask)) === null
    ? null
    : `schtasks: ${outcome.ok ? 'the task is still there' : outcome.meaning}`;
}

async function isRegistered(machine: Scheduling['machine'], action: TaskAction): Promise<boolean> {
  const xml = await machine.registeredTask(startupTask);
  return xml !== null && startsAction(xml, action);
}

async function called(run: RunChild, call: ReturnType<typeof removeCall>): Promise<Outcome> {
  return outcomeOf(call.tool, await run(call));
}

/** schtasks reads UTF-16 with a byte order mark, which is what it writes itself. */
function utf16(text: string): Uint8Array {
  return Buffer.from(`\uFEFF${text}`, 'utf16le');
}
