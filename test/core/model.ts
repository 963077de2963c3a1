import { defaultFolder, defaultPool } from '../../src/core/connector.ts';

import type {
  CertificateBinding,
  ConfigFile,
  Facts,
  Iis,
  Kept,
  Pool,
  Product,
  Reading,
  SharedFolder,
  Site,
} from '../../src/core/facts.ts';

import { isSameSite } from '../../src/core/site-gaps.ts';
import type { MsiRef, Step, StepKind, Steps, WantedFile } from '../../src/core/step.ts';
import { configFile, hash, hosting, iis, iisId, known, pool, product, site } from './server-facts.ts';

/** IIS as enabling it starts it: later than any bundle that was there before. */
const newIis = iis({
  sites: [],
  pools: [],
  certificates: [],
  services: { W3SVC: { state: 'running', startedAt: '2026-11-20T00:00:00Z' } },
});

/** What each step brings about on a server that does what it is told, written without asking what the program looks for. */
const effects: { readonly [K in StepKind]: (now: Facts, step: Steps[K]) => Partial<Facts> } = {
  'iis.enable': (now, { features }) => ({
    features: known({
      ...value(now.features),
      ...Object.fromEntries(features.map((name) => [name, 'enabled' as const])),
    }),
    iis: known(value(now.iis) ?? newIis),
  }),
  'hosting.install': (now, { bundle }) => newHosting(now, bundle.version),
  'hosting.repair': (now, { bundle }) => newHosting(now, bundle.version),
  'iis.restart': (now) =>
    withIis(now, () => ({ services: { W3SVC: { state: 'running', startedAt: '2027-01-01T00:00:00Z' } } })),
  'pool.stop': (now, step) => withPool(now, step.pool, { state: 'stopped', workers: 0 }),
  'pool.start': (now, step) => withPool(now, step.pool, { state: 'started' }),
  'pool.present': (now, step) =>
    withIis(now, ({ pools }) => ({
      pools: [
        ...pools.filter((one) => one.name !== step.pool),
        { ...pool, name: step.pool, identity: step.identity, ...poolText(now, step) },
      ],
    })),
  'pool.absent': (now, step) => withIis(now, ({ pools }) => ({ pools: pools.filter((one) => one.name !== step.pool) })),
  'config.backup': (now, { files, packages, host }) => ({
    kept: known({ files, packages: packages.map((one) => one.sha256), ...(host ? keptHost(now, host.path) : {}) }),
  }),
  'config.restore': (now, { files }) => ({ config: known(files.reduce(written, value(now.config))) }),
  'shared.prove': (now) => withShared(now, (shared) => ({ ...shared, own: shared.own ?? [] })),
  'shared.restore': (now, { files }) =>
    withShared(now, (shared) => ({ ...shared, files: known(files.reduce(written, value(shared.files))) })),
  'connector.install': (now, { msi, folder }) => installed(now, msi, folder ?? defaultFolder, []),
  'connector.upgrade': (now, { msi, replaces, folder }) => installed(now, msi, folder ?? defaultFolder, replaces),
  'connector.recache': (now, { msi }) => ({
    products: known(
      value(now.products).map((one) =>
        one.productCode === msi.productCode ? { ...one, cached: product(msi.version).cached } : one,
      ),
    ),
  }),
  'connector.repair': (now, { msi }) => ({
    products: known(
      value(now.products).map((one) =>
        one.productCode === msi.productCode ? { ...one, missingFiles: [], cached: product(msi.version).cached } : one,
      ),
    ),
  }),
  'connector.serve': (now) =>
    withIis(now, ({ pools }) => ({ pools: pools.map((one) => ({ ...one, state: 'started' })) })),
  'connector.uninstall': (now, { productCode }) => uninstalled(now, productCode),
  'connector.unchanged': () => ({}),
  'installer.settle': () => ({ installer: known({ suspended: false, disabledByPolicy: false, holders: [] }) }),
  'folder.clear': (now, { path }) => ({
    folders: known(value(now.folders).filter((one) => one.path !== path)),
    config: known(value(now.config).filter((one) => !one.path.startsWith(`${path}\\`))),
  }),
  'folder.present': (now, { folder }) => ({
    folders: known([...value(now.folders).filter((one) => one.path !== folder.path), folder]),
  }),
  'site.present': (now, step) =>
    withIis(now, ({ sites, pools }) => ({
      sites: [...sites.filter((one) => stays(one, step)), { ...step.site, ...siteText(now, step) }],
      pools: [
        ...pools.filter((one) => one.name !== step.site.pool),
        {
          ...pool,
          ...pools.find((one) => one.name === step.site.pool),
          name: step.site.pool,
          identity: step.identity,
          ...poolText(now, { ...step, pool: step.site.pool }),
        },
      ],
    })),
  'certificates.present': (now, step) =>
    withIis(now, ({ certificates }) => ({
      certificates: [
        ...certificates.filter(({ endpoint }) => step.bound.includes(endpoint) && !isIn(step.certificates, endpoint)),
        ...step.certificates,
      ],
    })),
  'site.absent': (now, step) =>
    withIis(now, ({ sites }) => ({
      sites: sites.filter((one) => one.name !== step.site.name || one.application !== step.site.application),
    })),
};

/** The server after a step. */
export function after(now: Facts, step: Step): Facts {
  const effect = effects[step.kind] as (now: Facts, step: Step) => Partial<Facts>;
  return { ...now, ...effect(now, step) };
}

function value<T>(reading: Reading<T>): T {
  if (!reading.known) throw new Error('the model was given a server that could not be read');
  return reading.value;
}

