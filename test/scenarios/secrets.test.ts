import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { newFolder, run } from '../cli/program.ts';
import { givenServer, sample } from '../given.ts';

const connector = 'c/inetpub/wwwroot/SCIMConnector';
const settings = `${connector}/appsettings.json`;

/** Where a value of the config may lie: in the config all and in its backups. */
const mayHoldSecrets = [`${connector}/`, 'c/ProgramData/ScimSetup/backups/'];

/** Values of any characters, each with a beginning that no file holds by chance. */
const value = fc.string({ maxLength: 40, unit: 'grapheme' }).map((text) => `hush-${text}`);
const secrets = fc.record({ key: value, token: value, password: value, nested: value });
type Secrets = { readonly [Name in 'key' | 'token' | 'password' | 'nested']: string };

async function putInto(folder: string, { key, token, password, nested }: Secrets): Promise<void> {
  const text = await readFile(join(folder, settings), 'utf8');
  const values = { ...JSON.parse(text), KEY: key, TokenSigningKey: token, Endpoints: [{ Secret: nested }] };
  await writeFile(join(folder, settings), JSON.stringify(values, null, 2));
  const escaped = password.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
  const webConfig = join(folder, connector, 'web.config');
  const xml = (await readFile(webConfig, 'utf8')).replace(
    '</location>',
    () => `</location><!-- ${password} ${escaped} -->`,
  );
  await writeFile(webConfig, xml);
}

/** A text in each form in which bytes could hold it. */
function formsOf(text: string): readonly Buffer[] {
  const bare = JSON.stringify(text).slice(1, -1);
  const ascii = bare.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const words = [...new Set([text, bare, ascii])];
  return [
    ...words.flatMap((word) => [Buffer.from(word, 'utf8'), Buffer.from(word, 'utf16le')]),
    Buffer.from(Buffer.from(text).toString('base64').replace(/=+$/, '')),
    Buffer.from(Buffer.from(text).toString('hex')),
  ];
}

function holdsNone(bytes: Uint8Array, where: string, all: Secrets): void {
  for (const [name, text] of Object.entries(all)) {
    for (const form of formsOf(text)) assert.ok(!Buffer.from(bytes).includes(form), `${where} holds the ${name}`);
  }
}

async function everyFile(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(folder.length + 1).replaceAll('\\', '/'));
}

const packages = ['4.4.5-fails-old-gone', '4.4.4', '4.4.5-loses-config'].map((name) =>
  sample(`SCIMConnector-${name}.msi`),
);

async function leavesNone(all: Secrets): Promise<void> {
  const { folder } = await givenServer('scim-4.1');
  await putInto(folder, all);
  const here = ['--sandbox', folder];
  const media = ['--msi', packages[0] ?? ''];
  const kept = ['facts.json', 'plan.json'].map((name) => join(folder, name));
  const lines = [
    ['detect', ...here, '--out', kept[0] ?? ''],
    ['detect', ...here, '--json'],
    ['plan', ...here, ...media, '--out', kept[1] ?? ''],
    ['verify', ...here, ...media, '--json'],
    ['apply', ...here, ...media],
    ...packages.map((msi) => ['apply', ...here, '--msi', msi, '--json']),
  ];
  const codes: number[] = [];
  for (const line of lines) {
    const { exitCode, out, err } = await run(...line);
    codes.push(exitCode);
    holdsNone(Buffer.from(out + err), line.join(' '), all);
  }
  assert.deepEqual(codes, [0, 0, 0, 24, 22, 22, 0, 0]);
  const files = await everyFile(folder);
  for (const part of ['journal.jsonl', '.log', 'facts.json', 'plan.json'])
    assert.ok(
      files.some((file) => file.endsWith(part)),
      part,
    );
  for (const file of files.filter((one) => !mayHoldSecrets.some((place) => one.startsWith(place)))) {
    holdsNone(await readFile(join(folder, file)), file, all);
  }
}

