import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { FileDetails } from '../../src/core/backup.ts';
import type { ReaderDocument, Reading } from '../../src/core/facts.ts';
import { readerSchema } from '../../src/core/facts-schema.ts';
import { type RunOptions, runScript, runText, shipped } from './engine.ts';

const begin = '===SCIM-FACTS-BEGIN===';
const end = '===SCIM-FACTS-END===';
const readings = ['machine', 'restart', 'installer', 'features', 'iis', 'hosting', 'products'] as const;

/** The documents between the markers; anything else on standard output fails. */
function documents(stdout: string): string[] {
  const lines = stdout.split('\n');
  assert.equal(lines.pop(), '');
  assert.equal(lines.length % 3, 0);
  return Array.from({ length: lines.length / 3 }, (_, index) => {
    assert.equal(lines[3 * index], begin);
    assert.equal(lines[3 * index + 2], end);
    return lines[3 * index + 1] ?? '';
  });
}

function answersTo(lines: readonly string[], options: RunOptions = {}): unknown[] {
  const input = lines.map((line) => `${line}\n`).join('');
  const { code, stdout, stderr } = runScript(shipped('Get-ScimFacts.ps1'), [], { ...options, input });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  return documents(stdout).map((text) => JSON.parse(text));
}

function assertUnread(document: unknown, why: RegExp): void {
  const facts: ReaderDocument = readerSchema.parse(document);
  for (const name of readings) {
    const reading = facts[name];
    assert.equal(reading.known, false, name);
    if (!reading.known) assert.match(reading.why, why);
  }
}

describe('the reader', () => {
  it('says of every reading why it could not look, where there is no Windows', () => {
    const [document, ...rest] = answersTo(['look\tSCIM ?Connector\t{12345678-9ABC-DEF0-1234-56789ABCDEF0}']);
    assert.deepEqual(rest, []);
    assertUnread(document, /not supported/);
  });

  it('answers one line after the other and ends with its input', () => {
    const answers = answersTo(['look\tx\t', 'acl\tC:\\no', 'look\tx\t\tagain', 'look\tx\t']);
    assert.equal(answers.length, 4);
    for (const index of [0, 2, 3]) assertUnread(answers[index], /not supported|no server to ask/);
    assert.deepEqual(answersTo([]), []);
  });

  it('answers for each path of an acl line on its own', () => {
    const [document] = answersTo(['acl\t/no/such\tC:\\no']);
    assert.deepEqual(document, {
      schema: 1,
      acl: {
        '/no/such': { known: false, why: 'there is no file /no/such' },
        'C:\\no': { known: false, why: 'there is no file C:\\no' },
      },
    });
  });

  it('tells size, times and attributes of a file, and why it cannot of one that is not there', () => {
    const path = shipped('Get-ScimFacts.ps1');
    const [found, gone] = answersTo([`file\t${path}`, 'file\t/no/such']) as { file: Reading<FileDetails> }[];
    assert.ok(found?.file.known);
    const { size, createdAt, changedAt, attributes } = found.file.value;
    assert.equal(size, statSync(path).size);
    for (const time of [createdAt, changedAt]) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
    assert.ok(Math.abs(Date.parse(changedAt) - statSync(path).mtimeMs) < 2);
    assert.ok(attributes.length > 0 && attributes.every((one) => /^[A-Z][A-Za-z]+$/.test(one)));
    assert.deepEqual(gone, { schema: 1, file: { known: false, why: 'there is no file /no/such' } });
  });

  it('says of a process when it was started, and of one that has ended that it is not there', async () => {
    const before = Date.now();
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    const [running] = answersTo([`process\t${child.pid}`]) as [{ process: Reading<{ startedAt: string }> }];
    assert.ok(running.process.known, JSON.stringify(running));
    const startedAt = Date.parse(running.process.value.startedAt);
    assert.ok(Math.abs(startedAt - before) < 3_000, running.process.value.startedAt);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.deepEqual(answersTo([`process\t${child.pid}`]), [{ schema: 1, process: { known: true, value: null } }]);
  });

  const wrong: readonly (readonly [line: string, sentence: RegExp])[] = [
    ['hello', /does not understand the line 'hello'/],
    ['', /does not understand/],
    ['LOOK\tx\t', /does not understand/],
    ['look', /does not understand/],
    ['acl', /does not understand/],
    ['file', /does not understand/],
    ['process', /does not understand/],
    ['process\tx', /could not be answered: .*'x'/],
    ['look\t(\t', /could not be answered: .*pattern/],
    ['look\tx\tnot-a-guid', /no GUID/],
  ];
  for (const [line, sentence] of wrong) {
    it(`answers ${JSON.stringify(line)} with a sentence, and the next line as ever`, () => {
      const [first, second] = answersTo([line, 'look\tx\t']);
      const { schema, error } = first as { schema: number; error: string };
      assert.equal(schema, 1);
      assert.match(error, sentence);
      assertUnread(second, /not supported/);
    });
  }

  it('prints ASCII alone and gives every character back', () => {
    const path = 'C:\\M\u00fcller "x"\u0001\u20ac \ud83d\ude00~';
    const { stdout } = runScript(shipped('Get-ScimFacts.ps1'), [], { input: `acl\t${path}\n` });
    assert.doesNotMatch(stdout, /[^\n -~]/);
    const [document] = documents(stdout).map((text) => JSON.parse(text));
    assert.deepEqual(Object.keys(document.acl), [path]);
  });

  it('prints one document of unknown readings and ends, when PowerShell is held to constrained language', () => {
    const options = { languageMode: 'ConstrainedLanguage', input: 'look\tx\t\n' } as const;
    const { code, stdout, stderr } = runScript(shipped('Get-ScimFacts.ps1'), [], options);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    const [document, ...rest] = documents(stdout).map((text) => JSON.parse(text));
    assert.deepEqual(rest, []);
    assertUnread(document, /language mode ConstrainedLanguage/);
  });
});

describe('the texts of the reader', () => {
  const load = `. '${shipped('facts/Text.ps1')}'\n`;
  const printed = (expression: string) => runText(`${load}[Console]::Out.Write((${expression}))`).stdout;

  it('are JSON, whatever the shape', () => {
    const value =
      "[ordered]@{ none = $null; yes = $true; one = @('a'); empty = @(); nested = @{ n = 12L } ; Keys = 1.5 }";
    assert.equal(
      printed(`ConvertTo-JsonText (${value})`),
      '{"none":null,"yes":true,"one":["a"],"empty":[],"nested":{"n":12},"Keys":1.5}',
    );
  });

  // Measured in a registry after a real installation.
  const guids = [
    ['{12345678-9ABC-DEF0-1234-56789ABCDEF0}', '87654321CBA90FED21436587A9CBED0F'],
    ['{0FEDCBA9-8765-4321-0FED-CBA987654321}', '9ABCDEF056781234F0DEBC9A78563412'],
  ] as const;
  for (const [guid, packed] of guids) {
    it(`turn ${guid} into the form of Windows Installer's registry and back`, () => {
      assert.equal(printed(`ConvertTo-PackedGuid '${guid}'`), packed);
      assert.equal(printed(`ConvertFrom-PackedGuid '${packed}'`), guid);
    });
  }

  it('hold times as UTC in whole seconds', () => {
    assert.equal(printed("ConvertTo-UtcText ([DateTime]'2026-01-02T03:04:05.9Z')"), '2026-01-02T03:04:05Z');
  });
});
