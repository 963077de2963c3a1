import { win32 } from 'node:path';
import type { Package } from '../../msi/package.ts';
import { elapse, type Registered, remember, type Server, store, stored } from '../server.ts';
import { takeBack } from '../undo.ts';
import { type ActionEnd, standardActions } from './msi-actions.ts';
import { type MsiCommand, parseMsiCommand } from './msi-command.ts';
import { conditionHolds } from './msi-condition.ts';
import { MsiLog } from './msi-log.ts';
import { registrationOf } from './msi-products.ts';
import { property, type Session, startProperties } from './msi-session.ts';
import { withOwnPackage, withPackage } from './msi-source.ts';
import { type Ended, type Tool, UnknownCall } from './tool.ts';

/** Files are touched soon after the start: a worker process that is still leaving then holds them (T10). */
const startingMs = 1_500;
const installingMs = 10_500;

/** `msiexec.exe`: installs a package or removes a product as the package's own tables say; codes as in peers 3.1. */
export const msiexec: Tool = async (server, args) => runCommand(server, parseMsiCommand(args));

/** What msiexec does, once its arguments are read. */
export function runCommand(server: Server, command: MsiCommand): Promise<Ended> {
  return run(server, command, null);
}

/**
 * Begins what the arguments say and loses the power before an action, just before it would be final if none is named:
 * Windows Installer will take it back when it is asked for something the next time (T11, 1704).
 */
export async function suspendMsiexec(
  server: Server,
  args: readonly string[],
  before = 'InstallFinalize',
): Promise<void> {
  await run(server, parseMsiCommand(args), before);
}

async function run(server: Server, command: MsiCommand, cutBefore: string | null): Promise<Ended> {
  if (!(await server.drive.hasFolder(win32.dirname(command.log)))) return ended(1622);
  if (stored(server, 'installer').disabledByPolicy) return ended(1625);
  if (isHeld(server)) return held(server, command);
  await settle(server);
  elapse(server, startingMs);
  const log = new MsiLog(server);
  log.say(`Command Line: ${shownArgs(command)}`);
  const code = await answer(server, command, log, cutBefore);
  elapse(server, installingMs);
  if (code === null) return ended(null);
  await server.drive.write(command.log, log.bytes(code));
  return ended(code);
}

/** Whether somebody else installs something (MS-msi: _MSIExecute Mutex). */
export function isHeld(server: Server): boolean {
  return stored(server, 'installer').holders.length > 0;
}

async function held(server: Server, command: MsiCommand): Promise<Ended> {
  const log = new MsiLog(server);
  log.say('Failed to grab execution mutex. System error 258.');
  await server.drive.write(command.log, log.bytes(1618));
  return ended(1618);
}

/** A suspended installation is taken back before the next one begins. */
async function settle(server: Server): Promise<void> {
  if (server.memory.suspended) await takeBack(server, server.memory.suspended);
  store(server, 'installer', { ...stored(server, 'installer'), suspended: false });
}

/** The code that msiexec ends with, or null if the power was lost. */
async function answer(
  server: Server,
  command: MsiCommand,
  log: MsiLog,
  cutBefore: string | null,
): Promise<number | null> {
  const { target } = command;
  if ('code' in target) {
    const registered = registrationOf(server, target.code);
    return registered ? maintain(server, command, registered, { log, cutBefore }) : 1605;
  }
  return withPackage(server, target.path, async (opened) => {
    if (opened === null) return 1619;
    if ('problem' in opened) return 1620;
    const registered = registrationOf(server, startProperties(opened, {}).get('ProductCode') ?? '');
    if (!registered) return begin(server, { command, path: target.path }, opened, { log, cutBefore });
    const isOther = registered.packageCode !== opened.summary.packageCode;
    return isOther && !isRecaching(command) ? 1638 : maintain(server, command, registered, { log, cutBefore });
  });
}

type Run = { readonly log: MsiLog; readonly cutBefore: string | null };

/** A product that is not there: `/x` and a repair do not know it; REINSTALL alone installs nothing (MS-msi: reinstall). */
async function begin(
  server: Server,
  { command, path }: { readonly command: MsiCommand; readonly path: string },
  opened: Package,
  { log, cutBefore }: Run,
): Promise<number | null> {
  if (command.verb === '/x' || command.isRepair) return 1605;
  const properties = startProperties(opened, command.properties);
  const source = { path, name: win32.basename(path) };
  const context = (properties.get('ALLUSERS') ?? '') === '' ? 'user' : 'machine';
  const mode = property({ properties }, 'REINSTALL') === '' ? 'install' : 'nothing';
  return perform(newSession(server, opened, mode, { source, properties, log, context }), command, cutBefore);
}

