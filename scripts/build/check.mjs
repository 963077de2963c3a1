// `npm test`: types, lint and every test, with all that they need set up before. `--quick`: what needs nothing but npm.
// `--long`: only what takes more than half an hour, and is no part of the others.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, sep } from 'node:path';
import { run, runMain, Stop, say } from './children.mjs';
import { checkout, installPackages, node22 } from './node22.mjs';
import { setUpLab } from './set-up-lab.mjs';

const linted = ['src', 'test', 'scripts', 'package.json', 'tsconfig.json', 'biome.json'];
// Below test/: what needs Wine, the PowerShell engine, msitools or osslsigncode; and whole runs over every scenario or every trouble.
const notQuick = ['lab', 'powershell-engine', 'msi/with-msitools', 'signatures', 'scenarios', 'sweep/full'];
const long = ['long'];

await runMain(async () => {
  const kind = readArguments(process.argv.slice(2));
  installPackages();
  if (kind !== 'quick') setUpLab();
  const node = node22();
  // Every test file is a process of its own, and loading the same modules again is most of its time.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(checkout, '.cache', 'compiled') };
  const checks = [
    ['Types', ['node_modules/typescript/bin/tsc', '--noEmit']],
    ['Lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', ...linted]],
    ['Tests', ['--test', '--test-reporter=spec', `--test-concurrency=${availableParallelism()}`, ...testFiles(kind)]],
  ];
  for (const [name, args] of checks) {
    say(`\n${name}`);
    const code = run(node, args, { cwd: checkout, env });
    if (code !== 0) return code;
  }
  return 0;
});

function readArguments(args) {
  const [option = '--all', ...more] = args;
  if (more.length > 0 || !['--all', '--quick', '--long'].includes(option))
    throw new Stop(`The only options are --quick and --long, not ${args.join(' ')}.`);
  return option.slice(2);
}

function testFiles(kind) {
  const top = join(checkout, 'test');
  const names = readdirSync(top, { recursive: true }).map((name) => name.replaceAll(sep, '/'));
  const wanted = names.filter((name) => name.endsWith('.test.ts') && isPartOf(kind, name)).sort();
  if (wanted.length === 0) throw new Stop('There is no test file under test/.');
  return wanted.map((name) => relative(checkout, join(top, name)));
}

function isPartOf(kind, name) {
  const isIn = (folders) => folders.some((folder) => name.startsWith(`${folder}/`));
  if (kind === 'long') return isIn(long);
  return !isIn(long) && !(kind === 'quick' && isIn(notQuick));
}
