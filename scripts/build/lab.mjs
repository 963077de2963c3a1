import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quietly, runMain, say } from './children.mjs';
import { debianPackages } from './debian-packages.mjs';
import { checkout } from './node22.mjs';
import { powershellEngine } from './powershell-engine.mjs';
import { renameIntoPlace } from './windows-node.mjs';

// One program stands in for all of these: it goes by the name it is started under (templates/samples/source/stand-in.c).
const standIn = join(checkout, 'templates/samples/dotnet-hosting-6.0.36-win.exe');
const shims = ['dism.exe', 'net.exe', 'netsh.exe', 'eventcreate.exe', 'inetsrv/appcmd.exe'];
const powershell = 'WindowsPowerShell/v1.0';

// Wine's own powershell.exe and dism.exe do nothing and exit 0; with these settings the files we laid down run instead.
// winemenubuilder would write into the user's own desktop.
const overrides = 'powershell.exe,dism.exe,net.exe,netsh.exe=n;winemenubuilder.exe=';
// A new prefix would offer to download Mono and Gecko. Later mscoree must be there: .NET libraries name it to the loader.
const firstOverrides = `${overrides};mscoree,mshtml=`;

/** The environment of every Wine process of one prefix: nothing of ours leaks in but what is named here. */
export function wineEnvironment(prefix) {
  return {
    PATH: process.env.PATH,
    HOME: prefix,
    LANG: 'C.UTF-8',
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    WINEDLLOVERRIDES: overrides,
    // Under Wine 8 the .NET runtime crashes in a finalizer after some seconds without this (0x80131506; seen here).
    DOTNET_EnableWriteXorExecute: '0',
  };
}

/** The template prefix of Wine that every lab test copies, as Windows 10 or Server 2016 and later see themselves. */
export function labTemplate() {
  const engine = powershellEngine({ runtime: 'win-x64' });
  const folder = join(checkout, '.cache', 'lab', keyOf(engine));
  if (!existsSync(folder)) makeTemplate(folder, dirname(engine));
  return folder;
}

/** Names the template by all it is made of, so that a change of any part makes a new one. */
function keyOf(engine) {
  const hash = createHash('sha256');
  hash.update(quietly('wine', ['--version']));
  hash.update(relative(checkout, engine));
  for (const file of [standIn, fileURLToPath(import.meta.url)]) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

function makeTemplate(folder, engine) {
  say("Making the lab's Wine prefix ...");
  mkdirSync(dirname(folder), { recursive: true });
  const temporary = mkdtempSync(join(dirname(folder), 'making-'));
  try {
    const prefix = join(temporary, 'prefix');
    const env = { ...wineEnvironment(prefix), WINEDLLOVERRIDES: firstOverrides };
    quietly('wine', ['wineboot', '--init'], { env });
    quietly('wine', ['winecfg', '-v', 'win10'], { env });
    quietly('wineserver', ['--wait'], { env });
    removeLinks(prefix);
    layPrograms(join(prefix, 'drive_c/windows/system32'), engine);
    removeOlder(dirname(folder));
    renameIntoPlace(prefix, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Drive Z: is a link to the host's root, and whoever searches the checkout would follow it; others lead to the home folder. */
function removeLinks(prefix) {
  rmSync(join(prefix, 'dosdevices'), { recursive: true });
  quietly('find', [join(prefix, 'drive_c/users'), '-type', 'l', '-delete']);
}

/** A template is 800 MB, and one with another key is never used again. */
function removeOlder(folder) {
  for (const name of readdirSync(folder).filter((one) => /^[0-9a-f]{16}$/.test(one))) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function layPrograms(system32, engine) {
  for (const shim of shims) {
    mkdirSync(dirname(join(system32, shim)), { recursive: true });
    copyFileSync(standIn, join(system32, shim));
  }
  rmSync(join(system32, powershell), { recursive: true, force: true });
  cpSync(engine, join(system32, powershell), { recursive: true });
}

/**
 * Copies the template to a folder that does not exist yet. What no test writes to (the Windows folder: 650 MB) is linked,
 * which a second file system does not allow; there it is copied too.
 */
export function copyTemplate(template, prefix) {
  mkdirSync(join(prefix, 'drive_c'), { recursive: true });
  mkdirSync(join(prefix, 'dosdevices'));
  symlinkSync('../drive_c', join(prefix, 'dosdevices/c:'));
  symlinkSync('/', join(prefix, 'dosdevices/z:'));
  const copy = ['-a', '--reflink=auto'];
  copyBut('drive_c', template, prefix, copy);
  copyBut('windows', join(template, 'drive_c'), join(prefix, 'drive_c'), copy);
  const windows = [join(template, 'drive_c/windows'), join(prefix, 'drive_c')];
  try {
    quietly('cp', ['-a', '--link', ...windows]);
  } catch {
    rmSync(join(prefix, 'drive_c/windows'), { recursive: true, force: true });
    quietly('cp', [...copy, ...windows]);
  }
}

function copyBut(left, from, to, copy) {
  const names = readdirSync(from).filter((name) => name !== left);
  quietly('cp', [...copy, ...names.map((name) => join(from, name)), to]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    debianPackages();
    say(labTemplate());
    return 0;
  });
}
