// Rebuilds templates/samples from templates/samples/source; the same sources give the same bytes. Needs wixl, msibuild and
// the mingw-w64 compiler, so it runs on Linux.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const samples = fileURLToPath(new URL('../../templates/samples/', import.meta.url));
const source = join(samples, 'source');
const fixedTime = new Date('2024-01-02T03:04:06Z');
const compiler = 'x86_64-w64-mingw32-gcc';
const resources = 'x86_64-w64-mingw32-windres';

// Variants of 4.4.5: the SQL that makes a good package behave so, by Windows Installer's documented rules.
const insertAction = (name, condition, sequence) =>
  `INSERT INTO InstallExecuteSequence (Action, Condition, Sequence) VALUES ('${name}', '${condition}', ${sequence})`;
const failRightAfterInitialize = [
  // Type 19: ends the installation with the text of Target.
  "INSERT INTO CustomAction (Action, Type, Target) VALUES ('FailOnPurpose', 19, 'This sample of scim-setup fails on purpose.')",
  insertAction('FailOnPurpose', 'NOT REMOVE', 1501),
];
// Between InstallValidate (1400) and InstallInitialize (1500) the old product is removed outside the transaction.
const removeOldFirst = "UPDATE InstallExecuteSequence SET Sequence = 1450 WHERE Action = 'RemoveExistingProducts'";
const variants = {
  none: [],
  'fails-old-kept': failRightAfterInitialize,
  'fails-old-gone': [removeOldFirst, ...failRightAfterInitialize],
  'asks-reboot': [insertAction('ScheduleReboot', 'NOT REMOVE', 6650)],
  'loses-config': [
    removeOldFirst,
    // Without NeverOverwrite: the old file goes with the old product, and the package's own is laid down.
    "UPDATE Component SET Attributes = 256 WHERE Component = 'Settings'",
  ],
};

// New files first, then the old product, then the registration of the new one: the settings belong to both for a moment and
// stay. Registered earlier, Wine 8 would drop the new product from UpgradeCodes together with the old one.
const removeOldAfterFiles = [
  "UPDATE InstallExecuteSequence SET Sequence = 5000 WHERE Action = 'InstallExecute'",
  "UPDATE InstallExecuteSequence SET Sequence = 5010 WHERE Action = 'RemoveExistingProducts'",
];

const longNames = {
  'SCIMConnector.dll': 'SCIMCO~1.DLL|SCIMConnector.dll',
  WebConfig: 'WEB~1.CON|web.config',
  ResponsesSettings: 'APPSET~1.JSO|AppSettings.json',
};
const longNames4 = {
  RuntimeConfig: 'SCIMCO~1.JSO|SCIMConnector.runtimeconfig.json',
  Settings: 'APPSET~1.JSO|appsettings.json',
  IgnoreEndpoints: 'IGNORE~1.JSO|IgnoreEndpoints.json',
  AllUsersQuery: 'SCIMAL~1.SQL|SCIM All Users.sql',
  AllGroupsQuery: 'SCIMAL~2.SQL|SCIM All Groups.sql',
};

const packages = [
  ['3.2.0', 'none', '{A6B12517-DA21-4282-9F6E-7E0E7E90427C}', '{41F1946D-EF9B-4D64-A93B-0E8747FCE287}'],
  ['4.1.0', 'none', '{48247BF4-CDF2-45FF-B99B-1EB3243CC2E0}', '{6C95597D-4BF5-441B-A9D7-786E5DA6AB45}'],
  ['4.3.0', 'none', '{B9D63D3B-69A2-485C-A4B7-4D42229428D8}', '{611E29A6-294B-4286-A47B-91641F8CF99C}'],
  ['4.4.4', 'none', '{15D14DF3-61A2-40EC-80F4-861B58407587}', '{CADEBD3E-CDF4-4C66-AEEA-342994C41193}'],
  ['5.0.0', 'none', '{50B4B0A5-2E0D-4C0B-8F55-6A1D6B9C0E17}', '{70823489-E864-4CAE-93F4-276E57D18ACA}'],
  ['4.4.5', 'fails-old-kept', '{4F44BED1-F5F4-413E-8EB9-C5EBE86B3FF5}', '{0B1C7E65-92C3-4A52-8E0B-51C9F0D3A7E4}'],
  ['4.4.5', 'fails-old-gone', '{31D2C7C2-6A9A-45D6-B432-09FD6BFC1608}', '{1F3A9D27-5B60-4E7B-A9C8-7D24E6B0813C}'],
  ['4.4.5', 'asks-reboot', '{D79AFFB7-4040-45D9-9523-81875F337F99}', '{2C8E4B91-07D5-4F36-B1E2-93A5C7F61D08}'],
  ['4.4.5', 'loses-config', '{BD349220-A524-4170-A570-AB9DB9430AD4}', '{3D9F5CA2-18E6-4047-82F3-A4B6D8072E19}'],
].map(([version, variant, productCode, packageCode]) => ({ version, variant, productCode, packageCode }));

