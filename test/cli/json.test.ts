import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { bundle, givenServer, sample } from '../given.ts';
import { documentOf, newFolder, run } from './program.ts';

const v444 = sample('SCIMConnector-4.4.4.msi');

/** The connector's package under a name that no code page of a console can be trusted with. */
let umlauts: string;

before(async () => {
  umlauts = join(await newFolder(), 'Verbinder für 日本.msi');
  await copyFile(v444, umlauts);
});

type Fields = Record<string, unknown>;

const runFields = [
  'schema',
  'command',
  'sandbox',
  'runId',
  'exitCode',
  'end',
  'message',
  'changed',
  'rebootRequired',
  'route',
  'before',
  'after',
  'plan',
  'steps',
  'findings',
  'approved',
  'others',
  'paths',
];
const stepFields = ['id', 'phase', 'step', 'ok', 'reboot', 'code', 'meaning', 'missing', 'ms', 'log'];

function hasFields(value: unknown, fields: readonly string[]): void {
  const present = Object.keys(value as Fields);
  assert.deepEqual(
    fields.filter((name) => !present.includes(name)),
    [],
  );
}

/** The document and the text of one command line, each from a fresh server of the scenario. */
async function both(scenario: string, argv: readonly string[]): Promise<{ document: Fields; text: string }> {
  const [one, other] = [await givenServer(scenario), await givenServer(scenario)];
  const [command = '', ...rest] = argv;
  const asJson = await run(command, '--json', '--sandbox', one.folder, ...rest);
  const asText = await run(command, '--sandbox', other.folder, ...rest);
  const document = documentOf(asJson);
  assert.equal(asJson.err, '');
  assert.equal(asText.err, '');
  assert.deepEqual([document.exitCode, asText.exitCode], [asJson.exitCode, asJson.exitCode]);
  assert.deepEqual([document.schema, document.command, document.sandbox], [1, command, true]);
  const long = asText.out.split('\n').filter((line) => line.length > 120 && !mayBeLong.test(line));
  assert.deepEqual(long, [], 'lines too long for a console');
  return { document, text: asText.out.replaceAll(other.folder, '<server>') };
}

/** Lines of a journal stay whole, one for each entry; a command line is there to be copied. */
const mayBeLong = /^(\d\d:\d\d:\d\d {2}|To do it: |Simulated server: )/;

/** That a text says something, however its lines were wrapped and wherever the label of a simulated server stands. */
function says(text: string, part: unknown): void {
  const flat = (one: string) => one.replace(/ {2,}sandbox$/gm, '').replace(/\s+/g, ' ');
  assert.ok(flat(text).includes(flat(String(part))), `"${part}" is not in:\n${text}`);
}

type Step = Fields & { title: string };
type Plan = {
  prerequisites: readonly Step[];
  connector: readonly Step[];
  wayBack: readonly Step[];
  noWayBack: unknown;
};

function agreesOnPlan(text: string, plan: Plan): void {
  for (const step of [...plan.prerequisites, ...plan.connector]) {
    hasFields(step, ['id', 'step', 'title', 'why', 'calls', 'orElse']);
    says(text, step.title);
    says(text, step.why);
    for (const other of step.orElse as readonly Step[]) says(text, other.title);
  }
  for (const step of plan.wayBack) says(text, step.title);
}

function agrees(text: string, document: Fields): void {
  hasFields(document, runFields);
  says(text, document.message);
  for (const finding of document.findings as readonly Fields[]) {
    hasFields(finding, ['id', 'message', 'hint', 'stops']);
    for (const part of [finding.id, finding.message, finding.hint]) says(text, part);
  }
  for (const change of document.changes as readonly string[]) says(text, change);
  for (const path of Object.values(document.paths as Fields)) if (path !== null) says(text, path);
  for (const step of document.steps as readonly Fields[]) hasFields(step, stepFields);
  assert.match(text.split('\n').slice(0, -1).join('\n'), / sandbox$/m);
}

test('a plan says the same as text and as JSON, whatever characters the name of the package has', async () => {
  const { document, text } = await both('scim-4.1', ['plan', '--msi', umlauts]);
  agrees(text, document);
  agreesOnPlan(text, document.plan as Plan);
  assert.equal((document.goal as Fields).msi, 'Verbinder für 日本.msi');
  assert.deepEqual(
    [document.end, document.changed, document.route, document.runId, document.exitCode],
    ['planned', true, 'upgrade', null, 0],
  );
});

test('a plan for a fresh server lists its prerequisites in both', async () => {
  const { document, text } = await both('fresh', ['plan', '--msi', v444, '--hosting-bundle', sample(bundle)]);
  agrees(text, document);
  agreesOnPlan(text, document.plan as Plan);
  assert.equal((document.plan as Plan).prerequisites.length, 3);
});

test('a refusal says each finding with its remedy in both', async () => {
  const { document, text } = await both('scim-3.2', ['apply', '--msi', v444]);
  agrees(text, document);
  const ids = (document.findings as readonly Fields[]).map((one) => one.id);
  assert.deepEqual([document.exitCode, document.end, document.plan], [21, 'refused', null]);
  assert.ok(ids.includes('reconfiguration') && ids.includes('bundle-needed'), ids.join());
});

test('verify lists what differs in both, and ends in 24', async () => {
  const { document, text } = await both('scim-4.1', ['verify', '--msi', v444]);
  agrees(text, document);
  assert.deepEqual([document.exitCode, document.end], [24, 'different']);
  assert.ok((document.differences as readonly string[]).length > 0);
  for (const one of document.differences as readonly string[]) says(text, one);
});

