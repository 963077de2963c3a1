import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSandbox } from '../../../src/sandbox/sandbox.ts';
import { elapse, loadServer, type Server, stored } from '../../../src/sandbox/server.ts';
import { appcmd } from '../../../src/sandbox/tools/appcmd.ts';
import { msiexec } from '../../../src/sandbox/tools/msiexec.ts';
import { filesBelow } from '../drive.ts';
import { fileState } from './files.ts';
import type { TestPackage } from './packages.ts';
import { cacheFolder, logFolder, packagesFolder, type Registration, type Side, type State } from './state.ts';

/** The sandbox's side; `close` removes its folder. */
export async function openSimulated(packages: readonly TestPackage[]): Promise<Side & { close(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'scim-setup-lab-'));
  const made = await createSandbox(join(folder, 'first'), 'iis-only');
  if ('problem' in made) throw new Error(made.problem);
  let server = await copyOf(made.folder, join(folder, 'server'));
  const bare = new Set(filesBelow(join(made.folder, 'c')));
  return {
    reset: async () => {
      server = await copyOf(made.folder, join(folder, 'server'));
      for (const { name, bytes } of packages) await server.drive.write(`${packagesFolder}\\${name}`, bytes);
      await server.drive.makeFolder(logFolder);
    },
    msiexec: async (args) => {
      await stopPools(server);
      return (await msiexec(server, args)).code;
    },
    read: (path) => server.drive.read(path),
    write: async (path, bytes) => {
      if (bytes) await server.drive.write(path, bytes);
      else await server.drive.remove(path);
    },
    loseCache: async () => {
      for (const { localPackage } of Object.values(server.memory.registered)) await server.drive.remove(localPackage);
    },
    look: async () => stateOf(server, bare),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function copyOf(from: string, to: string): Promise<Server> {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
  const server = await loadServer(to);
  if ('problem' in server) throw new Error(server.problem);
  return server;
}

/** Wine has no worker processes that hold files. */
async function stopPools(server: Server): Promise<void> {
  for (const { name } of stored(server, 'iis')?.pools ?? []) {
    await appcmd(server, ['stop', 'apppool', `/apppool.name:${name}`]);
  }
  elapse(server, 60_000);
}

async function stateOf(server: Server, bare: ReadonlySet<string>): Promise<State> {
  const products = stored(server, 'products');
  const related: Record<string, string[]> = {};
  for (const { upgradeCode, productCode } of products) {
    related[upgradeCode] = [...(related[upgradeCode] ?? []), productCode].sort();
  }
  const registrations = await Promise.all(
    products.map(async (one) => [one.productCode, await registrationOf(server, one)] as const),
  );
  const files = fileState(join(server.folder, 'c'), bare);
  requireNoOtherCopies(server);
  return { products: Object.fromEntries(registrations), related, files };
}

type Product = ReturnType<typeof stored<'products'>>[number];

async function registrationOf(server: Server, product: Product): Promise<Registration> {
  const kept = server.memory.registered[product.productCode];
  if (!kept) throw new Error(`the sandbox registers ${product.productCode} without keeping anything of it`);
  return {
    name: product.name,
    version: product.version,
    language: Number(kept.language),
    context: product.context,
    bits: product.bits,
    packageCode: kept.packageCode,
    packageName: kept.packageName,
    cached: await server.drive.hash(kept.localPackage),
    keyPaths: [...kept.keyPaths].sort(),
  };
}

/** Every cached package belongs to a product that is registered. */
function requireNoOtherCopies(server: Server): void {
  const folder = join(server.folder, 'c', 'Windows', 'Installer');
  mkdirSync(folder, { recursive: true });
  const owned = Object.values(server.memory.registered).map(({ localPackage }) => localPackage.toLowerCase());
  const lost = readdirSync(folder).filter((name) => !owned.includes(`${cacheFolder}\\${name}`.toLowerCase()));
  if (lost.length > 0 && existsSync(folder)) throw new Error(`no product owns the cached ${lost.join(', ')}`);
}
