import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { elapse, loadServer, type Server } from '../../src/sandbox/server.ts';
import { appcmd } from '../../src/sandbox/tools/appcmd.ts';
import { msiexec } from '../../src/sandbox/tools/msiexec.ts';
import { hostPath } from './drive.ts';
import { type Lab, labFor, sample } from './lab.ts';
import { known } from './projection.ts';
import { connectorFolder, filesUnder, hashesBelow, installedConnectors } from './witness.ts';

const samples = fileURLToPath(new URL('../../templates/samples/', import.meta.url));
const quiet = ['/qn', '/norestart'];
const properties = ['REBOOT=ReallySuppress', 'MSIRESTARTMANAGERCONTROL=Disable', 'ALLUSERS=1'];
const code41 = '{48247BF4-CDF2-45FF-B99B-1EB3243CC2E0}';

/** What is left after one call: exit code, registered versions, and each file with its hash. */
type Result = {
  readonly code: number | null;
  readonly versions: readonly string[];
  readonly files: Readonly<Record<string, string>>;
};

function byWindowsInstaller({ wine }: Lab, verb: string, what: string): Result {
  const target = what.startsWith('{') ? what : sample(what);
  const { code } = wine.start('C:\\windows\\system32\\msiexec.exe', [verb, target, ...quiet, ...properties]);
  const versions = installedConnectors(wine).map((name) => name.split(' ').at(-1) ?? '');
  return { code, versions, files: filesUnder(wine, connectorFolder) };
}

async function bySandbox({ wine }: Lab, verb: string, what: string): Promise<Result> {
  const server = await loadServer(join(wine.folder, 'server'));
  if ('problem' in server) throw new Error(server.problem);
  const target = what.startsWith('{') ? what : await received(server, what);
  await server.drive.makeFolder('C:\\Logs');
  await stopPools(server);
  const { code } = await msiexec(server, [verb, target, ...quiet, '/l*v', 'C:\\Logs\\msi.log', ...properties]);
  const versions = known(server.facts.products).map(({ version }) => version);
  return { code, versions, files: hashesBelow(hostPath(join(server.folder, 'c'), connectorFolder)) };
}

/** Wine has no worker processes that hold files. */
async function stopPools(server: Server): Promise<void> {
  for (const { name } of known(server.facts.iis)?.pools ?? []) {
    await appcmd(server, ['stop', 'apppool', `/apppool.name:${name}`]);
  }
  elapse(server, 60_000);
}

async function received(server: Server, name: string): Promise<string> {
  await server.drive.makeFolder('C:\\Packages');
  await server.drive.receive(join(samples, name), `C:\\Packages\\${name}`);
  return `C:\\Packages\\${name}`;
}

const calls: readonly (readonly [scenario: string, verb: string, what: string])[] = [
  ['scim-4.1', '/i', 'SCIMConnector-4.4.4.msi'],
  ['scim-4.1', '/i', 'SCIMConnector-4.4.5-fails-old-kept.msi'],
  ['scim-4.1', '/i', 'SCIMConnector-4.4.5-fails-old-gone.msi'],
  ['scim-4.1', '/i', 'SCIMConnector-4.4.5-asks-reboot.msi'],
  ['scim-4.1', '/i', 'SCIMConnector-4.4.5-loses-config.msi'],
  ['scim-4.1', '/x', code41],
  ['scim-3.2', '/i', 'SCIMConnector-4.4.4.msi'],
  ['same-version', '/i', 'SCIMConnector-4.1.0.msi'],
  ['fresh', '/x', code41],
];

for (const [scenario, verb, what] of calls) {
  it(`the sandbox's msiexec ${verb} ${what} does to ${scenario} what the real one does`, async (test) => {
    const lab = await labFor(test, scenario);
    const [simulated, real] = [await bySandbox(lab, verb, what), byWindowsInstaller(lab, verb, what)];
    assert.deepEqual(simulated, real);
  });
}
