// `npm test`: types, lint and every test, with all that they need set up before. `--quick`: what needs nothing but npm.
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, sep } from 'node:path';
import { run, runMain, Stop, say } from './children.mjs';
import { checkout, installPackages, node22 } from './node22.mjs';
import { setUpLab } from './set-up-lab.mjs';

const linted = ['src', 'test', 'scripts', 'package.json', 'tsconfig.json', 'biome.json'];
// Below test/: what needs Wine, the PowerShell engine or msitools, and the whole sweep, of which quick has a sample.
const notQuick = ['lab', 'powershell-engine', 'msi/with-msitools', 'sweep/full', 'long'];

await runMain(async () => {
  const quick = readArguments(process.argv.slice(2));
  installPackages();
  if (!quick) setUpLab();
  const node = node22();
  const checks = [
    ['Types', ['node_modules/typescript/bin/tsc', '--noEmit']],
    ['Lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', ...linted]],
    ['Tests', ['--test', '--test-reporter=spec', `--test-concurrency=${availableParallelism()}`, ...testFiles(quick)]],
  ];
  for (const [name, args] of checks) {
    say(`\n${name}`);
    const code = run(node, args, { cwd: checkout });
    if (code !== 0) return code;
  }
  return 0;
});

function readArguments(args) {
  if (args.some((arg) => arg !== '--quick')) throw new Stop(`The only option is --quick, not ${args.join(' ')}.`);
  return args.includes('--quick');
}

function testFiles(quick) {
  const top = join(checkout, 'test');
  const names = readdirSync(top, { recursive: true }).map((name) => name.replaceAll(sep, '/'));
  const wanted = names.filter((name) => name.endsWith('.test.ts') && !(quick && isSlow(name))).sort();
  if (wanted.length === 0) throw new Stop('There is no test file under test/.');
  return wanted.map((name) => relative(checkout, join(top, name)));
}

function isSlow(name) {
  return notQuick.some((folder) => name.startsWith(`${folder}/`));
}
