import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { openWine, type Wine, windowsPath } from '../lab/wine.ts';
import { shipped } from './engine.ts';

const powershell = 'C:\\windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';
const folder = 'C:\\ProgramData\\RightsTest';
const file = `${folder}\\inner\\file.txt`;
const page = 'C:\\inetpub\\wwwroot\\RightsTest\\page.txt';
const onlyTrusted = 'D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)';
const inheritedFile = 'D:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)';

describe('the simulated rights of files under Wine', () => {
  let wine: Wine;
  let acls: string;

  before(async () => {
    wine = await openWine();
    acls = join(wine.folder, 'acls.json');
    wine.environment({ SCIM_SETUP_LAB_ACLS: windowsPath(acls) });
    for (const path of [file, page]) layFile(path);
  });
  after(() => wine.close());
  beforeEach(() => rmSync(acls, { force: true }));

  function layFile(path: string): void {
    const onHost = join(wine.drive, ...path.split('\\').slice(1));
    mkdirSync(join(onHost, '..'), { recursive: true });
    writeFileSync(onHost, 'text');
  }

  function run(script: string, args: readonly string[] = [], input = '') {
    const switches = ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass'];
    return wine.start(powershell, [...switches, '-File', windowsPath(script), ...args], input);
  }

  function runText(text: string): string {
    const script = join(wine.folder, 'script.ps1');
    writeFileSync(script, text);
    return run(script).stdout.trim();
  }

  function sddlOf(path: string, type: 'FileSecurity' | 'DirectorySecurity'): string {
    return runText(`
      $sections = [System.Security.AccessControl.AccessControlSections]'Access, Owner, Group'
      try { $security = New-Object System.Security.AccessControl.${type} '${path}', $sections } catch { "$_"; exit 1 }
      $security.GetSecurityDescriptorSddlForm($sections)`);
  }

  function setAcl(path: string, sddl: string) {
    const { code, stdout } = run(shipped('Set-ScimFile.ps1'), ['-Path', path, '-Sddl', sddl]);
    return { code, sentence: stdout.trim() };
  }

  it('are those of a folder and a file that an administrator has just made', () => {
    assert.equal(
      sddlOf(folder, 'DirectorySecurity'),
      'O:BAG:SYD:AI(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;ID;FA;;;BA)(A;OICIIOID;GA;;;CO)(A;OICIID;0x1200a9;;;BU)(A;CIID;DCLCRPCR;;;BU)',
    );
    assert.equal(sddlOf(file, 'FileSecurity'), `O:BAG:SY${inheritedFile}`);
    assert.equal(
      sddlOf(page, 'FileSecurity'),
      'O:BAG:SYD:AI(A;ID;0x1200a9;;;S-1-5-32-568)(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)(A;ID;FA;;;BA)',
    );
  });

  it('lose what a folder hands down when it is read as a file, as .NET reads it', () => {
    assert.deepEqual(setAcl(folder, onlyTrusted), { code: 0, sentence: '' });
    assert.equal(sddlOf(folder, 'FileSecurity'), 'O:BAG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)');
  });

  it('are what Set-ScimFile.ps1 has set, for the folder and for all below it', () => {
    assert.deepEqual(setAcl(folder.toUpperCase(), onlyTrusted), { code: 0, sentence: '' });
    const now = 'O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)';
    assert.equal(sddlOf(folder, 'DirectorySecurity'), now);
    assert.equal(sddlOf(file, 'FileSecurity'), 'O:BAG:SYD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)');
    assert.deepEqual(JSON.parse(readFileSync(acls, 'utf8')), { [folder.toLowerCase()]: now });
  });

  it('are read by Get-ScimFacts.ps1 with what a folder hands down', () => {
    setAcl(folder, onlyTrusted);
    const { stdout } = run(shipped('Get-ScimFacts.ps1'), [], `acl\t${folder}\n`);
    assert.match(stdout, /D:PAI\(A;OICI;FA;;;SY\)\(A;OICI;FA;;;BA\)/);
  });

  it('keep inheriting when the descriptor that was set is not protected', () => {
    assert.deepEqual(setAcl(file, 'D:AI(A;;FR;;;NS)(A;ID;FA;;;WD)'), { code: 0, sentence: '' });
    assert.equal(sddlOf(file, 'FileSecurity'), `O:BAG:SY${inheritedFile.replace('D:AI', 'D:AI(A;;FR;;;NS)')}`);
    setAcl(folder, onlyTrusted);
    assert.equal(sddlOf(file, 'FileSecurity'), 'O:BAG:SYD:AI(A;;FR;;;NS)(A;ID;FA;;;SY)(A;ID;FA;;;BA)');
  });

  it('change without the owner when an administrator may not give it, which Set-ScimFile.ps1 says', () => {
    const { code, sentence } = setAcl(page, 'O:SYG:SYD:P(A;;FA;;;SY)');
    assert.equal(code, 0);
    assert.match(sentence, /its owner could not be/);
    assert.equal(sddlOf(page, 'FileSecurity'), 'O:BAG:SYD:PAI(A;;FA;;;SY)');
    assert.deepEqual(setAcl(page, 'O:BAD:P(A;;FA;;;BA)'), { code: 0, sentence: '' });
  });

  it('come with the times and attributes of a file, which a read-only one keeps', () => {
    const [created, changed] = ['2026-01-02T03:04:05.1234567Z', '2026-02-03T04:05:06.7654321Z'];
    const state = ['-Created', created, '-Changed', changed, '-Attributes', 'ReadOnly,Archive'];
    const { code, stdout } = run(shipped('Set-ScimFile.ps1'), ['-Path', file, '-Sddl', 'D:P(A;;FA;;;SY)', ...state]);
    assert.deepEqual([code, stdout.trim()], [0, '']);
    const told = run(shipped('Get-ScimFacts.ps1'), [], `file\t${file}\n`).stdout;
    assert.match(told, new RegExp(`"changedAt":"${changed}"`));
    assert.match(told, /"attributes":\[[^\]]*"ReadOnly"/);
    run(shipped('Set-ScimFile.ps1'), ['-Path', file, '-Sddl', 'D:P(A;;FA;;;SY)', '-Attributes', 'Archive']);
  });

  it('start from the rights that the file of the lab names', () => {
    writeFileSync(acls, JSON.stringify({ [folder.toLowerCase()]: 'O:S-1-5-21-1-2-3-1001G:SYD:P(A;OICI;FA;;;WD)' }));
    assert.equal(sddlOf(folder, 'DirectorySecurity'), 'O:S-1-5-21-1-2-3-1001G:SYD:P(A;OICI;FA;;;WD)');
    assert.equal(sddlOf(file, 'FileSecurity'), 'O:BAG:SYD:AI(A;ID;FA;;;WD)');
  });

  it('are not made up for other folders, for files that are not there, or for other ways to ask', () => {
    assert.match(sddlOf('C:\\windows', 'DirectorySecurity'), /does not know the rights/);
    assert.match(sddlOf(`${folder}\\nothing`, 'FileSecurity'), /There is no file/);
    const others = [
      `New-Object System.Security.AccessControl.FileSecurity '${file}'`,
      `[IO.FileSystemAclExtensions]::GetAccessControl((New-Object IO.FileInfo '${file}'))`,
    ];
    for (const way of others) assert.equal(runText(`try { ${way}; 'answered' } catch { 'thrown' }`), 'thrown');
  });
});
