import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import type { SecretProperty } from '../../src/core/secrets.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { documentIn, forge, keptPlanWith } from '../cli/keeping.ts';
import { documentOf, type Ended, newFolder, run, runWith, start, treeOf } from '../cli/program.ts';
import { asked, bundle, doorsOf, givenServer, sample } from '../given.ts';

type Step = { readonly step: { readonly kind: string; readonly secrets?: readonly SecretProperty[] } };

const secret = 'hush "hush" h\u00fcsh = %hush%';
/** What a run that goes on after a restart does with secrets is tested in resumed-secrets.test.ts. */
const off = ['--resume', 'off'];
const named = ['--secret-property', 'PASSPHRASE', ...off];
const inEnvironment = { SCIM_SETUP_SECRET_PASSPHRASE: secret };
const msi = (name = 'SCIMConnector-4.4.4.msi') => ['--msi', sample(name)];

/** A text as UTF-8 and UTF-16, as it is and with its quotes doubled as Windows Installer takes them. */
const forms = [secret, secret.replaceAll('"', '""'), JSON.stringify(secret).slice(1, -1)].flatMap((text) => [
  Buffer.from(text, 'utf8'),
  Buffer.from(text, 'utf16le'),
]);

async function isNowhere(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  assert.ok(files.some((file) => file.name.endsWith('.log')) && files.some((file) => file.name === 'journal.jsonl'));
  for (const file of files) {
    const bytes = await readFile(join(file.parentPath, file.name));
    for (const form of forms) assert.ok(!bytes.includes(form), `${file.name} holds the secret`);
  }
}

function saysNothing(...all: readonly Ended[]): void {
  for (const { out, err } of all) assert.ok(!(out + err).includes('hush'), out + err);
}

for (const { name, packages, codes } of [
  { name: 'an upgrade', packages: ['SCIMConnector-4.4.4.msi'], codes: [0] },
  { name: 'a failed upgrade', packages: ['SCIMConnector-4.4.5-fails-old-gone.msi'], codes: [22] },
  {
    name: 'a restart that is required',
    packages: ['SCIMConnector-4.4.5-asks-reboot.msi', 'SCIMConnector-4.4.5-asks-reboot.msi'],
    codes: [3010, 0],
  },
]) {
  test(`${name} with a secret leaves no byte of it on the whole drive, and says nothing of it`, async () => {
    const { folder } = await givenServer('scim-4.1');
    for (const [index, one] of packages.entries()) {
      const line = ['--sandbox', folder, ...msi(one), ...named];
      const ended = [
        await runWith(inEnvironment, 'plan', ...line),
        await runWith(inEnvironment, 'apply', ...line, '--json'),
      ];
      assert.equal(ended.at(-1)?.exitCode, codes[index], ended.at(-1)?.out);
      saysNothing(...ended);
    }
    await isNowhere(folder);
  });
}

test('the secret of a package that does not hide it is not in the log either', async () => {
  const { folder } = await givenServer('scim-4.1');
  const line = ['apply', '--sandbox', folder, ...msi(), '--secret-property', 'INSTALLTOKEN', ...off, '--json'];
  const ended = await runWith({ SCIM_SETUP_SECRET_INSTALLTOKEN: secret }, ...line);
  assert.equal(ended.exitCode, 0, ended.out);
  saysNothing(ended);
  await isNowhere(folder);
});

test('the package gets the very value, whatever characters it has', async () => {
  const { folder } = await givenServer('iis-only');
  const target = 'C:\\Other "place" \u00fc';
  const media = [...msi(), '--hosting-bundle', sample(bundle)];
  const line = ['apply', '--sandbox', folder, ...media, '--secret-property', 'INSTALLDIR', ...off, '--json'];
  const ended = await runWith({ SCIM_SETUP_SECRET_INSTALLDIR: target }, ...line);
  assert.equal(ended.exitCode, 0, ended.out);
  assert.ok((await readdir(join(folder, 'c', 'Other "place" \u00fc'))).includes('appsettings.json'));
});

test('a plan shows the call with the name of the secret, and where it goes', async () => {
  const { folder } = await givenServer('scim-4.1');
  const ended = await runWith(inEnvironment, 'plan', '--sandbox', folder, ...msi(), ...named, '--json');
  const text = JSON.stringify(documentOf(ended));
  assert.match(text, /Install-ScimPackage\.ps1/);
  assert.match(text, /"input":\[[^\]]*\{"property":"PASSPHRASE","secret":true\}/);
});

