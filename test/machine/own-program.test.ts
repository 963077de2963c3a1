import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ownProgram } from '../../src/machine/own-program.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { newFolder } from './folders.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** A program with a library in which another one lies, and with what is not needed to run. */
async function laid(): Promise<string> {
  const root = await newFolder();
  const files = {
    'package.json': '{"dependencies":{"a":"1"},"devDependencies":{"tester":"1"},"optionalDependencies":{"node-x":"1"}}',
    'src/main.ts': '1',
    'scripts/Read.ps1': '1',
    'scripts/build/make.mjs': '1',
    'node_modules/a/package.json': '{"dependencies":{"b":"1","c":"1"}}',
    'node_modules/a/index.js': '1',
    'node_modules/a/index.d.ts': '1',
    'node_modules/a/node_modules/b/package.json': '{}',
    'node_modules/a/node_modules/b/b.cjs': '1',
    'node_modules/b/package.json': '{}',
    'node_modules/c/package.json': '{"dependencies":{"a":"1"}}',
    'node_modules/tester/package.json': '{}',
    'node_modules/node-x/package.json': '{}',
    'node.exe': 'node',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

test('the program is its sources, its scripts and what its libraries load, each library where Node finds it', async () => {
  const root = await laid();
  const { files, start } = await ownProgram(root, join(root, 'node.exe'));
  assert.deepEqual(
    files.map((one) => one.path),
    [
      'node.exe',
      ...['node_modules\\a\\index.js', 'node_modules\\a\\node_modules\\b\\b.cjs'],
      ...['node_modules\\a\\node_modules\\b\\package.json', 'node_modules\\a\\package.json'],
      ...['node_modules\\c\\package.json', 'package.json', 'scripts\\Read.ps1', 'src\\main.ts'],
    ],
  );
  assert.deepEqual(start, { file: 'node.exe', args: ['src\\main.ts'] });
});

test('a program of which one byte differs is another one', async () => {
  const root = await laid();
  const id = async () => (await ownProgram(root, join(root, 'node.exe'))).id;
  const before = await id();
  assert.equal(await id(), before);
  writeFileSync(join(root, 'node_modules/a/node_modules/b/b.cjs'), '2');
  assert.notEqual(await id(), before);
});

test('a library that is not there is told by its name', async () => {
  const root = await laid();
  writeFileSync(join(root, 'package.json'), '{"dependencies":{"nowhere":"1"}}');
  await assert.rejects(ownProgram(root, join(root, 'node.exe')), /the library nowhere/);
});

test('a copy of just these files runs by itself', async () => {
  const { files, start } = await ownProgram(checkout, process.execPath);
  const copy = await newFolder();
  for (const { from, path } of files.filter((one) => one.path !== 'node.exe')) {
    const to = join(copy, ...path.split('\\'));
    mkdirSync(dirname(to), { recursive: true });
    cpSync(from, to);
  }
  const made = await createSandbox(join(copy, 'server'), 'scim-4.1');
  assert.ok('folder' in made);
  const answers = join(copy, 'answers.yaml');
  writeFileSync(answers, 'reboot: never\n');
  const main = join(copy, ...(start.args[0] ?? '').split('\\'));
  const ran = (...words: string[]) => spawnSync(process.execPath, [main, ...words], { encoding: 'utf8', cwd: copy });
  const resumed = ran('resume', '--startup', '--json', '--sandbox', made.folder);
  assert.equal(resumed.status, 0, resumed.stderr);
  assert.equal(JSON.parse(resumed.stdout).end, 'nothing-to-do');
  const planned = ran('uninstall', '--json', '--answers', answers, '--sandbox', made.folder);
  assert.equal(planned.status, 0, planned.stderr);
});
