import { neededFeatures } from '../../src/core/connector.ts';
import type {
  ConfigFile,
  Facts,
  Hosting,
  Iis,
  Pool,
  Product,
  Reading,
  SharedFolder,
  Site,
} from '../../src/core/facts.ts';
import type { Msi } from '../../src/core/media.ts';
import { placesOf } from '../../src/core/places.ts';
import { nothingWanted, type Wanted } from '../../src/core/wanted.ts';

export const known = <T>(value: T): Reading<T> => ({ known: true, value });
export const unread = (why = 'access was denied'): Reading<never> => ({ known: false, why });

export const folder = 'C:\\inetpub\\wwwroot\\SCIMConnector';
export const backupFolder = 'C:\\ProgramData\\ScimSetup\\backups\\2026-11-23T20-41-07Z';
export const settings = `${folder}\\appsettings.json`;
export const responses = `${folder}\\Responses\\AppSettings.json`;
export const places = placesOf(
  '2026-11-23T20-41-07Z',
  '2026-11-20T08-00-00Z',
  'C:\\Program Files\\scim-setup\\scripts',
);
const upgradeCode = '{08ADBE36-3757-4F7A-855C-2AC97AB28395}';

/** A product code that tells its version: `{00000004-0001-…}` for 4.1.0. */
export function codeOf(version: string): string {
  const [major = '0', minor = '0', build = '0'] = version.split('.');
  return `{0000000${major}-${minor.padStart(4, '0')}-${build.padStart(4, '0')}-0000-000000000000}`;
}

/** The same of the package of that version. */
export function packageCodeOf(version: string): string {
  return codeOf(version).replace(/^\{0/, '{F');
}

/** Not a hash, but as good as one here: 64 hex digits that differ where the text does. */
export function hash(text: string): string {
  return Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64);
}

/** Under which IIS binds certificates. */
export const iisId = '{4DC3E181-E14B-4A21-B022-59FC669B0914}';

export const site: Site = {
  name: 'SCIMConnector',
  application: '/',
  folder,
  pool: 'ScimPool',
  bindings: ['https/*:443:', 'http/*:8080:'],
  state: 'started',
};
export const pool: Pool = { name: 'ScimPool', identity: 'ApplicationPoolIdentity', state: 'started', workers: 1 };

export function iis(more: Partial<Iis> = {}): Iis {
  return {
    version: '10.0',
    components: ['CoreWebEngine', 'W3SVC'],
    sharedConfiguration: null,
    services: { W3SVC: { state: 'running', startedAt: '2026-11-05T06:00:00Z' } },
    sites: [site],
    pools: [pool],
    certificates: [{ endpoint: '0.0.0.0:443', thumbprint: 'AB12', store: 'MY', appId: iisId, present: true }],
    ...more,
  };
}

export function hosting(more: Partial<Hosting> = {}): Hosting {
  return {
    runtimes: [{ name: 'Microsoft.AspNetCore.App', version: '6.0.36', bits: 64 }],
    bundles: [{ version: '6.0.36', cachedAt: null }],
    module: { registered: true, files: true, schema: true, configured: true, eventSource: true },
    options: {},
    vcRuntime: null,
    changedAt: '2026-11-03T06:00:00Z',
    ...more,
  };
}

export function product(version: string, more: Partial<Product> = {}): Product {
  return {
    productCode: codeOf(version),
    upgradeCode,
    version,
    name: 'SCIM Connector',
    context: 'machine',
    bits: 64,
    packageCode: packageCodeOf(version),
    packageName: `SCIMConnector-${version}.msi`,
    folder,
    missingFiles: [],
    cached: {
      path: 'C:\\Windows\\Installer\\abc.msi',
      name: `SCIMConnector-${version}.msi`,
      sha256: hash(version),
      externalCabinets: [],
      defaults: { 'responses\\appsettings.json': { '/Threshold': hash('20'), '/Path': hash('log') } },
      webConfig: hash(`${folder}\\web.config`),
      properties: ['INSTALLDIR', 'SITENAME'],
    },
    ...more,
  };
}

