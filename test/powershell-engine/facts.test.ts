import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { inFolder, runText, shipped } from './engine.ts';

/** Keys by path, each with its values; a key of the 32-bit view begins with `32:`. */
type Registry = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Values are written as PowerShell writes them. */
function registryText(registry: Registry): string {
  const keys = Object.entries(registry).map(([path, values]) => {
    const pairs = Object.entries(values).map(([name, value]) => `'${name}' = ${value}`);
    return `'${path}' = @{ ${pairs.join('; ')} }`;
  });
  return `$registry = @{ ${keys.join('; ')} }`;
}

// Takes the place of the functions of Registry.ps1, which need Windows; the lab runs those over a real registry.
const registryFunctions = `
function Get-Place([string]$Path, [int]$Bits) { if ($Bits -eq 32) { "32:$Path" } else { $Path } }
function Test-Key([string]$Path, [int]$Bits = 64) { $registry.ContainsKey((Get-Place $Path $Bits)) }
function Get-ValueName([string]$Path, [int]$Bits = 64) { if (Test-Key $Path $Bits) { $registry[(Get-Place $Path $Bits)].Keys } }
function Get-Value([string]$Path, [string]$Name, [int]$Bits = 64) { if (Test-Key $Path $Bits) { $registry[(Get-Place $Path $Bits)][$Name] } }
function Get-SubKeyName([string]$Path, [int]$Bits = 64) {
    $start = (Get-Place $Path $Bits) + '\\'
    $registry.Keys | Where-Object { $_.StartsWith($start) -and -not $_.Substring($start.Length).Contains('\\') } |
        ForEach-Object { $_.Substring($start.Length) }
}
`;

/** What an expression over the reader's functions gives on a server with this registry, as JSON. */
function read(expression: string, registry: Registry, answers: unknown = {}): unknown {
  const parts = ['Text', 'Reading', 'Registry', 'Server', 'Features', 'Dependents', 'Iis', 'Hosting', 'Products'];
  const script = [
    "Set-StrictMode -Version Latest; $ErrorActionPreference = 'Stop'",
    ...parts.map((part) => `. '${shipped(`facts/${part}.ps1`)}'`),
    registryFunctions,
    registryText(registry),
    `[Console]::Out.Write((ConvertTo-JsonText (${expression})))`,
  ].join('\n');
  return inFolder((folder) => {
    const file = join(folder, 'answers.json');
    writeFileSync(file, JSON.stringify(answers));
    const { stdout, stderr } = runText(script, [], { environment: { SCIM_SETUP_LAB_CIM: file } });
    assert.equal(stderr, '');
    return JSON.parse(stdout);
  });
}

const session = 'SYSTEM\\CurrentControlSet\\Control\\Session Manager';
const windows = 'SOFTWARE\\Microsoft\\Windows\\CurrentVersion';
const services = 'SYSTEM\\CurrentControlSet\\Services';

describe('pending restarts', () => {
  it('are none on a quiet server', () => {
    assert.deepEqual(read('Get-Restart', {}), { reasons: [], deletions: [] });
  });

  it('list the paths that the next start deletes, and those from and to which it moves a file', () => {
    const first = "@('\\??\\C:\\gone', '', '\\??\\C:\\old', '!\\??\\C:\\new', '*1\\??\\C:\\gone 2', '')";
    const second = "@('\\??\\UNC\\server\\share\\gone', '', '*1\\??\\C:\\tmp!', '*1!\\??\\UNC\\server\\share\\new')";
    const values = { PendingFileRenameOperations: first, PendingFileRenameOperations2: second };
    assert.deepEqual(read('Get-Restart', { [session]: values }), {
      reasons: ['file-renames'],
      deletions: ['C:\\gone', 'C:\\gone 2', '\\\\server\\share\\gone'],
      renames: ['C:\\old', 'C:\\new', 'C:\\tmp!', '\\\\server\\share\\new'],
    });
  });

  it('take a last path without a second one for a deletion', () => {
    const values = { PendingFileRenameOperations: "@('\\??\\C:\\gone')" };
    assert.deepEqual(read('(Get-Restart).deletions', { [session]: values }), ['C:\\gone']);
  });

  const names = 'SYSTEM\\CurrentControlSet\\Control\\ComputerName';
  const signs: readonly (readonly [reason: string, registry: Registry])[] = [
    ['servicing', { [`${windows}\\Component Based Servicing\\RebootPending`]: {} }],
    ['servicing-in-progress', { [`${windows}\\Component Based Servicing\\PackagesPending`]: {} }],
    ['windows-update', { [`${windows}\\WindowsUpdate\\Auto Update\\RebootRequired`]: {} }],
    ['legacy-updater', { '32:SOFTWARE\\Microsoft\\Updates': { UpdateExeVolatile: '1' } }],
    [
      'computer-rename',
      {
        [`${names}\\ActiveComputerName`]: { ComputerName: "'A'" },
        [`${names}\\ComputerName`]: { ComputerName: "'B'" },
      },
    ],
    ['domain-join', { [`${services}\\Netlogon`]: { JoinDomain: "'x'" } }],
    ['domain-join', { [`${services}\\Netlogon\\AvoidSpnSet`]: {} }],
    ['intune', { 'SOFTWARE\\Microsoft\\IntuneManagementExtension\\RebootSettings': { RebootFlag: '1' } }],
    ['server-manager', { 'SOFTWARE\\Microsoft\\ServerManager\\CurrentRebootAttempts': {} }],
  ];
  for (const [reason, registry] of signs) {
    it(`name ${reason} by ${Object.keys(registry).at(-1)}`, () => {
      assert.deepEqual(read('(Get-Restart).reasons', registry), [reason]);
    });
  }
});

