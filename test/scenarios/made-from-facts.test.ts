import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { apply } from '../../src/commands/apply.ts';
import { plan } from '../../src/commands/plan.ts';
import type { Facts, Product } from '../../src/core/facts.ts';
import { settingsValues } from '../../src/core/settings-values.ts';
import { withoutText } from '../../src/core/site-gaps.ts';
import { factsProbe } from '../../src/machine/facts-probe.ts';
import { sha256Of } from '../../src/machine/read-files.ts';
import { madeConfig } from '../../src/sandbox/made-config.ts';
import { createFromFacts, openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { scenarioNames } from '../../src/sandbox/scenario-list.ts';
import { asked, bundle, doorsOf, sample } from '../given.ts';
import { connectorFolder, known, look, sandboxOf, settings, temporaryFolder } from '../sandbox/on-server.ts';

/** A server made from facts, and what it says of itself. */
async function madeFrom(t: TestContext, facts: Facts): Promise<Sandbox & { readonly notes: readonly string[] }> {
  const folder = join(await temporaryFolder(t), 'made');
  const made = await createFromFacts(folder, facts);
  assert.ok(!('problem' in made), JSON.stringify(made));
  const opened = await openSandbox(folder);
  assert.ok(!('problem' in opened));
  return { ...opened, notes: opened.machine.server.memory.madeFrom?.notes ?? assert.fail('it does not say so') };
}

const madeUp = /^(The content of \d config files? is|applicationHost\.config is) made up/;
const request = asked('plan', 'SCIMConnector-4.4.4.msi', {
  hostingBundle: sample(bundle),
  accept: ['reconfiguration', 'no-way-back'],
});

async function factsOf(t: TestContext, scenario: string): Promise<Facts> {
  return look(await sandboxOf(t, scenario));
}

function withProduct(facts: Facts, more: Partial<Product>): Facts {
  const products = (known(facts.products) ?? []).map((product) => ({ ...product, ...more }));
  return { ...facts, products: { known: true, value: products } };
}

for (const scenario of scenarioNames()) {
  test(`the facts of "${scenario}" make a server on which the same is planned and done`, async (t) => {
    const origin = await sandboxOf(t, scenario);
    const facts = await look(origin);
    const made = await madeFrom(t, facts);
    assert.deepEqual(
      made.notes.filter((note) => !madeUp.test(note)),
      [],
    );
    const expected = await plan(request, factsProbe(facts, true), 'test');
    const planned = await plan(request, made.machine, 'test');
    assert.deepEqual([planned.end, planned.route], [expected.end, expected.route]);
    assert.deepEqual(idsOf(planned), idsOf(expected));
    if (planned.end !== 'planned') return;
    const run = { ...request, command: 'apply' };
    const [done, real] = [await apply(run, doorsOf(made.machine)), await apply(run, doorsOf(origin.machine))];
    assert.deepEqual([done.end, done.message, happened(done)], [real.end, real.message, happened(real)]);
  });
}

function happened({ steps }: Awaited<ReturnType<typeof apply>>): readonly string[] {
  return steps.map(({ id, phase, ok }) => `${id} ${phase} ${ok}`);
}

function idsOf({ plan: steps, findings }: Awaited<ReturnType<typeof plan>>): readonly string[] {
  const ids = [...(steps?.backup ?? []), ...(steps?.prerequisites ?? []), ...(steps?.connector ?? [])].map(
    (one) => one.id,
  );
  return [...ids, ...(steps?.wayBack ?? []).map((one) => one.title), ...findings.map((one) => one.id)];
}

test('a server made from facts has no value of the config that the facts hide, but all names and rights', async (t) => {
  const origin = await sandboxOf(t, 'scim-4.1');
  const facts = await look(origin);
  const made = await madeFrom(t, facts);
  const secret = JSON.parse(Buffer.from((await origin.machine.read(settings)) ?? []).toString()).KEY as string;
  const bytes = Buffer.from((await made.machine.read(settings)) ?? []).toString();
  assert.ok(secret.length > 10 && !bytes.includes(secret));
  const [before, after] = [known(facts.config) ?? [], known((await look(made)).config) ?? []];
  assert.deepEqual(
    after.map(({ path, sddl, values }) => ({ path, sddl, names: Object.keys(values) })),
    before.map(({ path, sddl, values }) => ({ path, sddl, names: Object.keys(values) })),
  );
});

test('a product in another folder, under another site, is laid there with its own site and pool', async (t) => {
  const folder = 'D:\\Apps\\Scim';
  const origin = await factsOf(t, 'scim-4.1');
  const place = (text: string, from: string, to: string) => text.replaceAll(JSON.stringify(from).slice(1, -1), to);
  const facts = JSON.parse(
    place(JSON.stringify(origin), connectorFolder, JSON.stringify(folder).slice(1, -1)),
  ) as Facts;
  const iis = known(facts.iis) ?? assert.fail();
  const sites = iis.sites.map((one) => (one.folder === folder ? { ...one, name: 'Identity' } : one));
  const moved: Facts = { ...facts, iis: { known: true, value: { ...iis, sites } } };
  const made = await madeFrom(t, moved);
  assert.deepEqual(
    made.notes.filter((note) => !madeUp.test(note)),
    [],
  );
  assert.ok((await made.machine.list(folder)).includes('SCIMConnector.dll'));
  assert.deepEqual(known((await look(made)).iis)?.sites.map(withoutText), sites.map(withoutText));
  assert.deepEqual(await made.machine.list(connectorFolder), []);
});

test('a product whose package is not known says so, and a run on it is refused as it is without its package', async (t) => {
  const facts = withProduct(await factsOf(t, 'scim-4.1'), {
    productCode: '{0A1B2C3D-0000-4000-8000-0000000000AA}',
    version: '4.2.7',
  });
  const made = await madeFrom(t, facts);
  assert.match(made.notes.join('\n'), /The package of SCIM Connector 4\.2\.7 is not known here/);
  const refused = await apply({ ...request, command: 'apply' }, doorsOf(made.machine));
  assert.equal(refused.exitCode, 21);
  assert.ok(refused.findings.some((one) => one.id === 'package-lost'));
});

test('files that are missing on the server are missing here, and a lost package is lost', async (t) => {
  const facts = withProduct(await factsOf(t, 'scim-4.1'), { missingFiles: ['SCIMConnector.dll'] });
  const made = await look(await madeFrom(t, facts));
  assert.deepEqual(known(made.products)?.[0]?.missingFiles, ['SCIMConnector.dll']);
  const lost = await look(await madeFrom(t, withProduct(facts, { cached: null, missingFiles: [] })));
  assert.equal(known(lost.products)?.[0]?.cached, null);
});

test('what could not be read of the server is not made up, and stops every run here too', async (t) => {
  const facts = await factsOf(t, 'scim-4.1');
  for (const name of ['machine', 'restart', 'installer', 'iis', 'hosting', 'products', 'features'] as const) {
    const made = await madeFrom(t, { ...facts, [name]: { known: false, why: 'access is denied' } });
    const about = (note: string) => note.includes(`no run gets past that here either: ${name}. access is denied`);
    assert.ok(made.notes.some(about), made.notes.join('\n'));
    assert.equal((await plan(request, made.machine, 'test')).exitCode, 21, name);
  }
});

test('config that could not be read is not there, and that is told', async (t) => {
  const facts = await factsOf(t, 'scim-4.1');
  const made = await madeFrom(t, { ...facts, config: { known: false, why: 'access is denied' } });
  assert.deepEqual(
    made.notes.filter((note) => !madeUp.test(note)),
    ['This could not be read of the server, and there is nothing of it here: config. access is denied'],
  );
  assert.deepEqual(known((await look(made)).config), []);
});

test('what earlier runs have kept, runtimes of other kinds and files on shares are told to be missing', async (t) => {
  const facts = await factsOf(t, 'scim-4.1');
  const [config, hosting] = [known(facts.config) ?? [], known(facts.hosting) ?? assert.fail()];
  const share = '\\\\FILES-01\\scim\\appsettings.json';
  const made = await madeFrom(t, {
    ...facts,
    kept: { known: true, value: { files: [], packages: ['0'.repeat(64)] } },
    config: { known: true, value: [...config, { ...(config[0] ?? assert.fail()), path: share }] },
    hosting: {
      known: true,
      value: {
        ...hosting,
        runtimes: [...hosting.runtimes, { name: 'Microsoft.WindowsDesktop.App', version: '6.0.36', bits: 64 }],
      },
    },
  });
  const notes = made.notes.join('\n');
  assert.match(notes, /Backups and packages that earlier runs have kept/);
  assert.match(notes, /hosting\.runtimes\[Microsoft\.WindowsDesktop\.App 6\.0\.36 64\]: gone/);
  assert.ok(notes.includes(`config[${share}]: gone`), notes);
});

test('facts that cannot be simulated leave nothing behind', async (t) => {
  const facts = await factsOf(t, 'scim-4.1');
  const folder = await temporaryFolder(t);
  const config = (known(facts.config) ?? []).map((one) => ({ ...one, path: `C:\\${'x'.repeat(300)}.json` }));
  const made = await createFromFacts(folder, { ...facts, config: { known: true, value: config } });
  assert.match('problem' in made ? made.problem : '', /^these facts cannot be simulated: ENAMETOOLONG/);
  assert.deepEqual(await readdir(folder), []);
});

const objects = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 });

