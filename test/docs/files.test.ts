import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { test } from 'node:test';
import { parse } from 'yaml';
import { parseAnswers } from '../../src/core/answers.ts';
import { mayBeAccepted } from '../../src/core/finding-row.ts';
import { findingRows } from '../../src/core/findings.ts';
import { checkout, projectFiles, textOf } from './texts.ts';

const files = projectFiles();
const texts = files.map((file) => ({ file, text: textOf(file) }));

test('every example of an answer file is one that the program takes', () => {
  const examples = files.filter((file) => /^templates\/answers\/.*\.(ya?ml|json)$/.test(file));
  assert.ok(examples.length > 0);
  const acceptable = findingRows.filter(mayBeAccepted).map((row) => row.id);
  for (const file of examples) {
    const parsed = parseAnswers(parse(textOf(file)));
    assert.ok('answers' in parsed, `${file}: ${JSON.stringify(parsed)}`);
    for (const id of parsed.answers.accept ?? []) assert.ok(acceptable.includes(id), `${file} accepts ${id}`);
  }
});

test('the changelog keeps its form: a date or Unreleased for each version, one line for each change', () => {
  const lines = textOf('CHANGELOG.md').split('\n');
  assert.equal(lines[0], '# Changelog');
  const heads = lines.filter((line) => line.startsWith('## '));
  assert.ok(heads.length > 0);
  for (const head of heads) assert.match(head, /^## \[(Unreleased|\d+\.\d+\.\d+)\]( - \d{4}-\d{2}-\d{2})?$/);
  const kinds = lines.filter((line) => line.startsWith('### '));
  for (const kind of kinds) assert.match(kind, /^### (Added|Changed|Deprecated|Removed|Fixed|Security)$/);
  const changes = lines.slice(lines.indexOf(heads[0] ?? '')).filter((line) => line !== '' && !line.startsWith('#'));
  for (const change of changes) assert.match(change, /^(- \S| {2}\S)/);
});

test('no file names a folder of the machine it was written on', () => {
  // Of a home folder only one that is somebody's own: `/root` may stand in a text about containers.
  const home = homedir();
  const own = [checkout.replace(/[\\/]$/, ''), ...(home.split(/[\\/]/).length > 2 ? [home] : [])];
  const isOwn = (text: string, folder: string) => new RegExp(`(?<![\\w.])${escaped(folder)}(?![\\w-])`).test(text);
  const found = texts.filter(({ text }) => own.some((folder) => isOwn(text, folder)));
  assert.deepEqual(
    found.map((one) => one.file),
    [],
  );
});

test('no file names the host of a package registry', () => {
  const known = /\b[\w-]+\.(npmjs|nuget|pypi|pythonhosted|crates|yarnpkg)\.[a-z]{2,}/i;
  const ownHost = /https?:\/\/[\w.-]*(registry|artifactory|nexus|verdaccio)[\w.-]*/i;
  const found = texts.flatMap(({ file, text }) => {
    const host = known.exec(text) ?? ownHost.exec(text);
    return host ? [`${file}: ${host[0]}`] : [];
  });
  assert.deepEqual(found, []);
});

test('the lock file pins every package by its hash and by no address', () => {
  const { packages } = JSON.parse(textOf('package-lock.json')) as { packages: Record<string, Record<string, unknown>> };
  const pinned = Object.entries(packages).filter(([path]) => path !== '');
  assert.ok(pinned.length > 10);
  for (const [path, { resolved, integrity }] of pinned) {
    assert.equal(resolved, undefined, path);
    assert.match(String(integrity), /^sha512-/, path);
  }
});

test('the top of the project holds what belongs there and nothing else', () => {
  const top = new Set(files.map((file) => file.split('/')[0]));
  const folders = ['src', 'scripts', 'templates', 'test', '.ci'];
  const single = ['package.json', 'package-lock.json', 'tsconfig.json', 'biome.json', 'README.md', 'CHANGELOG.md'];
  const others = ['LICENSE', '.gitignore', '.gitattributes', '.npmrc'];
  assert.deepEqual([...top].sort(), [...folders, ...single, ...others].sort());
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
