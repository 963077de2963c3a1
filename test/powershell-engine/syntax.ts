import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { engine, inFolder, shipped } from './engine.ts';

type Finding = { readonly construct: string; readonly line: number; readonly text: string };

/** What the engine's own parser sees in a script. */
export type Syntax = {
  readonly parseErrors: readonly Finding[];
  /** Constructs that Windows PowerShell 4.0 does not know. */
  readonly newerThan4: readonly Finding[];
  readonly commands: readonly string[];
  readonly functions: readonly string[];
  readonly variables: readonly string[];
};

/** The commands a shipped script may call besides its own functions, each with the reason why it is everywhere. */
export const allowedCommands: Readonly<Record<string, string>> = {
  'ForEach-Object': 'core of the engine',
  'Where-Object': 'core of the engine',
  'Set-StrictMode': 'core of the engine',
  'New-Object': 'Windows PowerShell 4.0 has no other way to call a constructor',
  'Get-CimInstance': 'services and their processes; CIM is part of Windows since PowerShell 3.0',
  'Get-WindowsOptionalFeature': 'the states of Windows features as objects; part of Windows since Server 2012',
  'Get-AuthenticodeSignature': 'whom Windows trusts only Windows knows; -LiteralPath since PowerShell 3.0',
  '& $Read': 'a reading handed over as a script block',
  '& $net': 'net.exe by its absolute path',
  '. ([IO.Path]::Combine($PSScriptRoot, \'facts\', "$part.ps1"))': 'a part of the same script',
};

/** Names of all shipped scripts, below scripts/. */
export function shippedScripts(): string[] {
  const names = readdirSync(shipped(''), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ps1')).sort();
}

/** The syntax tree's findings for a script file. */
export function syntaxOf(script: string): Syntax {
  const { stdout, stderr } = engine(['--syntax', script]);
  if (stdout === '') throw new Error(`The engine could not read ${script}: ${stderr}`);
  return JSON.parse(stdout);
}

/** The syntax tree's findings for a script given as text. */
export function syntaxOfText(text: string): Syntax {
  return inFolder((folder) => {
    const script = join(folder, 'script.ps1');
    writeFileSync(script, text);
    return syntaxOf(script);
  });
}
