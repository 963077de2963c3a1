// Runs inside Wine, by Windows Node, in place of dism.exe, net.exe, netsh.exe, appcmd.exe, eventcreate.exe and the hosting bundle,
// in some tests of schtasks.exe and shutdown.exe too: does on the simulated server what was asked for, and shows in Wine what that
// server looks like then.
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, win32 } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadServer, type Server, saveServer } from '../../src/sandbox/server.ts';

const samples = fileURLToPath(new URL('../../templates/samples/', import.meta.url));
const [name = '', ...args] = process.argv.slice(2);
const folder = process.env.SCIM_SETUP_LAB_FOLDER ?? '';
const server = await loadServer(join(folder, 'server'));
if ('problem' in server) throw new Error(server.problem);

const tool = win32.parse(name).name.toLowerCase();
// eventcreate reads nothing of IIS, and shows nothing that it has changed.
if (tool !== 'eventcreate') await takeHostConfig(server);
const { code, output } = await call(server);
if (tool === 'eventcreate') keepEvents(server);
else await showAll(server);
process.stdout.write(output);
if (code === null) throw new Error(`${name} could not be started: ${output}`);
process.exitCode = code | 0;

/** Only what this call needs is loaded: every module costs Windows Node some 15 ms under Wine. */
async function call(on: Server) {
  if (tool === 'dism') return (await import('../../src/sandbox/tools/dism.ts')).dism(on, args);
  if (tool === 'net') return (await import('../../src/sandbox/tools/net.ts')).net(on, args);
  if (tool === 'netsh') return (await import('../../src/sandbox/tools/netsh.ts')).netsh(on, args);
  if (tool === 'eventcreate') return (await import('../../src/sandbox/tools/eventcreate.ts')).eventcreate(on, args);
  if (tool === 'appcmd') return (await import('../../src/sandbox/tools/appcmd.ts')).appcmd(on, args);
  if (tool === 'shutdown') return (await import('../../src/sandbox/tools/shutdown.ts')).shutdown(on, args);
  if (tool === 'schtasks') return scheduled(on);
  if (!tool.startsWith('dotnet-hosting-')) throw new Error(`The lab has no tool for ${name}.`);
  const bundle = `C:\\Packages\\${name}`;
  await on.drive.makeFolder('C:\\Packages');
  await on.drive.receive(join(samples, name), bundle);
  return (await import('../../src/sandbox/tools/hosting.ts')).hosting(on, [bundle, ...args]);
}

/** Wine's own schtasks keeps a task as a file, as Windows does, but loses what it starts. */
async function scheduled(on: Server) {
  const xml = args[args.indexOf('/XML') + 1];
  if (args.includes('/XML') && xml) await on.drive.receive(xml, xml);
  const { schtasks } = await import('../../src/sandbox/tools/schtasks.ts');
  const ended = await schtasks(on, args);
  const name = args[args.indexOf('/TN') + 1] ?? '';
  const [file, task] = [`C:\\windows\\system32\\Tasks${name}`, on.memory.tasks?.[name]];
  mkdirSync(win32.dirname(file), { recursive: true });
  if (task === undefined) rmSync(file, { force: true });
  else writeFileSync(file, `\uFEFF${task}`, 'utf16le');
  return ended;
}

/** What the program under test has itself written into applicationHost.config, as IIS would take it over. */
async function takeHostConfig(on: Server): Promise<void> {
  const { hostPath, hostText } = await import('../../src/sandbox/host-config.ts');
  if (!existsSync(hostPath) || hostText(on) === null) return;
  const bytes = readFileSync(hostPath);
  if (!bytes.equals(Buffer.from(hostText(on) ?? ''))) await on.drive.write(hostPath, bytes);
}

async function showAll(on: Server): Promise<void> {
  const registry = join(folder, 'show.reg');
  const { show } = await import('./show.ts');
  await show(on, { drive: 'C:\\', cim: join(folder, 'cim.json'), answers: join(folder, 'answers'), registry });
  await saveServer(on);
  importRegistry(registry);
}

/** Into a file of their own: an eventcreate that was abandoned must not put back an older state of the server. */
function keepEvents({ memory }: Server): void {
  appendFileSync(join(folder, 'events.jsonl'), memory.events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

function importRegistry(file: string): void {
  const child = spawnSync('C:\\windows\\system32\\reg.exe', ['import', file], { stdio: 'ignore' });
  if (child.status !== 0) throw new Error(`reg import ended with ${child.status}`);
}
