import { createHash } from 'node:crypto';
import type { CertificateBinding, Facts, Hosting, Iis, Reading, Restart } from '../../src/core/facts.ts';
import type { RegistryKey } from './registry-file.ts';

/** A file on drive C: of the lab. */
export type LabFile = { readonly path: string; readonly text: string };

/** What one part of the simulated server looks like in Wine. */
type Row = {
  /** Keys that belong to this part alone: removed with all below them before `keys` are written. */
  readonly owns: readonly string[];
  readonly keys: (facts: Facts) => readonly RegistryKey[];
  readonly files: (facts: Facts) => readonly LabFile[];
};

const software = 'HKEY_LOCAL_MACHINE\\SOFTWARE';
const software32 = `${software}\\WOW6432Node`;
const system = 'HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet';
const windows = `${software}\\Microsoft\\Windows\\CurrentVersion`;
const inetStp = `${software}\\Microsoft\\InetStp`;
const inetsrv = 'C:\\Windows\\System32\\inetsrv';
const moduleName = 'IIS AspNetCore Module V2';
const moduleKeys = [software, software32].map((view) => `${view}\\Microsoft\\IIS Extensions\\${moduleName}`);
const moduleVersion = '16.0.24290.36';
const eventSource = `${system}\\Services\\EventLog\\Application\\${moduleName}`;
const hostOptions = [software, software32].map((view) => `${view}\\Microsoft\\dotnet\\host\\options`);
const bundleKey = `${software32}\\Microsoft\\Updates\\.NET`;
const vcRuntime = `${software}\\Microsoft\\VisualStudio\\14.0\\VC\\Runtimes\\x64`;
const servicing = `${windows}\\Component Based Servicing`;
const autoUpdate = `${windows}\\WindowsUpdate\\Auto Update`;
const sessionManager = `${system}\\Control\\Session Manager`;
const httpParameters = `${system}\\Services\\HTTP\\Parameters`;

// Where each reading of Get-ScimFacts.ps1 looks; the sources of the places stand there.
const rows: Readonly<Record<string, Row>> = {
  machine: {
    owns: [],
    keys: ({ machine }) => keysOf(machine, identityKeys),
    files: () => [],
  },
  restart: {
    owns: [`${servicing}\\RebootPending`, `${autoUpdate}\\RebootRequired`],
    keys: ({ restart }) => keysOf(restart, restartKeys),
    files: () => [],
  },
  installer: {
    owns: [`${windows}\\Installer\\InProgress`],
    keys: ({ installer }) =>
      keysOf(installer, (value) => [
        ...(value.suspended ? [{ key: `${windows}\\Installer\\InProgress`, values: {} }] : []),
        ...(value.disabledByPolicy
          ? [{ key: `${software}\\Policies\\Microsoft\\Windows\\Installer`, values: { DisableMSI: 2 } }]
          : []),
      ]),
    files: () => [],
  },
  iis: {
    owns: [inetStp, `${httpParameters}\\SslBindingInfo`, ...['W3SVC', 'WAS', 'AppHostSvc'].map(serviceKey)],
    keys: ({ iis }) => keysOf(iis, (value) => (value ? iisKeys(value) : [])),
    files: iisFiles,
  },
  features: {
    owns: [],
    keys: () => [],
    // Servicing leaves a session behind; the reader goes by that to read the features anew.
    files: ({ features }) => [
      { path: `C:\\Windows\\servicing\\Sessions\\${sessionName(known(features))}.xml`, text: '' },
    ],
  },
  hosting: {
    owns: [...moduleKeys, eventSource, ...hostOptions, bundleKey, vcRuntime],
    keys: ({ hosting }) => keysOf(hosting, hostingKeys),
    files: () => [],
  },
};

/** Registry keys that go first, those that are written then, and the files: the whole of what Wine shows of a server. */
export function project(facts: Facts): {
  gone: readonly string[];
  keys: readonly RegistryKey[];
  files: readonly LabFile[];
} {
  const all = Object.values(rows);
  return {
    gone: all.flatMap((row) => row.owns),
    keys: all.flatMap((row) => row.keys(facts)),
    files: all.flatMap((row) => row.files(facts)),
  };
}

function keysOf<T>(reading: Reading<T>, keys: (value: T) => readonly RegistryKey[]): readonly RegistryKey[] {
  return keys(known(reading));
}

/** The value of a reading; the lab cannot show what is not known, so that is an error. */
export function known<T>(reading: Reading<T>): T {
  if (!reading.known) throw new Error(`The lab cannot show a server that could not be read: ${reading.why}`);
  return reading.value;
}

function identityKeys({ os }: { os: { version: string; product: string; edition: string } }): readonly RegistryKey[] {
  const [major = '10', minor = '0', build = '17763'] = os.version.split('.');
  const server = os.product === 'server';
  return [
    {
      key: `${software}\\Microsoft\\Windows NT\\CurrentVersion`,
      values: {
        CurrentMajorVersionNumber: Number(major),
        CurrentMinorVersionNumber: Number(minor),
        CurrentBuild: build,
        CurrentBuildNumber: build,
        EditionID: os.edition,
        InstallationType: server ? 'Server' : 'Client',
      },
    },
    { key: `${system}\\Control\\ProductOptions`, values: { ProductType: server ? 'ServerNT' : 'WinNT' } },
  ];
}

