import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const argv = process.argv.slice(2);

let interrupts = 0;
let journal = '';

/** Once: the child at work ends, then the way back. Twice: where to read on. The run itself is never torn down. */
function onInterrupt(): void {
  interrupts += 1;
  const text =
    interrupts === 1
      ? 'Interrupted: the step at work ends first, then the change is walked back.'
      : `Still at work. The journal: ${journal}`;
  process.stderr.write(`\n${text}\n`);
}

/** Children inherit the environment, and none of them needs the secrets in it. */
function takeEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^SCIM_SETUP_SECRET_(?!PROPERTY$)/i.test(name)) delete process.env[name];
  }
  return env;
}

async function main(): Promise<number> {
  // The startup task runs as SYSTEM, into whose temporary folder users can write: nothing there is executed.
  if (argv[0] !== 'resume') (await import('node:module')).enableCompileCache();
  const { runCli } = await import('./cli.ts');
  for (const signal of ['SIGINT', 'SIGBREAK', 'SIGTERM'] as const) process.on(signal, onInterrupt);
  return runCli({
    argv,
    env: takeEnvironment(),
    version,
    node: process.version,
    platform: process.platform,
    isTerminal: process.stdout.isTTY === true,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    interrupted: () => interrupts > 0,
    setJournal: (path) => {
      journal = path;
    },
    journal: () => journal,
  });
}

if (argv.length === 1 && argv[0] === '--version') process.stdout.write(`${version}\n`);
else process.exitCode = await main();
