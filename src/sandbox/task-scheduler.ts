import { startupTask, startupWords } from '../core/startup-task.ts';
import { elapse, type Server, saveServer } from './server.ts';
import { UnknownCall } from './tools/tool.ts';

/** The delay of the task's trigger. */
const delayMs = 60_000;

/**
 * What the Task Scheduler does after a start of the server: whether it starts the task, once its delay has passed. It knows one
 * program only, this one, which the caller runs in its place.
 */
export async function startTask(server: Server): Promise<boolean> {
  const xml = server.memory.tasks?.[startupTask];
  if (xml === undefined) return false;
  const [, command = ''] = /<Command>"?([^<"]*)"?<\/Command>/.exec(xml) ?? [];
  const [, words = ''] = /<Arguments>([^<]*)<\/Arguments>/.exec(xml) ?? [];
  if (!/\\node\.exe$/i.test(command) || !words.endsWith(` ${startupWords.join(' ')}`))
    throw new UnknownCall('Task Scheduler', `${command} ${words}`);
  elapse(server, delayMs);
  await saveServer(server);
  return true;
}
