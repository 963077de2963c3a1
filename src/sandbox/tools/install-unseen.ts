import { endOfRequest } from '../../core/secrets.ts';
import type { Server } from '../server.ts';
import { parseMsiCommand } from './msi-command.ts';
import { runCommand } from './msiexec.ts';
import { type Tool, UnknownCall } from './tool.ts';

/** Install-ScimPackage.ps1: what it reads are the package, the log, its letters, how many secrets, properties and an end. */
export const installUnseen: Tool = async (server, args, input = []) => {
  if (args.length > 0) throw new UnknownCall('Install-ScimPackage.ps1', args.join(' '));
  if (input.at(-1) !== endOfRequest || input.length < 6) return { code: 1639, output: 'The request was cut off.\r\n' };
  const [target = '', log = '', letters = '', count = '0', ...properties] = input.slice(0, -1);
  const command = parseMsiCommand(['/i', target, '/qn', '/norestart', '/l*v', log, ...properties]);
  const ended = await runCommand(server, { ...command, showsValues: letters.includes('p') });
  const secrets = properties.slice(0, Number(count)).map((line) => line.slice(line.indexOf('=') + 1));
  await cleanLog(server, log, secrets);
  return ended;
};

/** The log is UTF-16, so one form is enough here; the script itself knows the others. */
async function cleanLog(server: Server, path: string, secrets: readonly string[]): Promise<void> {
  const bytes = await server.drive.read(path);
  if (!bytes) return;
  const before = Buffer.from(bytes).toString('utf16le');
  const after = secrets.reduce((text, secret) => text.replaceAll(secret, '*'.repeat(secret.length)), before);
  if (after !== before) await server.drive.write(path, Buffer.from(after, 'utf16le'));
}