const reasonKeys: Readonly<Record<string, string>> = {
  servicing: `${servicing}\\RebootPending`,
  'windows-update': `${autoUpdate}\\RebootRequired`,
};

function restartKeys({ reasons, deletions }: Restart): readonly RegistryKey[] {
  const pairs = deletions.flatMap((path) => [`\\??\\${path}`, '']);
  const pending = pairs.length ? [{ key: sessionManager, values: { PendingFileRenameOperations: pairs } }] : [];
  return [...reasons.filter((reason) => reason !== 'file-renames').map(reasonKey), ...pending];
}

function reasonKey(reason: string): RegistryKey {
  const key = reasonKeys[reason];
  if (!key) throw new Error(`The lab does not know where Windows shows the restart reason '${reason}'.`);
  return { key, values: {} };
}

function serviceKey(name: string): string {
  return `${system}\\Services\\${name}`;
}

function iisKeys(iis: Iis): readonly RegistryKey[] {
  const [major = 10, minor = 0] = iis.version.split('.').map(Number);
  return [
    {
      key: inetStp,
      values: {
        InstallPath: inetsrv,
        PathWWWRoot: 'C:\\inetpub\\wwwroot',
        MajorVersion: major,
        MinorVersion: minor,
        VersionString: `Version ${major}.${minor}`,
      },
    },
    { key: `${inetStp}\\Components`, values: Object.fromEntries(iis.components.map((name) => [name, 1])) },
    ...Object.keys(iis.services).map((name) => ({
      key: serviceKey(name),
      values: { DisplayName: name, Start: 2, ...(name === 'W3SVC' ? { DependOnService: ['WAS', 'HTTP'] } : {}) },
    })),
    ...iis.certificates.flatMap(certificateKeys),
  ];
}

function certificateKeys({
  endpoint,
  thumbprint,
  store,
  appId,
  present,
  policy,
}: CertificateBinding): readonly RegistryKey[] {
  const values = {
    SslCertHash: Buffer.from(thumbprint, 'hex'),
    SslCertStoreName: store,
    ...(appId === null ? {} : { AppId: guidBytes(appId) }),
    ...(policy ? { DefaultFlags: policy.flags, DefaultSslCertCheckMode: policy.certCheckMode } : {}),
  };
  const binding = { key: `${httpParameters}\\SslBindingInfo\\${endpoint}`, values };
  const certificate = {
    key: `${software}\\Microsoft\\SystemCertificates\\${store}\\Certificates\\${thumbprint}`,
    values: {},
  };
  return present ? [binding, certificate] : [binding];
}

/** As Windows lays out a GUID: the first three groups with their lowest byte first. */
function guidBytes(guid: string): Buffer {
  const groups = guid
    .slice(1, -1)
    .split('-')
    .map((group) => Buffer.from(group, 'hex'));
  return Buffer.concat(groups.map((group, index) => (index < 3 ? group.reverse() : group)));
}

function sessionName(features: Readonly<Record<string, string>>): string {
  return createHash('sha256').update(JSON.stringify(features)).digest('hex').slice(0, 16);
}

/** applicationHost.config itself lies on the simulated drive. */
function iisFiles({ iis }: Facts): readonly LabFile[] {
  if (!iis.known || !iis.value) return [];
  const shared = iis.value.sharedConfiguration;
  const redirection = shared ? `enabled="true" path="${shared}"` : 'enabled="false"';
  return [
    {
      path: `${inetsrv}\\config\\redirection.config`,
      text: `<configuration><configurationRedirection ${redirection} /></configuration>\n`,
    },
  ];
}

function hostingKeys(hosting: Hosting): readonly RegistryKey[] {
  const { module, bundles, options, vcRuntime: runtime } = hosting;
  return [
    ...(module.registered ? moduleKeys.map((key) => ({ key, values: { Install: 1, Version: moduleVersion } })) : []),
    ...(module.eventSource ? [{ key: eventSource, values: { TypesSupported: 7 } }] : []),
    ...hostOptions.flatMap((key) =>
      Object.entries(options).map(([band, values]) => ({ key: `${key}\\${band}`, values })),
    ),
    ...bundles.map(({ version }) => ({
      key: `${bundleKey}\\${bundleName(version)}`,
      values: { PackageName: bundleName(version), PackageVersion: version },
    })),
    ...bundles.flatMap(({ version, cachedAt }) => (cachedAt ? [uninstallKey(version, cachedAt)] : [])),
    ...(runtime ? [{ key: vcRuntime, values: { Installed: 1, Version: runtime } }] : []),
  ];
}

function bundleName(version: string): string {
  return `Microsoft .NET ${version} - Windows Server Hosting`;
}

/** Burn's entry in the list of programs; the folder in its cache has the name of the key. */
function uninstallKey(version: string, cachedAt: string): RegistryKey {
  const guid = cachedAt.split('\\').at(-2);
  return {
    key: `${software32}\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\${guid}`,
    values: { DisplayName: bundleName(version), DisplayVersion: version, BundleCachePath: cachedAt },
  };
}
