import { createHash } from 'node:crypto';
import { below, type Document, differences, type ServerState } from './server-state.ts';

/** Where the connector of every scenario lies. */
export const connectorFolder = 'c:\\inetpub\\wwwroot\\scimconnector';
const ownFolder = 'c:\\programdata\\scimsetup';

/** What must be found at a `converged` end. */
export type Goal = {
  /** The version that alone must be there, or null when none may be. */
  readonly version: string | null;
  /** A server on which nothing was done but a first installation of the package given. */
  readonly fresh: ServerState | null;
  /** A server on which nothing was done but a first installation of the version that was there before. */
  readonly oldFresh: ServerState | null;
  /** Whether the settings must have come through: not where the new version cannot read the old format. */
  readonly carriesConfig: boolean;
};

/** How the connector differs from what it was, one sentence each; prerequisites do not count. */
export function asBefore(before: ServerState, now: ServerState): string[] {
  return [
    ...changed('registered products', products(before.document), products(now.document)),
    ...differences(program(before), program(now)).map((text) => `the connector's folder: ${text}`),
    ...changed("the kept package's bytes", keptPackages(before), keptPackages(now)),
    ...changed('rights of config files', rights(before), rights(now)),
    ...ownSite(before.document, now.document),
    ...foreignSites(before.document, now.document),
    ...unsettled(now.document),
  ];
}

/** How a server differs from what a `converged` end promises, one sentence each. */
export function converged(before: ServerState, now: ServerState, goal: Goal): string[] {
  const versions = now.document.products.value.map((one) => one.version).join();
  return [
    ...changed('registered versions', goal.version ?? '', versions),
    ...filesGiven(before, now, goal),
    ...(goal.carriesConfig ? lostConfig(before, now, goal) : []),
    ...(goal.version === null ? siteLeft(now.document) : siteWanted(before.document, now.document)),
    ...foreignSites(before.document, now.document),
    ...unsettled(now.document),
  ];
}

/** The config files of before that are neither where they were, byte for byte, nor in a backup that vouches for them. */
export function configLost(before: ServerState, now: ServerState): string[] {
  const kept = backedUp(now);
  return [...config(before)].flatMap(([path, bytes]) => {
    const full = `${connectorFolder}\\${path}`;
    const isThere = now.files.get(full)?.equals(bytes) ?? false;
    return isThere || kept.has(`${full} ${hash(bytes)}`) ? [] : [`${path} is lost: neither in place nor in a backup`];
  });
}

function products({ products: { value }, sandbox }: Document): string {
  const facts = value.map((one) => `${one.productCode} ${one.version}`).sort();
  return `${facts.join()} / ${Object.keys(sandbox.registered).sort().join()}`;
}

/** What Windows Installer cached, whatever its made-up name is now. */
function keptPackages({ document, files }: ServerState): string {
  const registered = Object.values(document.sandbox.registered);
  return registered.map(({ localPackage }) => hash(files.get(localPackage.toLowerCase()) ?? Buffer.alloc(0))).join();
}

function program(state: ServerState): Map<string, Buffer> {
  return new Map([...below(state, connectorFolder)].filter(([path]) => !path.startsWith('log\\')));
}

/** Settings of either format, and what the vendor's page lets an operator edit. */
function config(state: ServerState): Map<string, Buffer> {
  const isConfig = /^(appsettings\.json|web\.config|settings\.enc|responses\\[^\\]+\.json)$/;
  return new Map([...below(state, connectorFolder)].filter(([path]) => isConfig.test(path)));
}

/** The rights of each config file; one whose rights all come from its folder (flag ID) has none of its own. */
function rights(state: ServerState): string {
  const { acls } = state.document.sandbox;
  const own = (path: string) => {
    const sddl = acls[`${connectorFolder}\\${path}`] ?? '';
    return (sddl.match(/\([^)]*\)/g) ?? []).every((entry) => /^\(A;ID;/.test(entry)) ? 'inherited' : sddl;
  };
  return [...config(state).keys()]
    .sort()
    .map((path) => `${path}: ${own(path)}`)
    .join('; ');
}

/** What will change by itself: files that Windows deletes at its next start, an installation it will take back (T1, T11). */
function unsettled({ restart, installer }: Document): string[] {
  const paths = restart.value.deletions.filter((path) => path.toLowerCase().startsWith(connectorFolder));
  return [
    ...paths.map((path) => `${path} will be deleted at the next start`),
    ...(installer.value.suspended ? ['Windows Installer will take a suspended installation back'] : []),
  ];
}

function ownSite(before: Document, now: Document): string[] {
  return [
    ...changed('site of the connector', ownSites(before), ownSites(now)),
    ...changed('pool of the connector', ownPools(before), ownPools(now)),
    ...changed('certificates of http.sys', certificates(before), certificates(now)),
  ];
}

function certificates({ iis: { value } }: Document): string {
  return JSON.stringify(value?.certificates ?? []);
}

const isOwn = (folder: string) => folder.toLowerCase() === connectorFolder;

function ownSites(document: Document): string {
  return JSON.stringify(document.iis.value?.sites.filter((site) => isOwn(site.folder)) ?? []);
}

