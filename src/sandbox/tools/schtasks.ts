import { elapse, remember, type Server, stored } from '../server.ts';
import { type Ended, type Tool, UnknownCall } from './tool.ts';

/**
 * `schtasks.exe /Create /TN /XML /F` and `/Delete /TN /F` (learn.microsoft.com: schtasks create, schtasks delete). The XML is read
 * as UTF-16, as the program itself writes it when asked to show one; whatever goes wrong ends with 1.
 */
export const schtasks: Tool = async (server, args) => {
  const [verb = '', ...rest] = args.map((word) => word.toLowerCase());
  const name = args[rest.indexOf('/tn') + 2] ?? '';
  elapse(server, 300);
  if (!stored(server, 'machine').elevated) return failed('Access is denied.');
  if (verb === '/create' && args.length === 6 && rest[0] === '/tn' && rest[2] === '/xml' && rest[4] === '/f')
    return create(server, name, args[4] ?? '');
  if (verb === '/delete' && args.length === 4 && rest[0] === '/tn' && rest[2] === '/f') return remove(server, name);
  throw new UnknownCall('schtasks', args.join(' '));
};

async function create(server: Server, name: string, file: string): Promise<Ended> {
  const bytes = await server.drive.read(file);
  if (!bytes) return failed('The system cannot find the file specified.');
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  const xml = Buffer.from(bytes)
    .toString('utf16le')
    .replace(/^\uFEFF/, '');
  if (!isUtf16 || !/<Task [\s\S]*<Exec>[\s\S]*<\/Task>\s*$/.test(xml)) return failed('The task XML is malformed.');
  remember(server, { tasks: { ...server.memory.tasks, [name]: xml } });
  return { code: 0, output: `SUCCESS: The scheduled task "${name}" has successfully been created.\r\n` };
}

function remove(server: Server, name: string): Ended {
  const { [name]: found, ...tasks } = server.memory.tasks ?? {};
  if (found === undefined) return failed('The system cannot find the file specified.');
  remember(server, { tasks });
  return { code: 0, output: `SUCCESS: The scheduled task "${name}" was successfully deleted.\r\n` };
}

function failed(text: string): Ended {
  return { code: 1, output: `ERROR: ${text}\r\n` };
}