function withShared(now: Facts, change: (shared: SharedFolder) => SharedFolder): Partial<Facts> {
  const found = value(now.shared);
  return found ? { shared: known(change(found)) } : {};
}

function withIis(now: Facts, change: (iis: Iis) => Partial<Iis>): Partial<Facts> {
  const found = value(now.iis);
  return found ? { iis: known({ ...found, ...change(found) }) } : {};
}

/** What the backup then has of the texts of sites and pools; a text of the file is never looked at here. */
function keptHost(now: Facts, path: string): Pick<Kept, 'host'> {
  const { sites = [], pools = [] } = value(now.iis) ?? {};
  const text = (one: { readonly element?: string | undefined }) => one.element ?? '';
  return {
    host: {
      path,
      sha256: hash('host'),
      sites: sites.map((one) => ({ name: one.name, application: one.application, element: text(one) })),
      pools: pools.map((one) => ({ name: one.name, element: text(one) })),
    },
  };
}

function keptIn({ kept }: Facts): Kept['host'] {
  return kept.known ? kept.value.host : undefined;
}

/** An exact state has the kept text again; what appcmd makes has another one. */
function siteText(now: Facts, { site: wanted, exact }: Steps['site.present']): Pick<Site, 'element'> {
  const kept = keptIn(now)?.sites.find((one) => isSameSite(one, wanted));
  return { element: exact && kept ? kept.element : hash('by appcmd') };
}

function poolText(now: Facts, { pool: name, exact }: Steps['pool.present']): Pick<Pool, 'element'> {
  const kept = keptIn(now)?.pools.find((one) => one.name === name);
  return { element: exact && kept ? kept.element : hash('by appcmd') };
}

function withPool(now: Facts, name: string, change: Partial<Pool>): Partial<Facts> {
  return withIis(now, ({ pools }) => ({
    pools: pools.map((one) => (one.name === name ? { ...one, ...change } : one)),
  }));
}

function newHosting(now: Facts, version: string): Partial<Facts> {
  const runtime = { name: 'Microsoft.AspNetCore.App', version, bits: 64 as const };
  const { runtimes } = value(now.hosting);
  const changedAt = '2026-12-01T00:00:00Z';
  return { takenAt: changedAt, hosting: known(hosting({ runtimes: [...runtimes, runtime], changedAt })) };
}

function isIn(certificates: readonly CertificateBinding[], endpoint: string): boolean {
  return certificates.some((one) => one.endpoint === endpoint);
}

function stays(one: Site, { site: wanted, beside }: Steps['site.present']): boolean {
  if (one.name === wanted.name && one.application === wanted.application) return false;
  return one.folder !== wanted.folder || beside.includes(one.name + one.application);
}

function written(config: readonly ConfigFile[], file: WantedFile): readonly ConfigFile[] {
  const old = config.find((one) => one.path === file.path);
  const made = configFile(file.path, {
    role: file.role,
    sha256: file.sha256,
    values: { ...old?.values, ...file.values },
  });
  return [...config.filter((one) => one !== old), made];
}

/** A package lays down its files and settings, and makes a site of its own where none points at its folder. */
function installed(now: Facts, msi: MsiRef, folder: string, replaces: readonly string[]): Partial<Facts> {
  let gone = now;
  for (const code of replaces) gone = { ...gone, ...uninstalled(gone, code, true) };
  const fresh: Product = product(msi.version, { productCode: msi.productCode, folder });
  const settings = `${folder}\\appsettings.json`;
  const others = value(gone.products).filter((one) => one.productCode !== msi.productCode);
  return {
    ...gone,
    products: known([...others, fresh]),
    config: known([
      ...value(gone.config).filter((one) => one.path !== settings),
      configFile(settings, { sha256: hash(`settings of ${msi.version}`) }),
    ]),
    folders: known([...value(gone.folders).filter((one) => one.path !== folder), { path: folder, files: 12, logs: 0 }]),
    ...madeSite(gone, folder),
  };
}

const countedUp = { endpoint: '0.0.0.0:8443', thumbprint: 'EF56', store: 'MY', appId: iisId, present: true };

function madeSite(now: Facts, folder: string): Partial<Facts> {
  return withIis(now, ({ sites, pools, certificates }) => {
    if (sites.some((one) => one.folder === folder)) return {};
    const made = { ...site, folder, pool: defaultPool, bindings: ['https/*:8443:'], element: hash('by the setup') };
    const other = pools.filter((one) => one.name !== defaultPool);
    return {
      sites: [...sites.filter((one) => one.name !== site.name || one.application !== '/'), made],
      pools: [...other, { ...pool, name: defaultPool, element: hash('by the setup') }],
      certificates: [...certificates.filter((one) => one.endpoint !== countedUp.endpoint), countedUp],
    };
  });
}

/** Settings go with their product; a site stays behind, and so do logs. */
function uninstalled(now: Facts, productCode: string, isReplaced = false): Partial<Facts> {
  const gone = value(now.products).find((one) => one.productCode === productCode);
  const folder = gone?.folder ?? defaultFolder;
  const rest = value(now.folders).filter((one) => one.path !== folder);
  const logs = value(now.folders).find((one) => one.path === folder)?.logs ?? 0;
  return {
    products: known(value(now.products).filter((one) => one !== gone)),
    config: known(value(now.config).filter((one) => !gone || !one.path.startsWith(`${folder}\\`))),
    folders: gone && !isReplaced ? known(logs > 0 ? [...rest, { path: folder, files: 0, logs }] : rest) : now.folders,
  };
}