function ownPools(document: Document): string {
  const iis = document.iis.value;
  const names = iis?.sites.filter((site) => isOwn(site.folder)).map((site) => site.pool) ?? [];
  const pools = iis?.pools.filter((pool) => names.includes(pool.name) || /scim/i.test(pool.name)) ?? [];
  return JSON.stringify(pools.map((pool) => ({ ...pool, workers: workersOf(document, pool) > 0 })));
}

/** A worker process that is on its way out is gone when its time has come. */
function workersOf({ sandbox }: Document, { name, workers }: { name: string; workers: number }): number {
  const gone = sandbox.leaving[name];
  return gone !== undefined && gone <= sandbox.clock ? 0 : workers;
}

/** Every site and pool that is not the connector's must be there as it was; new ones come with IIS itself. */
function foreignSites(before: Document, now: Document): string[] {
  const [old, found] = [before.iis.value, now.iis.value];
  if (!old) return [];
  const sites = old.sites.filter((site) => !isOwn(site.folder)).map((site) => JSON.stringify(site));
  const pools = old.pools.filter((pool) => !/scim/i.test(pool.name));
  const foundSites = found?.sites.map((site) => JSON.stringify(site)) ?? [];
  const lost = pools.filter(({ name, state }) => !found?.pools.some((one) => one.name === name && one.state === state));
  const stopped = Object.entries(old.services).filter(([name, { state }]) => found?.services[name]?.state !== state);
  return [
    ...sites.filter((site) => !foundSites.includes(site)).map((site) => `another site is not as it was: ${site}`),
    ...lost.map((pool) => `another pool is not as it was: ${pool.name}`),
    ...stopped.map(([name]) => `service ${name} is not as it was`),
  ];
}

/** Every file of the package by name, and by its bytes unless it is config that an operator may have changed. */
function filesGiven(before: ServerState, now: ServerState, { fresh }: Goal): string[] {
  const [given, found, old] = [fresh ? program(fresh) : new Map<string, Buffer>(), program(now), config(before)];
  const names = [...new Set([...given.keys(), ...found.keys()])];
  return names.flatMap((name) => {
    const [wanted, is] = [given.get(name), found.get(name)];
    if (!is) return [`${name} of the package is not there`];
    if (!wanted) return [`${name} is not of the package`];
    const mayDiffer = name === 'appsettings.json' || (name.startsWith('responses\\') && old.has(name));
    return wanted.equals(is) || mayDiffer ? [] : [`${name} is not the package's`];
  });
}

type Leaves = Map<string, string>;

/** Settings: every value of before. Responses: every value that was changed by hand. */
function lostConfig(before: ServerState, now: ServerState, { oldFresh }: Goal): string[] {
  return [...config(before)].flatMap(([path, bytes]) => {
    if (!path.endsWith('.json')) return [];
    const found = leaves(config(now).get(path));
    const defaults = leaves(path === 'appsettings.json' || !oldFresh ? undefined : config(oldFresh).get(path));
    const wanted = [...leaves(bytes)].filter(([name, value]) => defaults.get(name) !== value);
    const lost = wanted.filter(([name, value]) => found.get(name) !== value);
    return lost.map(([name]) => `${path}: the value of ${name} is lost`);
  });
}

function leaves(bytes: Buffer | undefined, into: Leaves = new Map()): Leaves {
  const walk = (value: unknown, name: string): void => {
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0)
      for (const [key, inner] of Object.entries(value)) walk(inner, `${name}/${key}`);
    else into.set(name, JSON.stringify(value));
  };
  if (bytes) walk(JSON.parse(bytes.toString('utf8')), '');
  return into;
}

function siteLeft(now: Document): string[] {
  return changed('site of the connector', '[]', ownSites(now));
}

/** A site that was there is there with its pool and certificate; where none was, exactly one is, and it runs. */
function siteWanted(before: Document, now: Document): string[] {
  const had = JSON.parse(ownSites(before)) as unknown[];
  if (had.length > 0) return ownSite(before, now);
  const [sites, pools] = [ownSites(now), ownPools(now)];
  const isOne = (JSON.parse(sites) as unknown[]).length === 1;
  return isOne && /"state":"started","workers":true/.test(pools)
    ? []
    : [`there is not one running site: ${sites} ${pools}`];
}

/** `path hash` of each file that a manifest names and whose copy has the bytes the manifest says. */
function backedUp({ files }: ServerState): Set<string> {
  const found = new Set<string>();
  for (const [path, bytes] of files) {
    if (!path.startsWith(`${ownFolder}\\backups\\`) || !path.endsWith('\\manifest.json')) continue;
    const folder = path.slice(0, path.lastIndexOf('\\'));
    const manifest = JSON.parse(bytes.toString('utf8')) as {
      files: { path: string; stored: string; sha256: string }[];
    };
    for (const file of manifest.files) {
      const copy = files.get(`${folder}\\${file.stored.toLowerCase()}`);
      if (copy && hash(copy) === file.sha256) found.add(`${file.path.toLowerCase()} ${file.sha256}`);
    }
  }
  return found;
}

function changed(what: string, before: string, now: string): string[] {
  return before === now ? [] : [`${what}: was ${before}, is ${now}`];
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
