import { join } from 'node:path';
import { changeIis } from './iis.ts';
import { type Server, store, stored } from './server.ts';
import { runBundle } from './tools/hosting.ts';
import { tools } from './tools/table.ts';

/** Lays something on a server on the way to a scenario; `packages` is the folder of the samples on the host. */
export type Part = (server: Server, packages: string) => Promise<void>;

/** Where packages and logs lie while a scenario is made. */
export const temp = 'C:\\Windows\\Temp\\scenario';

/** Enables Windows features with DISM. */
export function features(names: readonly string[]): Part {
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

/** Installs the hosting bundle of the samples. */
export async function bundle(server: Server, packages: string): Promise<void> {
  const path = await bring(server, packages, 'dotnet-hosting-6.0.36-win.exe');
  mustEnd(await tools.hosting(server, [path, '/install', '/quiet', '/norestart']));
}

/** Installs a hosting bundle of which there is no sample. */
export function runtime(version: string): Part {
  return async (server) => mustEnd(await runBundle(server, version, { verb: 'install', given: {} }));
}

/** Restarts IIS as the page of the hosting bundle advises. */
export async function restarted(server: Server): Promise<void> {
  mustEnd(await tools.net(server, ['stop', 'was', '/y']));
  mustEnd(await tools.net(server, ['start', 'w3svc']));
}

/** Another drive: no program makes one. */
export async function secondDrive(server: Server): Promise<void> {
  const identity = stored(server, 'machine');
  store(server, 'machine', { ...identity, freeMb: { ...identity.freeMb, 'D:': 204_800 } });
  await server.drive.makeFolder('D:\\');
}

/**
 * Shared configuration is switched on in IIS Manager, which writes redirection.config (iis-docs: shared-configuration); no
 * tool of ours does.
 */
export async function sharedConfiguration(server: Server): Promise<void> {
  changeIis(server, () => ({ sharedConfiguration: '\\\\FILES-01\\iis' }));
}

/** Copies a sample to the server; its path there. */
export async function bring(server: Server, packages: string, name: string): Promise<string> {
  const path = `${temp}\\${name}`;
  if ((await server.drive.receive(join(packages, name), path)) === null)
    throw new Error(`${join(packages, name)} is not there`);
  return path;
}

/** Runs appcmd, which must succeed. */
export async function appcmd(server: Server, ...args: readonly string[]): Promise<void> {
  mustEnd(await tools.appcmd(server, args));
}

/** Throws where a tool did not end with 0: the scenario would not be what it is called. */
export function mustEnd({ code, output }: { readonly code: number | null; readonly output: string }): void {
  if (code !== 0) throw new Error(`a scenario could not be made: a tool ended with ${code}: ${output}`);
}