const major = (version) => Number(version.split('.')[0]);
const atLeast = (version, other) => version.localeCompare(other, 'en', { numeric: true }) >= 0;

/** The root appsettings.json a version ships: its keys and secrets are made up, and newer versions know more keys. */
const appSettings = (version) => {
  const madeUp = (name) => Buffer.from(`sample ${name} of ${version}`).toString('base64');
  return {
    IV: madeUp('IV'),
    KEY: madeUp('KEY'),
    TokenEncryptionKey: madeUp('TokenEncryptionKey'),
    TokenSigningKey: madeUp('TokenSigningKey'),
    Configurations: '',
    SkipSSLCheck: false,
    ...(atLeast(version, '4.3.0') && { RefreshReports: true }),
    ...(atLeast(version, '4.4.4') && { Roles: { Enabled: false, PageSize: 100 } }),
    ...(atLeast(version, '5.0.0') && { RequestTimeoutSeconds: 30 }),
  };
};

const runtimeConfig = (version) => {
  const runtime = major(version) >= 5 ? '8.0.0' : '6.0.0';
  const names = ['Microsoft.NETCore.App', 'Microsoft.AspNetCore.App'];
  return {
    runtimeOptions: { tfm: `net${runtime.slice(0, 3)}`, frameworks: names.map((name) => ({ name, version: runtime })) },
  };
};

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

function run(folder, file, args) {
  try {
    return execFileSync(file, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    process.stderr.write(`${file} is missing. On Debian: apt-get install wixl msitools gcc-mingw-w64-x86-64\n`);
    process.exit(1);
  }
}

function everyFile(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

/** Compiles version.rc, whose words come from a header written here. */
function compileVersion(folder, { version, product, file, dll }) {
  const words = {
    VERSION_FIELDS: `${version.replaceAll('.', ',')},0`,
    VERSION_TEXT: `"${version}.0"`,
    VERSION_PRODUCT: `"${product}"`,
    VERSION_FILE: `"${file}"`,
    VERSION_FILETYPE: dll ? '2' : '1',
  };
  writeFileSync(
    join(folder, 'version.h'),
    Object.entries(words)
      .map(([name, value]) => `#define ${name} ${value}\n`)
      .join(''),
  );
  run(folder, resources, ['-I', folder, join(source, 'version.rc'), '-o', 'version.o']);
}

const linkFlags = ['-s', '-nostdlib', '-Wl,--no-insert-timestamp', '-Wl,--build-id=none'];

/** A library with a version and no code. */
function compileLibrary(folder, version, target) {
  compileVersion(folder, { version, product: 'SCIM Connector (sample)', file: 'SCIMConnector.dll', dll: true });
  run(folder, compiler, [
    '-shared',
    ...linkFlags,
    '-Wl,--entry=0,--disable-auto-image-base',
    '-o',
    target,
    'version.o',
  ]);
}

/** Lays out the files of one version, with the line ends of Windows and one fixed time. */
function layFiles(folder, version) {
  const family = major(version) >= 4 ? 4 : 3;
  cpSync(join(source, `files-${family}`), folder, { recursive: true });
  if (family === 4) {
    writeFileSync(join(folder, 'appsettings.json'), json(appSettings(version)));
    writeFileSync(join(folder, 'SCIMConnector.runtimeconfig.json'), json(runtimeConfig(version)));
  }
  for (const path of everyFile(folder)) writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/\r?\n/g, '\r\n'));
  const work = join(folder, '..', 'work');
  mkdirSync(work);
  compileLibrary(work, version, join(folder, family === 4 ? 'SCIMConnector.dll' : 'bin/SCIMConnector.dll'));
  for (const path of everyFile(folder)) utimesSync(path, fixedTime, fixedTime);
}

