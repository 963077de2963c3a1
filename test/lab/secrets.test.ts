import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { filesBelow, hostPath } from './drive.ts';
import { labFor, sample } from './lab.ts';
import { windowsPath } from './wine.ts';
import { installedConnectors } from './witness.ts';

const secret = 'hush hush "h\u00fcsh" = %hush%';
const forms = [secret, secret.replaceAll('"', '""')].flatMap((text) => [
  Buffer.from(text, 'utf8'),
  Buffer.from(text, 'utf16le'),
  Buffer.from(text, 'latin1'),
]);

/** The files of a folder of the host, or the file itself, where it holds the secret in any form. */
function holders(folder: string): readonly string[] {
  const isFile = statSync(folder).isFile();
  const files = isFile ? [folder] : filesBelow(folder).map((name) => join(folder, ...name.split('\\')));
  return files.filter((file) => {
    const bytes = readFileSync(file);
    return forms.some((form) => bytes.includes(form));
  });
}

it('an upgrade with a secret runs, and no byte of the secret is in the prefix or in what was said', async (test) => {
  const lab = await labFor(test, 'scim-4.1');
  lab.wine.environment({ SCIM_SETUP_SECRET_PASSPHRASE: secret });
  const ran = lab.run(['apply', '--msi', sample('SCIMConnector-4.4.4.msi'), '--secret-property', 'PASSPHRASE']);
  assert.equal(ran.code, 0, ran.gist);
  assert.deepEqual(installedConnectors(lab.wine), ['SCIM Connector 4.4.4']);
  // The drive, then what lies beside it: the registry, and what every program was asked and has said.
  const places = [
    lab.wine.drive,
    ...['user.reg', 'system.reg', 'userdef.reg'].map((name) => join(lab.wine.drive, '..', name)),
  ];
  const launches = readdirSync(lab.wine.folder).filter((name) => name.startsWith('launch-'));
  assert.ok(launches.length > 0);
  assert.deepEqual([...places, ...launches.map((name) => join(lab.wine.folder, name))].flatMap(holders), []);
  const logs = readdirSync(hostPath(lab.wine.drive, 'C:\\ProgramData\\ScimSetup\\runs'), {
    recursive: true,
    encoding: 'utf8',
  });
  assert.ok(
    logs.some((name) => name.includes('connector.upgrade') && name.endsWith('.log')),
    logs.join(),
  );
});

const powershell = 'C:\\windows\\system32\\WindowsPowerShell\\v1.0\\powershell.exe';
const script = windowsPath(fileURLToPath(new URL('../../scripts/Install-ScimPackage.ps1', import.meta.url)));
const log = 'C:\\windows\\temp\\install.log';

/** The lines that the script reads for a sample; `letters` are what is logged. */
function request(name: string, letters: string, secretName: string): string[] {
  const always = ['REBOOT=ReallySuppress', 'ALLUSERS=1'];
  return [sample(name), log, letters, '1', `${secretName}=${secret}`, 'INSTANCEMODE=seen', ...always, 'end'];
}

it('Install-ScimPackage.ps1 hands the very values over, ends as msiexec would, and cleans the log', async (test) => {
  const { wine } = await labFor(test, 'fresh');
  const run = (lines: readonly string[]) => {
    const switches = ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File', script];
    return wine.start(powershell, switches, lines.map((line) => `${line}\n`).join(''));
  };
  const logText = () => readFileSync(hostPath(wine.drive, log), 'latin1');
  const first = run(request('SCIMConnector-4.4.4.msi', 'iwearucmopv', 'OTHERSECRET'));
  assert.deepEqual([first.code, first.stdout, first.stderr], [0, '', '']);
  assert.match(logText(), /INSTANCEMODE = seen/);
  assert.match(logText(), /OTHERSECRET = \*+\r?\n/);
  assert.ok(!logText().includes('hush'));
  assert.equal(run(request('SCIMConnector-4.1.0.msi', 'iwea', 'PASSPHRASE')).code, 1603);
  assert.ok(!logText().slice(1).includes('PASSPHRASE = hush'));
  const cut = run(request('SCIMConnector-4.4.4.msi', 'iwea', 'PASSPHRASE').slice(0, -1));
  assert.equal(cut.code, 1639);
  assert.deepEqual(installedConnectors(wine), ['SCIM Connector 4.4.4']);
});
