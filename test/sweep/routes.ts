import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apply, uninstall } from '../../src/commands/apply.ts';
import type { Doors, Request } from '../../src/commands/request.ts';
import type { RunReport } from '../../src/core/report.ts';
import { createSandbox, openSandbox } from '../../src/sandbox/sandbox.ts';
import { elapse, type Server, saveServer } from '../../src/sandbox/server.ts';
import { tools } from '../../src/sandbox/tools/table.ts';
import { fieldRoutes } from './field-routes.ts';
import type { Goal } from './judge.ts';
import { readState, type ServerState } from './server-state.ts';

const samples = fileURLToPath(new URL('../../templates/samples', import.meta.url));

/** One way from a server to a wanted state. */
export type Route = {
  readonly name: string;
  readonly scenario: string;
  /** What is done to the scenario beforehand, by the simulated tools. */
  readonly alter?: (server: Server) => Promise<void>;
  /** Sample that was installed before, and the one given; null for none. */
  readonly from: string | null;
  readonly to: string | null;
  readonly accept?: readonly string[];
  /** The operator's own copy of the sample that was installed. */
  readonly oldMsi?: string;
  /** `NAME=value` for the package, and for that of the installed version. */
  readonly properties?: readonly string[];
  /** Whether Windows Installer first takes back what it holds suspended: what it was then is what it is judged by. */
  readonly settles?: true;
  /** How a run without a fault ends. */
  readonly end: 'converged' | 'failed-as-before';
  /** msiexec refuses the package as long as another version is there, so that the route goes on by what else there is. */
  readonly upgradeFails?: true;
};

const upgrade = { scenario: 'scim-4.1', from: '4.1.0', to: '4.4.4', end: 'converged' } as const;

/** Routes to a first installation, to its prerequisites alone, and away from it. */
export const installs: readonly Route[] = [
  { name: 'install on a fresh server', scenario: 'fresh', from: null, to: '4.4.4', end: 'converged' },
  { name: 'install where IIS is', scenario: 'iis-only', from: null, to: '4.4.4', end: 'converged' },
  {
    name: 'install where the bundle came before IIS',
    scenario: 'bundle-before-iis',
    from: null,
    to: '4.4.4',
    end: 'converged',
  },
  {
    name: 'prerequisites of the same version',
    scenario: 'bundle-before-iis',
    alter: installed('4.4.4'),
    from: '4.4.4',
    to: '4.4.4',
    end: 'converged',
  },
  { name: 'uninstall', scenario: 'scim-4.1', from: '4.1.0', to: null, end: 'converged' },
];

/** Upgrades by a good package. */
export const upgrades: readonly Route[] = [
  { name: 'upgrade', ...upgrade },
  { name: 'upgrade of a stopped connector', ...upgrade, alter: stopPool },
  { name: 'upgrade that must uninstall first', ...upgrade, upgradeFails: true },
];

/** Upgrades by a package that always fails. */
export const failing: readonly Route[] = [
  {
    name: 'upgrade that fails with the old version kept',
    ...upgrade,
    to: '4.4.5-fails-old-kept',
    end: 'failed-as-before',
  },
  {
    name: 'upgrade that fails with the old version gone',
    ...upgrade,
    to: '4.4.5-fails-old-gone',
    end: 'failed-as-before',
  },
];

/** Packages that do something unusual, and the way over the change of the settings' format. */
export const unusual: readonly Route[] = [
  { name: 'upgrade that asks for a restart', ...upgrade, to: '4.4.5-asks-reboot' },
  { name: 'upgrade that loses the config', ...upgrade, to: '4.4.5-loses-config' },
  {
    name: 'replace',
    scenario: 'scim-3.2',
    from: '3.2.0',
    to: '4.4.4',
    accept: ['reconfiguration'],
    end: 'converged',
  },
];

/** Every route that leads to a change. */
export const routes: readonly Route[] = [...installs, ...upgrades, ...failing, ...unusual, ...fieldRoutes];

/** Makes the server of a route in a folder that is not there yet. */
export async function prepare(route: Route, folder: string): Promise<void> {
  const made = await createSandbox(folder, route.scenario);
  if ('problem' in made) throw new Error(made.problem);
  if (route.alter) await change(folder, route.alter);
}

