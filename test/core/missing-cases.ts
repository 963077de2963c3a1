import { usualPolicy } from '../../src/core/binding-policy.ts';
import type { Facts, OwnChange } from '../../src/core/facts.ts';
import type { Step, StepKind, WantedFile } from '../../src/core/step.ts';
import {
  bareServer,
  bundle,
  codeOf,
  config,
  configFile,
  folder,
  hash,
  hosting,
  iis,
  iisId,
  known,
  pool,
  product,
  server,
  settings,
  share,
  sharedFolder,
  sharedSettings,
  site,
  unread,
} from './server-facts.ts';

const msi = (version: string) => ({ name: 'a.msi', sha256: hash(version), productCode: codeOf(version), version });
const hostingWith = (more: Parameters<typeof hosting>[0]) => server({ hosting: known(hosting(more)) });
const iisWith = (more: Parameters<typeof iis>[0]) => server({ iis: known(iis(more)) });
const files: WantedFile[] = config.map(({ path, role, sha256, values }) => ({ path, role, sha256, values }));
export const [settingsFile] = files as [WantedFile];
const oldPackage = { name: 'old.msi', sha256: hash('4.1.0'), from: 'C:\\Windows\\Installer\\abc.msi' };
const certificate = { endpoint: '0.0.0.0:443', thumbprint: 'AB12', store: 'MY', appId: iisId, present: true };
const stray = { ...certificate, endpoint: '0.0.0.0:8443' };
const other = { ...site, name: 'Portal', folder: 'C:\\portal', bindings: ['https/*:8443:portal.example'] };
const doomed = (path: string, more: Partial<Facts> = {}) =>
  server({ restart: known({ reasons: ['renames'], deletions: [path] }), ...more });
const module = { registered: true, files: true, schema: true, configured: true, eventSource: true };
const started = (startedAt: string | null, state: 'running' | 'stopped' = 'running') =>
  iisWith({ services: { W3SVC: { state, startedAt } } });
const poolIs = (more: Partial<typeof pool>) => iisWith({ pools: [{ ...pool, ...more }] });
const siteIs = (more: Partial<typeof site>) => iisWith({ sites: [{ ...site, ...more }] });
const configIs = (more: Partial<(typeof config)[number]>) =>
  server({ config: known(config.map((file) => (file.path === settings ? { ...file, ...more } : file))) });

/** Site and pool by one text in applicationHost.config, and by another in the backup, which may have none. */
const withText = (now: string, kept: string | null) =>
  server({
    iis: known(iis({ sites: [{ ...site, element: hash(now) }], pools: [{ ...pool, element: hash(now) }] })),
    kept: known({ files: [], packages: [], ...(kept === null ? {} : { host: hostKept(kept) }) }),
  });
const hostKept = (text: string) => ({
  path: 'C:\\applicationHost.config',
  sha256: hash('all of it'),
  sites: [{ name: 'SCIMCONNECTOR', application: '/', element: hash(text) }],
  pools: [{ name: 'scimpool', element: hash(text) }],
});

type StepCase = {
  readonly step: Step;
  readonly holds: Readonly<Record<string, Facts>>;
  readonly fails: readonly (readonly [what: string, facts: Facts, gap: RegExp])[];
  readonly unknown: readonly (keyof Facts)[];
};

