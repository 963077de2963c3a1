import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { bundle, givenServer, sample } from '../given.ts';
import { documentOf, type Ended, newFolder, run, runWith, treeOf } from './program.ts';

const msi = sample('SCIMConnector-4.4.4.msi');
const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
const other = 'f'.repeat(64);
const both = ['--msi', msi, '--hosting-bundle', sample(bundle)];

let server: string;
let folder: string;

before(async () => {
  server = (await givenServer('scim-4.1')).folder;
  folder = await newFolder();
});

/** The simulated clock, which goes on when the lock is taken, is no part of it. */
const driveOf = () => treeOf(join(server, 'c'));

type Finding = { readonly id?: string; readonly message: string; readonly stops?: string };
const findingsIn = (ended: Ended) => documentOf(ended).findings as readonly Finding[];

async function applied(...words: readonly string[]): Promise<Ended> {
  const untouched = await driveOf();
  const ended = await run('apply', '--sandbox', server, ...words, '--json');
  assert.deepEqual(await driveOf(), untouched, 'something was touched');
  return ended;
}

test('a package with another SHA-256 than those given is refused, and the hash found is told', async () => {
  const ended = await applied(...both, '--sha256', hashOf(msi), '--sha256', other);
  assert.equal(ended.exitCode, 21);
  const found = findingsIn(ended).find((one) => one.id === 'hash-not-pinned');
  assert.equal(found?.stops, 'always');
  assert.ok(found.message.includes(`${bundle} has ${hashOf(sample(bundle))}`), found.message);
  assert.ok(!found.message.includes('SCIMConnector-4.4.4.msi'), found.message);
});

test('packages whose SHA-256 is given, in either case, by flag or in the answer file, are taken', async () => {
  const answers = join(folder, 'pinned.yaml');
  const pins = { sha256: [hashOf(msi).toUpperCase()], minimumVersion: { msi: '4.4.4', hostingBundle: '6.0.36' } };
  await writeFile(answers, JSON.stringify(pins));
  const words = [...both, '--answers', answers, '--sha256', hashOf(sample(bundle)).toUpperCase()];
  const ended = await run('plan', '--sandbox', server, ...words, '--json');
  assert.equal(ended.exitCode, 0, ended.out);
  const lacking = await run('plan', '--sandbox', server, ...both, '--answers', answers, '--json');
  assert.equal(lacking.exitCode, 21);
});

test('packages below the minimum version are refused, each with both versions', async () => {
  const words = [...both, '--minimum-msi-version', '4.4.5', '--minimum-bundle-version', '6.0.37'];
  const ended = await applied(...words);
  assert.equal(ended.exitCode, 21);
  const found = findingsIn(ended).find((one) => one.id === 'below-minimum-version');
  assert.match(
    found?.message ?? '',
    /4\.4\.4\.msi is 4\.4\.4 \(minimum 4\.4\.5\), .*36-win\.exe is 6\.0\.36 \(minimum 6\.0\.37\)\.$/,
  );
});

test('a minimum version of a flag wins over that of the answer file', async () => {
  const answers = join(folder, 'minimum.yaml');
  await writeFile(answers, 'minimumVersion: { msi: 5.0.0 }\n');
  const words = ['plan', '--sandbox', server, '--msi', msi, '--answers', answers];
  assert.equal((await run(...words)).exitCode, 21);
  assert.equal((await run(...words, '--minimum-msi-version', '4.4')).exitCode, 0);
});

test('what is no hash, no version or nobody is told all at once', async () => {
  const wrong = ['--sha256', 'abc', other.slice(1), '--signer', ' '];
  const versions = ['--minimum-msi-version', '4', '--minimum-bundle-version', '6.0'];
  const ended = await applied('--msi', msi, ...wrong, ...versions);
  assert.equal(ended.exitCode, 20);
  const said = findingsIn(ended).map((one) => one.message);
  assert.deepEqual(said, [
    '"abc" is no SHA-256.',
    `"${other.slice(1)}" is no SHA-256.`,
    '"4" is no version for --minimum-msi-version.',
    '"6.0" is no version for --minimum-bundle-version.',
    '--signer names nobody.',
  ]);
});

