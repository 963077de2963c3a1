import { win32 } from 'node:path';
import { iisNow, isServing, restartIis, startWebServices } from '../iis.ts';
import { setSddl } from '../rights.ts';
import { elapse, remember, type Server } from '../server.ts';
import { installUnseen } from './install-unseen.ts';
import { type Ended, type Tool, UnknownCall } from './tool.ts';

const head = ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File'];

const scripts: Readonly<Record<string, Tool>> = {
  'restart-iis.ps1': restart,
  'set-scimfile.ps1': setFile,
  'install-scimpackage.ps1': installUnseen,
};

/** `powershell.exe -File` with one of the program's own scripts that change something. */
export const powershell: Tool = async (server, args, input) => {
  const isHead = head.every((word, index) => args[index]?.toLowerCase() === word.toLowerCase());
  const path = args[head.length];
  if (!isHead || path === undefined) throw new UnknownCall('powershell', args.join(' '));
  const script = scripts[win32.basename(path).toLowerCase()];
  if (!script) throw new UnknownCall('powershell', path);
  return script(server, args.slice(head.length + 1), input);
};

/** Restart-Iis.ps1 (T17): what ran before runs again afterwards, and W3SVC. */
async function restart(server: Server, args: readonly string[]): Promise<Ended> {
  if (args.length > 0) throw new UnknownCall('Restart-Iis.ps1', args.join(' '));
  const iis = iisNow(server);
  if (!iis) return { code: 1, output: 'IIS is not there.\r\n' };
  elapse(server, 2_000);
  if (isServing(iis)) restartIis(server);
  else startWebServices(server);
  return { code: 0, output: '' };
}

/** Set-ScimFile.ps1 -Path -Sddl, for a file perhaps -Created -Changed -Attributes too. */
async function setFile(server: Server, args: readonly string[]): Promise<Ended> {
  const given = new Map(args.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), args[at + 1] ?? '']] : [])));
  const [path, sddl] = [given.get('-path'), given.get('-sddl')];
  const isKnown = [...given.keys()].every((name) => fileParameters.includes(name));
  if (!isKnown || !path || !sddl) throw new UnknownCall('Set-ScimFile.ps1', args.join(' '));
  const why = await whyNotSet(server, path, sddl);
  if (why !== null) return { code: 1, output: `${why}\r\n` };
  setSddl(server, path, sddl);
  const [changed, attributes] = [given.get('-changed'), given.get('-attributes')];
  // When a file was created cannot be set on every system.
  if (changed) await server.drive.setTime(path, changed);
  if (attributes)
    remember(server, {
      attributes: { ...server.memory.attributes, [path.toLowerCase()]: attributes.split(',') },
    });
  return { code: 0, output: '' };
}

const fileParameters = ['-path', '-sddl', '-created', '-changed', '-attributes'];

async function whyNotSet(server: Server, path: string, sddl: string): Promise<string | null> {
  const isThere = (await server.drive.hasFile(path)) || (await server.drive.hasFolder(path));
  return isThere ? problemOf(sddl) : `There is no file ${path}.`;
}

/** What keeps a text from being applied as a security descriptor, or null. */
function problemOf(sddl: string): string | null {
  return /D:[A-Z]*(\(|$)/.test(sddl) ? null : `${sddl} is no security descriptor with a DACL`;
}
