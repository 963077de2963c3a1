import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { givenServer, sample } from '../given.ts';
import { documentOf, newFolder, run, runWith, treeOf } from './program.ts';

const msi = sample('SCIMConnector-4.4.4.msi');

let folder: string;
let server: string;

before(async () => {
  folder = await newFolder();
  server = (await givenServer('scim-4.1')).folder;
});

type Problem = { readonly message: string; readonly hint: string };

/** Writes an answer file and plans with it; gives the problems, each by its line: `3 hint` for a message that says `line 3`. */
async function problemsOf(name: string, text: string): Promise<readonly (Problem & { readonly line: number })[]> {
  const file = join(folder, name);
  await writeFile(file, text);
  const untouched = await treeOf(server);
  const ended = await run('apply', '--sandbox', server, '--answers', file, '--json');
  assert.equal(ended.exitCode, 20, ended.out);
  assert.deepEqual(await treeOf(server), untouched, 'something was touched');
  const document = documentOf(ended);
  assert.deepEqual([document.exitCode, document.end], [20, 'usage']);
  return (document.findings as readonly Problem[]).map((one) => {
    assert.ok(one.message.includes(name), one.message);
    assert.ok(one.hint.length > 10, one.hint);
    return { ...one, line: Number(/, line (\d+):/.exec(one.message)?.[1]) };
  });
}

const wrongYaml = `msi: 5
hostingbundle: no-such-answer.exe
accept: yes
features:
  - "a b"
properties:
  lower: x
limits:
  msiexec: -1
  setup: 3
`;

const wrongJson = `{
  "msi": ["a.msi"],
  "feature": [],
  "limits": {
    "dism": "long"
  }
}
`;

for (const { name, text, lines } of [
  { name: 'wrong.yaml', text: wrongYaml, lines: [1, 2, 3, 5, 7, 9, 10] },
  { name: 'wrong.json', text: wrongJson, lines: [2, 3, 5] },
]) {
  test(`every wrong answer of ${name} is told at once, in the order of their lines, with a hint`, async () => {
    const problems = await problemsOf(name, text);
    assert.deepEqual(
      problems.map((one) => one.line),
      lines,
    );
  });
}

test('the old package is taken from the folder of the answer file', async () => {
  const file = join(folder, 'old.yaml');
  await writeFile(file, `msi: ${msi}\noldMsi: old.msi\n`);
  const ended = await run('plan', '--sandbox', server, '--answers', file);
  assert.equal(ended.exitCode, 20);
  assert.match(ended.err, /The package of the installed version old\.msi is not there/);
  await copyFile(sample('SCIMConnector-4.1.0.msi'), join(folder, 'old.msi'));
  const planned = await run('plan', '--sandbox', server, '--answers', file);
  assert.match(
    planned.out,
    /4\.1\.0 that was given as\s+old\.msi, under its\s+registered\s+name\s+SCIMConnector-4\.1\.0\.msi/,
  );
});

test('an unknown answer is named, and the hint lists the known ones', async () => {
  const [problem, ...others] = await problemsOf('unknown.yaml', 'msi: a.msi\nhostingbundle: b.exe\n');
  assert.deepEqual(others, []);
  assert.match(problem?.message ?? '', /"hostingbundle"/);
  assert.match(problem?.hint ?? '', /hostingBundle/);
});

for (const { name, text, line } of [
  { name: 'open-list.yaml', text: 'accept: [\n', line: 2 },
  { name: 'open-quote.yaml', text: 'msi: a.msi\nfeatures:\n  - "a\n', line: 4 },
  { name: 'twice.yaml', text: 'msi: a.msi\nmsi: b.msi\n', line: 2 },
  { name: 'tab.yaml', text: 'limits:\n\tmsiexec: 4\n', line: 2 },
  { name: 'broken.json', text: '{"msi": "a.msi"\n "accept": []}\n', line: 2 },
  { name: 'alias.yaml', text: 'msi: a.msi\nhostingBundle: *unknown\n', line: 2 },
]) {
  test(`${name}, which is neither YAML nor JSON, is told with its line`, async () => {
    const problems = await problemsOf(name, text);
    assert.ok(
      problems.some((one) => one.line === line),
      JSON.stringify(problems),
    );
  });
}