describe('pools and sites of IIS', () => {
  /** What is read where appcmd lists the pool in these states, one look after the other; the last one stays. */
  const stateAfter = (...states: readonly string[]) =>
    read(
      `$(
        $script:states = @(${states.map((one) => `'${one}'`).join(', ')}); $script:looks = 0
        function Get-Component { 'CoreWebEngine' }
        function Start-Appcmd([string]$What) { $What }
        function Receive-Appcmd($Process) {
          $state = $script:states[[Math]::Min($script:looks, $script:states.Count - 1)]
          if ($Process -eq 'apppool') { $script:looks++ }
          $name = $Process.ToUpperInvariant() + '.NAME'
          ([xml]"<appcmd><$Process $name='ScimPool' state='$state'/></appcmd>").DocumentElement.SelectNodes('*')
        }
        $found = Get-RunState $false
        "$($found.apppool['ScimPool']) $script:looks"
      )`,
      {},
    );

  it('are read as they are', () => {
    assert.equal(stateAfter('Started'), 'started 1');
    assert.equal(stateAfter('Stopped'), 'stopped 1');
    assert.equal(stateAfter('Stopping'), 'stopped 1');
  });

  it('that are just starting are looked at again', () => {
    assert.equal(stateAfter('Starting', 'Starting', 'Started'), 'started 3');
  });

  it('that do not get there are not running', () => {
    assert.equal(stateAfter('Starting'), 'stopped 20');
  });
});

describe('who holds Windows Installer', () => {
  const at = (time: string) => `2026-01-02T03:04:${time}Z`;
  const row = (Name: string, ProcessId: number, ParentProcessId: number, CreationDate: string) => ({
    Name,
    ProcessId,
    ParentProcessId,
    CreationDate,
  });
  const service = [{ Name: 'msiserver', ProcessId: 900 }];
  const holders = (...processes: ReturnType<typeof row>[]) =>
    read('@(Get-InstallerHolder)', {}, { Win32_Service: service, Win32_Process: processes });

  it('is nobody where only the service is there', () => {
    assert.deepEqual(holders(row('msiexec.exe', 900, 4, at('01'))), []);
    assert.deepEqual(holders(), []);
    assert.deepEqual(read('(Get-Installer).holders', {}, { Win32_Process: [] }), []);
  });

  it('is each other msiexec.exe, with the program that has started it', () => {
    const found = holders(
      row('setup.exe', 4700, 4, at('02')),
      row('MsiExec.exe', 4711, 4700, at('03')),
      row('msiexec.exe', 900, 4, at('01')),
      row('msiexec.exe', 4720, 900, at('04')),
    );
    assert.deepEqual(found, [
      { pid: 4711, name: 'MsiExec.exe', parent: 'setup.exe', startedAt: at('03') },
      { pid: 4720, name: 'msiexec.exe', parent: 'msiexec.exe', startedAt: at('04') },
    ]);
  });

  it('does not take a younger process for the parent, whose id was given again', () => {
    const found = holders(row('other.exe', 4700, 4, at('09')), row('msiexec.exe', 4711, 4700, at('03')));
    assert.deepEqual(found, [{ pid: 4711, name: 'msiexec.exe', parent: null, startedAt: at('03') }]);
  });

  it('is read without any command line', () => {
    assert.doesNotMatch(readFileSync(shipped('facts/Server.ps1'), 'utf8'), /\bCommandLine\b/);
  });
});