test('verify of a server in the wanted state ends in 0', async () => {
  const { document, text } = await both('same-version', ['verify', '--msi', v444]);
  agrees(text, document);
  assert.deepEqual([document.exitCode, document.end, document.changed], [0, 'nothing-to-do', false]);
});

test('an upgrade that works says the same in both', async () => {
  const { document, text } = await both('scim-4.1', ['apply', '--msi', v444]);
  agrees(text, document);
  assert.deepEqual([document.end, document.changed, document.rebootRequired], ['converged', true, false]);
  assert.equal(typeof document.runId, 'string');
  const versions = [document.before, document.after].map((facts) =>
    (facts as { products: { value: readonly { version: string }[] } }).products.value.map((one) => one.version),
  );
  assert.deepEqual(versions, [['4.1.0'], ['4.4.4']]);
});

test('a required restart shows in both, as 3010', async () => {
  const asking = sample('SCIMConnector-4.4.5-asks-reboot.msi');
  const { document, text } = await both('scim-4.1', ['apply', '--msi', asking]);
  agrees(text, document);
  assert.deepEqual([document.exitCode, document.end, document.rebootRequired], [3010, 'converged', true]);
  assert.match(text, /[Rr]estart/);
});

test('a failure that was walked back names the step, its code and its log in both', async () => {
  const failing = sample('SCIMConnector-4.4.5-fails-old-gone.msi');
  const { document, text } = await both('scim-4.1', ['apply', '--msi', failing]);
  agrees(text, document);
  assert.deepEqual([document.exitCode, document.end], [22, 'failed-as-before']);
  const failed = (document.steps as readonly Step[]).filter((one) => !one.ok);
  assert.ok(failed.length > 0);
  for (const step of failed) for (const part of [step.title, step.code, step.meaning, step.log]) says(text, part);
});

test('replacing an old version says the same in both', async () => {
  const more = ['--hosting-bundle', sample(bundle), '--accept', 'reconfiguration'];
  const { document, text } = await both('scim-3.2', ['apply', '--msi', v444, ...more]);
  agrees(text, document);
  assert.deepEqual([document.exitCode, document.end, document.route], [0, 'converged', 'replace']);
});

test('uninstalling says the same in both', async () => {
  const { document, text } = await both('scim-4.1', ['uninstall']);
  agrees(text, document);
  assert.deepEqual([document.exitCode, document.end, document.route], [0, 'converged', 'uninstall']);
});

test('detect and sandbox show print the facts in both', async () => {
  const { document, text } = await both('scim-4.1', ['detect']);
  hasFields(document.facts, ['schema', 'machine', 'iis', 'hosting', 'products', 'config', 'restart', 'installer']);
  for (const part of ['SRV-WEB-07', '4.1.0', 'SCIMConnector']) says(text, part);
  const { folder } = await givenServer('scim-4.1');
  const shown = documentOf(await run('sandbox', 'show', folder, '--json'));
  assert.deepEqual([shown.command, shown.sandbox, shown.exitCode, shown.folder], ['sandbox', true, 0, folder]);
  assert.deepEqual(shown.facts, document.facts);
});

test('sandbox create says where the simulated server lies', async () => {
  const folder = join(await newFolder(), 'server');
  const made = documentOf(await run('sandbox', 'create', folder, '--scenario', 'fresh', '--json'));
  assert.deepEqual([made.exitCode, made.sandbox, made.folder], [0, true, folder]);
  assert.match((await run('sandbox', 'show', folder)).out, /not installed/);
});

test('inspect prints the cabinets beside a package with their hash, or that they are missing', async () => {
  const name = 'SCIMConnector-4.1.0-cabinet-beside';
  const { out } = await run('inspect', sample(`${name}.msi`));
  assert.match(out, /Cabinet beside +SCIMConnector-4\.1\.0-cabinet-beside\.cab, 1822 bytes, SHA-256 [0-9a-f]{64}\n/);
  const alone = join(await newFolder(), 'alone.msi');
  await copyFile(sample(`${name}.msi`), alone);
  const { out: text, exitCode } = await run('inspect', alone);
  assert.equal(exitCode, 0);
  assert.match(text, /Cabinet beside +SCIMConnector-4\.1\.0-cabinet-beside\.cab is needed and not there/);
});

test('inspect prints what the package is in both', async () => {
  const { msi, ...rest } = documentOf(await run('inspect', umlauts, '--json'));
  assert.deepEqual([rest.schema, rest.command, rest.sandbox, rest.exitCode], [1, 'inspect', false, 0]);
  const named = ['productName', 'productVersion', 'productCode', 'upgradeCode', 'manufacturer', 'platform'];
  hasFields(msi, [...named, 'packageCode', 'languages', 'sha256', 'size', 'properties']);
  const { out } = await run('inspect', umlauts);
  for (const name of [...named, 'sha256', 'name']) says(out, (msi as Fields)[name]);
});

test('codes prints every code in both', async () => {
  const document = documentOf(await run('codes', '--json'));
  const { out } = await run('codes');
  const tools = Object.values(document.tools as Record<string, readonly Fields[]>).flat();
  for (const row of [...(document.codes as readonly Fields[]), ...tools]) says(out, row.meaning);
  assert.ok(tools.length > 50);
});
