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
import { atLeast, cabinetBeside, fileVersion, major, nameOf, packages, queriesFor } from './sample-packages.mjs';

const samples = fileURLToPath(new URL('../../templates/samples/', import.meta.url));
const source = join(samples, 'source');
const fixedTime = new Date('2024-01-02T03:04:06Z');
const compiler = 'x86_64-w64-mingw32-gcc';
const resources = 'x86_64-w64-mingw32-windres';

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
    VERSION_FIELDS: fileVersion(version).replaceAll('.', ','),
    VERSION_TEXT: `"${fileVersion(version)}"`,
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
  const family = Math.min(major(version), 4);
  cpSync(join(source, `files-${family}`), folder, { recursive: true });
  if (family === 4) {
    writeFileSync(join(folder, 'appsettings.json'), json(appSettings(version)));
    writeFileSync(join(folder, 'SCIMConnector.runtimeconfig.json'), json(runtimeConfig(version)));
  }
  for (const path of everyFile(folder)) writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/\r?\n/g, '\r\n'));
  const work = join(folder, '..', 'work');
  mkdirSync(work);
  if (family < 4) mkdirSync(join(folder, 'bin'));
  compileLibrary(work, version, join(folder, family === 4 ? 'SCIMConnector.dll' : 'bin/SCIMConnector.dll'));
  for (const path of everyFile(folder)) utimesSync(path, fixedTime, fixedTime);
}

/** The summary information as msibuild imports it: our package code and fixed times, which wixl would choose itself. */
function summaryTable({ version, packageCode, platform }) {
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
    [7, `${platform === 'x64' ? 'x64' : 'Intel'};1033`],
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

/** A family of packages for each platform: neither finds the other by its Upgrade table, so both can be registered at once. */
const upgradeCodes = {
  x64: '{08ADBE36-3757-4F7A-855C-2AC97AB28395}',
  x86: '{B1F0C9A4-5E3D-4C57-9A1B-3D6E2F7C8A90}',
};

function buildPackage(one) {
  const { version, platform, productCode } = one;
  const temporary = mkdtempSync(join(tmpdir(), 'scim-setup-sample-'));
  try {
    const files = join(temporary, 'files');
    layFiles(files, version);
    const name = nameOf(one);
    const wxs = join(source, major(version) >= 4 ? 'connector-4.wxs' : 'connector-3.wxs');
    const win64 = platform === 'x64' ? 'yes' : 'no';
    const values = { Version: version, ProductCode: productCode, UpgradeCode: upgradeCodes[platform], Win64: win64 };
    const build = (target, cabinet) => {
      const defines = Object.entries({ ...values, ...cabinet }).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
      run(files, 'wixl', ['-a', platform, ...defines, '-o', target, wxs]);
    };
    const beside = cabinetBeside(one);
    const embedded = { Cabinet: 'sample.cab', EmbedCab: 'yes' };
    build(join(samples, name), beside ? { Cabinet: beside, EmbedCab: 'no' } : embedded);
    if (beside) {
      // wixl lays no cabinet beside a package: it is taken out of a package that embeds it.
      const whole = join(temporary, name);
      build(whole, embedded);
      writeFileSync(join(samples, beside), execFileSync('msiinfo', ['extract', whole, embedded.Cabinet]));
    }
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
