import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { engine, inFolder, runScript, shipped } from './engine.ts';

const front = shipped('Install-ScimConnector.ps1');

/** A program that prints its arguments, one a line, and ends with 3010, of which Linux keeps 194. */
const recorder = '#!/bin/sh\nfor word in "$@"; do printf \'[%s]\\n\' "$word"; done\necho said >&2\nexit 194\n';

type Given = { readonly msi: string; readonly answers: string; readonly program: string; readonly folder: string };

/** Runs the front with files of its own: a package, an answer file and the recording program. */
function withFiles(use: (given: Given) => void): void {
  inFolder((folder) => {
    const msi = join(folder, 'SCIM Connector.msi');
    const answers = join(folder, 'answers.yaml');
    const program = join(folder, 'program');
    for (const path of [msi, answers]) writeFileSync(path, '');
    writeFileSync(program, recorder);
    chmodSync(program, 0o755);
    use({ msi, answers, program, folder });
  });
}

const words = (stdout: string) => stdout.split('\n').flatMap((line) => (line ? [line.slice(1, -1)] : []));

describe('Install-ScimConnector.ps1', () => {
  it('hands everything on to apply and ends with the exit code of the program', () => {
    withFiles(({ msi, answers, program }) => {
      const given = ['-Msi', msi, '-HostingBundle', answers, '-OldMsi', msi, '-Answers', answers];
      const more = ['-Reboot', 'never', '-Resume', 'off', '-Sandbox', 'fresh', '-Json'];
      const { code, stdout, stderr } = runScript(front, [...given, ...more, '-Program', program]);
      const files = ['--msi', msi, '--hosting-bundle', answers, '--old-msi', msi, '--answers', answers];
      const rest = ['--reboot', 'never', '--resume', 'off', '--sandbox', 'fresh', '--json'];
      assert.deepEqual(words(stdout), ['apply', ...files, ...rest]);
      assert.equal(code, 194);
      assert.equal(stderr, 'said\n');
    });
  });

  it('quotes words so that quotes, backslashes and spaces arrive as they were', () => {
    withFiles(({ msi, program }) => {
      for (const value of ['a b', 'say "hi"', 'C:\\a b\\', 'C:\\ab\\', '\\\\', '\\"', 'a\\\\"b c\\\\', '', "it's"]) {
        const { stdout } = runScript(front, ['-Msi', msi, '-Program', program, '-Property', `X=${value}`]);
        assert.deepEqual(words(stdout).slice(3), ['--property', `X=${value}`]);
      }
    });
  });

  it('takes lists as one text, as -File hands them over', () => {
    withFiles(({ msi, program }) => {
      const given = ['-Accept', 'downgrade,no-way-back', '-Property', 'INSTALLDIR=D:\\a,b,PORT=8443'];
      const { stdout } = runScript(front, ['-Msi', msi, '-Program', program, ...given]);
      const accepted = ['--accept', 'downgrade', '--accept', 'no-way-back'];
      assert.deepEqual(words(stdout).slice(3), [
        ...accepted,
        '--property',
        'INSTALLDIR=D:\\a,b',
        '--property',
        'PORT=8443',
      ]);
    });
  });

  it('takes properties as a hashtable', () => {
    withFiles(({ msi, program, folder }) => {
      const caller = join(folder, 'caller.ps1');
      writeFileSync(caller, `& '${front}' -Msi '${msi}' -Program '${program}' -Property @{ PORT = 8443 } -Accept a, b`);
      const { stdout } = runScript(caller);
      assert.deepEqual(words(stdout).slice(3), ['--accept', 'a', '--accept', 'b', '--property', 'PORT=8443']);
    });
  });

  it('plans under -WhatIf and prints nothing of its own', () => {
    withFiles(({ msi, program }) => {
      const { stdout } = runScript(front, ['-Msi', msi, '-Program', program, '-Json', '-WhatIf']);
      assert.deepEqual(words(stdout), ['plan', '--msi', msi, '--json']);
    });
  });

  it('uninstalls', () => {
    withFiles(({ program }) => {
      assert.deepEqual(words(runScript(front, ['-Uninstall', '-Program', program]).stdout), ['uninstall']);
    });
  });

  it('names every wrong parameter at once, ends with 20 and starts nothing', () => {
    withFiles(({ msi, program }) => {
      const given = [
        '-Msi',
        `${msi}x`,
        '-Bogus',
        '3',
        '-Property',
        'port=1',
        '-Accept',
        'Not This',
        '-Program',
        program,
      ];
      const { code, stdout, stderr } = runScript(front, given);
      assert.deepEqual({ code, stdout }, { code: 20, stdout: '' });
      for (const sentence of [/-Bogus 3/, /no file .*\.msix/, /NAME=value/, /'Not This'/])
        assert.match(stderr, sentence);
    });
  });

  for (const args of [[], ['-Uninstall', '-WhatIf']]) {
    it(`ends with 20 and a sentence when called with ${args.join(' ') || 'nothing'}`, () => {
      const { code, stderr } = runScript(front, args);
      assert.equal(code, 20);
      assert.match(stderr, /\w+\.\n$/);
    });
  }

  it('finds Node and the program of its checkout by itself', () => {
    withFiles(({ msi }) => {
      const { stderr, stdout } = engine([
        '-File',
        front,
        '-Msi',
        msi,
        '-Sandbox',
        '/no/such/folder',
        '-WhatIf',
        '-Json',
      ]);
      assert.doesNotMatch(stderr, /was found/);
      assert.match(stdout + stderr, /sandbox/i);
    });
  });
});