test('waiting for another installation may be given up at once, and neither backwards nor for more than a day', async () => {
  const file = join(folder, 'busy.yaml');
  await writeFile(file, 'limits:\n  busy: 0\n');
  const ended = await run('plan', '--sandbox', server, '--answers', file, '--msi', msi);
  assert.equal(ended.exitCode, 0, ended.err);
  for (const minutes of ['-1', '1441', 'long'])
    assert.deepEqual(
      (await problemsOf('busy.yaml', `limits:\n  busy: ${minutes}\n`)).map((one) => one.line),
      [2],
    );
});

test('a file of aliases that unfold without end is refused, not unfolded', async () => {
  const levels = Array.from({ length: 12 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at}, `.repeat(9)}*a${at}]`);
  assert.ok((await problemsOf('aliases.yaml', `a0: &a0 [x]\n${levels.join('\n')}\n`)).length > 0);
});

test('a file that is a list is told so', async () => {
  const [problem] = await problemsOf('list.yaml', '- msi: a.msi\n');
  assert.equal(problem?.line, 1);
});

test('a file that is not there, and a folder in its place, are told', async () => {
  for (const [file, says] of [
    [join(folder, 'none.yaml'), /none\.yaml is not there/],
    [folder, /is no file/],
  ] as const) {
    const ended = await run('plan', '--sandbox', server, '--answers', file);
    assert.equal(ended.exitCode, 20);
    assert.match(ended.err, says);
  }
});

test('an empty file and a byte order mark are no trouble', async () => {
  for (const text of ['', '\uFEFF', `\uFEFFmsi: ${JSON.stringify(msi)}\r\n`, '# nothing but a comment\n']) {
    const file = join(folder, 'fine.yaml');
    await writeFile(file, text);
    const ended = await run('plan', '--sandbox', server, '--answers', file, '--msi', msi);
    assert.equal(ended.exitCode, 0, ended.out + ended.err);
  }
});

test('paths in the file are taken from its own folder', async () => {
  await writeFile(join(folder, 'own.yaml'), 'msi: own.msi\n');
  const ended = await run('plan', '--sandbox', server, '--answers', join(folder, 'own.yaml'));
  assert.match(ended.err, /own\.msi is not there/);
  await writeFile(join(folder, 'own.msi'), 'not a package');
  assert.match((await run('plan', '--sandbox', server, '--answers', join(folder, 'own.yaml'))).err, /not an MSI/);
});

test('a flag wins over the environment, and that over the answer file', async () => {
  const file = join(folder, 'answers.json');
  await writeFile(file, JSON.stringify({ msi: sample('SCIMConnector-4.1.0.msi') }));
  const variables = { SCIM_SETUP_MSI: sample('SCIMConnector-4.3.0.msi'), SCIM_SETUP_ANSWERS: file };
  const ended = [
    await run('plan', '--sandbox', server, '--json', '--answers', file),
    await runWith(variables, 'plan', '--sandbox', server, '--json'),
    await runWith(variables, 'plan', '--sandbox', server, '--json', '--msi', msi),
  ];
  const versions = ended.map((one) => (documentOf(one).goal as { version: string } | undefined)?.version);
  assert.deepEqual(versions, ['4.1.0', '4.3.0', '4.4.4']);
});

test('every option can stand in the environment', async () => {
  const variables = {
    SCIM_SETUP_SANDBOX: server,
    SCIM_SETUP_MSI: msi,
    SCIM_SETUP_ACCEPT: 'no-way-back',
    SCIM_SETUP_FEATURE: 'IIS-WebSockets',
    SCIM_SETUP_DETAILED_EXITCODE: 'true',
  };
  const ended = await runWith(variables, 'plan', '--json');
  const { exitCode, sandbox, plan } = documentOf(ended);
  assert.deepEqual([ended.exitCode, exitCode, sandbox], [24, 24, true]);
  assert.match(JSON.stringify(plan), /FeatureName:IIS-WebSockets/);
});

test('variables of other options and of other programs are no trouble', async () => {
  const variables = { SCIM_SETUP_MSI: msi, SCIM_SETUP_FOO: '1', SCIM_SETUP_LAB_NODE: 'x' };
  for (const command of ['detect', 'verify']) {
    const ended = await runWith(variables, command, '--sandbox', server);
    assert.ok([0, 24].includes(ended.exitCode), ended.err);
  }
});
