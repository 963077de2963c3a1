import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const src = fileURLToPath(new URL('../src', import.meta.url));

type Rule = { readonly room: string; readonly may: readonly RegExp[]; readonly sentence: string };

/** The first rule whose room a file lies in holds for it. Imports of types count like any other. */
const rules: readonly Rule[] = [
  {
    room: 'core/answers.ts',
    may: [/^core\//, /^zod$/],
    sentence: 'core/answers.ts may import core and zod',
  },
  { room: 'core/facts-schema.ts', may: [/^core\//, /^zod$/], sentence: 'core/facts-schema.ts may import core and zod' },
  {
    room: 'core/',
    may: [/^core\//, /^semver\//, /^jsonc-parser$/],
    sentence: 'core is pure: it may import core, semver and jsonc-parser, and nothing of Node',
  },
  {
    room: 'msi/',
    may: [/^msi\//, /^node:zlib$/],
    sentence: 'msi reads packages by itself, from bytes; node:zlib inflates them',
  },
  {
    room: 'media/',
    may: [/^media\//, /^msi\//, /^core\//, /^node:(crypto|path)$/],
    sentence: 'media may import media, msi, core, node:crypto and node:path',
  },
  { room: 'machine/machine.ts', may: [/^core\//], sentence: 'machine/machine.ts may import types of core only' },
  {
    room: 'machine/',
    may: [/^machine\//, /^core\//, /^node:/, /^fast-xml-parser$/, /^iconv-lite$/],
    sentence: 'machine may import machine, core, Node, fast-xml-parser and iconv-lite',
  },
  {
    room: 'steps/',
    may: [/^steps\//, /^core\//, /^machine\/machine\.ts$/],
    sentence: 'steps may import steps, core and machine/machine.ts; effects go through the machine',
  },
  {
    room: 'run/',
    may: [/^run\//, /^core\//, /^machine\/machine\.ts$/],
    sentence: 'run may import run, core and machine/machine.ts; it is handed all it does',
  },
  {
    room: 'sandbox/',
    may: [
      /^sandbox\//,
      /^core\//,
      /^msi\//,
      /^media\//,
      /^machine\/(machine|disk|read-files|read-products|read-shared|host-files|application-host)\.ts$/,
      /^node:/,
    ],
    sentence: 'sandbox may import core, msi, media, Node, and of machine the doors and what reads files',
  },
  {
    room: 'view/',
    may: [/^view\//, /^core\//, /^listr2$/, /^commands\/(codes|backup|backups)\.ts$/],
    sentence:
      'view may import core, listr2 and the types of what codes, backup and backups print; it is fed and cannot steer',
  },
  {
    room: 'commands/',
    may: [/^(commands|core|media|machine|run|sandbox|steps)\//, /^yaml$/, /^node:(path|fs\/promises)$/],
    sentence: 'commands wire the rooms together; of packages they may import yaml',
  },
  {
    room: 'cli/options.ts',
    may: [/^yargs$/, /^sandbox\/scenario-list\.ts$/],
    sentence:
      'cli/options.ts says in the words of yargs what each command takes; of the sandbox it knows the names of the scenarios',
  },
  {
    room: 'cli/parser.ts',
    may: [/^yargs$/, /^core\/setup-error\.ts$/, /^commands\/request\.ts$/, /^cli\/options\.ts$/],
    sentence: 'cli/parser.ts turns words into a request, with yargs',
  },
  {
    room: 'cli',
    may: [/^(cli|commands|core|machine|media|view)\//, /^cli\.ts$/],
    sentence: 'cli picks a command and prints what it gives; no package of its own',
  },
  {
    room: 'main.ts',
    may: [/^cli\.ts$/, /^core\/interrupt\.ts$/, /^view\/problem\.ts$/, /^node:/],
    sentence: 'main.ts imports nothing of ours statically but types',
  },
];

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts'));

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  const pattern = /^(?:import|export)\b[^;']*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm;
  const found = [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return found.map((name) =>
    name.startsWith('.') ? relative(src, join(src, dirname(file), name)).replaceAll('\\', '/') : name,
  );
}

for (const file of files) {
  test(`src/${file} keeps to the rooms it may enter`, () => {
    const rule = rules.find((one) => file === one.room || file.startsWith(one.room));
    assert.ok(rule, `no rule names the room of ${file}`);
    for (const name of importsOf(file))
      assert.ok(
        rule.may.some((pattern) => pattern.test(name)),
        `${file} imports ${name}: ${rule.sentence}`,
      );
  });
}

test('main.ts loads nothing of ours before it has answered --version', () => {
  const text = readFileSync(join(src, 'main.ts'), 'utf8');
  assert.doesNotMatch(text, /^import (?!type)[^;]*'\.\//m);
});

test('the process is touched in main.ts and machine/windows.ts only', () => {
  const touching = files.filter((file) => /\bprocess\.(?!off)/.test(withoutComments(file)));
  assert.deepEqual(
    touching.filter((file) => !['main.ts', 'machine/windows.ts'].includes(file)),
    [],
  );
});

test('nothing ends the process by itself: an exit code is set, and the rest is written first', () => {
  assert.deepEqual(
    files.filter((file) => /process\.exit\(/.test(withoutComments(file))),
    [],
  );
});

test('the core asks neither clock nor chance', () => {
  const asking = files.filter(
    (file) =>
      file.startsWith('core/') && /Date\.now|new Date\(\)|Math\.random|performance\./.test(withoutComments(file)),
  );
  assert.deepEqual(asking, []);
});

test('there are no default exports and no enums', () => {
  assert.deepEqual(
    files.filter((file) => /^export default|^export (const )?enum/m.test(withoutComments(file))),
    [],
  );
});

function withoutComments(file: string): string {
  return readFileSync(join(src, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