test('made config has the names of the facts, and the values that the package shows to be the same', () => {
  fc.assert(
    fc.property(objects, objects, (one, other) => {
      const [text, packaged] = [JSON.stringify(one), JSON.stringify(other)];
      const values = settingsValues(text, sha256Of);
      const made = settingsValues(madeConfig({ path: 'a.json', values }, packaged), sha256Of);
      assert.deepEqual(Object.keys(made).sort(), Object.keys(values).sort());
      const defaults = settingsValues(packaged, sha256Of);
      for (const [pointer, value] of Object.entries(values))
        if (defaults[pointer] === value) assert.equal(made[pointer], value, pointer);
    }),
  );
});

test('a config that is still the package’s own is so byte for byte, comments and all', () => {
  const packaged = '{ // words\r\n  "A": 1,\r\n}\r\n';
  const values = settingsValues(packaged, sha256Of);
  assert.equal(madeConfig({ path: 'a.json', values }, packaged), packaged);
});

test('facts that nest settings without end are not followed there', () => {
  const values = { '/a': '0'.repeat(64), [`/b${'/c'.repeat(100_000)}`]: '0'.repeat(64) };
  assert.equal(madeConfig({ path: 'a.json', values }, null), '{\n  "a": "made from facts: /a"\n}\r\n');
});

test('whoever was installing something when the facts were taken is not at work on the made server', async (t) => {
  const facts = await factsOf(t, 'scim-4.1');
  const holders = [{ pid: 4711, name: 'msiexec.exe', parent: 'setup.exe', startedAt: null }];
  const made = await madeFrom(t, {
    ...facts,
    installer: { known: true, value: { ...known(facts.installer), holders } },
  });
  assert.deepEqual(known((await look(made)).installer).holders, []);
  assert.ok(
    made.notes.some((note) => note.startsWith('Whoever was installing something')),
    made.notes.join('\n'),
  );
});
