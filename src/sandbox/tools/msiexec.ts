import { win32 } from 'node:path';
import { openPackage, type Package } from '../../msi/package.ts';
import { elapse, remember, type Server, store, stored } from '../server.ts';
import { takeBack } from '../undo.ts';
import { type ActionEnd, standardActions } from './msi-actions.ts';
import { type MsiCommand, parseMsiCommand } from './msi-command.ts';
import { conditionHolds } from './msi-condition.ts';
import { MsiLog } from './msi-log.ts';
import { registrationOf } from './msi-products.ts';
import { property, type Session, startProperties } from './msi-session.ts';
import { type Ended, type Tool, UnknownCall } from './tool.ts';

/** Files are touched soon after the start: a worker process that is still leaving then holds them (T10). */
const startingMs = 1_500;
const installingMs = 10_500;

/** `msiexec.exe`: installs a package or removes a product as the package's own tables say; codes as in peers 3.1. */
export const msiexec: Tool = async (server, args) => run(server, args, false);

/**
 * Begins what the arguments say and loses the power just before it would be final: everything is changed, and Windows
 * Installer will take it back when it is asked for something the next time (T11, 1704).
 */
export async function suspendMsiexec(server: Server, args: readonly string[]): Promise<void> {
  await run(server, args, true);
}

async function run(server: Server, args: readonly string[], isCut: boolean): Promise<Ended> {
  const command = parseMsiCommand(args);
  if (!(await server.drive.hasFolder(win32.dirname(command.log)))) return ended(1622);
  if (stored(server, 'installer').disabledByPolicy) return ended(1625);
  await settle(server);
  elapse(server, startingMs);
  const log = new MsiLog(server);
  log.say(`Command Line: ${shownArgs(command)}`);
  const code =
    command.verb === '/i' ? await install(server, command, log, isCut) : await remove(server, command, log, isCut);
  elapse(server, installingMs);
  if (code === null) return ended(null);
  await server.drive.write(command.log, log.bytes(code));
  return ended(code);
}

/** A suspended installation is taken back before the next one begins. */
async function settle(server: Server): Promise<void> {
  if (server.memory.suspended) await takeBack(server, server.memory.suspended);
  store(server, 'installer', { ...stored(server, 'installer'), suspended: false });
}

async function install(server: Server, command: MsiCommand, log: MsiLog, isCut: boolean): Promise<number | null> {
  return withPackage(server, command.target, async (opened) => {
    if (opened === null) return 1619;
    if ('problem' in opened) return 1620;
    const properties = startProperties(opened, command.properties);
    const registered = registrationOf(server, properties.get('ProductCode') ?? '');
    if (registered && registered.packageCode !== opened.summary.packageCode) return 1638;
    if (registered) properties.set('Installed', '00:00:00');
    const source = { path: command.target, name: win32.basename(command.target) };
    return perform(newSession(server, opened, registered ? 'maintain' : 'install', { source, properties, log }), isCut);
  });
}

async function remove(server: Server, command: MsiCommand, log: MsiLog, isCut: boolean): Promise<number | null> {
  const registered = registrationOf(server, command.target);
  if (!registered) return 1605;
  return withPackage(server, registered.localPackage, async (opened) => {
    if (opened === null || 'problem' in opened) return 1612;
    const properties = removalProperties(opened, command.properties);
    const source = { path: registered.localPackage, name: registered.packageName };
    return perform(newSession(server, opened, 'remove', { source, properties, log }), isCut);
  });
}

/** The removal of an old product inside an installation (MS-msi: RemoveExistingProducts; its failure is fatal, error 1714). */
async function removeProduct(code: string, outer: Session): Promise<ActionEnd> {
  const { server, log } = outer;
  const registered = registrationOf(server, code);
  if (!registered) return { ok: true };
  return withPackage(server, registered.localPackage, async (opened) => {
    const lost = `Error 1714. The older version of ${property(outer, 'ProductName')} cannot be removed. System Error 1612.`;
    if (opened === null || 'problem' in opened) return { ok: false, message: lost };
    const properties = removalProperties(opened, { UPGRADINGPRODUCTCODE: property(outer, 'ProductCode') });
    const source = { path: registered.localPackage, name: registered.packageName };
    const session = { ...newSession(server, opened, 'remove', { source, properties, log }), outer, undo: outer.undo };
    const end = await runSequence(session, false);
    outer.isRestartNeeded ||= session.isRestartNeeded;
    return end === 'cut' ? { ok: true } : end;
  });
}

function removalProperties(opened: Package, given: Readonly<Record<string, string>>): Map<string, string> {
  return startProperties(opened, { ...given, Installed: '00:00:00', REMOVE: 'ALL' });
}