test('the value of a secret may stand in a file that the answers name', async () => {
  const { folder } = await givenServer('scim-4.1');
  const answers = await newFolder();
  await writeFile(join(answers, 'passphrase.txt'), `\ufeff${secret}\r\n`);
  await writeFile(join(answers, 'answers.yaml'), 'resume: off\nsecrets:\n  PASSPHRASE: { file: passphrase.txt }\n');
  const line = ['apply', '--sandbox', folder, ...msi(), '--answers', join(answers, 'answers.yaml'), '--json'];
  const ended = await run(...line);
  assert.equal(ended.exitCode, 0, ended.out);
  saysNothing(ended);
  await isNowhere(folder);
});

test('a secret without a value is refused before anything is touched', async () => {
  const { folder } = await givenServer('scim-4.1');
  const before = await treeOf(join(folder, 'c'));
  for (const command of ['plan', 'apply']) {
    const ended = await run(command, '--sandbox', folder, ...msi(), ...named, '--json');
    assert.equal(ended.exitCode, 21, ended.out);
    const found = documentOf(ended).findings as readonly { id: string; hint: string }[];
    assert.deepEqual(
      found.map((one) => one.id),
      ['no-secret'],
    );
    assert.match(found[0]?.hint ?? '', /SCIM_SETUP_SECRET_/);
  }
  assert.deepEqual(await treeOf(join(folder, 'c')), before);
});

const wrong: readonly (readonly [name: string, line: readonly string[], env: Record<string, string>, says: RegExp])[] =
  [
    ['its value as a flag', ['--secret-property', 'PASSPHRASE=hush'], {}, /takes a name and no value/],
    ['a name in lower case', ['--secret-property', 'passphrase'], {}, /is not the name of a property/],
    ['an empty value', named, { SCIM_SETUP_SECRET_PASSPHRASE: '' }, /is empty/],
    ['a value of two lines', named, { SCIM_SETUP_SECRET_PASSPHRASE: 'hush\nhush' }, /holds a line break/],
    [
      'the same as a plain property',
      [...named, '--property', 'PASSPHRASE=hush'],
      inEnvironment,
      /as a secret and as a plain/,
    ],
  ];
for (const [name, line, env, says] of wrong) {
  test(`a secret property with ${name} is wrong (exit 20), and nothing of the value is said`, async () => {
    const { folder } = await givenServer('scim-4.1');
    const before = await treeOf(folder);
    const ended = await runWith(env, 'apply', '--sandbox', folder, ...msi(), ...line, '--json');
    assert.equal(ended.exitCode, 20, ended.out);
    assert.match(ended.out, says);
    saysNothing(ended);
    assert.deepEqual(await treeOf(folder), before);
  });
}

for (const text of ['hush-hush', '[hush-hush]', '{ value: hush-hush }', '{ file: no-hush-file.txt }', '7']) {
  test(`answers that give a secret as ${text.replaceAll('hush', '...')} are wrong, and not quoted`, async () => {
    const { folder } = await givenServer('scim-4.1');
    const file = join(await newFolder(), 'answers.yaml');
    await writeFile(file, `msi: x.msi\nsecrets:\n  PASSPHRASE: ${text}\n`);
    const ended = await run('plan', '--sandbox', folder, '--answers', file, ...msi());
    assert.equal(ended.exitCode, 20, ended.out);
    assert.match(ended.err, /PASSPHRASE/);
    assert.ok(!ended.err.replace('no-hush-file.txt', '').includes('hush'), ended.err);
  });
}

test('a secret in clear is refused with the way to give it', async () => {
  const { folder } = await givenServer('scim-4.1');
  const ended = await run('plan', '--sandbox', folder, ...msi(), '--property', 'PASSPHRASE=hush');
  assert.equal(ended.exitCode, 21);
  assert.match(ended.out, /--secret-property/);
  saysNothing(ended);
});

