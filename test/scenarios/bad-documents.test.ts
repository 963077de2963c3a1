import assert from 'node:assert/strict';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { documentIn, forge, type Json, keptPlan } from '../cli/keeping.ts';
import { documentOf, newFolder, run, treeOf } from '../cli/program.ts';
import { givenServer, sample } from '../given.ts';

const msi = sample('SCIMConnector-4.4.4.msi');
const other = sample('SCIMConnector-4.4.5-loses-config.msi');

/** A server with the plan that was kept for it, and good facts: what is no good is put beside them. */
let folder: string;
let desk: string;
let file: string;
let facts: string;

before(async () => {
  ({ folder, desk, file } = await keptPlan());
  facts = join(desk, 'facts.json');
  await run('detect', '--sandbox', folder, '--out', facts);
});

/** Runs a command line as text and as JSON: both say everything that is wrong, and neither touches anything. */
async function refused(argv: readonly string[], ...says: readonly RegExp[]): Promise<void> {
  const untouched = [await treeOf(folder), await treeOf(desk)];
  const [asText, asJson] = [await run(...argv), await run(...argv, '--json')];
  assert.deepEqual([await treeOf(folder), await treeOf(desk)], untouched, 'something was touched');
  const said = (asText.out + asText.err).replace(/\s+/g, ' ');
  assert.deepEqual([asText.exitCode, asJson.exitCode], [20, 20], said);
  const { end, changed, findings } = documentOf(asJson);
  assert.deepEqual([end, changed], ['usage', false]);
  const told = findings as readonly { readonly message: string; readonly hint: string }[];
  for (const pattern of says) {
    assert.match(said, pattern);
    assert.ok(
      told.some((one) => pattern.test(one.message) && one.hint !== ''),
      `${pattern} in ${JSON.stringify(told)}`,
    );
  }
}

const withPlan = (...more: readonly string[]) => ['apply', '--sandbox', folder, ...more, '--plan'];
const withFacts = () => ['plan', '--msi', msi, '--facts'];

async function placed(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(desk, name), content);
  return join(desk, name);
}

const noDocuments: readonly (readonly [name: string, content: string | Uint8Array | null, says: RegExp])[] = [
  ['no file at all', null, /is not there, is no file, or may not be read/],
  ['an empty file', '', /is not JSON, or was cut short/],
  ['a text', 'hush hush', /is not JSON, or was cut short/],
  ['bytes of no encoding', Buffer.from([0xff, 0x00, 0x80]), /is not JSON/],
  ['a number', '7', /is not a document of scim-setup/],
  ['a list', '[]', /is not a document of scim-setup/],
  [
    'a document of another program',
    '{"format_version": "1.2", "resource_changes": []}',
    /not a document of scim-setup/,
  ],
  ['a document of another command', '{"schema": 1, "command": "codes"}', /is a document of the command codes/],
  ['another schema version', '{"schema": 2, "command": "detect"}', /is of schema 2, and this version knows schema 1/],
  ['a file that is too large', Buffer.alloc(17 * 1024 * 1024, ' '), /is too large: 17825792 bytes/],
];

for (const [name, content, says] of noDocuments) {
  test(`${name} is neither facts nor a plan, and that is told with a hint`, async () => {
    const path = content === null ? join(desk, 'none.json') : await placed('no.json', content);
    await refused([...withFacts(), path], says);
    const asPlan = typeof content === 'string' ? await placed('no.json', content.replace('"detect"', '"plan"')) : path;
    await refused([...withPlan(), asPlan], says);
    await placed('no.json', '');
  });
}

test('a folder is neither facts nor a plan, nor a place to keep them', async () => {
  await refused([...withFacts(), desk], /is no file/);
  await refused([...withPlan(), desk], /is no file/);
  await refused(['plan', '--sandbox', folder, '--msi', msi, '--out', desk], /is a folder/);
  await refused(['detect', '--sandbox', folder, '--out', desk], /is a folder/);
});

test('a file that a plan is made from is not overwritten by it', async () => {
  const own = await placed('own.msi', await readFile(msi));
  await refused(['plan', '--sandbox', folder, '--msi', own, '--out', own], /is read by this command/);
  await refused(['plan', '--facts', facts, '--msi', own, '--out', facts], /is read by this command/);
});

test('what `plan --json` prints is no plan to perform', async () => {
  const { out } = await run('plan', '--sandbox', folder, '--msi', msi, '--json');
  await refused([...withPlan(), await placed('printed.json', out)], /it is what `plan --json` prints/);
});

test('facts as Windows PowerShell redirects them are read: UTF-16 with a mark, or UTF-8 with one', async () => {
  const { out } = await run('detect', '--sandbox', folder, '--json');
  for (const text of [Buffer.from(`\ufeff${out}`, 'utf16le'), Buffer.from(`\ufeff${out}`)]) {
    const ended = await run(...withFacts(), await placed('redirected.json', text));
    assert.equal(ended.exitCode, 0, ended.out + ended.err);
  }
});

type Edit = readonly [name: string, change: (document: Json) => unknown, ...says: readonly RegExp[]];

