import { cp, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { backup } from '../../src/commands/backup.ts';
import { nothingAsked } from '../../src/commands/request.ts';
import { createSandbox, openSandbox } from '../../src/sandbox/sandbox.ts';
import { SandboxMachine } from '../../src/sandbox/sandbox-machine.ts';
import { elapse, remember, type Server, saveServer, store, stored } from '../../src/sandbox/server.ts';
import { tools } from '../../src/sandbox/tools/table.ts';
import { doorsOf } from '../given.ts';
import type { Goal } from './judge.ts';
import { sample } from './route-command.ts';
import type { Route } from './routes.ts';
import { readState, type ServerState } from './server-state.ts';

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

/** Does something to the server of a folder. */
export async function change(folder: string, alter: (server: Server) => Promise<void>): Promise<void> {
  const opened = await openSandbox(folder);
  if ('problem' in opened) throw new Error(opened.problem);
  await alter(opened.machine.server);
  await saveServer(opened.machine.server);
}

/** Lets Windows Installer install a sample package. */
export function installed(version: string): (server: Server) => Promise<void> {
  return async (server) => {
    const path = 'C:\\Windows\\Temp\\package.msi';
    await server.drive.receive(sample(version), path);
    // Only one sample has a cabinet beside it.
    const cabinet = `SCIMConnector-${version}.cab`;
    await server.drive.receive(join(dirname(sample(version)), cabinet), `C:\\Windows\\Temp\\${cabinet}`);
    const args = ['/i', path, '/qn', '/norestart', '/l*v', 'C:\\Windows\\Temp\\package.log'];
    const { code } = await tools.msiexec(
      server,
      args.concat('REBOOT=ReallySuppress', 'MSIRESTARTMANAGERCONTROL=Disable', 'ALLUSERS=1'),
    );
    if (code !== 0 && code !== 3010) throw new Error(`${version} could not be installed: ${code}`);
    for (const one of [path, `C:\\Windows\\Temp\\${cabinet}`]) await server.drive.remove(one);
  };
}

/** An uninstallation of its connector takes the config in the shared folder along (T15). */
export async function emptiedByUninstall(server: Server): Promise<void> {
  const shares = Object.entries(server.memory.shares ?? {});
  remember(server, {
    shares: Object.fromEntries(shares.map(([name, one]) => [name, { ...one, isEmptiedByUninstall: true as const }])),
  });
}

/** Somebody has installed what a hosting bundle needs on Windows before Server 2016 and does not bring. */
export async function withVcRuntime(server: Server): Promise<void> {
  store(server, 'hosting', { ...stored(server, 'hosting'), vcRuntime: '14.40.33810' });
}

/** The id of the backup that `backedUp` makes. */
export const backupId = '2026-12-01T00-00-01Z';

/** Backs the config up; a second passes until it gets its id. */
export async function backedUp(server: Server): Promise<void> {
  remember(server, { clock: '2026-12-01T00:00:00.000Z' });
  // The lock reads again what the disk holds.
  await saveServer(server);
  const { id } = await backup({ ...nothingAsked, command: 'backup' }, doorsOf(new SandboxMachine(server)));
  if (id !== backupId) throw new Error(`the backup is ${id}`);
}

/** Somebody has spoilt every file of the config by hand, a day later. */
export async function spoilt(server: Server): Promise<void> {
  elapse(server, 86_400_000);
  const folder = 'C:\\inetpub\\wwwroot\\SCIMConnector';
  await server.drive.write(
    `${folder}\\appsettings.json`,
    '{ "IV": "spoilt", "KEY": "spoilt", "Configurations": "spoilt" }',
  );
  await server.drive.write(`${folder}\\Responses\\AppSettings.json`, '{ "CONFIG_FILE_PATH": "spoilt" }');
  await server.drive.write(`${folder}\\web.config`, '<configuration />');
}
