import { rmSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Facts, Reading } from '../../src/core/facts.ts';
import { createSandbox, openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { elapse, type Server } from '../../src/sandbox/server.ts';
import { tools } from '../../src/sandbox/tools/table.ts';

export const samples = fileURLToPath(new URL('../../templates/samples', import.meta.url));

/** Where the connector of the scenarios lies. */
export const connectorFolder = 'C:\\inetpub\\wwwroot\\SCIMConnector';
export const settings = `${connectorFolder}\\appsettings.json`;

/** A folder that is removed when the test has ended. */
export async function temporaryFolder(test: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'scim-setup-test-'));
  test.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A sandbox of a scenario for one test. */
export async function sandboxOf(test: TestContext, scenario: string): Promise<Sandbox> {
  const folder = join(await temporaryFolder(test), 'server');
  await cp(await layOnce(scenario), folder, { recursive: true });
  const opened = await openSandbox(folder);
  if ('problem' in opened) throw new Error(opened.problem);
  return opened;
}

const laid = new Map<string, Promise<string>>();

/** A scenario laid out once for a file of tests, to be copied; it is removed when the file's process ends. */
function layOnce(scenario: string): Promise<string> {
  const folder = laid.get(scenario) ?? lay(scenario);
  laid.set(scenario, folder);
  return folder;
}

/** Lays a scenario out anew; it is removed when the process ends. */
export async function lay(scenario: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'scim-setup-test-'));
  process.once('exit', () => rmSync(root, { recursive: true, force: true }));
  const made = await createSandbox(join(root, 'server'), scenario);
  if ('problem' in made) throw new Error(made.problem);
  return made.folder;
}

/** The server of a scenario, for tests of tools alone. */
export async function serverOf(test: TestContext, scenario: string): Promise<Server> {
  return (await sandboxOf(test, scenario)).machine.server;
}

/** The facts of a sandbox without anything kept. */
export function look({ machine }: Pick<Sandbox, 'machine'>): Promise<Facts> {
  return machine.look({ upgradeCodes: [], backup: null, packages: 'C:\\ProgramData\\ScimSetup\\packages' });
}

export function known<T>(reading: Reading<T>): T {
  if (!reading.known) throw new Error(reading.why);
  return reading.value;
}

/** Copies a sample to the server; gives its path there. */
export async function bring(server: Server, name: string): Promise<string> {
  const path = `C:\\packages\\${name}`;
  if ((await server.drive.receive(join(samples, name), path)) === null) throw new Error(`no sample ${name}`);
  return path;
}

const log = 'C:\\logs\\msi.log';
const always = ['REBOOT=ReallySuppress', 'MSIRESTARTMANAGERCONTROL=Disable', 'ALLUSERS=1'];

/** Arguments of msiexec for a sample, as the program makes them. */
export async function installArgs(
  server: Server,
  sample: string,
  properties: readonly string[] = [],
): Promise<string[]> {
  await server.drive.makeFolder('C:\\logs');
  return ['/i', await bring(server, sample), '/qn', '/norestart', '/l*v', log, ...properties, ...always];
}

/** Installs a sample; the code of msiexec. */
export async function install(
  server: Server,
  sample: string,
  properties: readonly string[] = [],
): Promise<number | null> {
  return (await tools.msiexec(server, await installArgs(server, sample, properties))).code;
}

/** Uninstalls the only registered product or the one with a code; the code of msiexec. */
export async function uninstall(server: Server, productCode?: string): Promise<number | null> {
  await server.drive.makeFolder('C:\\logs');
  const code = productCode ?? known(server.facts.products)[0]?.productCode ?? '';
  return (await tools.msiexec(server, ['/x', code, '/qn', '/norestart', '/l*v', log, ...always])).code;
}

/** What the last msiexec logged. */
export async function msiLog(server: Server): Promise<string> {
  return Buffer.from((await server.drive.read(log)) ?? []).toString('utf16le');
}

/** The text of a file of the server, or null. */
export async function textOf(server: Server, path: string): Promise<string | null> {
  const bytes = await server.drive.read(path);
  return bytes && new TextDecoder().decode(bytes);
}

/** The versions of the registered products. */
export function versions(server: Server): string[] {
  return known(server.facts.products).map((product) => product.version);
}

/** Every file below a folder of the host with its bytes, for comparing two states. */
export async function snapshot(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(path.slice(folder.length), await readFile(path, 'base64'));
  }
  return found;
}

/** The program file of every sample from 4.0 on. */
export const dll = `${connectorFolder}\\SCIMConnector.dll`;

/** Stops the connector's pool, and waits until its worker process has left. */
export async function stopPool(server: Server): Promise<void> {
  await tools.appcmd(server, ['stop', 'apppool', '/apppool.name:SCIMConnectorAppPool']);
  elapse(server, 60_000);
}
