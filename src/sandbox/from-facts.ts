import { mkdir } from 'node:fs/promises';
import type { ConfigFile, ConnectorFolder, Facts, Hosting, Product, SharedFolder } from '../core/facts.ts';
import { isOnShare } from '../core/shared-folder.ts';
import { withoutText } from '../core/site-gaps.ts';
import type { Files } from '../machine/machine.ts';
import { readFolders } from '../machine/read-files.ts';
import { placeOfShare } from './drive.ts';
import { writeHost } from './host-config.ts';
import { madeConfig } from './made-config.ts';
import { notesOn } from './made-notes.ts';
import { isOnDrive, knownPackages, layProduct, packageOf, productsIn } from './made-product.ts';
import { hostConfigOf } from './new-host-config.ts';
import { SandboxMachine } from './sandbox-machine.ts';
import { newServer, remember, type Server, saveServer } from './server.ts';
import { frameworksFolder, moduleFile, schemaFile } from './tools/hosting-places.ts';

/**
 * Lays a server out of facts in an empty folder: what facts say is copied, and what only files can tell is made up as far as it
 * can be. `packages` are files of this system, any of which may be the package of an installed product. What could not be made
 * the same is kept with the server, in sentences.
 */
export async function layFacts(folder: string, facts: Facts, packages: readonly string[]): Promise<Server> {
  const server = newServer(folder, { ...withoutTexts(facts), installer: atRest(facts.installer) });
  for (const path of ['C:\\Windows\\System32', 'C:\\Windows\\Temp', 'C:\\Program Files', 'C:\\ProgramData'])
    await server.drive.makeFolder(path);
  if (facts.hosting.known) await layHosting(server, facts.hosting.value);
  if (facts.iis.known && facts.iis.value) {
    const isHosting = facts.hosting.known && facts.hosting.value.module.configured;
    writeHost(server, hostConfigOf(facts.iis.value, isHosting));
  }
  const unknown = await layProducts(server, packages);
  const shared = facts.shared.known ? facts.shared.value : null;
  if (shared) await layShared(server, shared);
  await layConfig(server, facts.config.known ? facts.config.value : [], placesNamed(shared));
  await layFolders(server, facts.folders.known ? facts.folders.value : []);
  const notes = notesOn(facts, await lookedAt(server), unknown);
  remember(server, { madeFrom: { server: nameIn(facts), takenAt: facts.takenAt, notes } });
  await saveServer(server);
  return server;
}

/** Whoever was installing something when the facts were taken would never end here. */
function atRest(installer: Facts['installer']): Facts['installer'] {
  return installer.known ? { known: true, value: { ...installer.value, holders: [] } } : installer;
}

/** Facts know applicationHost.config by fingerprints only: the file is made anew from what they say of sites and pools. */
function withoutTexts(facts: Facts): Facts {
  if (!facts.iis.known || !facts.iis.value) return facts;
  const { hostConfig: _hostConfig, sites, pools, ...iis } = facts.iis.value;
  const bare = pools.map(({ element: _element, ...pool }) => pool);
  return { ...facts, iis: { known: true, value: { ...iis, sites: sites.map(withoutText), pools: bare } } };
}

/** Lays the products on the server; gives those of which there is no package. */
async function layProducts(server: Server, packages: readonly string[]): Promise<readonly Product[]> {
  const known = await knownPackages(packages);
  const unknown: Product[] = [];
  for (const product of productsIn(server.facts)) {
    if (!(await layProduct(server, product, packageOf(product, known)))) unknown.push(product);
  }
  return unknown;
}

function lookedAt(server: Server): Promise<Facts> {
  return new SandboxMachine(server).look({
    upgradeCodes: productsIn(server.facts).map((one) => one.upgradeCode),
    folders: server.facts.folders.known ? server.facts.folders.value.map((one) => one.path) : [],
    ...nothingKept,
  });
}