const runtime = (version: string, bits: 32 | 64 = 64, name = 'Microsoft.AspNetCore.App') => ({ name, version, bits });
const bundleStep = (kind: 'hosting.install' | 'hosting.repair'): StepCase => ({
  step: { kind, bundle },
  holds: {
    'a runtime as new and all proofs of the module': server(),
    'a newer patch of the line': hostingWith({ runtimes: [runtime('6.0.9'), runtime('6.0.100')] }),
    'a module without its event source': hostingWith({ module: { ...module, eventSource: false } }),
  },
  fails: [
    ['no runtime', hostingWith({ runtimes: [] }), /no ASP.NET Core runtime 6.0/],
    ['a runtime for 32 bits only', hostingWith({ runtimes: [runtime('6.0.36', 32)] }), /for 64 bits/],
    ['another line', hostingWith({ runtimes: [runtime('8.0.11')] }), /no ASP.NET Core runtime 6.0/],
    ['the .NET runtime alone', hostingWith({ runtimes: [runtime('6.0.36', 64, 'Microsoft.NETCore.App')] }), /no ASP/],
    ['an older patch', hostingWith({ runtimes: [runtime('6.0.9')] }), /6.0.9 is older than 6.0.36/],
    ...(['registered', 'files', 'schema', 'configured'] as const).map(
      (proof) => [`a module not ${proof}`, hostingWith({ module: { ...module, [proof]: false } }), /Module/] as const,
    ),
  ],
  unknown: ['hosting'],
});

const sharedFile: WantedFile = {
  path: sharedSettings,
  role: 'settings',
  sha256: hash(sharedSettings),
  values: { '/KEY': hash('shared key') },
};
const own = (from: string | null, to: string | null): OwnChange => ({ path: sharedSettings.toLowerCase(), from, to });
const sharedIs = (sha256: string, changes: readonly OwnChange[]): Facts =>
  server({ shared: sharedFolder({ files: known([configFile(sharedSettings, { sha256 })]), own: changes }) });