const factsEdits: readonly Edit[] = [
  ['no facts', (one) => delete one.facts, /facts: /],
  ['an unknown field', (one) => Object.assign(one, { more: 1 }), /"more" is not known here/],
  ['no word on whether it is simulated', (one) => delete one.sandbox, /"sandbox" is neither/],
  ['an unknown fact', (one) => Object.assign(one.facts ?? {}, { more: 1 }), /facts: .*"more"/],
  ['a missing reading', (one) => delete one.facts?.iis, /facts\.iis: /],
  [
    'several wrong types',
    (one) => Object.assign(one.facts?.machine?.value ?? {}, { elevated: 'yes', memoryMb: null }),
    /facts\.machine\.value\.elevated: /,
    /facts\.machine\.value\.memoryMb: /,
  ],
  [
    'a hash that is none',
    (one) => Object.assign(one.facts?.config?.value?.[0] ?? {}, { sha256: 'x' }),
    /not a SHA-256/,
  ],
];

for (const [name, change, ...says] of factsEdits) {
  test(`facts with ${name} are refused with a sentence`, async () => {
    const document = await documentIn(facts);
    change(document);
    await refused([...withFacts(), await placed('edited.json', JSON.stringify(document))], ...says);
  });
}

test('a plan that was edited in any way is refused, although nothing else is wrong with it', async () => {
  const document = await documentIn(file);
  Object.assign(document.wanted ?? {}, { accept: ['no-way-back'] });
  await refused(
    [...withPlan(), await placed('edited.json', JSON.stringify(document))],
    /it was changed after it was written/,
  );
});

test('a plan that was only written otherwise, with other spaces and line ends, is the same plan', async () => {
  const document = await documentIn(file);
  const text = JSON.stringify(document, null, 7).replaceAll('\n', '\r\n');
  const path = await placed('reformatted.json', text);
  const { folder: server } = await givenServer('scim-4.1');
  const ended = await run('apply', '--sandbox', server, '--plan', path);
  assert.equal(ended.exitCode, 0, ended.out + ended.err);
});

function connectorOf(one: Json): unknown[] {
  const steps: unknown = one.plan?.connector;
  return Array.isArray(steps) ? steps : assert.fail('the plan has no steps');
}

const step = (one: Json, index = 0) => one.plan?.connector?.[index]?.step ?? {};