test('no run, good or failed, leaves a value of the config anywhere but in the config and its backups', () =>
  fc.assert(fc.asyncProperty(secrets, leavesNone), { numRuns: 2, endOnFailure: true }));

test('a backup holds the values: without them it would be no backup', async () => {
  const all: Secrets = {
    key: 'a very own key',
    token: 'a very own token',
    password: 'a very own word',
    nested: 'deep',
  };
  const { folder } = await givenServer('scim-4.1');
  await putInto(folder, all);
  await run('uninstall', '--sandbox', folder);
  const backups = (await everyFile(folder)).filter((file) => file.startsWith(mayHoldSecrets[1] ?? ''));
  const texts = await Promise.all(backups.map((file) => readFile(join(folder, file), 'utf8')));
  for (const text of Object.values(all)) assert.ok(texts.join('').includes(text));
});

test('config that is no JSON and no XML is not quoted in what is said about it', async () => {
  const { folder } = await givenServer('scim-4.1');
  await writeFile(join(folder, settings), '{"KEY": "hush hush hush", hush hush hush');
  await writeFile(join(folder, connector, 'web.config'), '<configuration hush hush hush');
  for (const command of ['detect', 'plan', 'apply']) {
    const media = command === 'detect' ? [] : ['--msi', sample('SCIMConnector-4.4.4.msi')];
    for (const json of [[], ['--json']]) {
      const { out, err, exitCode } = await run(command, '--sandbox', folder, ...media, ...json);
      assert.notEqual(exitCode, 29, err);
      assert.ok(!(out + err).includes('hush hush'), `${command} ${json}`);
    }
  }
});

test('a secret among the answers is not quoted, neither in a plan nor in what is wrong with the file', async () => {
  const { folder } = await givenServer('scim-4.1');
  const file = join(await newFolder(), 'answers.yaml');
  const msi = JSON.stringify(sample('SCIMConnector-4.4.4.msi'));
  const texts = [
    `msi: ${msi}\nproperties:\n  PASSPHRASE: hush-hush-hush\n`,
    `msi: ${msi}\nproperties:\n  PASSPHRASE: [hush-hush-hush]\n`,
    `msi: ${msi}\nproperties:\n  PASSPHRASE: "hush-hush-hush\n`,
    `msi: ${msi}\nproperties:\n  PASSPHRASE: *hush-hush-hush\n`,
    `msi: ${msi}\nproperties:\n  PASSPHRASE: !hush-hush-hush x\n`,
    `msi: ${msi}\nproperties:\n  PASSPHRASE: %hush-hush-hush\n`,
    `msi: ${msi}\nproperties:\n  PASSPHRASE: {hush-hush-hush\n`,
  ];
  for (const text of texts) {
    await writeFile(file, text);
    for (const json of [[], ['--json']]) {
      const { exitCode, out, err } = await run('plan', '--sandbox', folder, '--answers', file, ...json);
      assert.ok([20, 21].includes(exitCode), text + out + err);
      assert.ok(!(out + err).includes('hush-hush'), text + out + err);
    }
  }
});

test('a secret property given as a flag is refused by its name alone', async () => {
  const { folder } = await givenServer('scim-4.1');
  const msi = ['--msi', sample('SCIMConnector-4.4.4.msi')];
  for (const property of ['PASSPHRASE=hush-hush', 'passphrase=hush-hush']) {
    const plan = join(folder, 'plan.json');
    const kept = await run('plan', '--sandbox', folder, ...msi, '--property', property, '--out', plan);
    assert.ok([20, 21].includes(kept.exitCode) && !(await everyFile(folder)).includes('plan.json'));
    const { exitCode, out, err } = await run('apply', '--sandbox', folder, ...msi, '--property', property);
    assert.ok([20, 21].includes(exitCode), out + err);
    assert.match(out + err, /passphrase/i);
    assert.ok(!(out + err).includes('hush-hush'));
  }
});
