import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { shipped } from './engine.ts';
import { allowedCommands, shippedScripts, syntaxOf, syntaxOfText } from './syntax.ts';

const scripts = shippedScripts();
const trees = new Map(scripts.map((name) => [name, syntaxOf(shipped(name))]));
const ownFunctions = new Set([...trees.values()].flatMap((tree) => tree.functions));

describe('the shipped PowerShell scripts', () => {
  it('are all looked at', () => {
    for (const name of ['Get-ScimFacts.ps1', 'Install-ScimConnector.ps1', 'Restart-Iis.ps1', 'Set-ScimFile.ps1']) {
      assert.ok(scripts.includes(name), name);
    }
  });

  for (const [name, tree] of trees) {
    it(`${name} holds nothing that Windows PowerShell 4.0 does not know`, () => {
      assert.deepEqual([...tree.parseErrors, ...tree.newerThan4], []);
    });

    it(`${name} calls only listed commands and functions of the same scripts`, () => {
      const unknown = tree.commands.filter((command) => !(command in allowedCommands) && !ownFunctions.has(command));
      assert.deepEqual(unknown, []);
    });

    it(`${name} leaves its standard input alone until it reads it itself`, () => {
      // powershell.exe reads the whole input beforehand when a script names this variable.
      assert.ok(!tree.variables.some((variable) => variable.toLowerCase() === 'input'));
    });

    it(`${name} is plain ASCII, which no code page can spoil`, () => {
      assert.doesNotMatch(readFileSync(shipped(name), 'latin1'), /[^\t\r\n -~]/);
    });
  }

  it('use every command of the list', () => {
    const used = new Set([...trees.values()].flatMap((tree) => tree.commands));
    assert.deepEqual(
      Object.keys(allowedCommands).filter((command) => !used.has(command)),
      [],
    );
  });

  it('name their functions with the verbs that PowerShell approves', () => {
    const approved =
      'Assert|ConvertFrom|ConvertTo|Find|Get|Invoke|New|Open|Read|Receive|Restart|Set|Start|Stop|Test|Write';
    for (const name of ownFunctions) assert.match(name, new RegExp(`^(${approved})-[A-Z0-9]\\w+$`));
  });
});

describe('the syntax check', () => {
  const newer: readonly (readonly [text: string, construct: string])[] = [
    ['class A { }', 'class'],
    ['enum A { B }', 'enum'],
    ['using namespace System', 'using'],
    ["[Uri]::new('x:y')", '::new'],
    ['$a ? 1 : 2', 'ternary'],
    ['$a ?? 1', 'null coalescing'],
    ['$a ??= 1', 'null coalescing'],
    ['$($a)?.Length', 'null-conditional member'],
    ['$($a)?[0]', 'null-conditional index'],
    ['Get-X && Get-Y', 'pipeline chain'],
    ['Get-X || Get-Y', 'pipeline chain'],
    ['Get-X &', 'background pipeline'],
    ['0b101', 'number form'],
    ['10u', 'number form'],
    ['"`e[0m"', 'escape'],
    ['$IsWindows', 'automatic variable'],
    ['function f { clean { } }', 'clean block'],
    ['[Linq.Enumerable]::Empty[int]()', 'generic method call'],
  ];
  for (const [text, construct] of newer) {
    it(`finds ${construct} in ${text}`, () => {
      assert.ok(syntaxOfText(text).newerThan4.some((finding) => finding.construct === construct));
    });
  }

  it('finds nothing in what 4.0 knows', () => {
    const old =
      "$a = [ordered]@{ b = 0x1F; c = 10mb }; if (-not $a) { [Math]::Max(1, 2) }; $a.Keys.Where({ $_ -eq 'b' })";
    assert.deepEqual(syntaxOfText(old).newerThan4, []);
  });

  it('shows commands that are known only at run time as they are written', () => {
    assert.deepEqual(syntaxOfText("& $what -x; Get-Date; . './y.ps1'").commands, ['& $what', './y.ps1', 'Get-Date']);
  });

  it('reports a script that cannot be parsed', () => {
    assert.notEqual(syntaxOfText('if (').parseErrors.length, 0);
  });
});
