import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { givenServer, sample } from '../given.ts';
import { asSeenByCaller, documentOf, newFolder, run, start, treeOf } from './program.ts';

const v444 = sample('SCIMConnector-4.4.4.msi');
const holder = fileURLToPath(new URL('../sandbox/hold-lock.ts', import.meta.url));

/** On Windows Node cannot send itself a signal that it also receives. */
const noSignals = process.platform === 'win32' && 'Windows has no signals';

// Processes wait for each other's start: the tests of this file run side by side.
test('the program as a process', { concurrency: 4 }, async (context) => {
  await Promise.all([
    context.test('--version is the version of package.json, and nothing else', versionIsPrinted),
    context.test('an upgrade named in the environment ends in 3010, and stdout holds one document only', endsIn3010),
    context.test('while another process holds the lock, a run ends in 1618 and touches nothing', isBusy),
    context.test('Ctrl-C lets the step at work end, then the way back is gone', { skip: noSignals }, isInterrupted),
    context.test('Ctrl-C before anything was begun ends the run untouched', { skip: noSignals }, isInterruptedEarly),
    context.test('a closed console leaves the run, and the next one goes on', { skip: noSignals }, isLeft),
    context.test('what is wrong is told on stderr, and in ASCII with --json', problemsGoToStderr),
  ]);
});

async function versionIsPrinted(): Promise<void> {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  assert.deepEqual(await start(['--version']), { exitCode: 0, out: `${version}\n`, err: '' });
}

async function endsIn3010(): Promise<void> {
  const { folder } = await givenServer('scim-4.1');
  const msi = sample('SCIMConnector-4.4.5-asks-reboot.msi');
  const ended = await start(['apply', '--json'], { env: { SCIM_SETUP_SANDBOX: folder, SCIM_SETUP_MSI: msi } });
  assert.deepEqual([ended.exitCode, ended.err], [asSeenByCaller(3010), '']);
  const { exitCode, end, rebootRequired } = documentOf(ended);
  assert.deepEqual([exitCode, end, rebootRequired], [3010, 'converged', true]);
}

async function isBusy(context: TestContext): Promise<void> {
  const { folder } = await givenServer('scim-4.1');
  const child = spawn(process.execPath, [holder, folder, 'C:\\ProgramData\\ScimSetup\\lock'], { stdio: 'pipe' });
  context.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const before = await treeOf(folder);
  const argv = ['apply', '--sandbox', folder, '--msi', v444];
  const [asText, asJson] = await Promise.all([run(...argv), start([...argv, '--json'])]);
  assert.deepEqual(await treeOf(folder), before);
  assert.deepEqual([asText.exitCode, asJson.exitCode], [1618, asSeenByCaller(1618)]);
  assert.match(asText.err, /Another run of scim-setup is at work: a child\.\s+Wait until it has ended.*\(exit 1618\)/s);
  const { exitCode, end, changed } = documentOf(asJson);
  assert.deepEqual([exitCode, end, changed, asJson.err], [1618, 'busy', false, '']);
}

/** An upgrade of the server in a folder, by a process that gets signals. */
function upgradeWith(folder: string, signals: Readonly<Record<string, string>>) {
  const preload = new URL('signal-itself.ts', import.meta.url).href;
  const argv = ['apply', '--sandbox', folder, '--msi', v444];
  return start(argv, { nodeArgs: ['--import', preload], env: signals });
}

async function isInterrupted(): Promise<void> {
  const { folder } = await givenServer('scim-4.1');
  const before = await run('detect', '--sandbox', folder);
  const ended = await upgradeWith(folder, { SIGNALS_AT_WORDS: 'SIGINT,SIGINT' });
  assert.equal(ended.exitCode, 22, ended.out);
  assert.match(ended.err, /Interrupted: the step at work ends first, then the change is walked back\./);
  assert.match(ended.err, /Still at work\. The journal: C:\\ProgramData\\ScimSetup\\runs\\[^\\]+\\journal\.jsonl/);
  assert.match(ended.out, /stop pool SCIMConnectorAppPool: done/);
  assert.match(ended.out, /Failed; the connector is as it was before: 4\.1\.0\./);
  assert.deepEqual((await run('detect', '--sandbox', folder)).out, before.out);
}

async function isInterruptedEarly(): Promise<void> {
  const { folder } = await givenServer('scim-4.1');
  const ended = await upgradeWith(folder, { SIGNALS_AT_START: 'SIGINT,SIGINT' });
  assert.equal(ended.exitCode, 21, ended.out);
  assert.match(ended.err, /Interrupted: there is no journal yet, since nothing was begun, and nothing will be\./);
  assert.match(ended.err, /Still looking at the server\. There is no journal yet\./);
  assert.match(ended.err, /It was interrupted before anything was begun\./);
  assert.equal(existsSync(join(folder, 'c/ProgramData/ScimSetup/runs')), false);
}

async function isLeft(): Promise<void> {
  const { folder } = await givenServer('scim-4.1');
  const left = await upgradeWith(folder, { SIGNALS_AT_WORDS: 'SIGHUP' });
  assert.equal(left.exitCode, 23, left.out + left.err);
  assert.match(
    left.out,
    /because its console was closed; a child at work goes on\.\s+The run goes on with the next run\./,
  );
  const runs = join(folder, 'c/ProgramData/ScimSetup/runs');
  const [runId = ''] = await readdir(runs);
  const types = (await readFile(join(runs, runId, 'journal.jsonl'), 'utf8')).match(/(?<="type":")\w+(?=","at")/g);
  assert.deepEqual(
    [types?.includes('left'), types?.includes('closed'), types?.includes('turned')],
    [true, false, false],
  );
  const next = await run('apply', '--sandbox', folder, '--msi', v444);
  assert.equal(next.exitCode, 0, next.out);
  assert.match(next.out, new RegExp(`taking up the unfinished run ${runId}`));
}

async function problemsGoToStderr(): Promise<void> {
  const folder = join(await newFolder(), 'Prüfung');
  await mkdir(folder);
  await writeFile(join(folder, 'a.yaml'), 'mši: 4\n');
  const argv = ['apply', '--sandbox', 'scim-4.1', '--answers', join(folder, 'a.yaml')];
  const [asText, asJson] = await Promise.all([start(argv), start([...argv, '--json'])]);
  assert.deepEqual([asText.exitCode, asText.out], [20, '']);
  assert.match(asText.err, /Prüfung.a\.yaml, line 1: "mši"/);
  assert.deepEqual([asJson.exitCode, asJson.err], [20, '']);
  assert.match(JSON.stringify(documentOf(asJson).findings), /"mši\\"|mši/);
}
