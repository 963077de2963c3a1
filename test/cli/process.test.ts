import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
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

async function isInterrupted(): Promise<void> {
  const { folder } = await givenServer('scim-4.1');
  const before = await run('detect', '--sandbox', folder);
  const preload = new URL('interrupt-itself.ts', import.meta.url).href;
  const argv = ['apply', '--sandbox', folder, '--msi', v444];
  const ended = await start(argv, { nodeArgs: ['--import', preload] });
  assert.equal(ended.exitCode, 22, ended.out);
  assert.match(ended.err, /Interrupted/);
  assert.match(ended.out, /stop pool SCIMConnectorAppPool: done/);
  assert.match(ended.out, /Failed; the connector is as it was before: 4\.1\.0\./);
  assert.deepEqual((await run('detect', '--sandbox', folder)).out, before.out);
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
