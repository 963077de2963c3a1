import { elapse, remember, type Server, stored } from '../server.ts';
import { type Ended, type Tool, UnknownCall } from './tool.ts';

/**
 * `shutdown.exe /r /t /d p:4:2 /c`: a restart that is due after some seconds (learn.microsoft.com: shutdown). A second one fails
 * with 1190 (ERROR_SHUTDOWN_IS_SCHEDULED). Only `sandbox restart` lets the time come.
 */
export const shutdown: Tool = async (server, args) => {
  const [restart, limit, seconds = '', reason, code, comment, text = ''] = args;
  const isKnown = restart === '/r' && limit === '/t' && reason === '/d' && code === 'p:4:2' && comment === '/c';
  if (!isKnown || args.length !== 7 || !/^\d+$/.test(seconds)) throw new UnknownCall('shutdown', args.join(' '));
  elapse(server, 100);
  if (text.length > 127) return { code: 87, output: 'Comment is too long.\r\n' };
  return schedule(server, Number(seconds));
};

function schedule(server: Server, seconds: number): Ended {
  if (!stored(server, 'machine').elevated) return { code: 5, output: 'Access is denied.(5)\r\n' };
  if (server.memory.shutdown) return { code: 1190, output: 'A system shutdown has already been scheduled.(1190)\r\n' };
  remember(server, { shutdown: { at: new Date(Date.parse(server.memory.clock) + seconds * 1000).toISOString() } });
  return { code: 0, output: '' };
}