describe('Windows features', () => {
  const answers = (...states: readonly (readonly [string, string])[]) => ({
    OptionalFeatures: states.map(([FeatureName, State]) => ({ FeatureName, State })),
  });

  it('have the five states, under the names that matter alone', () => {
    const listed = answers(
      ['IIS-WebServer', 'Enabled'],
      ['IIS-ASPNET45', 'Disabled'],
      ['WAS-ProcessModel', 'EnablePending'],
      ['NetFx3', 'DisabledWithPayloadRemoved'],
      ['IIS-CGI', 'DisablePending'],
      ['SMB1Protocol', 'Enabled'],
    );
    assert.deepEqual(read('Get-Features $false', {}, listed), {
      'IIS-WebServer': 'enabled',
      'IIS-ASPNET45': 'disabled',
      'WAS-ProcessModel': 'enable-pending',
      NetFx3: 'removed',
      'IIS-CGI': 'disable-pending',
    });
  });

  it('could not be read when one is in a state that nobody knows', () => {
    const reading = read('& { try { Get-Features $false } catch { "$_" } }', {}, answers(['IIS-CGI', 'Bewitched']));
    assert.match(String(reading), /IIS-CGI is in the unknown state Bewitched/);
  });

  const pending = `$registry['${windows}\\Component Based Servicing\\RebootPending'] = @{}`;
  const change =
    "[IO.File]::WriteAllText($env:SCIM_SETUP_LAB_CIM, [IO.File]::ReadAllText($env:SCIM_SETUP_LAB_CIM).Replace('Disabled', 'Enabled'))";
  const twice = (between: string, again: string) =>
    read(
      `& { $null = Get-Features $false; ${change}; ${between}; Get-Features ${again} }`,
      {},
      answers(['IIS-CGI', 'Disabled']),
    );

  it('are read once while nothing seems to have changed', () => {
    assert.deepEqual(twice('', '$false'), { 'IIS-CGI': 'disabled' });
  });

  it('are read again when servicing has left a sign, and when asked to', () => {
    assert.deepEqual(twice(pending, '$false'), { 'IIS-CGI': 'enabled' });
    assert.deepEqual(twice('', '$true'), { 'IIS-CGI': 'enabled' });
  });
});

describe('services of IIS', () => {
  const registry: Registry = {
    [`${services}\\WAS`]: {},
    [`${services}\\W3SVC`]: { DependOnService: "@('WAS', 'HTTP')" },
    [`${services}\\NetTcpActivator`]: { DependOnService: "@('was', 'NetTcpPortSharing')" },
    [`${services}\\Third`]: { DependOnService: "@('NetTcpActivator')" },
    [`${services}\\Other`]: { DependOnService: "@('HTTP')" },
    [`${services}\\Keys`]: {},
  };

  it('are all that stop with WAS, directly or through another', () => {
    const names = read("@(Get-Dependent 'WAS')", registry) as string[];
    assert.deepEqual(names.sort(), ['NetTcpActivator', 'Third', 'W3SVC']);
  });

  it('have a state and the time their process started', () => {
    const answers = {
      Win32_Service: [
        { Name: 'W3SVC', State: 'Running', ProcessId: 9 },
        { Name: 'WAS', State: 'Stop Pending', ProcessId: 8 },
        { Name: 'Other', State: 'Running', ProcessId: 7 },
      ],
      Win32_Process: [{ ProcessId: 9, CreationDate: '2026-01-02T03:04:05Z' }],
    };
    assert.deepEqual(read('Get-IisServices', registry, answers), {
      W3SVC: { state: 'running', startedAt: '2026-01-02T03:04:05Z' },
      WAS: { state: 'stopped', startedAt: null },
    });
  });
});

describe('certificate bindings', () => {
  const parameters = `${services}\\HTTP\\Parameters`;
  const bytes = (hex: string) =>
    `[byte[]](${hex
      .match(/../g)
      ?.map((pair) => `0x${pair}`)
      .join(', ')})`;
  const hash = 'AB'.repeat(20);
  const given = (values: Record<string, string>) => ({ SslCertHash: bytes(hash), ...values });

  it('are read by address and by name, with their store and with who bound them', () => {
    const registry: Registry = {
      [`${parameters}\\SslBindingInfo\\0.0.0.0:443`]: given({
        SslCertStoreName: "'WebHosting'",
        AppId: bytes('81E1C34D4BE1214AB02259FC669B0914'),
        DefaultFlags: '0',
      }),
      [`${parameters}\\SslSniBindingInfo\\scim.example:443`]: given({
        DefaultFlags: '2',
        DefaultSslCertCheckMode: '65537',
        DefaultSslCtlIdentifier: "'Issuers'",
      }),
      [`SOFTWARE\\Microsoft\\SystemCertificates\\MY\\Certificates\\${hash}`]: {},
      [`SOFTWARE\\Microsoft\\SystemCertificates\\WebHosting\\Certificates\\${hash}`]: {},
    };
    const common = { thumbprint: hash, present: true };
    const times = { revocationFreshnessTime: 0, urlRetrievalTimeout: 0 };
    const policy = { flags: 2, certCheckMode: 65537, ...times, ctlIdentifier: 'Issuers', ctlStoreName: null };
    const iisId = '{4DC3E181-E14B-4A21-B022-59FC669B0914}';
    assert.deepEqual(read('@(Get-CertificateBinding)', registry), [
      { ...common, endpoint: '0.0.0.0:443', store: 'WebHosting', appId: iisId },
      { ...common, endpoint: 'scim.example:443', store: 'MY', appId: null, policy },
    ]);
  });
});

