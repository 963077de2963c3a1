import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { givenServer, sample } from '../given.ts';
import { packageOf } from '../msi/write-package.ts';
import { documentOf, type Ended, newFolder, run, treeOf } from './program.ts';

const msi = sample('SCIMConnector-4.4.4.msi');
const ends: Readonly<Record<number, string>> = { 20: 'usage', 21: 'refused', 1618: 'busy' };

type Problem = { readonly message: string; readonly hint: string };
type Expected = { readonly code: 20 | 21; readonly says: RegExp; readonly hint: RegExp };

/** A folder with files that are no good, and the server on which nothing may be touched. */
let files: string;
let folder: string;

before(async () => {
  files = await newFolder();
  const good = readFileSync(msi);
  const flipped = Buffer.from(good);
  for (let at = 512; at < flipped.length; at += 97) flipped.writeUInt8(flipped.readUInt8(at) ^ 0x55, at);
  await writeFile(join(files, 'cut.msi'), good.subarray(0, 7000));
  await writeFile(join(files, 'flipped.msi'), flipped);
  await writeFile(join(files, 'empty.msi'), '');
  await writeFile(join(files, 'text.msi'), 'MZ, but not really');
  for (const [name, kind] of Object.entries({ 'fix.msp': '86', 'change.mst': '82' })) {
    await writeFile(join(files, name), packageOf({}, { rootClass: `${kind}100c0000000000c000000000000046` }));
  }
  await mkdir(join(files, 'broken'));
  await writeFile(join(files, 'broken', 'server.json'), '{"schema": 1,');
  ({ folder } = await givenServer('scim-4.1'));
});

/** Runs a command line as text and as JSON, both of which must say the same and touch nothing. */
async function refused(argv: readonly string[], { code, says, hint }: Expected, server = folder): Promise<void> {
  const untouched = [await treeOf(server), await treeOf(files)];
  const [asText, asJson] = [await run(...argv), await run(...argv, '--json')];
  assert.deepEqual([await treeOf(server), await treeOf(files)], untouched, 'something was touched');
  assert.equal(asText.exitCode, code, asText.out + asText.err);
  assert.equal(asJson.exitCode, code);
  const said = oneLine(asText);
  assert.match(said, says);
  assert.match(said, hint);
  assert.match(said, new RegExp(`\\(exit ${code}\\)`));
  assert.equal(asJson.err, '');
  const { exitCode, end, changed, findings } = documentOf(asJson);
  assert.deepEqual([exitCode, end, changed], [code, ends[code], false]);
  const problems = (findings as readonly Problem[]).filter((one) => says.test(one.message));
  assert.ok(
    problems.some((one) => hint.test(one.hint)),
    JSON.stringify(findings),
  );
}

/** What was said, without the ends of lines that wrapping makes. */
function oneLine({ out, err }: Ended): string {
  return (out + err).replace(/\s+/g, ' ');
}

const onServer = (...argv: readonly string[]) => ['apply', '--sandbox', folder, ...argv];
const inFiles = (name: string) => join(files, name);
const wrong = (says: RegExp, hint: RegExp): Expected => ({ code: 20, says, hint });

