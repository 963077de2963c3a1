import { join } from 'node:path';
import { neededFeatures } from '../core/connector.ts';
import type { Facts, FeatureState, Reading } from '../core/facts.ts';
import { sddlOf } from './look.ts';
import { elapse, newServer, remember, type Server, saveServer } from './server.ts';
import { featureTree } from './tools/features.ts';
import { runBundle } from './tools/hosting.ts';
import { tools } from './tools/table.ts';

/** Lays something on a server on the way to a scenario; `packages` is the folder of the samples on the host. */
type Part = (server: Server, packages: string) => Promise<void>;

const iis = features(neededFeatures);
const bundle6: Part = (server, packages) => bundle(server, packages);
const edited: Part = (server) => editSettings(server);

/** What each scenario is made of, in the order in which it happened on such a server. */
const scenarios: Readonly<Record<string, readonly Part[]>> = {
  fresh: [],
  'iis-only': [iis],
  'bundle-before-iis': [bundle6, iis],
  'scim-4.1': [iis, bundle6, restart, connector('4.1.0'), edited],
  'scim-3.2': [iis, features(['IIS-ASPNET45']), connector('3.2.0'), editLegacy],
  'same-version': [iis, bundle6, restart, connector('4.4.4'), edited],
  newer: [iis, bundle6, runtime('8.0.11'), restart, connector('5.0.0'), edited],
};

/** The names of the scenarios, in the order of the documentation. */
export function scenarioNames(): readonly string[] {
  return Object.keys(scenarios);
}

export function isScenario(name: string): boolean {
  return Object.hasOwn(scenarios, name);
}

/** Lays a scenario out in an empty folder; the same scenario is the same byte for byte, wherever it lies. */
export async function layScenario(folder: string, name: string, packages: string): Promise<Server> {
  const server = newServer(folder, freshServer);
  for (const path of ['C:\\Windows\\System32', 'C:\\Windows\\Temp', 'C:\\Program Files', 'C:\\ProgramData']) {
    await server.drive.makeFolder(path);
  }
  for (const part of scenarios[name] ?? []) {
    await part(server, packages);
    elapse(server, 86_400_000);
  }
  await removeTraces(server);
  await saveServer(server);
  return server;
}

const known = <T>(value: T): Reading<T> => ({ known: true, value });

/** A Windows Server 2019 on which nothing has been installed. */
const freshServer: Facts = {
  schema: 1,
  takenAt: '2026-11-02T06:00:00Z',
  machine: known({
    name: 'SRV-WEB-07',
    os: { version: '10.0.17763', product: 'server', edition: 'ServerStandard' },
    elevated: true,
    networkLogon: false,
    powershell: { version: '5.1.17763.6893', languageMode: 'FullLanguage' },
    memoryMb: 8192,
    cpuMhz: 2594,
    freeMb: { 'C:': 61_440 },
  }),
  restart: known({ reasons: [], deletions: [] }),
  installer: known({ suspended: false, disabledByPolicy: false }),
  features: known(featuresOf('disabled')),
  iis: known(null),
  hosting: known({
    runtimes: [],
    bundles: [],
    module: { registered: false, files: false, schema: false, configured: false, eventSource: false },
    options: {},
    vcRuntime: null,
    changedAt: null,
  }),
  products: known([]),
  config: known([]),
  kept: known({ files: [], packages: [] }),
};

function featuresOf(state: FeatureState): Record<string, FeatureState> {
  return Object.fromEntries(Object.keys(featureTree).map((name) => [name, state]));
}

function features(names: readonly string[]): Part {
  const args = [
    '/Online',
    '/English',
    '/NoRestart',
    '/Quiet',
    '/Enable-Feature',
    '/All',
    ...names.map((name) => `/FeatureName:${name}`),
  ];
  return async (server) => mustEnd(await tools.dism(server, args));
}

