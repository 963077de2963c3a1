import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCommandLine } from '../../src/cli/parser.ts';
import { exitCodes } from '../../src/core/exit-codes.ts';
import { findingMeanings } from '../../src/core/explain.ts';
import { mayBeAccepted } from '../../src/core/finding-row.ts';
import { findingRows } from '../../src/core/findings.ts';
import { placesOf, placesRoot } from '../../src/core/places.ts';
import { scenarioList } from '../../src/sandbox/scenario-list.ts';
import { codesIn, projectFiles, tableIn, textOf } from './texts.ts';

const readme = textOf('README.md');
const findings = findingMeanings().map((row) => row.id);

test('the table of exit codes is that of the program', () => {
  const rows = tableIn(readme, '| Code | Meaning |').map(([code, meaning]) => ({ code: Number(code), meaning }));
  // The README says which word stands behind a refusal; the program's own list has no room for it.
  const told = rows.map(({ code, meaning }) => ({ code, meaning: (meaning ?? '').replace(/^refused: /, '') }));
  const own = exitCodes.map(({ code, meaning }) => ({ code, meaning: meaning.replace(/^refused: /, '') }));
  assert.deepEqual(told, own);
});

test('the scenarios are those that can be made, in the same order', () => {
  const [, list = ''] = /says what each is: ([^.]*(?:\.\d[^.]*)*)\./.exec(readme.replaceAll('\n', ' ')) ?? [];
  assert.deepEqual(
    codesIn(list),
    scenarioList.map(({ name }) => name),
  );
});

/** The command lines of the README, without what stands behind `#`. */
function commandLines(): readonly (readonly string[])[] {
  const lines = readme.split('\n').map((line) => /^ {4}(?:\.\/)?scim-setup (?<words>[^#]*)/.exec(line)?.groups?.words);
  return lines.filter((words) => words !== undefined).map((words) => words.trim().split(/\s+/));
}

test('every command line of the README is one that the program takes', async () => {
  const lines = commandLines();
  for (const argv of lines) {
    const request = await parseCommandLine(argv, {}, '0.0.0');
    assert.equal(request?.command, argv[0]);
  }
  const named = new Set(lines.map(([command]) => command));
  for (const name of ['plan', 'apply', 'verify', 'uninstall', 'detect', 'inspect', 'sandbox'])
    assert.ok(named.has(name));
});

test('a finding that the README names is one of the program', () => {
  const symptoms = tableIn(readme, '| Symptom | Remedy |').map(([symptom = '']) => symptom);
  const ids = symptoms.flatMap((symptom) => (/^`[a-z0-9-]+`$/.test(symptom) ? codesIn(symptom) : []));
  const accepted = [...readme.matchAll(/--accept ([a-z0-9-]+)/g)].map((match) => match[1] ?? '');
  const named = [...ids, ...accepted];
  assert.ok(ids.length > 0 && accepted.length > 0);
  for (const id of named) assert.ok(findings.includes(id), id);
});

test('what the README says can be accepted can be accepted', () => {
  const acceptable = findingRows.filter(mayBeAccepted).map((row) => row.id);
  for (const [, id = ''] of readme.matchAll(/--accept ([a-z0-9-]+)/g)) assert.ok(acceptable.includes(id), id);
});

test('every finding has an id of its own, a hint that says what to do, and no abbreviation of a sentence', () => {
  assert.equal(new Set(findings).size, findings.length);
  for (const { id, hint } of findingRows) {
    assert.match(id, /^[a-z]+(-[a-z]+)*$/);
    assert.match(hint, /^[A-Z].*[.\w]$/s, id);
  }
});

test('the places on a server are those where the program puts things', () => {
  const places = placesOf('<run>', '<run>', '');
  const told = codesIn(readme).filter((code) => code.includes('\\') && !code.startsWith('.'));
  assert.ok(told.includes(placesRoot));
  const below = (path: string) => path.slice(placesRoot.length + 1);
  for (const path of [places.journal, places.logs, places.backup].map(below)) assert.ok(told.includes(path), path);
});

test('every file and folder of the project that the README names is there', () => {
  const files = projectFiles();
  const paths = codesIn(readme).filter((code) => /^(src|test|templates|scripts)\/[\w./-]+$/.test(code));
  assert.ok(paths.length > 5);
  for (const path of paths)
    assert.ok(
      files.some((file) => file === path || file.startsWith(`${path}/`)),
      path,
    );
});

test('every npm script that the README names is there', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const named = [...readme.matchAll(/npm (?:run (?:-s )?)?(try|test(?::\w+)?|bench|scim-setup)\b/g)].map(
    (one) => one[1],
  );
  assert.ok(named.length >= 4);
  for (const name of named) assert.ok(name !== undefined && name in scripts, name);
});

test('the README says that the vendor package has not been run yet', () => {
  assert.match(readme, /not yet run against the vendor's own package/i);
});