test('the same in an answer file is told with its lines', async () => {
  const answers = join(folder, 'wrong.yaml');
  const text = 'sha256:\n  - abc\nminimumVersion:\n  msi: 4.4\n  hostingBundle: 6.0.36.1\n  net: 6.0.0\nsigners: me\n';
  await writeFile(answers, text);
  const ended = await applied('--msi', msi, '--answers', answers);
  assert.equal(ended.exitCode, 20);
  const lines = findingsIn(ended).map((one) => Number(/, line (\d+):/.exec(one.message)?.[1]));
  assert.deepEqual(lines, [2, 4, 5, 6, 7]);
});

test('what packages must be can stand in the environment, and a signer may have commas', async () => {
  const variables = { SCIM_SETUP_SHA256: `${hashOf(msi)},${other}`, SCIM_SETUP_MINIMUM_MSI_VERSION: '4.4.5' };
  const ended = await runWith(variables, 'plan', '--sandbox', server, '--msi', msi, '--json');
  assert.deepEqual(
    findingsIn(ended).map((one) => one.id),
    ['below-minimum-version'],
  );
  const file = join(folder, 'signers.json');
  const signers = { SCIM_SETUP_SIGNER: 'CN=Delinea Inc., O=Delinea Inc.; Delinea Inc.' };
  const facts = join(folder, 'facts-of-server.json');
  await run('detect', '--sandbox', server, '--out', facts);
  await runWith(signers, 'plan', '--facts', facts, '--msi', msi, '--out', file);
  const { wanted } = JSON.parse(readFileSync(file, 'utf8'));
  assert.deepEqual(wanted.signers, ['CN=Delinea Inc., O=Delinea Inc.', 'Delinea Inc.']);
});

test('a package that is not signed is refused where a signer is named, by a plan as by a run', async () => {
  const words = ['--msi', msi, '--signer', 'Delinea Inc.'];
  for (const ended of [await applied(...words), await run('plan', '--sandbox', server, ...words, '--json')]) {
    assert.equal(ended.exitCode, 21);
    const [found, ...others] = findingsIn(ended);
    assert.deepEqual([found?.id, others], ['signer-not-pinned', []]);
    assert.match(found?.message ?? '', /SCIMConnector-4\.4\.4\.msi is not signed/);
  }
});

test('where the server is known by its facts alone, a plan says that the signer is checked there', async () => {
  const facts = join(folder, 'facts.json');
  assert.equal((await run('detect', '--sandbox', server, '--out', facts)).exitCode, 0);
  const ended = await run('plan', '--facts', facts, '--msi', msi, '--signer', 'Delinea Inc.', '--json');
  assert.equal(ended.exitCode, 0);
  const found = findingsIn(ended).find((one) => one.id === 'signer-unseen');
  assert.equal(found?.stops, 'never');
  assert.match(found.message, /SCIMConnector-4\.4\.4\.msi: this is not the server/);
});

test('a kept plan keeps what packages must be, and flags beside it may not ask for more', async () => {
  const file = join(folder, 'plan.json');
  const pins = ['--sha256', hashOf(msi), '--minimum-msi-version', '4.4.0'];
  assert.equal((await run('plan', '--sandbox', server, '--msi', msi, ...pins, '--out', file)).exitCode, 0);
  const more = ['--sha256', other, '--minimum-bundle-version', '6.0.0', '--signer', 'Delinea Inc.'];
  const ended = await applied('--plan', file, '--minimum-msi-version', '4.4.1', ...more);
  assert.equal(ended.exitCode, 20);
  const said = findingsIn(ended).map((one) => /^--\S+ contradicts the plan/.exec(one.message)?.[0]);
  const options = ['--sha256', '--minimum-msi-version', '--minimum-bundle-version', '--signer'];
  assert.deepEqual(
    said,
    options.map((one) => `${one} contradicts the plan`),
  );
  const { folder: fresh } = await givenServer('scim-4.1');
  assert.equal((await run('apply', '--sandbox', fresh, '--plan', file, ...pins)).exitCode, 0);
});
