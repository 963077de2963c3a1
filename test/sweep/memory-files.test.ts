import assert from 'node:assert/strict';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { MemoryFiles } from './memory-files.ts';

type Files = typeof fs & { readonly opened: (path: string, flags: string, piece: string) => void };
type Asked = { readonly path: string; readonly other: string; readonly copy: string; readonly piece: string };

const time = new Date('2026-01-02T03:04:05Z');

/** What may be done to files; each gives what is to be the same in memory and on the disk. */
const acts: Readonly<Record<string, (files: Files, asked: Asked) => unknown>> = {
  exists: (files, { path }) => files.existsSync(path),
  stat: (files, { path }) => {
    const found = files.statSync(path);
    return found.isFile() ? { size: found.size, isWritable: (found.mode & 0o200) !== 0 } : found.isDirectory();
  },
  statIfThere: (files, { path }) => files.statSync(path, { throwIfNoEntry: false })?.isFile(),
  list: (files, { path }) => files.readdirSync(path).sort(),
  listWithKinds: (files, { path }) => {
    const entries = files.readdirSync(path, { withFileTypes: true });
    return entries.map((one) => `${one.name} ${one.isDirectory()} ${one.isFile()}`).sort();
  },
  listAllBelow: (files, { path }) => {
    const entries = files.readdirSync(path, { withFileTypes: true, recursive: true });
    return entries.map((one) => `${join(one.parentPath, one.name)} ${one.isDirectory()}`).sort();
  },
  readText: (files, { path }) => files.readFileSync(path, 'utf8'),
  readBytes: (files, { path }) => files.readFileSync(path).toString('hex'),
  write: (files, { path, piece }) => files.writeFileSync(path, piece),
  append: (files, { path, piece }) => files.opened(path, 'a', piece),
  openEmptied: (files, { path, piece }) => files.opened(path, 'w', piece),
  openToFlush: (files, { path }) => files.opened(path, 'r+', ''),
  makeFolder: (files, { path }) => files.mkdirSync(path),
  makeFolders: (files, { path }) => void files.mkdirSync(path, { recursive: true }),
  move: (files, { path, other }) => files.renameSync(path, other),
  // Node's copies to other places have errors of their own, and nobody makes them.
  copy: (files, { path, copy }) => (files.existsSync(copy) ? null : files.cpSync(path, copy, { recursive: true })),
  remove: (files, { path }) => files.rmSync(path, { force: true }),
  removeAll: (files, { path }) => files.rmSync(path, { recursive: true }),
  removeFolder: (files, { path }) => files.rmdirSync(path),
  setTime: (files, { path }) => {
    if (!files.statSync(path).isFile()) return null;
    files.utimesSync(path, time, time);
    return files.statSync(path).mtime.toISOString();
  },
};

const names = fc.constantFrom('a', 'b', 'a/c', 'a/d', 'b/c', 'a/c/e', 'b/c/e', 'copy', 'copy/c');
const steps = fc.array(
  fc.record({
    act: fc.constantFrom(...Object.keys(acts)),
    path: names,
    other: names,
    piece: fc.string({ maxLength: 5 }),
  }),
  { maxLength: 40 },
);
type Step = (typeof steps extends fc.Arbitrary<infer S> ? S : never)[number];

test('whatever is done to them, files in memory are as files on the disk would be', () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      const root = fs.mkdtempSync(join(fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'scim-setup-memory-'));
      try {
        const held = inMemory(new MemoryFiles(root));
        for (const step of sequence) assert.deepEqual(outcome(held, step, root), outcome(onDisk, step, root), step.act);
      } finally {
        fs.rmSync(root, { recursive: true });
      }
    }),
    { numRuns: 500 },
  );
});

test('a copy of a folder and what it was copied from change apart', () => {
  const root = join(tmpdir(), 'nowhere');
  const files = new MemoryFiles(root);
  files.mkdirSync(join(root, 'a'));
  files.writeFileSync(join(root, 'a', 'file'), 'old');
  files.cpSync(join(root, 'a'), join(root, 'b'));
  files.opened(join(root, 'b', 'file'), 'a')(', and more');
  const bytes = files.readFileSync(join(root, 'a', 'file')) as Buffer;
  bytes.fill('x');
  const textOf = (folder: string) => files.readFileSync(join(root, folder, 'file'), 'utf8');
  assert.deepEqual([textOf('a'), textOf('b')], ['old', 'old, and more']);
});

test('what is asked for in a way that is not simulated is an error', () => {
  const root = join(tmpdir(), 'nowhere');
  const files = new MemoryFiles(root);
  files.writeFileSync(join(root, 'file'), 'text');
  assert.throws(
    () => files.opened(join(root, 'file'), 'r+')('in the middle'),
    /files in memory know nothing of writing/,
  );
  assert.throws(() => files.opened(join(root, 'file'), 'wx'), /know nothing of open with wx/);
  assert.throws(() => files.readdirSync(root, { recursive: true }), /know nothing of names in folders below/);
  assert.throws(() => files.renameSync(join(root, 'file'), join(tmpdir(), 'file')), /know nothing of a path outside/);
});

const onDisk: Files = {
  ...fs,
  opened: (path, flags, piece) => {
    const handle = fs.openSync(path, flags);
    try {
      if (piece !== '') fs.writeFileSync(handle, piece);
    } finally {
      fs.closeSync(handle);
    }
  },
};

function inMemory(memory: MemoryFiles): Files {
  const names = Object.getOwnPropertyNames(MemoryFiles.prototype) as (keyof MemoryFiles)[];
  const calls = Object.fromEntries(names.map((name) => [name, memory[name].bind(memory)]));
  const opened: Files['opened'] = (path, flags, piece) => {
    const write = memory.opened(path, flags);
    if (piece !== '') write(piece);
  };
  return { ...calls, opened } as unknown as Files;
}

/** What came of it; of an error, the code that the program reads. */
function outcome(files: Files, { act, path, other, piece }: Step, root: string): unknown {
  const at = (names: string) => join(root, ...names.split('/'));
  try {
    return acts[act]?.(files, { path: at(path), other: at(other), copy: at('copy'), piece });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? error;
  }
}