describe('the hosting bundle', () => {
  it('is known by its own registration, and its options by either view', () => {
    const registry: Registry = {
      '32:SOFTWARE\\Microsoft\\Updates\\.NET\\Microsoft .NET 6.0.36 - Windows Server Hosting': {
        PackageVersion: "'6.0.36'",
      },
      '32:SOFTWARE\\Microsoft\\Updates\\.NET\\Microsoft .NET Runtime 6.0.36': { PackageVersion: "'6.0.36'" },
      '32:SOFTWARE\\Microsoft\\dotnet\\host\\options\\6.0': { OPT_NO_ANCM: '1', OPT_NO_X86: '1', Other: '1' },
      'SOFTWARE\\Microsoft\\dotnet\\host\\options\\6.0': { OPT_NO_ANCM: '0' },
    };
    assert.deepEqual(read('@(Get-Bundle)', registry), [{ version: '6.0.36', cachedAt: null }]);
    assert.deepEqual(read('Get-BundleOption', registry), { '6.0': { OPT_NO_ANCM: 0, OPT_NO_X86: 1 } });
  });
});

describe('products', () => {
  const ours = '87654321CBA90FED21436587A9CBED0F';
  const half = '11111111111111111111111111111111';
  const theirs = '9ABCDEF056781234F0DEBC9A78563412';
  const data = `${windows}\\Installer\\UserData`;
  const registry: Registry = {
    [`${data}\\S-1-5-18`]: {},
    [`${data}\\S-1-5-18\\Products\\${ours}`]: {},
    [`${data}\\S-1-5-18\\Products\\${ours}\\InstallProperties`]: {
      DisplayName: "'SCIM Connector'",
      DisplayVersion: "'4.1.0'",
      LocalPackage: "'C:\\Windows\\Installer\\1.msi'",
      InstallLocation: "''",
    },
    [`${data}\\S-1-5-18\\Products\\${half}`]: {},
    [`${data}\\S-1-5-21-1`]: {},
    [`${data}\\S-1-5-21-1\\Products\\${theirs}`]: {},
    [`${data}\\S-1-5-21-1\\Products\\${theirs}\\InstallProperties`]: {
      DisplayName: "'Other'",
      DisplayVersion: "'1.0'",
    },
    [`${windows}\\Installer\\UpgradeCodes\\${theirs}`]: { [ours]: "''", [half]: "''" },
    [`32:${windows}\\Uninstall\\{12345678-9ABC-DEF0-1234-56789ABCDEF0}`]: {},
    [`SOFTWARE\\Classes\\Installer\\Products\\${ours}`]: { PackageCode: `'${theirs}'` },
    [`SOFTWARE\\Classes\\Installer\\Products\\${ours}\\SourceList`]: { PackageName: "'SCIMConnector.msi'" },
    [`SOFTWARE\\Classes\\Installer\\Products\\${theirs}`]: { PackageCode: "'no packed GUID'" },
  };
  // Key paths need the real registry; the lab reads them.
  const products = (name: string, codes: string) =>
    read(`& { function Get-KeyPath { }; Get-Products '${name}' ${codes} }`, registry);

  const connector = {
    productCode: '{12345678-9ABC-DEF0-1234-56789ABCDEF0}',
    upgradeCode: '{0FEDCBA9-8765-4321-0FED-CBA987654321}',
    version: '4.1.0',
    name: 'SCIM Connector',
    context: 'machine',
    bits: 32,
    packageCode: '{0FEDCBA9-8765-4321-0FED-CBA987654321}',
    packageName: 'SCIMConnector.msi',
    installLocation: null,
    keyPaths: [],
    localPackage: 'C:\\Windows\\Installer\\1.msi',
  };

  it('are found by their name, and a half-registered one does no harm', () => {
    assert.deepEqual(products('SCIM ?Connector', '@()'), [connector]);
  });

  it('are found by an upgrade code, whatever their name', () => {
    assert.deepEqual(products('^nothing$', "@('{0FEDCBA9-8765-4321-0FED-CBA987654321}')"), [connector]);
  });

  it('of one user are told apart', () => {
    const [one] = products('^Other$', '@()') as { context: string; upgradeCode: string; bits: number }[];
    assert.deepEqual([one?.context, one?.upgradeCode, one?.bits], ['user', '', 64]);
  });

  it('with a package code that is none are told without one', () => {
    const [one] = products('^Other$', '@()') as { packageCode: string | null; packageName: string | null }[];
    assert.deepEqual([one?.packageCode, one?.packageName], [null, null]);
  });
});