/** What the judge looks for after the route; `folder` is made and removed again. */
export async function goalOf(route: Route, folder: string): Promise<Goal> {
  const fresh = await freshState(route.to, folder);
  return {
    version: route.to === null ? null : (route.to.split('-')[0] ?? null),
    fresh,
    oldFresh: await freshState(route.from, folder),
    carriesConfig: route.from !== null && route.to !== null && !/^[23]\./.test(route.from),
  };
}

/** The command of a route, run once on the server behind the doors. */
export function runCommand(route: Route, doors: Doors): Promise<RunReport> {
  return route.to === null ? uninstall(requestOf(route), doors) : apply(requestOf(route), doors);
}

/** The command line of a route. */
export function requestOf({
  to,
  accept = [],
  properties = [],
  oldMsi,
}: Pick<Route, 'to' | 'accept' | 'properties' | 'oldMsi'>): Request {
  const none = {
    ...(oldMsi === undefined ? {} : { oldMsi: sample(oldMsi) }),
    json: true,
    feature: [],
    property: to === null ? [] : properties,
    wayBackProperty: properties,
    detailedExitcode: false,
    explain: false,
    accept,
  };
  if (to === null) return { command: 'uninstall', ...none };
  return { command: 'apply', ...none, msi: sample(to), hostingBundle: join(samples, 'dotnet-hosting-6.0.36-win.exe') };
}

function sample(version: string): string {
  return join(samples, `SCIMConnector-${version}.msi`);
}

async function freshState(version: string | null, folder: string): Promise<ServerState | null> {
  if (version === null) return null;
  await mkdir(folder, { recursive: true });
  await prepare({ name: '', scenario: 'iis-only', from: null, to: version, end: 'converged' }, folder);
  // A package that always fails gives no such server, so that no end of it counts as converged.
  if (!version.includes('fails')) await change(folder, installed(version));
  const state = readState(folder);
  await rm(folder, { recursive: true });
  return state;
}

/** A server after Windows Installer has been asked for something, whereupon it takes a suspended installation back (T11). */
export async function settledState(prepared: string, folder: string): Promise<ServerState> {
  await cp(prepared, folder, { recursive: true });
  const log = ['/qn', '/norestart', '/l*v', 'C:\\Windows\\Temp\\settle.log'];
  const said = ['REBOOT=ReallySuppress', 'MSIRESTARTMANAGERCONTROL=Disable', 'ALLUSERS=1'];
  await change(folder, async (server) => {
    await tools.msiexec(server, ['/x', '{00000000-0000-0000-0000-000000000000}', ...log, ...said]);
    await server.drive.remove('C:\\Windows\\Temp\\settle.log');
  });
  const state = readState(folder);
  await rm(folder, { recursive: true });
  return state;
}

async function change(folder: string, alter: (server: Server) => Promise<void>): Promise<void> {
  const opened = await openSandbox(folder);
  if ('problem' in opened) throw new Error(opened.problem);
  await alter(opened.machine.server);
  await saveServer(opened.machine.server);
}

function installed(version: string): (server: Server) => Promise<void> {
  return async (server) => {
    const path = 'C:\\Windows\\Temp\\package.msi';
    await server.drive.receive(sample(version), path);
    // Only one sample has a cabinet beside it.
    const cabinet = `SCIMConnector-${version}.cab`;
    await server.drive.receive(join(samples, cabinet), `C:\\Windows\\Temp\\${cabinet}`);
    const args = ['/i', path, '/qn', '/norestart', '/l*v', 'C:\\Windows\\Temp\\package.log'];
    const { code } = await tools.msiexec(
      server,
      args.concat('REBOOT=ReallySuppress', 'MSIRESTARTMANAGERCONTROL=Disable', 'ALLUSERS=1'),
    );
    if (code !== 0 && code !== 3010) throw new Error(`${version} could not be installed: ${code}`);
    for (const one of [path, `C:\\Windows\\Temp\\${cabinet}`]) await server.drive.remove(one);
  };
}

/** Stopped long ago, as IIS Manager does it: its worker process has ended, and it does not start by itself. */
async function stopPool(server: Server): Promise<void> {
  await tools.appcmd(server, ['stop', 'apppool', '/apppool.name:SCIMConnectorAppPool']);
  elapse(server, 600_000);
  await tools.appcmd(server, ['set', 'apppool', '/apppool.name:SCIMConnectorAppPool', '/autoStart:false']);
}
