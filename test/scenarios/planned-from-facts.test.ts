import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { scenarioNames } from '../../src/sandbox/scenario-list.ts';
import { documentOf, newFolder, run } from '../cli/program.ts';
import { bundle, givenServer, sample } from '../given.ts';

const msi = sample('SCIMConnector-4.4.4.msi');
const media = ['--msi', msi, '--hosting-bundle', sample(bundle), '--accept', 'reconfiguration'];

let desk: string;

before(async () => {
  desk = await newFolder();
});

/** A server of a scenario, and the facts that `detect` has kept of it. */
async function factsOf(scenario: string): Promise<{ folder: string; facts: string }> {
  const { folder } = await givenServer(scenario);
  const facts = join(desk, `${scenario}.json`);
  const ended = await run('detect', '--sandbox', folder, '--out', facts);
  assert.equal(ended.exitCode, 0, ended.out + ended.err);
  assert.ok(ended.out.includes(facts));
  return { folder, facts };
}

type Findings = readonly { readonly id: string }[];

for (const scenario of scenarioNames()) {
  test(`facts kept of "${scenario}" give the same plan as the server itself, byte for byte`, async () => {
    const { folder, facts } = await factsOf(scenario);
    const [here, there] = [join(desk, `${scenario}-here.json`), join(desk, `${scenario}-there.json`)];
    const onServer = documentOf(await run('plan', '--sandbox', folder, ...media, '--out', here, '--json'));
    const fromFacts = documentOf(await run('plan', '--facts', facts, ...media, '--out', there, '--json'));
    const findings = (fromFacts.findings as Findings).filter((one) => one.id !== 'from-facts');
    assert.deepEqual({ ...fromFacts, findings, paths: null }, { ...onServer, paths: null });
    if (onServer.end === 'refused') return;
    assert.equal(await readFile(there, 'utf8'), await readFile(here, 'utf8'));
  });
}

test('detect keeps the very document that it prints', async () => {
  const { folder, facts } = await factsOf('scim-4.1');
  const printed = documentOf(await run('detect', '--sandbox', folder, '--json'));
  assert.deepEqual(JSON.parse(await readFile(facts, 'utf8')), printed);
  assert.match(await readFile(facts, 'utf8'), /^[\n\x20-\x7e]+\n$/);
});

test('what comes from facts says so, and that the history of the server is not known', async () => {
  const { facts } = await factsOf('scim-4.1');
  const { out, exitCode } = await run('plan', '--facts', facts, '--msi', msi);
  assert.equal(exitCode, 0);
  assert.match(out, /from-facts +This comes from facts of 2026-/);
  assert.match(out.replace(/\s+/g, ' '), /its history of runs is not known/);
  assert.match(out, /To do it: scim-setup apply --msi \S+\n/);
  assert.match(out, / sandbox$/m);
});

test('a plan from facts explains every finding as on the server, and its own as well', async () => {
  const { folder, facts } = await factsOf('scim-3.2');
  type Explained = readonly { readonly id: string; readonly applies: string }[];
  const explained = async (...argv: readonly string[]) =>
    documentOf(await run('plan', ...argv, '--msi', msi, '--explain', '--json')).explained as Explained;
  const [here, there] = [await explained('--sandbox', folder), await explained('--facts', facts)];
  const isOwn = (one: { readonly id: string }) => one.id === 'from-facts';
  assert.deepEqual([here.find(isOwn)?.applies, there.find(isOwn)?.applies], ['no', 'yes']);
  assert.deepEqual(
    there.filter((one) => !isOwn(one)),
    here.filter((one) => !isOwn(one)),
  );
});

test('verify judges kept facts as it judges the server', async () => {
  for (const [scenario, exitCode] of [
    ['same-version', 0],
    ['scim-4.1', 24],
  ] as const) {
    const { folder, facts } = await factsOf(scenario);
    const onServer = documentOf(await run('verify', '--sandbox', folder, '--msi', msi, '--json'));
    const fromFacts = documentOf(await run('verify', '--facts', facts, '--msi', msi, '--json'));
    assert.equal(fromFacts.exitCode, exitCode);
    assert.deepEqual(fromFacts.differences, onServer.differences);
  }
});

test('a plan from facts with a detailed exit code says that something would change', async () => {
  const { facts } = await factsOf('scim-4.1');
  assert.equal((await run('plan', '--facts', facts, '--msi', msi, '--detailed-exitcode')).exitCode, 24);
});

test('a simulated server made from facts says so, in text and JSON, and what is not as on that server', async () => {
  const { facts } = await factsOf('scim-4.1');
  const folder = join(desk, 'made');
  const made = documentOf(await run('sandbox', 'create', folder, '--facts', facts, '--json'));
  const madeFrom = made.madeFrom as { readonly server: string; readonly notes: readonly string[] };
  assert.deepEqual([made.exitCode, made.folder, madeFrom.server], [0, folder, 'SRV-WEB-07']);
  const { out } = await run('sandbox', 'show', folder);
  assert.match(out, /Made from facts of SRV-WEB-07, 2026-\S+Z\. It is not that server:/);
  for (const note of madeFrom.notes) assert.ok(out.replace(/\s+/g, ' ').includes(note), note);
  const scenario = await run('sandbox', 'show', (await givenServer('fresh')).folder, '--json');
  assert.equal(documentOf(scenario).madeFrom, null);
});

test('a plan that was kept for a real server is not one for a simulated server made from its facts', async () => {
  const { facts } = await factsOf('scim-4.1');
  const real = join(desk, 'real.json');
  await writeFile(real, (await readFile(facts, 'utf8')).replace('"sandbox": true', '"sandbox": false'));
  const [folder, file] = [join(desk, 'rehearsal'), join(desk, 'real-plan.json')];
  assert.equal((await run('sandbox', 'create', folder, '--facts', real)).exitCode, 0);
  assert.equal((await run('plan', '--facts', real, '--msi', msi, '--out', file)).exitCode, 0);
  const ended = await run('apply', '--sandbox', folder, '--plan', file);
  assert.equal(ended.exitCode, 21);
  assert.match(ended.out, /the plan is for a real server, and this is a simulated one/);
});
