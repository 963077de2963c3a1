import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { engine, inFolder, runText } from './engine.ts';

/** Runs a script against a simulated server that answers queries from the given document. */
function ask(text: string, answers: unknown) {
  return inFolder((folder) => {
    const file = join(folder, 'answers.json');
    writeFileSync(file, JSON.stringify(answers));
    return runText(text, [], { environment: { SCIM_SETUP_LAB_CIM: file } });
  });
}

describe('the stand-in for powershell.exe', () => {
  it('ends with the code of exit', () => {
    assert.equal(runText('& { exit 21 }').code, 21);
  });

  it('ends with 0 when a script just ends, whatever a program in it ended with', () => {
    assert.equal(runText("& /bin/sh -c 'exit 5'").code, 0);
  });

  it('ends with 1 and the sentence on standard error when an error is not caught', () => {
    const { code, stderr } = runText("throw 'no way on'");
    assert.equal(code, 1);
    assert.match(stderr, /no way on/);
  });

  it('prints objects as lines and hands words over as powershell.exe does', () => {
    const script = 'param([string]$A, [switch]$S, [string]$P)\n"A=$A"; "S=$S"; "P=$P"';
    assert.equal(runText(script, ['-S', '-A', 'x y', 'z']).stdout, 'A=x y\nS=True\nP=z\n');
    assert.equal(runText(script, ['-S:$false', '-A', '1,2']).stdout, 'A=1,2\nS=False\nP=\n');
  });

  it('lets a script read its own standard input', () => {
    assert.equal(runText('[Console]::In.ReadLine() + "!"', [], { input: 'line\n' }).stdout, 'line!\n');
  });

  for (const command of [
    'Get-Date',
    'Write-Output x',
    'Get-ChildItem',
    'Get-Command',
    'Import-Module x',
    'gci',
    'foreach',
  ]) {
    it(`does not know ${command}, which is not in the list`, () => {
      const { stdout } = runText(`try { ${command}; 'ran' } catch { 'unknown' }`);
      assert.notEqual(stdout, 'ran\n');
    });
  }

  it('refuses a switch it does not know', () => {
    const { code, stderr } = engine(['-Bogus', '-File', 'x.ps1']);
    assert.equal(code, 64);
    assert.match(stderr, /-Bogus/);
  });

  it('forbids .NET in constrained language', () => {
    const script =
      "try { [IO.File]::Exists('x') } catch { 'forbidden' }; try { New-Object Uri 'a:b' } catch { 'forbidden' }";
    assert.equal(runText(script, [], { languageMode: 'ConstrainedLanguage' }).stdout, 'forbidden\nforbidden\n');
  });
});

describe('queries of the simulated server', () => {
  const answers = {
    Win32_Service: [
      { Name: 'WAS', State: 'Running', ProcessId: 7 },
      { Name: 'W3SVC', State: 'Stopped', ProcessId: 0 },
    ],
    Win32_Process: [{ ProcessId: 7, CreationDate: '2026-01-02T03:04:05Z' }],
    OptionalFeatures: [{ FeatureName: 'IIS-WebServer', State: 'Enabled' }],
  };

  it('are answered by class, filter and properties', () => {
    const filter = "Name='was' OR Name='W3SVC'";
    const script = `Get-CimInstance -ClassName Win32_Service -Filter "${filter}" -Property Name, State | ForEach-Object { "$($_.Name) $($_.State)" }`;
    assert.equal(ask(script, answers).stdout, 'WAS Running\nW3SVC Stopped\n');
    const process =
      "(Get-CimInstance -ClassName Win32_Process -Filter 'ProcessId=7').CreationDate.ToUniversalTime().ToString('s')";
    assert.equal(ask(process, answers).stdout, '2026-01-02T03:04:05\n');
    assert.equal(ask('(Get-WindowsOptionalFeature -Online).FeatureName', answers).stdout, 'IIS-WebServer\n');
  });

  const wrong = [
    'Get-CimInstance -ClassName Win32_Nothing',
    "Get-CimInstance -ClassName Win32_Service -Filter 'Name like ''W%'''",
    'Get-CimInstance -ClassName Win32_Service -Property Name, Colour',
    'Get-CimInstance -Query x',
    'Get-WindowsOptionalFeature -Path x',
  ];
  for (const query of wrong) {
    it(`throw on what the lab does not know: ${query}`, () => {
      assert.equal(ask(`try { ${query}; 'answered' } catch { 'thrown' }`, answers).stdout, 'thrown\n');
    });
  }

  it('throw when there is no simulated server', () => {
    assert.equal(runText("try { Get-WindowsOptionalFeature -Online } catch { 'thrown' }").stdout, 'thrown\n');
  });
});