/** Reconfigures, reinstalls or removes a product that is registered. */
async function maintain(
  server: Server,
  command: MsiCommand,
  registered: Registered,
  { log, cutBefore }: Run,
): Promise<number | null> {
  const given = 'path' in command.target ? command.target.path : null;
  if (isRecaching(command) && given !== null && !isNamed(given, registered)) {
    log.say(`Error 1316. A network error occurred while attempting to read from the file: ${registered.packageName}`);
    return 1603;
  }
  return withOwnPackage(server, registered, { given, isRecaching: isRecaching(command) }, async (opened, path) => {
    if (opened === null) return 1612;
    const mode = command.verb === '/x' ? 'remove' : command.properties.REINSTALL ? 'reinstall' : 'maintain';
    const removal = mode === 'remove' ? { REMOVE: 'ALL' } : {};
    const properties = startProperties(opened, { ...command.properties, Installed: '00:00:00', ...removal });
    const source = { path, name: registered.packageName };
    const context = contextOf(server, properties.get('ProductCode') ?? '');
    return perform(newSession(server, opened, mode, { source, properties, log, context }), command, cutBefore);
  });
}

/** A product stays in the context in which it was installed (MS-msi: allusers). */
function contextOf(server: Server, code: string): Session['context'] {
  return stored(server, 'products').find((product) => product.productCode === code)?.context ?? 'machine';
}

/** Whether Windows Installer is to work from the source package and to cache that (`v`; MS-msi: reinstallmode). */
function isRecaching({ verb, properties }: MsiCommand): boolean {
  return verb === '/i' && properties.REINSTALL !== undefined && /v/i.test(properties.REINSTALLMODE ?? '');
}

/** Windows Installer looks for a package by the name under which it was installed first (T2: error 1316). */
function isNamed(path: string, { packageName }: Registered): boolean {
  return win32.basename(path).toLowerCase() === packageName.toLowerCase();
}

/** The removal of an old product inside an installation (MS-msi: RemoveExistingProducts; its failure is fatal, error 1714). */
async function removeProduct(code: string, outer: Session): Promise<ActionEnd> {
  const { server, log } = outer;
  const registered = registrationOf(server, code);
  if (!registered) return { ok: true };
  return withOwnPackage(server, registered, { given: null, isRecaching: false }, async (opened, path) => {
    const lost = `Error 1714. The older version of ${property(outer, 'ProductName')} cannot be removed. System Error 1612.`;
    if (opened === null) return { ok: false, message: lost };
    const upgrading = { UPGRADINGPRODUCTCODE: property(outer, 'ProductCode'), Installed: '00:00:00', REMOVE: 'ALL' };
    const properties = startProperties(opened, upgrading);
    const source = { path, name: registered.packageName };
    const parts = { source, properties, log, context: outer.context };
    const session = { ...newSession(server, opened, 'remove', parts), outer, undo: outer.undo };
    const end = await runSequence(session, null);
    outer.isRestartNeeded ||= session.isRestartNeeded;
    return end === 'cut' ? { ok: true } : end;
  });
}

type Parts = Pick<Session, 'source' | 'properties' | 'log' | 'context'>;

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
async function perform(session: Session, command: MsiCommand, cutBefore: string | null): Promise<number | null> {
  const end = await runSequence(session, cutBefore);
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
  if (command.showsValues) showValues(session, Object.keys(command.properties));
  return code;
}

async function runSequence(session: Session, cutBefore: string | null): Promise<ActionEnd | 'cut'> {
  const actions = standardActions(removeProduct);
  for (const { name, condition } of sequenceOf(session.package)) {
    if (!conditionHolds(condition, session.properties)) continue;
    if (cutBefore === name && session.undo) return suspend(session);
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

/** The values that properties had at the end, without those that the package hides (MS-msi: MsiHiddenProperties). */
function showValues(session: Session, names: readonly string[]): void {
  const hidden = property(session, 'MsiHiddenProperties').split(';');
  for (const name of names) {
    session.log.plain(`Property(S): ${name} = ${hidden.includes(name) ? '**********' : property(session, name)}`);
  }
}

/** Values of properties stay out of the simulated log: which are secret is for the package to say, and some forget it. */
function shownArgs({ verb, target, properties }: MsiCommand): string {
  const what = 'code' in target ? target.code : target.path;
  return [verb, what, ...Object.keys(properties).map((name) => `${name}=**********`)].join(' ');
}

function ended(code: number | null): Ended {
  return { code, output: '' };
}