test('a kept plan names the secret only: its value comes from the environment, or the run is refused', async () => {
  const { folder, file } = await keptPlanWith(inEnvironment, 'scim-4.1', ...named);
  assert.ok(!(await readFile(file, 'utf8')).includes('hush'));
  const before = await treeOf(join(folder, 'c'));
  const line = ['apply', '--sandbox', folder, '--plan', file, '--json'];
  const without = await run(...line);
  assert.equal(without.exitCode, 21, without.out);
  const { findings, approved } = documentOf(without) as { findings: { id: string }[]; approved: object };
  assert.deepEqual([findings.map((one) => one.id), approved], [['no-secret'], { ...approved, differences: [] }]);
  assert.deepEqual(await treeOf(join(folder, 'c')), before);
  const other = await runWith(inEnvironment, ...line, '--secret-property', 'INSTALLTOKEN');
  assert.equal(other.exitCode, 20, other.out);
  assert.match(other.out, /--secret-property contradicts the plan/);
  const ended = await runWith(inEnvironment, ...line, ...named);
  assert.equal(ended.exitCode, 0, ended.out);
  saysNothing(without, other, ended);
  await isNowhere(folder);
});

test('a kept plan whose secrets were edited is refused as a whole', async () => {
  const { folder, file } = await keptPlanWith(inEnvironment, 'scim-4.1', ...named);
  const kept = await documentIn(file);
  for (const secrets of [undefined, 'PASSPHRASE', [], [{ name: 'PASSPHRASE' }], [{ name: 'OTHER', given: true }]]) {
    await forge(file, { ...kept, wanted: { ...kept.wanted, secrets } });
    const ended = await runWith(inEnvironment, 'apply', '--sandbox', folder, '--plan', file, '--json');
    assert.equal(ended.exitCode, 20, ended.out);
    saysNothing(ended);
  }
});

test('a broken server is repaired with the secret, and no byte of it stays', async () => {
  const { folder } = await givenServer('broken');
  const ended = await runWith(inEnvironment, 'apply', '--sandbox', folder, ...msi(), ...named, '--json');
  const { exitCode, route, steps } = documentOf(ended) as { steps: Step[] } & Record<string, unknown>;
  assert.deepEqual([exitCode, route], [0, 'repair'], ended.out);
  const repair = steps.map((one) => one.step).find(({ kind }) => kind === 'connector.repair');
  assert.deepEqual(repair?.secrets, [{ name: 'PASSPHRASE', hidden: true }]);
  saysNothing(ended);
  await isNowhere(folder);
});

test('a run that takes up another one needs the secret again', async () => {
  const opened = await givenServer('scim-4.1');
  const { folder } = opened;
  const line = ['apply', '--sandbox', folder, ...msi(), '--json'];
  const machine = withFaults(opened.machine, {
    at: { tool: 'msiexec', call: 1 },
    trouble: { kind: 'power-cut', effect: 'none' },
  });
  const environmentSecrets = new Map([['PASSPHRASE', secret]]);
  const given = { secretProperty: ['PASSPHRASE'], environmentSecrets, resume: 'off' };
  await assert.rejects(apply(asked('apply', 'SCIMConnector-4.4.4.msi', given), doorsOf(machine)), /lost its power/);
  const without = await run(...line);
  assert.equal(without.exitCode, 21, without.out);
  assert.match(without.out, /no-secret/);
  const again = await runWith(inEnvironment, ...line, ...named);
  assert.equal(again.exitCode, 0, again.out);
  await isNowhere(folder);
});

test('no child of the program inherits a secret from its environment', async () => {
  const names = 'Object.keys(process.env).filter((name) => name.startsWith("SCIM_SETUP_SECRET_"))';
  const preload = `data:text/javascript,process.once("exit", () => console.error("left:", ${names}.join()))`;
  const env = { ...inEnvironment, SCIM_SETUP_SECRET_PROPERTY: 'PASSPHRASE' };
  const line = ['plan', '--sandbox', 'scim-4.1', ...msi(), ...off];
  const ended = await start(line, { env, nodeArgs: ['--import', preload] });
  assert.equal(ended.exitCode, 0, ended.err);
  assert.match(ended.err, /left: SCIM_SETUP_SECRET_PROPERTY\n/);
});

test('a server that is as wanted is checked without the secret', async () => {
  const { folder } = await givenServer('same-version');
  const ended = await run('verify', '--sandbox', folder, ...msi(), ...named);
  assert.equal(ended.exitCode, 0, ended.out);
});
