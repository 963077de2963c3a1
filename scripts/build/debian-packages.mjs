import { existsSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { quietly, Stop, say } from './children.mjs';

// Without it the heap of a starting process lies, about once in 10,000 starts, where Wine needs the page at 0x7ffe0000
// that Windows shares with every process ("failed to map the shared user data"); such a process never runs.
const preloader = '/usr/lib/wine/wine64-preloader';

// What the lab and the MSI tests need, and the Debian package each comes from.
const programs = {
  wine: 'wine',
  wineserver: 'wine64',
  [preloader]: 'wine64-preloader',
  wixl: 'wixl',
  msiinfo: 'msitools',
  openssl: 'openssl',
  osslsigncode: 'osslsigncode',
  'x86_64-w64-mingw32-gcc': 'gcc-mingw-w64-x86-64',
};

/** Makes sure of Wine, wixl, msitools, openssl, osslsigncode and the mingw-w64 compiler: by apt-get as root, else a Stop with the exact command. */
export function debianPackages() {
  const packages = missing();
  if (packages.length === 0) return;
  if (process.platform !== 'linux') {
    throw new Stop('The whole `npm test` needs Wine and runs on Linux only. Here `npm run test:quick` runs the rest.');
  }
  const command = ['apt-get', 'install', '--yes', '--no-install-recommends', ...packages];
  if (process.getuid() !== 0 || !isOnPath('apt-get')) {
    throw new Stop(
      `The whole \`npm test\` needs ${packages.join(', ')}. On Debian or Ubuntu: sudo ${command.join(' ')}`,
    );
  }
  say(`Installing ${packages.join(', ')} by apt-get ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  quietly('apt-get', ['update'], { env });
  quietly(command[0], command.slice(1), { env });
  if (missing().length > 0) throw new Stop(`apt-get ended well, but ${missing().join(', ')} is still not there.`);
}

function missing() {
  return [
    ...new Set(
      Object.keys(programs)
        .filter((name) => !isThere(name))
        .map((name) => programs[name]),
    ),
  ];
}

function isThere(name) {
  return isAbsolute(name) ? existsSync(name) : isOnPath(name);
}

function isOnPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));
}
