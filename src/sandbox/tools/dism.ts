import { win32 } from 'node:path';
import type { FeatureState } from '../../core/facts.ts';
import { editHost, hostPath, readHostAnew, writeHost } from '../host-config.ts';
import { changeIis, newIis } from '../iis.ts';
import { addModules, newHostConfig } from '../new-host-config.ts';
import { elapse, remember, type Server, store, stored, timeOf } from '../server.ts';
import { featureTree, withParents } from './features.ts';
import { type Ended, UnknownCall } from './tool.ts';

type Request = { readonly features: readonly string[]; readonly all: boolean; readonly log: string | null };

/** Installing the web server takes about a minute on a small machine. */
const enablingMs = 45_000;

/** `dism.exe /Online /Enable-Feature`: enables features, all or none (peers 3.3 for the codes). */
export async function dism(server: Server, args: readonly string[]): Promise<Ended> {
  const request = requestOf(args);
  const ended = await enable(server, request);
  if (request.log !== null) await writeLog(server, request.log, args, ended);
  return ended;
}

const switches = ['/online', '/english', '/norestart', '/quiet', '/enable-feature', '/all'];

function requestOf(args: readonly string[]): Request {
  const given = args.map((arg) => arg.toLowerCase());
  const valueAfter = (name: string) =>
    args.filter((arg) => arg.toLowerCase().startsWith(name)).map((arg) => arg.slice(name.length));
  const unknown = args.filter((_arg, index) => {
    const word = given[index] ?? '';
    return !switches.includes(word) && !/^\/(featurename|logpath):./.test(word);
  });
  if (unknown.length > 0) throw new UnknownCall('dism', unknown.join(' '));
  for (const needed of ['/online', '/enable-feature', '/norestart', '/quiet']) {
    if (!given.includes(needed)) throw new UnknownCall('dism', `a call without ${needed}`);
  }
  const features = valueAfter('/featurename:');
  if (features.length === 0) throw new UnknownCall('dism', '/Enable-Feature without a name');
  return { features, all: given.includes('/all'), log: valueAfter('/logpath:')[0] ?? null };
}

async function enable(server: Server, { features, all }: Request): Promise<Ended> {
  elapse(server, 2_000);
  if (!stored(server, 'machine').elevated) return failed(740, 'Elevated permissions are required to run DISM.');
  const states = stored(server, 'features');
  const names = features.map((name) => spelled(states, name));
  const unknown = features.filter((_name, index) => names[index] === null);
  if (unknown.length > 0) return failed(0x800f080c, `Feature name ${unknown.join(', ')} is unknown.`);
  const wanted = all ? [...new Set(names.flatMap((name) => parentsOf(name as string)))] : (names as string[]);
  const orphan = wanted.find((name) =>
    parentsOf(name).some((one) => one !== name && states[one] !== 'enabled' && !wanted.includes(one)),
  );
  if (orphan) return failed(50, `A parent feature of ${orphan} is disabled.`);
  return enableAll(
    server,
    wanted.filter((name) => states[name] !== 'enabled'),
  );
}

async function enableAll(server: Server, names: readonly string[]): Promise<Ended> {
  const states = stored(server, 'features');
  if (names.length === 0) return done; // MS-wps: enabling what is enabled changes nothing and needs no restart
  const removed = names.filter((name) => states[name] === 'removed');
  if (removed.length > 0) return failed(0x800f081f, `The source files of ${removed.join(', ')} could not be found.`);
  // A restart that servicing waits for blocks features (peers 3.2). No source names the code: this is servicing's general one.
  if (stored(server, 'restart').reasons.includes('servicing')) return failed(0x800f0922, 'A restart is pending.');
  elapse(server, enablingMs);
  const enabled = Object.fromEntries(names.map((name) => [name, 'enabled' as const]));
  store(server, 'features', { ...states, ...enabled });
  if (names.includes('IIS-WebServer')) await layIis(server);
  if (stored(server, 'iis')) addComponents(server);
  return done;
}

function addComponents(server: Server): void {
  const states = stored(server, 'features');
  const names = Object.keys(featureTree).filter((name) => states[name] === 'enabled');
  const present = names.flatMap((name) => featureTree[name]?.components ?? []);
  changeIis(server, ({ components }) => ({ components: [...new Set([...components, ...present])] }));
  editHost(server, addModules(present));
}

async function layIis(server: Server): Promise<void> {
  protectHost(server);
  writeHost(server, newHostConfig);
  store(server, 'iis', newIis(server));
  readHostAnew(server, null);
  // Nobody has asked it for a page yet.
  changeIis(server, ({ pools }) => ({ pools: pools.map((pool) => ({ ...pool, workers: 0 })) }));
  const said = 'A file of a simulated server.\r\n';
  for (const name of ['appcmd.exe', 'w3wp.exe'])
    await server.drive.write(`C:\\Windows\\System32\\inetsrv\\${name}`, said);
  await server.drive.makeFolder('C:\\Windows\\System32\\inetsrv\\config\\schema');
  await server.drive.write('C:\\inetpub\\wwwroot\\iisstart.htm', said);
  await server.drive.makeFolder('C:\\inetpub\\logs\\LogFiles');
}

/** Nobody but the system and administrators may read the configuration (iis-docs: securing configuration). */
function protectHost(server: Server): void {
  const folder = win32.dirname(hostPath).toLowerCase();
  remember(server, { acls: { ...server.memory.acls, [folder]: 'O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)' } });
}

function parentsOf(name: string): readonly string[] {
  const all = withParents(name);
  if (!all) throw new UnknownCall('dism', `what the feature ${name} stands under`);
  return all;
}

function spelled(states: Readonly<Record<string, FeatureState>>, name: string): string | null {
  return Object.keys(states).find((one) => one.toLowerCase() === name.toLowerCase()) ?? null;
}

const done: Ended = { code: 0, output: 'The operation completed successfully.\r\n' };

function failed(code: number, text: string): Ended {
  const shown = code > 0xffff ? `0x${code.toString(16)}` : String(code);
  return { code, output: `Error: ${shown}\r\n\r\n${text}\r\n` };
}

async function writeLog(server: Server, path: string, args: readonly string[], ended: Ended): Promise<void> {
  const time = timeOf(server).replace('T', ' ').replace('Z', '');
  const lines = [
    `${time}, Info DISM Executing command line: dism.exe ${args.join(' ')}`,
    ...ended.output.trim().split(/[\r\n]+/),
  ];
  await server.drive.write(path, `${lines.join('\r\n')}\r\n`);
}
