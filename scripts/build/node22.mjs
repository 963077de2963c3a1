import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quietly, Stop, say } from './children.mjs';

/** The checkout's top folder. */
export const checkout = fileURLToPath(new URL('../../', import.meta.url));

const modules = join(checkout, 'node_modules');

/** The pinned Node of this platform, out of the optional dependency node-<platform>-<architecture>. */
export function node22() {
  const folder = readdirSync(modules).find((name) => /^node-(linux|darwin|win)-(x64|arm64)$/.test(name));
  const file = folder && join(modules, folder, 'bin', folder.startsWith('node-win') ? 'node.exe' : 'node');
  if (file && existsSync(file)) return file;
  throw new Stop(`There is no Node 22.23.3 package for ${process.platform} ${process.arch}; tests need it.`);
}

/** Runs `npm ci` when node_modules is absent or older than the lock file. */
export function installPackages() {
  if (packagesAreCurrent()) return;
  say('Installing the npm packages ...');
  npm(['ci', '--no-audit', '--no-fund']);
}

function packagesAreCurrent() {
  const installed = join(modules, '.package-lock.json');
  if (!existsSync(installed)) return false;
  return statSync(installed).mtimeMs >= statSync(join(checkout, 'package-lock.json')).mtimeMs;
}

/** Runs npm by this very Node, since Windows offers only a shell script of that name; returns its stdout. */
export function npm(args, options = {}) {
  return quietly(process.execPath, [npmScript(), ...args], { cwd: checkout, ...options });
}

function npmScript() {
  const beside = dirname(process.execPath);
  const places = [
    process.env.npm_execpath ?? '',
    join(beside, 'node_modules/npm/bin/npm-cli.js'),
    join(beside, '../lib/node_modules/npm/bin/npm-cli.js'),
    join(beside, '../share/nodejs/npm/bin/npm-cli.js'),
  ];
  const found = places.find((place) => place.endsWith('.js') && existsSync(place));
  if (found) return found;
  throw new Stop('npm was not found beside node; start this by `npm test` or `npm run`.');
}
