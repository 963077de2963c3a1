import type { Argv } from 'yargs';
import { scenarioList } from '../sandbox/scenario-list.ts';

/** The names of the commands, as the command line takes them. */
export type CommandName =
  | 'detect'
  | 'inspect'
  | 'plan'
  | 'apply'
  | 'uninstall'
  | 'verify'
  | 'backup'
  | 'restore'
  | 'backups'
  | 'resume'
  | 'findings'
  | 'codes'
  | 'sandbox';

type Options = (parser: Argv) => Argv;

const server: Options = (parser) =>
  parser.option('sandbox', {
    type: 'string',
    requiresArg: true,
    describe: 'a simulated server: a folder made by `sandbox create`, or the name of a scenario, made afresh',
  });

const keeping =
  (what: string): Options =>
  (parser) =>
    parser.option('out', { type: 'string', requiresArg: true, describe: `keep ${what} in this file` });

const fromFacts =
  (describe: string): Options =>
  (parser) =>
    parser.option('facts', { type: 'string', requiresArg: true, describe });

const detecting: Options = (parser) => keeping('the facts')(server(parser));

const accepting: Options = (parser) =>
  server(parser)
    .option('accept', { type: 'string', array: true, requiresArg: true, describe: 'accept a finding, by its id' })
    .option('answers', { type: 'string', requiresArg: true, describe: 'answer file, YAML or JSON' })
    .option('old-msi', {
      type: 'string',
      requiresArg: true,
      describe: 'your own copy of the package of the installed version, its cabinets beside it, for the way back',
    })
    .option('way-back-property', {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'NAME=value for the package of the installed version, should it have to be put back',
    })
    .option('reboot', {
      type: 'string',
      requiresArg: true,
      describe: 'where Windows wants a restart: never (take the change back), report (the default) or auto (restart)',
    })
    .option('resume', {
      type: 'string',
      requiresArg: true,
      describe:
        'on (the default): a run that was cut, or waits for a restart, goes on by itself at the next start; or off',
    })
    .option('secret-property', {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'NAME of a secret property; its value stands in the environment as SCIM_SETUP_SECRET_NAME',
    });

const pinning: Options = (parser) =>
  parser
    .option('sha256', {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'the SHA-256 of a package that may be given; no other may be',
    })
    .option('minimum-msi-version', { type: 'string', requiresArg: true, describe: 'refuse an older package' })
    .option('minimum-bundle-version', { type: 'string', requiresArg: true, describe: 'refuse an older hosting bundle' })
    .option('signer', {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'who must have signed the packages: thumbprint, subject or common name of the certificate',
    });

const wanting: Options = (parser) =>
  pinning(accepting(parser))
    .option('msi', { type: 'string', requiresArg: true, describe: 'the package of the connector' })
    .option('hosting-bundle', {
      type: 'string',
      requiresArg: true,
      describe: 'the .NET hosting bundle (dotnet-hosting-...-win.exe)',
    })
    .option('property', { type: 'string', array: true, requiresArg: true, describe: 'NAME=value for the package' })
    .option('feature', {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'a Windows feature to enable besides, by its DISM name',
    });

const verifying: Options = (parser) =>
  fromFacts('judge a server by the facts that `detect --out` has kept, on any system')(wanting(parser));

const planning: Options = (parser) =>
  keeping('the plan')(
    fromFacts('plan for a server by the facts that `detect --out` has kept, on any system')(wanting(parser)),
  )
    .option('detailed-exitcode', { type: 'boolean', describe: 'exit 24 if apply would change something' })
    .option('explain', {
      type: 'boolean',
      describe: 'also print every finding: what it means, whether it applies here, how to cure and accept it',
    });

const applying: Options = (parser) =>
  wanting(parser).option('plan', {
    type: 'string',
    requiresArg: true,
    describe: 'a plan that `plan --out` has kept: goes on only if the server still gives that very plan',
  });

const backingUp: Options = (parser) =>
  server(parser).option('to', { type: 'string', requiresArg: true, describe: 'a new folder for a copy of the backup' });

const restoring: Options = (parser) =>
  server(parser)
    .option('from', { type: 'string', requiresArg: true, describe: 'the id of a backup, or the folder of a copy' })
    .option('accept', { type: 'string', array: true, requiresArg: true, describe: 'accept a finding, by its id' });

const listing: Options = (parser) =>
  server(parser)
    .positional('action', { type: 'string', choices: ['prune'], describe: 'remove older ones' })
    .option('keep', { type: 'string', requiresArg: true, describe: 'of `prune`: how many good ones stay, at least 1' });
const resuming: Options = (parser) =>
  server(parser).option('startup', {
    type: 'boolean',
    describe: 'as the startup task does it: three times at most, and the report is kept in the folder of the run',
  });

const inspecting: Options = (parser) =>
  parser.positional('msi', { type: 'string', demandOption: true, describe: 'the package' });

const simulating: Options = (parser) =>
  parser
    .positional('action', {
      type: 'string',
      choices: ['create', 'show', 'restart'],
      demandOption: true,
      describe: 'what to do',
    })
    .positional('folder', { type: 'string', demandOption: true, describe: 'where it is kept' })
    .option('scenario', {
      type: 'string',
      requiresArg: true,
      describe: 'what to simulate, see below; scim-4.1 if none is named',
    })
    .option('facts', {
      type: 'string',
      requiresArg: true,
      describe: 'simulate a server by the facts that `detect --out` has kept',
    })
    .epilogue(`Scenarios:\n${scenarioLines()}`);

function scenarioLines(): string {
  const width = Math.max(...scenarioList.map(({ name }) => name.length));
  return scenarioList.map(({ name, what }) => `  ${name.padEnd(width)}  ${what}`).join('\n');
}

/** Every command: its usage, what it is for, and the options it takes. */
export const commandTable: readonly (readonly [usage: string, describe: string, options: Options])[] = [
  ['detect', 'print what the server looks like', detecting],
  ['inspect <msi>', 'print what a package is; works on any system', inspecting],
  ['plan', 'print what apply would do; changes nothing', planning],
  ['apply', 'bring the server to the wanted state, verified', applying],
  ['uninstall', 'back up the config and uninstall the connector', accepting],
  ['resume', 'go on with a run that was cut, or that has waited for a restart', resuming],
  ['verify', 'is the server in the wanted state; exit 24 if not', verifying],
  ['backup', 'back up the config and the kept package; changes nothing else', backingUp],
  ['restore', 'put the config of a backup back; what is there now is backed up first', restoring],
  ['backups [action]', 'list the backups, each proven, or remove older ones', listing],
  ['findings', 'every state that stops a run, how to cure it and how to accept it', (parser) => parser],
  ['codes', 'every exit code, with its meaning', (parser) => parser],
  ['sandbox <action> <folder>', 'create, show or restart a simulated server', simulating],
];
