import type { ReaderDocument, Reading } from '../../src/core/facts.ts';
import { states } from './application-host-config.ts';

const known = <T>(value: T): Reading<T> => ({ known: true, value });

export const connectorFolder = 'C:\\Program Files\\Delinea\\SCIMConnector';
export const cachedPackage = 'C:\\Windows\\Installer\\1a2b3c.msi';

/** What the reader answers on a server with the connector 4.1.0 under IIS 10. */
export const readerDocument: ReaderDocument = {
  schema: 1,
  takenAt: '2026-08-20T10:00:00Z',
  machine: known({
    name: 'SCIM01',
    os: { version: '10.0.20348', product: 'server', edition: 'ServerStandard' },
    elevated: true,
    networkLogon: false,
    powershell: { version: '5.1.20348.1', languageMode: 'FullLanguage' },
    memoryMb: 8192,
    cpuMhz: 2400,
    freeMb: { 'C:': 40_000 },
  }),
  restart: known({ reasons: ['windows-update'], deletions: [] }),
  installer: known({ suspended: false, disabledByPolicy: false, holders: [] }),
  features: known({ 'IIS-WebServer': 'enabled', 'IIS-HttpLogging': 'disabled' }),
  hosting: known({
    runtimes: [{ name: 'Microsoft.AspNetCore.App', version: '6.0.36', bits: 64 }],
    bundles: [{ version: '6.0.36', cachedAt: null }],
    module: { registered: true, files: true, schema: true, configured: true, eventSource: true },
    options: { '6.0': { OPT_NO_X86: 0 } },
    vcRuntime: '14.40.33810',
    changedAt: '2026-08-01T08:00:00Z',
  }),
  iis: known({
    version: '10.0',
    components: ['StaticContent', 'W3SVC'],
    sharedConfiguration: null,
    services: { W3SVC: { state: 'running', startedAt: '2026-08-19T06:00:00Z' } },
    certificates: [{ endpoint: '0.0.0.0:443', thumbprint: 'AB'.repeat(20), store: 'MY', appId: null, present: true }],
    ...structuredClone(states),
    workers: [...states.workers],
  }),
  products: known([
    {
      productCode: '{11111111-2222-3333-4444-555555555555}',
      upgradeCode: '{66666666-7777-8888-9999-AAAAAAAAAAAA}',
      version: '4.1.0',
      name: 'Delinea SCIM Connector',
      context: 'machine',
      bits: 64,
      installLocation: `${connectorFolder}\\`,
      keyPaths: [],
      localPackage: cachedPackage,
      packageCode: '{22222222-3333-4444-5555-666666666666}',
      packageName: 'SCIMConnector-4.1.0.msi',
    },
  ]),
};
