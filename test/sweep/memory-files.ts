import { basename, dirname, join, sep } from 'node:path';

/** Its bytes are replaced and never changed, so that copies of a folder share them. */
type HeldFile = { bytes: Buffer; readonly createdAt: Date; changedAt: Date };
type HeldFolder = Map<string, Held>;
type Held = HeldFile | HeldFolder;
type Entry = { readonly name: string; readonly parentPath: string; isDirectory(): boolean; isFile(): boolean };

/**
 * Files below a folder that is on no disk, by the names and with the errors of Node's `fs`, as far as the program and its
 * tests use them. What they do not use of it is an error: nothing is done in another way than the system does it.
 */
export class MemoryFiles {
  readonly #root: string;
  readonly #top: HeldFolder = new Map();

  constructor(root: string) {
    this.#root = root;
  }

  holds(path: unknown): boolean {
    return (
      typeof path === 'string' && path.startsWith(this.#root) && [sep, ''].includes(path.charAt(this.#root.length))
    );
  }

  existsSync(path: string): boolean {
    return this.#find(path) !== undefined;
  }

  statSync(path: string, { throwIfNoEntry = true } = {}) {
    const found = this.#find(path);
    if (!found && !throwIfNoEntry) return undefined;
    return statOf(found ?? this.#at(path));
  }

  readdirSync(path: string, { withFileTypes = false, recursive = false } = {}): (string | Entry)[] {
    const folder = this.#folderAt(path);
    if (withFileTypes) return recursive ? entriesBelow(path, folder) : entriesIn(path, folder);
    if (recursive) throw unknown('names in folders below');
    return [...folder.keys()];
  }

  readFileSync(path: string, options?: BufferEncoding | { encoding?: BufferEncoding }): string | Buffer {
    const bytes = this.bytesOf(path);
    const encoding = typeof options === 'string' ? options : options?.encoding;
    // Whoever gets bytes may change them.
    return encoding ? bytes.toString(encoding) : Buffer.from(bytes);
  }

  /** The bytes themselves, for whoever does not change them. */
  bytesOf(path: string): Buffer {
    return this.#fileAt(path).bytes;
  }

  writeFileSync(path: string, content: string | Uint8Array): void {
    this.opened(path, 'w')(content);
  }

  /** Opens a file, making or emptying it as the flags say; what it gives writes a piece at its end. */
  opened(path: string, flags: string): (piece: string | Uint8Array) => void {
    if (!['a', 'w', 'r+'].includes(flags)) throw unknown(`open with ${flags}`);
    const file = flags === 'r+' ? this.#fileAt(path) : this.#madeFile(path);
    if (flags === 'w') change(file, Buffer.alloc(0));
    return (piece) => {
      if (flags === 'r+') throw unknown('writing into the middle of a file');
      const added = typeof piece === 'string' ? Buffer.from(piece) : piece;
      change(file, Buffer.concat([file.bytes, added]));
    };
  }

  mkdirSync(path: string, { recursive = false } = {}): void {
    const found = this.#find(path);
    if (found instanceof Map && recursive) return;
    if (found) throw failure('EEXIST', path);
    if (recursive && !this.#find(dirname(path))) this.mkdirSync(dirname(path), { recursive });
    this.#placeOf(path).folder.set(basename(path), new Map());
  }

  renameSync(from: string, to: string): void {
    const [source, target] = [this.#placeOf(from), this.#placeOf(to)];
    const moved = this.#at(from);
    if (isBelow(to, from)) throw failure('EINVAL', from);
    const old = target.folder.get(target.name);
    if (old === moved) return;
    if (old instanceof Map && !(moved instanceof Map)) throw failure('EISDIR', to);
    if (old && moved instanceof Map && !(old instanceof Map)) throw failure('ENOTDIR', to);
    if (old instanceof Map && !isEmptyFolder(old)) throw failure('ENOTEMPTY', to);
    source.folder.delete(source.name);
    target.folder.set(target.name, moved);
  }

  rmSync(path: string, { force = false, recursive = false } = {}): void {
    const found = this.#find(path);
    if (!found && force && this.#whyNot(path) === 'ENOENT') return;
    if (this.#at(path) instanceof Map && !recursive) throw failure('ERR_FS_EISDIR', path);
    const { folder, name } = this.#placeOf(path);
    folder.delete(name);
  }

  rmdirSync(path: string): void {
    if (this.#folderAt(path).size > 0) throw failure('ENOTEMPTY', path);
    const { folder, name } = this.#placeOf(path);
    folder.delete(name);
  }

  utimesSync(path: string, _accessedAt: Date, changedAt: Date): void {
    this.#fileAt(path).changedAt = changedAt;
  }

  cpSync(from: string, to: string): void {
    const [copy, there] = [copied(this.#at(from)), this.#find(to)];
    if (there && !isEmptyFolder(there)) throw unknown('a copy to what is there');
    if (isBelow(to, from)) throw unknown('a copy into itself');
    this.mkdirSync(dirname(to), { recursive: true });
    this.#placeOf(to).folder.set(basename(to), copy);
  }

  #find(path: string): Held | undefined {
    let found: Held | undefined = this.#top;
    for (const name of this.#namesOf(path)) found = found instanceof Map ? found.get(name) : undefined;
    return found;
  }

  #at(path: string): Held {
    const found = this.#find(path);
    if (!found) throw failure(this.#whyNot(path), path);
    return found;
  }

  /** Why nothing is at a path: something on the way is not there, or is a file. */
  #whyNot(path: string): 'ENOENT' | 'ENOTDIR' {
    const parent = this.#find(dirname(path));
    if (!parent) return this.#whyNot(dirname(path));
    return parent instanceof Map ? 'ENOENT' : 'ENOTDIR';
  }

  #folderAt(path: string): HeldFolder {
    const found = this.#at(path);
    if (!(found instanceof Map)) throw failure('ENOTDIR', path);
    return found;
  }

  #fileAt(path: string): HeldFile {
    const found = this.#at(path);
    if (found instanceof Map) throw failure('EISDIR', path);
    return found;
  }

  #madeFile(path: string): HeldFile {
    const { folder, name } = this.#placeOf(path);
    if (!folder.has(name)) folder.set(name, { bytes: Buffer.alloc(0), createdAt: new Date(), changedAt: new Date() });
    return this.#fileAt(path);
  }

  #placeOf(path: string): { readonly folder: HeldFolder; readonly name: string } {
    return { folder: this.#folderAt(dirname(path)), name: basename(path) };
  }

  #namesOf(path: string): readonly string[] {
    if (!this.holds(path)) throw unknown(`a path outside, ${path},`);
    return path === this.#root ? [] : path.slice(this.#root.length + 1).split(sep);
  }
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder + sep);
}

function change(file: HeldFile, bytes: Buffer): void {
  file.bytes = bytes;
  file.changedAt = new Date();
}

function copied(held: Held): Held {
  if (!(held instanceof Map)) return { ...held };
  return new Map([...held].map(([name, one]) => [name, copied(one)]));
}

function entriesIn(path: string, folder: HeldFolder): Entry[] {
  return [...folder].map(([name, one]) => ({ name, parentPath: path, ...kindOf(one) }));
}

function entriesBelow(path: string, folder: HeldFolder): Entry[] {
  const below = [...folder].flatMap(([name, one]) => (one instanceof Map ? entriesBelow(join(path, name), one) : []));
  return [...entriesIn(path, folder), ...below];
}

function isEmptyFolder(held: Held): boolean {
  return held instanceof Map && held.size === 0;
}

function kindOf(held: Held) {
  return { isDirectory: () => held instanceof Map, isFile: () => !(held instanceof Map) };
}

function statOf(held: Held) {
  if (held instanceof Map) return kindOf(held);
  return { ...kindOf(held), size: held.bytes.length, mode: 0o644, birthtime: held.createdAt, mtime: held.changedAt };
}

/** As Node's own of this kind it says nothing of where it was thrown: to find that out costs more than all else here. */
function failure(code: string, path: string): Error {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = Object.assign(new Error(`${code}: '${path}'`), { code, path });
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

function unknown(what: string): Error {
  return new Error(`files in memory know nothing of ${what}`);
}
