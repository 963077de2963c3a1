import type { EventLevel } from '../../core/event-log.ts';
import { elapse, remember, type Server, stored, timeOf } from '../server.ts';
import { type Ended, type Tool, UnknownCall } from './tool.ts';

const levels: readonly EventLevel[] = ['INFORMATION', 'WARNING', 'ERROR'];

/**
 * `eventcreate.exe /L APPLICATION /SO /T /ID /D`: an entry of a source of its own, which it registers by itself
 * (learn.microsoft.com: eventcreate; the exit codes as in reactos/reactos: base/applications/cmdutils/eventcreate).
 */
export const eventcreate: Tool = async (server, args) => {
  const given = optionsOf(args);
  const level = levels.find((one) => one === given.get('/t')?.toUpperCase());
  const [source, text] = [given.get('/so') ?? '', given.get('/d')];
  const isKnown = given.size === 5 && given.get('/l')?.toUpperCase() === 'APPLICATION' && source !== '';
  if (!isKnown || !level || text === undefined) throw new UnknownCall('eventcreate', args.join(' '));
  elapse(server, 100);
  const id = Number(given.get('/id'));
  if (!Number.isInteger(id) || id < 1 || id > 1000) return failed('EventID must be in the range of 1 - 1000.');
  if (!stored(server, 'machine').elevated) return failed('Access is denied.');
  write(server, { at: timeOf(server), source, id, level, text });
  return {
    code: 0,
    output: `\r\nSUCCESS: An event of type '${level}' was created in the 'APPLICATION' log with '${source}' as the source.\r\n`,
  };
};

function write(server: Server, event: Server['memory']['events'][number]): void {
  remember(server, { events: [...server.memory.events, event] });
}

/** Options by their name in lower case, each with the word behind it. */
function optionsOf(args: readonly string[]): ReadonlyMap<string, string> {
  const pairs = args.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), args[index + 1] ?? ''] as const] : [],
  );
  return new Map(pairs);
}

/** eventcreate ends with 1 whatever went wrong. */
function failed(text: string): Ended {
  return { code: 1, output: `ERROR: ${text}\r\n` };
}
