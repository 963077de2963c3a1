import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { hashFile, orNull } from './disk.ts';
import type { OwnProgram } from './machine.ts';

/** What Node loads; the rest of a library (types, maps, pages) is not needed to run. */
const isLoaded = (name: string) => /\.(js|cjs|mjs|json|node)$/i.test(name);

/**
 * The files that this program needs to run by itself: Node, its own sources and scripts, and the libraries that its package.json
 * names, with theirs, found where Node would find them.
 */
export async function ownProgram(root: string, node: string): Promise<OwnProgram> {
  const own = [
    join(root, 'package.json'),
    ...(await filesBelow(join(root, 'src'))),
    ...(await filesBelow(join(root, 'scripts'))).filter((file) => file.endsWith('.ps1')),
  ];
  const libraries = await librariesOf(root, root);
  const loaded = await Promise.all([...libraries].map(loadedFiles));
  const places = [
    { from: node, path: 'node.exe' },
    ...[...own, ...loaded.flat()].sort().map((from) => ({ from, path: windowsPath(relative(root, from)) })),
  ];
  const files: OwnProgram['files'][number][] = [];
  for (const place of places) files.push({ ...place, sha256: await hashOf(place.from) });
  return { id: idOf(files), files, start: { file: 'node.exe', args: ['src\\main.ts'] } };
}

function idOf(files: OwnProgram['files']): string {
  const hash = createHash('sha256');
  for (const { path, sha256 } of files) hash.update(`${path}\0${sha256}\n`);
  return hash.digest('hex');
}

async function hashOf(file: string): Promise<string> {
  const hash = await hashFile(file);
  if (hash === null) throw new Error(`${file}, a part of this program, is gone`);
  return hash;
}

/** The folders of the libraries that a package needs, each once. */
async function librariesOf(folder: string, root: string, found = new Set<string>()): Promise<ReadonlySet<string>> {
  const { dependencies = {} } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(dependencies)) {
    const library = await libraryNamed(name, folder, root);
    if (found.has(library)) continue;
    found.add(library);
    await librariesOf(library, root, found);
  }
  return found;
}

/** Where Node finds a library: in the nearest `node_modules`, from the folder that asks for it upwards. */
async function libraryNamed(name: string, from: string, root: string): Promise<string> {
  for (let folder = from; ; folder = dirname(folder)) {
    const library = join(folder, 'node_modules', name);
    if ((await orNull(readFile(join(library, 'package.json')))) !== null) return library;
    if (folder === root) throw new Error(`the library ${name}, which this program needs, is not there`);
  }
}

/** The files of a library but those of others below it, which are libraries of their own. */
async function loadedFiles(library: string): Promise<readonly string[]> {
  const files = await filesBelow(library);
  return files.filter((file) => isLoaded(file) && !relative(library, file).split(/[\\/]/).includes('node_modules'));
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function windowsPath(path: string): string {
  return path.replaceAll('/', '\\');
}
