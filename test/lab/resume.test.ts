import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hostPath } from './drive.ts';
import { type Lab, labFor, sample } from './lab.ts';
import { installedConnectors, sighting } from './witness.ts';

const taskOf = ({ wine }: Lab) => hostPath(wine.drive, 'C:\\windows\\system32\\Tasks\\ScimSetup\\resume');
const secret = 'hush "h\u00fcsh"';
const named = ['--secret-property', 'PASSPHRASE', '--accept', 'no-secret-after-restart'];
const standIn = fileURLToPath(new URL('../../templates/samples/dotnet-hosting-6.0.36-win.exe', import.meta.url));

/** A lab in which the Task Scheduler keeps what a task starts, and a restart can be asked for. */
function withTasks({ wine }: Lab): void {
  const names = ['schtasks.exe', 'shutdown.exe'];
  for (const name of names) {
    const file = join(wine.drive, 'windows/system32', name);
    // The file is shared with the other prefixes.
    rmSync(file, { force: true });
    copyFileSync(standIn, file);
  }
  wine.environment({ WINEDLLOVERRIDES: `${wine.variables.WINEDLLOVERRIDES};${names.join()}=n` });
}

it('the copy that the startup task starts runs by itself after a restart, and ends what was begun', async (test) => {
  const lab = await labFor(test, 'scim-4.1');
  withTasks(lab);
  const package445 = sample('SCIMConnector-4.4.5-asks-reboot.msi');
  lab.wine.environment({ SCIM_SETUP_SECRET_PASSPHRASE: secret });
  const ran = lab.run(['apply', '--msi', package445, '--reboot', 'auto', '--resume', 'on', ...named]);
  assert.equal(ran.code, 1641, ran.gist);
  // What the startup task runs has nobody's environment: the secret comes from where DPAPI has kept it.
  lab.wine.environment({ SCIM_SETUP_SECRET_PASSPHRASE: '' });
  const kept = hostPath(lab.wine.drive, 'C:\\ProgramData\\ScimSetup\\resume\\secrets.bin');
  assert.ok(existsSync(kept) && !readFileSync(kept).includes('hush'));
  const task = readFileSync(taskOf(lab), 'utf16le');
  const [, command = ''] = /<Command>(.*)<\/Command>/.exec(task) ?? [];
  const [, words = ''] = /<Arguments>(.*)<\/Arguments>/.exec(task) ?? [];
  assert.match(command, /^C:\\ProgramData\\ScimSetup\\program\\[0-9a-f]{16}\\node\.exe$/);
  const ended = lab.wine.start(command, words.replaceAll('"', '').split(' '));
  assert.equal(ended.code, 0, ended.stdout + ended.stderr);
  const { end, resume, continues } = JSON.parse(ended.stdout);
  assert.ok(ran.json.runId);
  assert.deepEqual([end, resume.attempt, continues], ['converged', 1, ran.json.runId]);
  assert.deepEqual(installedConnectors(lab.wine), ['SCIM Connector 4.4.5']);
  assert.deepEqual([existsSync(taskOf(lab)), existsSync(kept)], [false, false]);
});

it('a Task Scheduler that ends with 0 and does not keep what a task starts is not believed: nothing is touched', async (test) => {
  const lab = await labFor(test, 'scim-4.1');
  const seen = sighting(lab.wine);
  const ran = lab.run(['apply', '--msi', sample('SCIMConnector-4.4.4.msi'), '--resume', 'on']);
  assert.equal(ran.code, 21, ran.gist);
  assert.match(ran.gist, /the startup task could not be registered/);
  assert.deepEqual(sighting(lab.wine), seen);
  assert.equal(existsSync(taskOf(lab)), false, 'what was registered is removed again');
});