/** SQL for what wixl has no elements for: file names in both forms, public properties, NeverOverwrite, versions. */
function queriesFor({ version, variant }) {
  const modern = major(version) >= 4;
  const rename = (table, key, column, row, name) => `UPDATE ${table} SET ${column} = '${name}' WHERE ${key} = '${row}'`;
  const names = Object.entries(modern ? { ...longNames, ...longNames4 } : longNames);
  const properties = modern ? ['INSTALLDIR', 'INSTANCEMODE', 'PASSPHRASE', 'SHAREDFOLDER'] : ['INSTALLDIR'];
  const found = modern ? 'OLDERFOUND;NEWERFOUND;BELOW4FOUND' : 'OLDERFOUND;NEWERFOUND';
  return [
    ...names.map(([row, name]) => rename('File', 'File', 'FileName', row, name)),
    rename('Directory', 'Directory', 'DefaultDir', 'INSTALLDIR', 'SCIMCO~1|SCIMConnector'),
    rename('Directory', 'Directory', 'DefaultDir', 'ResponsesFolder', 'RESPON~1|Responses'),
    `UPDATE Property SET Value = '${found};${properties.join(';')}' WHERE Property = 'SecureCustomProperties'`,
    ...(modern ? ["INSERT INTO Property (Property, Value) VALUES ('INSTANCEMODE', 'Single')"] : []),
    ...(modern ? ["INSERT INTO Property (Property, Value) VALUES ('MsiHiddenProperties', 'PASSPHRASE')"] : []),
    // Kept when it is there already, as the vendor's 4.x keeps its settings over an upgrade; all else is always laid down.
    "UPDATE Component SET Attributes = 384 WHERE Component = 'Settings'", // 256: 64 bits, 128: NeverOverwrite
    "INSERT INTO Property (Property, Value) VALUES ('REINSTALLMODE', 'amus')",
    ...removeOldAfterFiles,
    `UPDATE File SET Version = '${version}.0', Language = '1033' WHERE File = 'SCIMConnector.dll'`,
    "DELETE FROM MsiFileHash WHERE File_ = 'SCIMConnector.dll'", // hashes are for files without a version
    ...variants[variant],
  ];
}

/** The summary information as msibuild imports it: our package code and fixed times, which wixl would choose itself. */
function summaryTable({ version, packageCode }) {
  const time = '2024/01/02 03:04:06';
  const rows = [
    ['PropertyId', 'Value'],
    ['i2', 'l255'],
    ['_SummaryInformation', 'PropertyId'],
    [1, 1252],
    [2, 'Installation Database'],
    [3, `SCIM Connector ${version}, a sample of scim-setup`],
    [4, 'Sample of scim-setup (not Delinea)'],
    [5, 'Installer'],
    [6, "Not the vendor's package"],
    [7, 'x64;1033'],
    [9, packageCode],
    [12, time],
    [13, time],
    [14, 500],
    [15, 2],
    [18, 'wixl'],
    [19, 2],
  ];
  return rows.map((row) => `${row.join('\t')}\r\n`).join('');
}

function buildPackage(one) {
  const { version, variant, productCode } = one;
  const temporary = mkdtempSync(join(tmpdir(), 'scim-setup-sample-'));
  try {
    const files = join(temporary, 'files');
    layFiles(files, version);
    const name = `SCIMConnector-${version}${variant === 'none' ? '' : `-${variant}`}.msi`;
    const wxs = join(source, major(version) >= 4 ? 'connector-4.wxs' : 'connector-3.wxs');
    const defines = ['-D', `Version=${version}`, '-D', `ProductCode=${productCode}`];
    run(files, 'wixl', ['-a', 'x64', ...defines, '-o', join(samples, name), wxs]);
    const summary = join(temporary, 'summary.idt');
    writeFileSync(summary, summaryTable(one));
    run(samples, 'msibuild', [name, ...queriesFor(one).flatMap((query) => ['-q', query]), '-i', summary]);
    process.stdout.write(`${name}  ${statSync(join(samples, name)).size} bytes\n`);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function buildStandIn() {
  const temporary = mkdtempSync(join(tmpdir(), 'scim-setup-sample-'));
  try {
    const file = 'dotnet-hosting-6.0.36-win.exe';
    const product = 'Stand-in for the .NET 6.0.36 Windows Server Hosting bundle (sample of scim-setup)';
    compileVersion(temporary, { version: '6.0.36', product, file, dll: false });
    const code = ['-Os', '-fno-stack-protector', '-Wall', '-Werror', join(source, 'stand-in.c'), 'version.o'];
    run(temporary, compiler, [
      ...code,
      ...linkFlags,
      '-Wl,--entry=entry',
      '-mconsole',
      '-o',
      join(samples, file),
      '-lkernel32',
    ]);
    process.stdout.write(`${file}  ${statSync(join(samples, file)).size} bytes\n`);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

for (const one of packages) buildPackage(one);
buildStandIn();