const nothingKept = { backup: null, packages: 'C:\\ProgramData\\ScimSetup\\packages' };

function nameIn({ machine }: Facts): string | null {
  return machine.known ? machine.value.name : null;
}

/** The files by which the reader knows runtimes and module. */
async function layHosting({ drive }: Server, { runtimes, module }: Hosting): Promise<void> {
  const said = 'Made from facts: a file of a simulated server.\r\n';
  for (const { name, version, bits } of runtimes) {
    await drive.write(`${frameworksFolder(bits)}\\${name}\\${version}\\${name}.deps.json`, '{"simulated": true}\r\n');
  }
  if (module.files) await drive.write(moduleFile, said);
  if (module.schema) await drive.write(schemaFile, `<!-- ${said.trim()} -->\r\n`);
}

/** The config files of the facts and no others, each with its rights. */
async function layConfig(
  server: Server,
  files: readonly ConfigFile[],
  guessed: Readonly<Record<string, string>>,
): Promise<void> {
  const { config } = await lookedAt(server);
  for (const { path } of config.known ? config.value : []) {
    if (!files.some((file) => file.path.toLowerCase() === path.toLowerCase())) await server.drive.remove(path);
  }
  for (const file of files.filter(({ path }) => isOnDrive(path))) {
    await server.drive.write(file.path, madeConfig(file, await textAt(server.drive, file.path), guessed));
    protect(server, file.path, file.sddl);
  }
}

/** What a connector says of where its config lies, so that it is found there again. */
function placesNamed(shared: SharedFolder | null): Readonly<Record<string, string>> {
  if (!shared) return {};
  const { folder, settingsName } = shared;
  const name = settingsName === null ? {} : { CONFIG_FILE_NAME: settingsName };
  return { CONFIG_FILE_PATH: folder, LOG_PATH: folder, ...name };
}

/** The folder that other servers share, as far as the account that looked could see it; nobody else is there. */
async function layShared(server: Server, { folder, files, sddl }: SharedFolder): Promise<void> {
  if (isOnShare(folder)) {
    await mkdir(placeOfShare(server.folder, folder), { recursive: true });
    const top = folder.split('\\').slice(0, 4).join('\\').toLowerCase();
    const access = files.known ? 'write' : 'none';
    remember(server, { shares: { [top]: { access, sddl: sddl.known ? sddl.value : '' } } });
  } else if (!isOnDrive(folder)) return;
  await server.drive.makeFolder(folder);
  if (sddl.known) protect(server, folder, sddl.value);
  for (const file of files.known ? files.value : []) {
    await server.drive.write(file.path, madeConfig(file, null));
    protect(server, file.path, file.sddl);
  }
}

function protect(server: Server, path: string, sddl: string): void {
  remember(server, { acls: { ...server.memory.acls, [path.toLowerCase()]: sddl } });
}

/** No folder of the connector holds more; facts that say so are not followed. */
const mostFiles = 2000;

/** As many files as the facts count in each folder of the connector; what they are is not known. */
async function layFolders(server: Server, folders: readonly ConnectorFolder[]): Promise<void> {
  const { drive } = server;
  for (const { path, files, logs, rights = [] } of folders.filter((one) => isOnDrive(one.path))) {
    const now = await readFolders(drive, [path], [], async () => '');
    const there = (now.known ? now.value[0] : undefined) ?? { files: 0, logs: 0 };
    const lay = (name: string) => drive.write(`${path}\\${name}`, 'Made from facts: a file of a simulated server.\r\n');
    for (let count = there.files; count < Math.min(files, mostFiles); count++)
      await lay(`made-from-facts-${count}.dat`);
    for (let count = there.logs; count < Math.min(logs, mostFiles); count++)
      await lay(`Log\\made-from-facts-${count}.log`);
    for (const one of rights) protect(server, one.path, one.sddl);
  }
}

async function textAt(files: Files, path: string): Promise<string | null> {
  const bytes = await files.read(path);
  return bytes && new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
