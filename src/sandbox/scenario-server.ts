import type { Facts, FeatureState, Reading, ServerIdentity } from '../core/facts.ts';
import { featureTree } from './tools/features.ts';

const known = <T>(value: T): Reading<T> => ({ known: true, value });

const identity: ServerIdentity = {
  name: 'SRV-WEB-07',
  os: { version: '10.0.17763', product: 'server', edition: 'ServerStandard' },
  elevated: true,
  networkLogon: false,
  powershell: { version: '5.1.17763.6893', languageMode: 'FullLanguage' },
  memoryMb: 8192,
  cpuMhz: 2594,
  freeMb: { 'C:': 61_440 },
};

/** A Windows Server 2019 on which nothing has been installed. */
export const server2019: Facts = {
  schema: 1,
  takenAt: '2026-11-02T06:00:00Z',
  machine: known(identity),
  restart: known({ reasons: [], deletions: [] }),
  installer: known({ suspended: false, disabledByPolicy: false, holders: [] }),
  features: known(featuresOf('disabled')),
  iis: known(null),
  hosting: known({
    runtimes: [],
    bundles: [],
    module: { registered: false, files: false, schema: false, configured: false, eventSource: false },
    options: {},
    vcRuntime: null,
    changedAt: null,
  }),
  products: known([]),
  config: known([]),
  folders: known([]),
  shared: known(null),
  kept: known({ files: [], packages: [] }),
};

function featuresOf(state: FeatureState): Record<string, FeatureState> {
  return Object.fromEntries(Object.keys(featureTree).map((name) => [name, state]));
}

/** Server 2012 R2 with what it shipped (6.3.9600, PowerShell 4.0); no program can make a server another Windows. */
export const server2012R2: Facts = {
  ...server2019,
  machine: known({
    ...identity,
    name: 'SRV-WEB-02',
    os: { version: '6.3.9600', product: 'server', edition: 'ServerStandard' },
    powershell: { version: '4.0', languageMode: 'FullLanguage' },
  }),
};