const commandLines: readonly (readonly [name: string, argv: () => readonly string[], expected: Expected])[] = [
  ['no command at all', () => [], wrong(/Name a command/, /--help/)],
  ['an unknown command', () => ['aply', '--msi', msi], wrong(/aply|[Dd]id you mean/, /--help|apply/)],
  ['an unknown option', () => onServer('--mis', msi), wrong(/mis/, /--help|--msi/)],
  ['an option of another command', () => ['detect', '--sandbox', folder, '--msi', msi], wrong(/msi/, /--help/)],
  ['an option without its value', () => ['apply', '--msi', msi, '--sandbox'], wrong(/sandbox/, /./)],
  ['an option given twice', () => onServer('--msi', msi, '--msi', msi), wrong(/msi.*(twice|once)/i, /once|--help/)],
  ['a word too many', () => onServer('--msi', msi, 'now'), wrong(/now/, /--help/)],
  ['a word behind --', () => onServer('--msi', msi, '--', 'now'), wrong(/now/, /--help/)],
  ['an unknown action', () => ['sandbox', 'destroy', folder], wrong(/destroy/, /create|--help/)],
  ['no package', () => onServer(), wrong(/No package was given/, /--msi/)],
  ['an empty name of a package', () => onServer('--msi='), wrong(/--msi was given without a value/, /--help/)],
  [
    'an empty place for a copy of a backup',
    () => ['backup', '--sandbox', folder, '--to', ''],
    wrong(/--to was given without a value/, /--help/),
  ],
  ['an empty choice', () => onServer('--msi', msi, '--reboot', ''), wrong(/--reboot was given without/, /--help/)],
  ['a package that is not there', () => onServer('--msi', inFiles('no.msi')), wrong(/no\.msi is not there/, /path/)],
  ['a folder as a package', () => onServer('--msi', files), wrong(/is no file/, /path/)],
  ['a path that is too long', () => onServer('--msi', 'm'.repeat(300)), wrong(/mmm.* (is|cannot be)/, /path/)],
  ['an empty package', () => onServer('--msi', inFiles('empty.msi')), wrong(/not an MSI/, /./)],
  ['a package that is a text', () => onServer('--msi', inFiles('text.msi')), wrong(/not an MSI/, /./)],
  ['a package cut short', () => onServer('--msi', inFiles('cut.msi')), wrong(/cut\.msi is damaged/, /copy .* again/)],
  ['a package with flipped bits', () => onServer('--msi', inFiles('flipped.msi')), wrong(/is damaged/, /again/)],
  ['a patch', () => onServer('--msi', inFiles('fix.msp')), wrong(/fix\.msp is a patch/, /./)],
  ['a transform', () => onServer('--msi', inFiles('change.mst')), wrong(/change\.mst is a transform/, /./)],
  ['inspecting a damaged package', () => ['inspect', inFiles('cut.msi')], wrong(/cut\.msi is damaged/, /again/)],
  ['an MSI as a hosting bundle', () => onServer('--msi', msi, '--hosting-bundle', msi), wrong(/hosting bundle/, /./)],
  [
    'a bundle that is not there',
    () => onServer('--msi', msi, '--hosting-bundle', inFiles('no.exe')),
    wrong(/hosting bundle no\.exe is not there/, /path/),
  ],
  ['a property in lower case', () => onServer('--msi', msi, '--property', 'a=1'), wrong(/"a"/, /upper case/)],
  ['an accepted finding that is none', () => onServer('--msi', msi, '--accept', 'nonsense'), wrong(/nonsense/, /./)],
  [
    'a sandbox that is not there',
    () => ['plan', '--sandbox', inFiles('no'), '--msi', msi],
    wrong(/no sandbox/, /create/),
  ],
  ['a folder that is no sandbox', () => ['detect', '--sandbox', files], wrong(/no sandbox/, /sandbox create/)],
  ['a sandbox whose state is damaged', () => ['detect', '--sandbox', inFiles('broken')], wrong(/not JSON/, /create/)],
  [
    'an unknown scenario',
    () => ['sandbox', 'create', inFiles('new'), '--scenario', 'mars'],
    wrong(/mars.*fresh, iis-only/, /scenario/),
  ],
  ['a sandbox in a folder with files', () => ['sandbox', 'create', files], wrong(/not empty/, /empty folder/)],
];

for (const [name, argv, expected] of commandLines) {
  test(`${name} is told with a hint, and nothing is touched`, () => refused(argv(), expected));
}

test('everything wrong with what was given is told at once', async () => {
  const ended = await run(...onServer('--msi', inFiles('cut.msi'), '--hosting-bundle', msi, '--property', 'a=1'));
  assert.equal(ended.exitCode, 20);
  for (const part of [/cut\.msi is damaged/, /hosting bundle SCIMConnector-4\.4\.4\.msi/, /property "a"/]) {
    assert.match(ended.err, part);
  }
});

for (const command of ['apply', 'plan', 'verify', 'uninstall', 'detect']) {
  test(`${command} without a simulated server is refused where there is no Windows`, () =>
    refused([command, ...(command === 'uninstall' || command === 'detect' ? [] : ['--msi', msi])], {
      code: 21,
      says: /not Windows/,
      hint: new RegExp(`scim-setup ${command} --sandbox`),
    }));
}

test('without administrator rights nothing is begun, not even the folder of the program', async () => {
  const server = (await givenServer('scim-4.1')).folder;
  await rewrite(join(server, 'server.json'), '"elevated": true', '"elevated": false');
  const expected: Expected = { code: 21, says: /no administrator rights/, hint: /elevated/ };
  for (const argv of [['apply', '--msi', msi], ['plan', '--msi', msi], ['uninstall']]) {
    await refused([...argv, '--sandbox', server], expected, server);
  }
});

test('the MSI of another product is named and refused, and goes on only when that is accepted', async () => {
  const other = inFiles('other.msi');
  await writeFile(other, otherProduct());
  const { folder: server } = await givenServer('scim-4.1');
  const argv = ['plan', '--sandbox', server, '--msi', other];
  const expected: Expected = { code: 21, says: /other\.msi is "Seven Zebras" by Zoo Ltd/, hint: /SCIM Connector/ };
  await refused(argv, expected, server);
  assert.match((await run(...argv)).out, /--accept other-product/);
  const accepted = await run(...argv, '--accept', 'other-product');
  assert.equal(accepted.exitCode, 0, accepted.out + accepted.err);
});

async function rewrite(file: string, from: string, to: string): Promise<void> {
  const old = await readFile(file, 'utf8');
  assert.ok(old.includes(from));
  await writeFile(file, old.replace(from, to));
}

/** A small package of somebody else, with no file of its own. */
function otherProduct(): Uint8Array {
  const rows = {
    ProductName: 'Seven Zebras',
    ProductVersion: '7.0.0',
    ProductCode: '{0A1B2C3D-0000-4000-8000-0000000000AA}',
    UpgradeCode: '{0A1B2C3D-0000-4000-8000-0000000000BB}',
    Manufacturer: 'Zoo Ltd',
  };
  return packageOf({ Property: { columns: { Property: 's72*', Value: 'l0' }, rows: Object.entries(rows) } });
}
