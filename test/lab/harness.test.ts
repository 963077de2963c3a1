import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openWine, type Wine, windowsPath as z } from './wine.ts';
import { connectorFolder, filesUnder, installedConnectors, sighting } from './witness.ts';

const package41 = z(fileURLToPath(new URL('../../templates/samples/SCIMConnector-4.1.0.msi', import.meta.url)));
const msiexec = 'C:\\windows\\system32\\msiexec.exe';
const system32 = 'C:\\windows\\system32';

describe('the lab itself', () => {
  let wine: Wine;
  before(async () => {
    wine = await openWine();
  });
  after(() => wine.close());

  it('reads exit codes whole, where Linux would see eight bits of them', () => {
    assert.equal(wine.start(`${system32}\\cmd.exe`, ['/c', 'exit', '3010']).code, 3010);
  });

  for (const name of ['dism.exe', 'net.exe', 'netsh.exe', 'eventcreate.exe', 'inetsrv\\appcmd.exe']) {
    it(`${name} is the stand-in that fails, not Wine's own program that does nothing`, () => {
      const { code, stderr } = wine.start(`${system32}\\${name}`, []);
      assert.equal(code, 1603);
      assert.match(stderr, /stand-in/);
    });
  }

  it('powershell.exe is the real engine and reads the real registry', () => {
    const key =
      "[Microsoft.Win32.RegistryKey]::OpenBaseKey('LocalMachine', 'Registry64').OpenSubKey('SOFTWARE\\ScimSetupLab')";
    writeFileSync(join(wine.drive, 'probe.ps1'), `[Console]::Out.Write(${key}.GetValue('Said'))\r\nexit 3010\r\n`);
    wine.tool('reg', ['add', 'HKLM\\SOFTWARE\\ScimSetupLab', '/v', 'Said', '/d', 'by the registry']);
    const { code, stdout, stderr } = wine.start(`${system32}\\WindowsPowerShell\\v1.0\\powershell.exe`, [
      '-NoProfile',
      '-File',
      'C:\\probe.ps1',
    ]);
    assert.deepEqual({ code, stdout, stderr }, { code: 3010, stdout: 'by the registry', stderr: '' });
  });

  it('the real msiexec installs and removes a sample package, and the witness sees both', () => {
    const bare = sighting(wine);
    assert.equal(wine.start(msiexec, ['/i', package41, '/qn', 'ALLUSERS=1']).code, 0);
    assert.deepEqual(installedConnectors(wine), ['SCIM Connector 4.1.0']);
    assert.ok('appsettings.json' in filesUnder(wine, connectorFolder));
    assert.notDeepEqual(sighting(wine), bare);
    assert.equal(wine.start(msiexec, ['/x', package41, '/qn']).code, 0);
    assert.deepEqual(installedConnectors(wine), []);
    assert.deepEqual(filesUnder(wine, connectorFolder), {});
  });
});
