import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { matchesGolden } from '../golden.ts';
import { type Ended, run } from './program.ts';

const commands = [
  'detect',
  'inspect',
  'plan',
  'apply',
  'uninstall',
  'resume',
  'verify',
  'findings',
  'codes',
  'sandbox',
];

/** Runs a command line whose text the parser itself prints. */
async function printed(context: TestContext, ...argv: readonly string[]): Promise<Ended> {
  const lines: string[] = [];
  const log = context.mock.method(console, 'log', (text: string) => void lines.push(text));
  const ended = await run(...argv);
  log.mock.restore();
  return { ...ended, out: ended.out + lines.map((line) => `${line}\n`).join('') };
}

test('the help of the program and of each command reads as its golden text', async (context) => {
  const texts = [];
  for (const argv of [['--help'], ...commands.map((name) => [name, '--help'])]) {
    const { exitCode, out, err } = await printed(context, ...argv);
    assert.deepEqual([exitCode, err], [0, '']);
    texts.push(`$ scim-setup ${argv.join(' ')}\n\n${out}`);
  }
  matchesGolden('help.txt', texts.join('\n\n'));
});

test('the help names every command and fits a console of 120 columns', async (context) => {
  const { out } = await printed(context, '--help');
  for (const name of commands) assert.match(out, new RegExp(`^  scim-setup ${name} `, 'm'));
  for (const name of ['', ...commands]) {
    const { out: text } = await printed(context, ...(name === '' ? [] : [name]), '--help');
    assert.deepEqual(
      text.split('\n').filter((line) => line.length > 120),
      [],
    );
  }
});

test('--version is printed after any command', async (context) => {
  for (const name of ['', ...commands]) {
    const { exitCode, out } = await printed(context, ...(name === '' ? [] : [name]), '--version');
    assert.deepEqual([exitCode, out], [0, '1.2.3\n']);
  }
});