export function configFile(path: string, more: Partial<ConfigFile> = {}): ConfigFile {
  const values = path.endsWith('.json') ? { '': hash('{}') } : {};
  return { path, role: 'settings', sha256: hash(path), values, sddl: 'O:BAG:SYD:AI(A;ID;0x1301bf;;;BU)', ...more };
}

export const config: readonly ConfigFile[] = [
  configFile(settings, { values: { '/KEY': hash('key'), '/IV': hash('iv') } }),
  configFile(responses, { role: 'responses', values: { '/Threshold': hash('50'), '/Path': hash('log') } }),
  configFile(`${folder}\\web.config`, { role: 'web.config' }),
];

export const share = '\\\\FILESRV\\SCIM';
export const sharedSettings = `${share}\\appsettings.json`;

/** A folder that several servers share, with the settings in it, which every computer of the domain may change. */
export function sharedFolder(more: Partial<SharedFolder> = {}): Reading<SharedFolder> {
  return known({
    folder: share,
    settingsName: null,
    files: known([configFile(sharedSettings, { values: { '/KEY': hash('shared key') } })]),
    sddl: known('O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;DC)'),
    own: null,
    ...more,
  });
}

/** A Windows Server 2019 on which the connector 4.1.0 runs and nothing is wrong. */
export function server(more: Partial<Facts> = {}): Facts {
  return {
    schema: 1,
    takenAt: '2026-11-23T20:41:07Z',
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
    installer: known({ suspended: false, disabledByPolicy: false, holders: [] }),
    features: known(Object.fromEntries(neededFeatures.map((name) => [name, 'enabled']))),
    iis: known(iis()),
    hosting: known(hosting()),
    products: known([product('4.1.0')]),
    config: known(config),
    shared: known(null),
    folders: known([{ path: folder, files: 12, logs: 1 }]),
    kept: known({ files: [], packages: [] }),
    ...more,
  };
}

/** What a run has kept of that server before it touched anything. */
export const keptConfig: Facts['kept'] = known({
  files: config.map(({ path, sha256 }) => ({ path, sha256 })),
  packages: [],
});

/** The same server before the connector came to it. */
export function bareServer(more: Partial<Facts> = {}): Facts {
  return server({
    products: known([]),
    config: known([]),
    folders: known([]),
    iis: known(iis({ sites: [], pools: [] })),
    ...more,
  });
}

export function msi(version: string, more: Partial<Msi> = {}): Msi {
  return {
    name: `SCIMConnector-${version}.msi`,
    sha256: hash(version),
    size: 1,
    productName: 'SCIM Connector',
    productVersion: version,
    productCode: codeOf(version),
    upgradeCode,
    manufacturer: 'Delinea',
    packageCode: packageCodeOf(version),
    platform: 'x64',
    languages: [1033],
    upgrade: [
      {
        upgradeCode,
        min: '4.0.0',
        max: version,
        minInclusive: true,
        maxInclusive: false,
        languages: [],
        languagesExcluded: false,
        onlyDetect: false,
        property: 'OLDER',
      },
    ],
    removeExistingProducts: { sequence: 1510, place: 'in-transaction' },
    files: [],
    externalCabinets: [],
    frameworks: [{ name: 'Microsoft.AspNetCore.App', version: '6.0.0' }],
    defaults: {},
    properties: ['INSTALLDIR', 'SITENAME'],
    hiddenProperties: [],
    unread: [],
    ...more,
  };
}

export const bundle = { name: 'dotnet-hosting-6.0.36-win.exe', sha256: hash('bundle'), version: '6.0.36' };

export function wanted(given: Msi | null, more: Partial<Wanted> = {}): Wanted {
  return { ...nothingWanted, goal: given ? 'present' : 'absent', msi: given, ...more };
}

/** The readings of a server, each of which can fail on its own. */
export const readings = [
  'machine',
  'restart',
  'installer',
  'features',
  'iis',
  'hosting',
  'products',
  'config',
  'shared',
  'folders',
  'kept',
] as const;