/** Edits by someone who makes the fingerprint fit. */
const planEdits: readonly Edit[] = [
  [
    'a step of another kind',
    (one) => Object.assign(step(one), { kind: 'pool.start' }),
    /step\.kind: pool\.stop -> pool\.start/,
  ],
  [
    'a step for another pool',
    (one) => Object.assign(step(one), { pool: 'DefaultAppPool' }),
    /pool: .* -> DefaultAppPool/,
  ],
  ['a command line of its own', (one) => Object.assign(step(one), { calls: ['cmd.exe'] }), /step\.calls: new/],
  ['a step less', (one) => connectorOf(one).splice(1, 1), /connector\[connector\.unchanged\]: gone/],
  ['no way back', (one) => Object.assign(one.plan ?? {}, { wayBack: [] }), /plan\.wayBack\[/],
  ['its steps in another order', (one) => connectorOf(one).reverse(), /the order of its parts/],
  ['no plan at all', (one) => Object.assign(one, { plan: null }), /plan: /],
  ['another verdict', (one) => Object.assign(one, { verdict: 'nothing-to-do' }), /verdict: go -> nothing-to-do/],
  ['another route', (one) => Object.assign(one, { route: 'repair' }), /route: upgrade -> repair/],
  ['facts that do not give it', (one) => Object.assign(one.facts?.products ?? {}, { value: [] }), /verdict|route/],
  ['wrong facts', (one) => delete one.facts?.iis, /facts\.iis/],
  [
    'a property that does not show in its steps',
    (one) => Object.assign(one.wanted?.properties ?? {}, { INSTALLDIR: 'D:\\\\' }),
    /INSTALLDIR/,
  ],
  ['a property in lower case', (one) => Object.assign(one.wanted?.properties ?? {}, { abc: '1' }), /wanted: "abc" /],
  [
    'what cannot be accepted',
    (one) => Object.assign(one.wanted ?? {}, { accept: ['not-elevated'] }),
    /"not-elevated" is no finding/,
  ],
  ['a limit of a year', (one) => Object.assign(one.wanted?.limits ?? {}, { dism: 525600 }), /limits\.dism/],
  ['another goal', (one) => Object.assign(one.wanted ?? {}, { goal: 'absent' }), /wanted\.goal: present -> absent/],
  [
    'another version than its package has',
    (one) => Object.assign(one.wanted?.msi ?? {}, { productVersion: '9.9.9' }),
    /productVersion: 4\.4\.4 -> 9\.9\.9/,
  ],
  [
    'another name for its package',
    (one) => Object.assign(one.wanted?.msi ?? {}, { name: 'x.msi' }),
    /wanted\.msi\.name/,
  ],
  [
    'the hash of another package',
    (one) => Object.assign(one.media?.msi ?? {}, { sha256: '0'.repeat(64) }),
    /its SHA-256 differs/,
  ],
  [
    'places that cannot be read',
    (one) => Object.assign(one, { media: [] }),
    /the places of its packages cannot be read/,
  ],
  ['an unknown field', (one) => Object.assign(one, { more: 1 }), /more: new, 1/],
  [
    'an unknown field deep inside',
    (one) => Object.assign(one.wanted?.limits ?? {}, { more: 1 }),
    /"more" is not known|limits\.more/,
  ],
  [
    'another server in its head',
    (one) => Object.assign(one, { server: 'SRV-WEB-99' }),
    /server: SRV-WEB-07 -> SRV-WEB-99/,
  ],
  ['no version of the program', (one) => delete one.program, /made by scim-setup \(unknown\)/],
  [
    'another version of the program that decides otherwise',
    (one) => Object.assign(one, { program: '0.0.1', route: 'repair' }),
    /made by scim-setup 0\.0\.1, and this is 1\.2\.3, which decides otherwise/,
  ],
];

for (const [name, change, ...says] of planEdits) {
  test(`a plan with ${name} is refused, and nothing of it is executed`, async () => {
    const document = await documentIn(file);
    change(document);
    await forge(join(desk, 'forged.json'), document);
    await refused([...withPlan(), join(desk, 'forged.json')], ...says);
  });
}

test('a plan by another version of the program is performed where this one decides the same', async () => {
  const document = await documentIn(file);
  await forge(join(desk, 'older.json'), Object.assign(document, { program: '0.0.1' }));
  const { folder: server } = await givenServer('scim-4.1');
  assert.equal((await run('apply', '--sandbox', server, '--plan', join(desk, 'older.json'))).exitCode, 0);
});

test('flags that contradict the plan are told all at once, values of properties not', async () => {
  const answers = await placed('answers.yaml', 'accept: []\n');
  const flags = [
    ...['--msi', other, '--hosting-bundle', sample('dotnet-hosting-6.0.36-win.exe'), '--answers', answers],
    ...['--property', 'PORT=hush-hush', '--accept', 'no-way-back', '--feature', 'IIS-ASPNET45'],
  ];
  const argv = [...withPlan(...flags), file];
  await refused(
    argv,
    /--msi contradicts the plan: .*4\.4\.5-loses-config\.msi is not the file/,
    /--hosting-bundle contradicts the plan: the plan was made without/,
    /--property contradicts the plan: it does not give PORT that value/,
    /--accept contradicts the plan: it does not accept no-way-back/,
    /--feature contradicts the plan: it does not enable IIS-ASPNET45/,
    /--answers contradicts the plan/,
  );
  assert.ok(!(await run(...argv)).err.includes('hush-hush'));
});

test('a package that is gone, or another one by now, is told with its name', async () => {
  const { desk: away, file: plan, folder: server, msi: own } = await keptPlan();
  await copyFile(other, own);
  const changed = await run('apply', '--sandbox', server, '--plan', plan);
  assert.equal(changed.exitCode, 20);
  assert.match(changed.err, /package SCIMConnector-4\.4\.4\.msi is not the file any more/);
  await writeFile(join(away, 'SCIMConnector-4.4.4.msi'), 'no package');
  const gone = await run('apply', '--sandbox', server, '--plan', plan);
  assert.match(gone.err.replace(/\s+/g, ' '), /is neither where it was nor beside the plan, or is damaged/);
});

test('facts and a simulated server contradict each other', () =>
  refused(
    ['plan', '--sandbox', folder, '--facts', facts, '--msi', msi],
    /--facts and --sandbox contradict each other/,
  ));

test('a simulated server is made of a scenario or of facts, in an empty folder', async () => {
  const create = (place: string, ...more: readonly string[]) => ['sandbox', 'create', place, ...more];
  await refused(
    create(join(desk, 'new'), '--facts', facts, '--scenario', 'fresh'),
    /--scenario and --facts contradict/,
  );
  await refused(create(desk, '--facts', facts), /is not empty/);
  await refused(create(facts, '--facts', facts), /is not a folder/);
  await refused(create(join(desk, 'new'), '--facts', file), /is a document of the command plan, not of detect/);
});

test('a property given twice with two values is refused; the same value twice is not', async () => {
  const argv = ['plan', '--sandbox', folder, '--msi', msi, '--property', 'INSTALLDIR=C:\\hush', '--property'];
  await refused([...argv, 'INSTALLDIR=C:\\other'], /The property INSTALLDIR was given two values/);
  const same = await run(...argv, 'INSTALLDIR=C:\\hush');
  assert.equal(same.exitCode, 0, same.out + same.err);
});

test('a plan that cannot be kept where it should be is told, and what lies there stays', async () => {
  const place = join(await newFolder(), 'file');
  await writeFile(place, 'mine');
  const ended = await run('plan', '--sandbox', folder, '--msi', msi, '--out', join(place, 'plan.json'));
  assert.equal(ended.exitCode, 20);
  assert.match(ended.err, /could not be written: E[A-Z]+/);
  assert.equal(await readFile(place, 'utf8'), 'mine');
});
