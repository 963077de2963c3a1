import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingMeanings } from '../../src/core/explain.ts';
import { bundle, givenServer, sample } from '../given.ts';
import { documentOf, run, runWith, treeOf } from './program.ts';

type Explained = {
  id: string;
  applies: string;
  why: string | null;
  means: string;
  hint: string;
  accept: string | null;
};

const v444 = sample('SCIMConnector-4.4.4.msi');
const onOld = ['--msi', v444, '--hosting-bundle', sample(bundle)];
const flat = (text: string) => text.replace(/\s+/g, ' ');

test('plan --explain names every finding with whether it applies, as text and as JSON, and changes nothing', async () => {
  const { folder } = await givenServer('scim-3.2');
  const before = await treeOf(folder);
  const plain = documentOf(await run('plan', '--json', '--sandbox', folder, ...onOld));
  const { explained, ...rest } = documentOf(await run('plan', '--explain', '--json', '--sandbox', folder, ...onOld));
  assert.deepEqual(rest, plain);
  const all = explained as readonly Explained[];
  assert.deepEqual(
    all.map((one) => one.id),
    findingMeanings().map((one) => one.id),
  );
  assert.deepEqual(
    all.filter((one) => one.applies === 'yes').map(({ id, accept }) => ({ id, accept })),
    [{ id: 'reconfiguration', accept: '--accept reconfiguration' }],
  );
  const text = await run('plan', '--explain', '--sandbox', folder, ...onOld);
  assert.equal(text.exitCode, 21);
  for (const { id, applies, why, means, hint, accept } of all) {
    const words = applies === 'yes' ? [why, means, hint, accept] : [means];
    for (const part of [id, ...words]) assert.ok(flat(text.out).includes(flat(part ?? '')), `${id}: ${part}`);
  }
  assert.deepEqual(
    text.out.split('\n').filter((line) => line.length > 120),
    [],
  );
  assert.deepEqual(await treeOf(folder), before);
});

test('a plan that is not refused is explained too, and the line to repeat it does not explain', async () => {
  const { folder } = await givenServer('scim-4.1');
  const { exitCode, out } = await run('plan', '--sandbox', folder, '--msi', v444, '--explain');
  assert.equal(exitCode, 0);
  assert.match(out, /^To do it: scim-setup apply --sandbox \S+ --msi \S+$/m);
  assert.match(out, /^Checked: 0 apply, \d+ do not, 0 could not be judged\.$/m);
});

test('without --explain a plan says nothing of what does not apply', async () => {
  const { folder } = await givenServer('scim-4.1');
  assert.ok(!('explained' in documentOf(await run('plan', '--json', '--sandbox', folder, '--msi', v444))));
  assert.doesNotMatch((await run('plan', '--sandbox', folder, '--msi', v444)).out, /Checked:/);
});

test('findings lists every finding on any system, with its meaning, its cure and the option that accepts it', async () => {
  const { exitCode, out, err } = await run('findings');
  assert.deepEqual([exitCode, err], [0, '']);
  const document = documentOf(await run('findings', '--json'));
  assert.deepEqual(document.findings, findingMeanings());
  for (const { id, means, hint, accept } of findingMeanings())
    for (const part of [id, means, hint, accept ?? '']) assert.ok(flat(out).includes(flat(part)), part);
});

test('only a plan is explained: a switch left in the environment does not change what verify prints', async () => {
  const { folder } = await givenServer('scim-4.1');
  const env = { SCIM_SETUP_EXPLAIN: '1' };
  const verified = documentOf(await runWith(env, 'verify', '--json', '--sandbox', folder, '--msi', v444));
  assert.ok(!('explained' in verified));
  assert.ok('explained' in documentOf(await runWith(env, 'plan', '--json', '--sandbox', folder, '--msi', v444)));
});
