import { readFileSync } from 'node:fs';
import type { Interrupt } from './core/interrupt.ts';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const argv = process.argv.slice(2);

let interrupts = 0;
let isLeft = false;
let journal = '';
const leaving = Promise.withResolvers<void>();

/** Once: the child at work ends, then the way back. Twice: where to read on. The run itself is never torn down. */
function onInterrupt(): void {
  interrupts += 1;
  process.stderr.write(`\n${journal === '' ? beforeJournal() : withJournal()}\n`);
}

function withJournal(): string {
  return interrupts === 1
    ? 'Interrupted: the step at work ends first, then the change is walked back.'
    : `Still at work. The journal: ${journal}`;
}

function beforeJournal(): string {
  return interrupts === 1
    ? 'Interrupted: there is no journal yet, since nothing was begun, and nothing will be.'
    : 'Still looking at the server. There is no journal yet.';
}

/**
 * The console window is closed: Windows ends this process after five seconds (SPI_GETHUNGAPPTIMEOUT), whatever it does, and its
 * children, which are detached and have no console, go on. So that stands in the journal, and nothing more is begun (T3).
 *
 * Of a logoff and a shutdown Node is not told: libuv hands on CTRL_CLOSE_EVENT as SIGHUP, and neither CTRL_LOGOFF_EVENT nor
 * CTRL_SHUTDOWN_EVENT (libuv, src/win/signal.c), which Windows sends to services only (learn.microsoft.com: HandlerRoutine). The
 * process then ends as by a kill. That is covered by what is journalled before each effect and by the child's own entry alone,
 * and so is the end of a broken WinRM session.
 */
function onHangUp(): void {
  isLeft = true;
  // Nobody reads any more, and what cannot be said must not end the run before its journal is written.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  leaving.resolve();
}

function interrupted(): Interrupt {
  if (isLeft) return 'leave';
  return interrupts > 0 ? 'back' : 'no';
}

/** Children inherit the environment, and none of them needs the secrets in it. */
function takeEnvironment(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^SCIM_SETUP_SECRET_(?!PROPERTY$)/i.test(name)) delete process.env[name];
  }
  return env;
}

/**
 * Starts faster the next time. What lies there is executed, so it lies in the account's own profile: into the temporary folder of
 * SYSTEM, which is Node's choice, every user of the server can write.
 */
async function keepCompiled(): Promise<void> {
  const own =
    process.platform === 'win32' ? process.env.LOCALAPPDATA : process.env.HOME && `${process.env.HOME}/.cache`;
  if (own) (await import('node:module')).enableCompileCache(`${own}/scim-setup/compiled`);
}

async function main(): Promise<number> {
  await keepCompiled();
  const { runCli } = await import('./cli.ts');
  for (const signal of ['SIGINT', 'SIGBREAK', 'SIGTERM'] as const) process.on(signal, onInterrupt);
  process.on('SIGHUP', onHangUp);
  return runCli({
    argv,
    env: takeEnvironment(),
    version,
    node: process.version,
    platform: process.platform,
    isTerminal: process.stdout.isTTY === true,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    interrupted,
    leaving: leaving.promise,
    setJournal: (path) => {
      journal = path;
    },
    journal: () => journal,
  });
}

if (argv.length === 1 && argv[0] === '--version') process.stdout.write(`${version}\n`);
else process.exitCode = await main();