async function withPackage<T>(
  server: Server,
  path: string,
  use: (opened: Package | { problem: string } | null) => Promise<T>,
): Promise<T> {
  const file = await server.drive.open(path);
  if (!file) return use(null);
  const beside: OpenFile[] = [];
  try {
    return await use(await openPackage(file, (cabinet) => openBeside(server, path, cabinet, beside)));
  } finally {
    for (const one of [file, ...beside]) await one.close();
  }
}

type OpenFile = NonNullable<Awaited<ReturnType<Server['drive']['open']>>>;

async function openBeside(server: Server, path: string, cabinet: string, opened: OpenFile[]): Promise<OpenFile | null> {
  const file = await server.drive.open(`${win32.dirname(path)}\\${cabinet}`);
  if (file) opened.push(file);
  return file;
}

type Parts = Pick<Session, 'source' | 'properties' | 'log'>;

function newSession(server: Server, opened: Package, mode: Session['mode'], parts: Parts): Session {
  const fresh = {
    outer: null,
    toLay: new Set<string>(),
    inheritedSite: null,
    undo: null,
    isRestartNeeded: false,
  };
  return { server, package: opened, mode, ...parts, ...fresh };
}

/** Runs the whole installation; the code that msiexec ends with, or null if the power was lost. */
async function perform(session: Session, isCut: boolean): Promise<number | null> {
  const end = await runSequence(session, isCut);
  if (end === 'cut') return null;
  const code = end.ok ? (session.isRestartNeeded ? 3010 : 0) : 1603;
  session.log.ended('INSTALL', end.ok ? 1 : 3);
  if (!end.ok) session.log.say('Note: 1: 1708');
  const name = property(session, 'ProductName');
  const verb = session.mode === 'remove' ? 'removed' : 'installed';
  session.log.say(
    `Windows Installer ${verb} the product. Product Name: ${name}. Product Version: ${property(session, 'ProductVersion')}. ` +
      `Product Language: ${property(session, 'ProductLanguage')}. Manufacturer: ${property(session, 'Manufacturer')}. ` +
      `${verb === 'removed' ? 'Removal' : 'Installation'} success or error status: ${end.ok ? 0 : 1603}.`,
  );
  return code;
}

async function runSequence(session: Session, isCut: boolean): Promise<ActionEnd | 'cut'> {
  const actions = standardActions(removeProduct);
  for (const { name, condition } of sequenceOf(session.package)) {
    if (!conditionHolds(condition, session.properties)) continue;
    if (isCut && name === 'InstallFinalize' && session.undo) return suspend(session);
    session.log.started(name);
    const action = actions[name];
    const end: ActionEnd = action ? await action(session) : customAction(session, name);
    session.log.ended(
      name,
      end.ok ? 1 : 3,
      end.ok ? null : `Product: ${property(session, 'ProductName')} -- ${end.message}`,
    );
    if (!end.ok) return failed(session, end);
  }
  return { ok: true };
}

async function failed(session: Session, end: ActionEnd): Promise<ActionEnd> {
  if (session.undo && session.undo !== session.outer?.undo) await takeBack(session.server, session.undo.record());
  return end;
}

function suspend(session: Session): 'cut' {
  const { server, undo } = session;
  remember(server, { suspended: undo?.record() ?? null });
  store(server, 'installer', { ...stored(server, 'installer'), suspended: true });
  return 'cut';
}

/** An action of the package's own: only the one that ends with an error message can be run here (MS-msi: custom-action-type-19). */
function customAction(session: Session, name: string): ActionEnd {
  const row = session.package.rows('CustomAction').find((one) => one.Action === name);
  if (!row) throw new UnknownCall('msiexec', `the action ${name}`);
  if (Number(row.Type) !== 19) throw new UnknownCall('msiexec', `the custom action ${name} of type ${row.Type}`);
  return { ok: false, message: String(row.Target) };
}

function sequenceOf(opened: Package): readonly { name: string; condition: string | null }[] {
  const rows = opened.rows('InstallExecuteSequence').filter((row) => Number(row.Sequence) > 0);
  const sorted = rows.toSorted((left, right) => Number(left.Sequence) - Number(right.Sequence));
  return sorted.map((row) => ({
    name: String(row.Action),
    condition: row.Condition === null ? null : String(row.Condition),
  }));
}

/** Values of properties stay out of the simulated log: which are secret is for the package to say, and some forget it. */
function shownArgs({ verb, target, properties }: MsiCommand): string {
  return [verb, target, ...Object.keys(properties).map((name) => `${name}=**********`)].join(' ');
}

function ended(code: number | null): Ended {
  return { code, output: '' };
}