/** For each kind of step: the servers on which its state holds, those on which it does not, and the facts it is judged by. */
export const stepCases: { readonly [K in StepKind]: StepCase } = {
  'iis.enable': {
    step: { kind: 'iis.enable', features: ['IIS-WebServer', 'IIS-HttpLogging'] },
    holds: { 'both are enabled': server() },
    fails: [
      [
        'one waits for a restart',
        server({ features: known({ 'IIS-WebServer': 'enabled', 'IIS-HttpLogging': 'enable-pending' }) }),
        /^feature IIS-HttpLogging is enable-pending$/,
      ],
      ['one is unknown', server({ features: known({ 'IIS-WebServer': 'enabled' }) }), /unknown to this Windows/],
    ],
    unknown: ['features'],
  },
  'hosting.install': bundleStep('hosting.install'),
  'hosting.repair': bundleStep('hosting.repair'),
  'iis.restart': {
    step: { kind: 'iis.restart' },
    holds: {
      'IIS started after the bundle was laid down': server(),
      'no time is known of the bundle': hostingWith({ changedAt: null }),
      'no time is known of IIS': started(null),
    },
    fails: [
      ['IIS started before', started('2026-11-02T06:00:00Z'), /does not see it/],
      ['IIS is stopped', started('2026-11-05T06:00:00Z', 'stopped'), /W3SVC is stopped/],
      ['there is no such service', iisWith({ services: {} }), /W3SVC is stopped/],
      ['there is no IIS', server({ iis: known(null) }), /IIS is not there/],
    ],
    unknown: ['iis', 'hosting'],
  },
  'pool.stop': {
    step: { kind: 'pool.stop', pool: 'SCIMPOOL' },
    holds: {
      'it is stopped': poolIs({ state: 'stopped', workers: 0 }),
      'there is no such pool': iisWith({ pools: [] }),
    },
    fails: [
      ['it is started', server(), /pool SCIMPOOL is started/],
      ['a worker still runs', poolIs({ state: 'stopped', workers: 2 }), /worker process/],
    ],
    unknown: ['iis'],
  },
  'pool.start': {
    step: { kind: 'pool.start', pool: 'ScimPool' },
    holds: { 'it is started': server(), 'it is started and idle': poolIs({ workers: 0 }) },
    fails: [
      ['it is stopped', poolIs({ state: 'stopped' }), /is stopped/],
      ['it is gone', iisWith({ pools: [] }), /is not there/],
    ],
    unknown: ['iis'],
  },
  'config.backup': {
    step: { kind: 'config.backup', files, packages: [oldPackage] },
    holds: { 'every file and the package are kept': server({ kept: known({ files, packages: [hash('4.1.0')] }) }) },
    fails: [
      [
        'one file is not kept',
        server({ kept: known({ files: files.slice(1), packages: [hash('4.1.0')] }) }),
        /appsettings.json is not in the backup/,
      ],
      [
        'a file is kept with other bytes',
        server({
          kept: known({ files: files.map((one) => ({ ...one, sha256: hash('x') })), packages: [hash('4.1.0')] }),
        }),
        /is not in the backup/,
      ],
      ['the package is not kept', server({ kept: known({ files, packages: [] }) }), /package old.msi is not kept/],
    ],
    unknown: ['kept'],
  },
  'config.restore': {
    step: { kind: 'config.restore', files: [settingsFile], match: 'values' },
    holds: {
      'no byte has changed': server(),
      'only new keys came': configIs({ sha256: hash('other'), values: { ...settingsFile.values, '/New': hash('n') } }),
      'the path is written in other case': configIs({ path: settings.toUpperCase() }),
      'a key is written in other case': configIs({ values: { '/Key': hash('key'), '/IV': hash('iv') } }),
      'Windows deletes another file beside it': doomed(`${folder}\\a.dll`),
    },
    fails: [
      [
        'a value changed',
        configIs({ values: { ...settingsFile.values, '/KEY': hash('k2') } }),
        /\/KEY has another value/,
      ],
      ['a value is gone', configIs({ values: { '/KEY': settingsFile.values['/KEY'] ?? '' } }), /\/IV is gone/],
      ['the file is gone', server({ config: known([]) }), /is not there/],
      ['Windows will delete or replace it', doomed(settings.toUpperCase()), /deletes or replaces .*APPSETTINGS/],
    ],
    unknown: ['config', 'restart'],
  },
  'shared.prove': {
    step: { kind: 'shared.prove', folder: share },
    holds: { 'this chain of runs has written there': server({ shared: sharedFolder({ own: [] }) }) },
    fails: [
      ['nobody has tried', server({ shared: sharedFolder() }), /is not proven/],
      [
        'another folder was proven',
        server({ shared: sharedFolder({ own: [], folder: '\\\\X\\Y' }) }),
        /is not known any more/,
      ],
      ['there is none any more', server(), /is not known any more/],
    ],
    unknown: ['shared'],
  },
  'shared.restore': {
    step: { kind: 'shared.restore', folder: share, files: [sharedFile], match: 'exact' },
    holds: {
      'no byte has changed': sharedIs(sharedFile.sha256, []),
      'another server has changed it': sharedIs(hash('theirs'), []),
      'another server has changed what this run had changed': sharedIs(hash('theirs'), [
        own(sharedFile.sha256, hash('ours')),
      ]),
      'this run has changed what another server had changed': sharedIs(hash('ours'), [
        own(hash('theirs'), hash('ours')),
      ]),
    },
    fails: [
      ['this run has changed it', sharedIs(hash('ours'), [own(sharedFile.sha256, hash('ours'))]), /is not as it was/],
      [
        'this run has changed it twice',
        sharedIs(hash('last'), [own(sharedFile.sha256, hash('ours')), own(hash('ours'), hash('last'))]),
        /is not as it was/,
      ],
      ['it is gone', server({ shared: sharedFolder({ files: known([]) }) }), /is not there/],
      [
        'the folder cannot be read',
        server({ shared: sharedFolder({ files: unread('no way') }) }),
        /could not be read: no way/,
      ],
      ['the folder is not known any more', server({ shared: known(null) }), /is not known any more/],
    ],
    unknown: ['shared'],
  },
  'connector.install': {
    step: { kind: 'connector.install', msi: msi('4.1.0'), properties: {}, folder, lacking: ['Gone.dll'] },
    holds: {
      'what was gone before is gone still': server({
        products: known([product('4.1.0', { missingFiles: ['gone.dll'] })]),
      }),
      'it is registered': server(),
      'Windows deletes files elsewhere': doomed('C:\\Config.Msi\\a.rbf'),
    },
    fails: [
      ['another one is registered', server({ products: known([product('4.0.0')]) }), /4.1.0 is not registered/],
      [
        'a file of it is gone',
        server({ products: known([product('4.1.0', { missingFiles: ['a.dll'] })]) }),
        /a.dll of version 4.1.0 is not there/,
      ],
      [
        'its product code is registered with another version',
        server({ products: known([product('4.0.9', { productCode: codeOf('4.1.0') })]) }),
        /4\.0\.9/,
      ],
      [
        'it lies elsewhere',
        server({ products: known([product('4.1.0', { folder: 'C:\\Other' })]) }),
        /4.1.0 lies in C:.Other, not in/,
      ],
      ['Windows will delete or replace a file of it', doomed(`${folder}\\a.dll`), /deletes or replaces .*a\.dll/],
    ],
    unknown: ['products', 'restart', 'installer'],
  },
  'connector.upgrade': {
    step: { kind: 'connector.upgrade', msi: msi('4.4.4'), properties: {}, replaces: [codeOf('4.1.0')] },
    holds: { 'the new one alone is registered': server({ products: known([product('4.4.4')]) }) },
    fails: [
      ['only the old one is registered', server(), /4.4.4 is not registered/],
      [
        'both are registered',
        server({ products: known([product('4.1.0'), product('4.4.4')]) }),
        /4.1.0 is still registered/,
      ],
      ['a file waits to be deleted', doomed(`${folder}\\a.dll`, { products: known([product('4.4.4')]) }), /a.dll/],
    ],
    unknown: ['products', 'restart', 'installer'],
  },
  'connector.repair': {
    step: { kind: 'connector.repair', msi: msi('4.1.0'), properties: {} },
    holds: { 'it is whole and its package is kept': server() },
    fails: [
      [
        'a file of it is gone',
        server({ products: known([product('4.1.0', { missingFiles: ['a.dll'] })]) }),
        /a.dll of version 4.1.0 is not there/,
      ],
      [
        'its package is gone',
        server({ products: known([product('4.1.0', { cached: null })]) }),
        /the package of version 4.1.0 that Windows Installer keeps is not there/,
      ],
      ['it is not registered', bareServer(), /4.1.0 is not registered/],
    ],
    unknown: ['products', 'restart', 'installer'],
  },
  'connector.recache': {
    step: { kind: 'connector.recache', msi: msi('4.1.0') },
    holds: {
      'its package is kept': server(),
      'it is not registered any more': bareServer(),
      'files of it are gone, but not its package': server({
        products: known([product('4.1.0', { missingFiles: ['a.dll'] })]),
      }),
    },
    fails: [
      [
        'its package is gone',
        server({ products: known([product('4.1.0', { cached: null })]) }),
        /the package of version 4.1.0 that Windows Installer keeps is not there/,
      ],
      [
        'its package is damaged',
        server({
          products: known([product('4.1.0', { cached: null, damaged: { path: 'C:\\a.msi', why: 'is no MSI' } })]),
        }),
        /is not it: C:\\a.msi is no MSI/,
      ],
    ],
    unknown: ['products', 'restart', 'installer'],
  },
  'connector.unchanged': {
    step: { kind: 'connector.unchanged', productCodes: [codeOf('4.1.0')], files: [settingsFile] },
    holds: { 'the same is registered with the same config': server() },
    fails: [
      ['it is gone', server({ products: known([]) }), /is not registered any more/],
      [
        'another one came',
        server({ products: known([product('4.1.0'), product('4.4.4')]) }),
        /4\.4\.4 is registered, which was not/,
      ],
      ['a byte of the config changed', configIs({ sha256: hash('other') }), /is not as it was/],
    ],
    unknown: ['products', 'config'],
  },
  'installer.settle': {
    step: { kind: 'installer.settle', by: { productCode: codeOf('4.1.0') } },
    holds: { 'nothing is suspended': server() },
    fails: [
      [
        'something is',
        server({ installer: known({ suspended: true, disabledByPolicy: false, holders: [] }) }),
        /^Windows Installer holds a suspended installation$/,
      ],
    ],
    unknown: ['installer'],
  },
  'folder.clear': {
    step: { kind: 'folder.clear', path: `${folder.toUpperCase()}\\` },
    holds: {
      'it is not there': server({ folders: known([]) }),
      'another one is': server({ folders: known([{ path: 'D:\\SCIMConnector', files: 1, logs: 0 }]) }),
    },
    fails: [
      ['files lie in it', server(), /^13 files still in/],
      ['a log lies in it', server({ folders: known([{ path: folder, files: 0, logs: 1 }]) }), /^1 file still in/],
    ],
    unknown: ['folders'],
  },
  'folder.present': {
    step: { kind: 'folder.present', folder: { path: folder, files: 12, logs: 1 } },
    holds: {
      'it is as it was': server(),
      'logs came': server({ folders: known([{ path: folder, files: 12, logs: 2 }]) }),
      'Windows deletes files beside it': doomed(`${folder}-old\\a.dll`),
    },
    fails: [
      ['it is not there', server({ folders: known([]) }), /has 0 files and 0 logs, not 12 and 1/],
      [
        'a file is not there',
        server({ folders: known([{ path: folder, files: 11, logs: 2 }]) }),
        /has 11 files and 2 logs, not 12 and 1/,
      ],
      ['Windows will delete or replace a file in it', doomed(`${folder}\\a.json`), /deletes or replaces .*a\.json/],
    ],
    unknown: ['folders', 'restart'],
  },
  'site.absent': {
    step: { kind: 'site.absent', site },
    holds: {
      'it is gone': iisWith({ sites: [] }),
      'an application of its name is elsewhere': siteIs({ name: 'Other', application: '/SCIMConnector' }),
    },
    fails: [['it is there', server(), /site SCIMConnector is still there/]],
    unknown: ['iis'],
  },
  'certificates.present': {
    step: {
      kind: 'certificates.present',
      certificates: [certificate],
      bound: ['0.0.0.0:443', 'scim.example:9443'],
    },
    holds: {
      'it is bound': server(),
      'its endpoint is written in other case': iisWith({ certificates: [{ ...certificate, store: 'my' }] }),
      'a certificate is bound that was before': iisWith({
        certificates: [certificate, { ...stray, endpoint: 'SCIM.example:9443' }],
      }),
      'a certificate is bound for a new site': iisWith({ sites: [site, other], certificates: [certificate, stray] }),
      'somebody else has bound a certificate': iisWith({
        certificates: [certificate, { ...stray, appId: '{BA195980-CD49-458B-9E23-C84EE0ADCD75}' }],
      }),
      'a certificate is bound for nobody': iisWith({ certificates: [certificate, { ...stray, appId: null }] }),
    },
    fails: [
      ['it is gone', iisWith({ certificates: [] }), /AB12 is not bound to 0.0.0.0:443/],
      [
        'clients are asked for a certificate',
        iisWith({ certificates: [{ ...certificate, policy: { ...usualPolicy, flags: 2 } }] }),
        /0.0.0.0:443 does not treat its clients/,
      ],
      [
        'another certificate is bound',
        iisWith({ certificates: [{ ...certificate, thumbprint: 'CD34' }] }),
        /AB12 is not bound/,
      ],
      [
        'IIS has bound a certificate to a port that no site uses',
        iisWith({ certificates: [certificate, stray] }),
        /certificate AB12 is bound to 0.0.0.0:8443, which no site uses/,
      ],
      ['IIS is gone', server({ iis: known(null) }), /AB12 is not bound/],
    ],
    unknown: ['iis'],
  },
  'pool.present': {
    step: { kind: 'pool.present', pool: 'SCIMPOOL', identity: pool.identity, exact: true },
    holds: {
      'it is there, stopped or not': poolIs({ state: 'stopped' }),
      'it has the text that was kept': withText('old', 'old'),
      'the backup has nothing of it': withText('new', null),
    },
    fails: [
      ['it has another text than was kept', withText('new', 'old'), /pool SCIMPOOL has not the settings/],
      ['it is gone', iisWith({ pools: [] }), /does not run as/],
      ['it runs as somebody else', poolIs({ identity: 'LocalSystem' }), /does not run as/],
    ],
    unknown: ['iis', 'kept'],
  },
  'pool.absent': {
    step: { kind: 'pool.absent', pool: 'SCIMPOOL' },
    holds: { 'it is gone': iisWith({ pools: [] }), 'there is no IIS': server({ iis: known(null) }) },
    fails: [['it is there', server(), /pool SCIMPOOL is still there/]],
    unknown: ['iis'],
  },
  'connector.serve': {
    step: { kind: 'connector.serve', productCode: codeOf('4.1.0') },
    holds: {
      'its pool runs': server(),
      'it has no site': iisWith({ sites: [] }),
      'the product is not there': server({ products: known([]) }),
    },
    fails: [
      ['its pool is stopped', poolIs({ state: 'stopped' }), /is stopped/],
      ['its pool is gone', iisWith({ pools: [] }), /pool ScimPool is not there/],
    ],
    unknown: ['products', 'iis'],
  },
  'connector.uninstall': {
    step: { kind: 'connector.uninstall', productCode: codeOf('4.1.0'), version: '4.1.0', folder },
    holds: {
      'it is gone': bareServer(),
      'another one is there': server({ products: known([product('4.4.4')]) }),
      'files wait beside its folder': doomed(`${folder}-old\\a.dll`, { products: known([]) }),
    },
    fails: [
      [
        'Windows Installer holds a suspended installation',
        server({ installer: known({ suspended: true, disabledByPolicy: false, holders: [] }), products: known([]) }),
        /suspended/,
      ],
      ['it is registered', server(), /4.1.0 is still registered/],
      ['its files wait to be deleted', doomed(`${folder}\\a.dll`, { products: known([]) }), /replaces .*a\.dll/],
    ],
    unknown: ['products', 'restart', 'installer'],
  },
  'site.present': {
    step: {
      kind: 'site.present',
      site,
      identity: pool.identity,
      beside: [],
      exact: true,
    },
    holds: {
      'it is as it was': server(),
      'its bindings stand in another order': siteIs({ bindings: [...site.bindings].reverse() }),
      'names are written in other case': siteIs({ name: 'scimconnector', pool: 'SCIMPOOL' }),
      'its folder is written in other case': siteIs({ folder: `${site.folder.toUpperCase()}\\` }),
      'it has the text that was kept': withText('old', 'old'),
      'the backup has nothing of it': withText('new', null),
    },
    fails: [
      ['it is gone', iisWith({ sites: [] }), /site SCIMConnector is not there/],
      ['it is now an application', siteIs({ application: '/SCIM' }), /is not there/],
      [
        'a second one points at its folder',
        iisWith({ sites: [site, { ...site, name: 'Default Web Site', application: '/SCIM' }] }),
        /Default Web Site\/SCIM points at .* too/,
      ],
      ['it has another folder', siteIs({ folder: 'C:\\x' }), /has the folder C:\\x/],
      ['it runs in another pool', siteIs({ pool: 'DefaultAppPool' }), /runs in pool DefaultAppPool/],
      ['a binding is gone', siteIs({ bindings: ['https/*:443:'] }), /has the bindings/],
      ['its pool runs as somebody else', poolIs({ identity: 'LocalSystem' }), /does not run as/],
      ['it was stopped meanwhile', siteIs({ state: 'stopped' }), /is stopped/],
      ['it has another text than was kept', withText('new', 'old'), /site SCIMConnector has not the settings/],
      ['its pool has another text than was kept', withText('new', 'old'), /pool ScimPool has not the settings/],
      ['its pool is gone', iisWith({ pools: [] }), /does not run as/],
      ['IIS is gone', server({ iis: known(null) }), /is not there/],
    ],
    unknown: ['iis', 'kept'],
  },
};

/** A server on which the settings have other bytes and the same values. */
export const touched = configIs({ sha256: hash('other') });