async function bundle(server: Server, packages: string): Promise<void> {
  const path = await bring(server, packages, 'dotnet-hosting-6.0.36-win.exe');
  mustEnd(await tools.hosting(server, [path, '/install', '/quiet', '/norestart']));
}

/** A hosting bundle of which there is no sample. */
function runtime(version: string): Part {
  return async (server) => mustEnd(await runBundle(server, version, { verb: 'install', given: {} }));
}

async function restart(server: Server): Promise<void> {
  mustEnd(await tools.net(server, ['stop', 'was', '/y']));
  mustEnd(await tools.net(server, ['start', 'w3svc']));
}

function connector(version: string): Part {
  return async (server, packages) => {
    const path = await bring(server, packages, `SCIMConnector-${version}.msi`);
    const properties = ['REBOOT=ReallySuppress', 'MSIRESTARTMANAGERCONTROL=Disable', 'ALLUSERS=1'];
    mustEnd(await tools.msiexec(server, ['/i', path, '/qn', '/norestart', '/l*v', `${temp}\\msi.log`, ...properties]));
    // The product writes a log of its own into its folder, which no uninstall removes (domain 1.5, 6.5).
    await server.drive.write(`${folder}\\Log\\2026110309.log`, 'A log of a simulated connector.\r\n');
  };
}

const folder = 'C:\\inetpub\\wwwroot\\SCIMConnector';
const temp = 'C:\\Windows\\Temp\\scenario';

/** What an operator has entered since: connection settings, a changed response setting, a right for the backup account. */
async function editSettings(server: Server): Promise<void> {
  const settings = `${folder}\\appsettings.json`;
  const text = 'c2ltdWxhdGVkOiBjb25uZWN0aW9uIHNldHRpbmdzIG9mIHR3byBlbmRwb2ludHM=';
  await edit(server, settings, /("Configurations"\s*:\s*)"[^"]*"/, `$1"${text}"`);
  await edit(server, `${folder}\\Responses\\AppSettings.json`, /(?<head>"SCIM_Threshold"\s*:\s*)\d+/, '$<head>50');
  const sddl = `${sddlOf(server, settings)}(A;;0x120089;;;S-1-5-21-1004336348-1177238915-682003330-1213)`;
  remember(server, { acls: { ...server.memory.acls, [settings.toLowerCase()]: sddl } });
}

async function editLegacy(server: Server): Promise<void> {
  await server.drive.write(
    `${folder}\\Settings.enc`,
    'c2ltdWxhdGVkOiB0aGUgZW5jcnlwdGVkIHNldHRpbmdzIG9mIGEgMy54IGNvbm5lY3Rvcg==\r\n',
  );
  await edit(server, `${folder}\\Responses\\AppSettings.json`, /(?<head>"SCIM_Threshold"\s*:\s*)\d+/, '$<head>50');
}

async function edit(server: Server, path: string, what: RegExp, replacement: string): Promise<void> {
  const before = new TextDecoder().decode((await server.drive.read(path)) ?? new Uint8Array());
  const after = before.replace(what, replacement);
  if (after === before) throw new Error(`${path} holds nothing like ${what}`);
  await server.drive.write(path, after);
}

async function bring(server: Server, packages: string, name: string): Promise<string> {
  const path = `${temp}\\${name}`;
  if ((await server.drive.receive(join(packages, name), path)) === null)
    throw new Error(`${join(packages, name)} is not there`);
  return path;
}

/** The packages and logs that were needed to make the scenario are not part of it. */
async function removeTraces(server: Server): Promise<void> {
  for (const name of await server.drive.list(temp)) await server.drive.remove(`${temp}\\${name}`);
  await server.drive.removeEmptyFolder(temp);
  remember(server, { leaving: {} });
}

function mustEnd({ code, output }: { readonly code: number | null; readonly output: string }): void {
  if (code !== 0) throw new Error(`a scenario could not be made: a tool ended with ${code}: ${output}`);
}
