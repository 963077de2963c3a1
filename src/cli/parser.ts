import yargs, { type Argv } from 'yargs';
import type { Request } from '../commands/request.ts';
import { SetupError } from '../core/setup-error.ts';
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

export type Environment = Readonly<Record<string, string | undefined>>;

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

const commandTable: readonly (readonly [usage: string, describe: string, options: Options])[] = [
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

/** Whether a word is a command. */
export function isCommand(word: string | undefined): word is CommandName {
  return commandTable.some(([usage]) => usage.split(' ')[0] === word);
}

/** The request of a command line, or null where help or the version was printed. Everything wrong with it is a SetupError (exit 20). */
export async function parseCommandLine(
  argv: readonly string[],
  env: Environment,
  version: string,
): Promise<Request | null> {
  const parser = parserFor(version);
  const parsed: Record<string, unknown> = await parser.parseAsync([...argv]);
  if (parsed.help === true || parsed.version === true) return null;
  const words = (parsed._ as unknown[]).map(String);
  if (words.length > 1) throw usage(`"${words[1]}" is one word too many.`);
  return requestOf(words[0] ?? '', parsed, env);
}

function parserFor(version: string): Argv {
  const parser: Argv = yargs()
    .scriptName('scim-setup')
    .usage('$0 <command>\n\nInstalls and upgrades the Delinea SCIM Connector on Windows Server with nobody present.')
    .locale('en')
    .updateStrings({
      'Did you mean %s?': 'There is no such command; did you mean %s?' as never,
      'Not enough non-option arguments: got %s, need at least %s': {
        one: 'A word is missing: there are %s, and at least %s are needed.',
        other: 'A word is missing: there are %s, and at least %s are needed.',
      } as never,
      'Not enough arguments following: %s': 'The option %s needs a value.' as never,
      'Invalid values:': 'This cannot be:' as never,
      'Argument: %s, Given: %s, Choices: %s': '%s %s; it is one of %s.' as never,
      'Show help': 'show this help' as never,
      'Show version number': 'show the version' as never,

      'Unknown argument: %s': {
        one: 'There is no option or word "%s" here.',
        other: 'These are no options or words here: %s.',
      } as never,
    })
    .version(version)
    .option('json', { type: 'boolean', describe: 'print one JSON document and nothing else' })
    .strict()
    .demandCommand(1, 1, 'Name a command.', 'Name one command only.')
    .recommendCommands()
    .exitProcess(false)
    .wrap(110)
    .fail((message, error) => {
      // yargs hands its own complaints over as errors too; any other error is a bug.
      if (error && error.name !== 'YError') throw error;
      throw usage(message ?? error.message);
    })
    .example('$0 plan --msi SCIMConnector.msi', 'what would be done here, and why')
    .example('$0 apply --sandbox scim-4.1 --msi SCIMConnector.msi', 'rehearse it on a simulated server')
    .epilogue(
      'Options of a command: scim-setup <command> --help. Each may stand in the environment as SCIM_SETUP_NAME. Exit codes: scim-setup codes.',
    );
  return commandTable.reduce((all, [line, describe, options]) => all.command(line, describe, options), parser);
}

function usage(message: string): SetupError {
  const oneLine = message.replace(/\s*\n\s*/g, ' ').trim();
  return new SetupError(20, { message: oneLine, hint: 'See scim-setup --help.' });
}

/** SCIM_SETUP_SECRET_PROPERTY names secrets, as the option does; every other such variable holds one. */
function secretsIn(env: Environment): ReadonlyMap<string, string> {
  const found = Object.entries(env).flatMap(([name, value]): [string, string][] => {
    const secret = /^SCIM_SETUP_SECRET_(.+)$/i.exec(name)?.[1]?.toUpperCase();
    return secret === undefined || secret === 'PROPERTY' || value === undefined ? [] : [[secret, value]];
  });
  return new Map(found);
}

/** How a switch may be said in the environment. */
const switchWords: Readonly<Record<string, boolean>> = {
  '': false,
  '0': false,
  false: false,
  no: false,
  '1': true,
  true: true,
  yes: true,
};

/** Flags win over environment variables; of those only the options that a command has are looked at. */
function requestOf(command: string, parsed: Record<string, unknown>, env: Environment): Request {
  const fromEnv = (name: string) => env[`SCIM_SETUP_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`];
  const text = (name: string): string | undefined => {
    const value = parsed[name] ?? fromEnv(name);
    if (Array.isArray(value))
      throw usage(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} was given more than once.`);
    return value === undefined || value === '' ? undefined : String(value);
  };
  const list = (name: string, separator = ','): string[] => {
    const value = parsed[name] ?? fromEnv(name)?.split(separator);
    return Array.isArray(value) ? value.map(String).filter((one) => one !== '') : [];
  };
  const flag = (name: string): boolean => {
    const said = parsed[name] ?? fromEnv(name) ?? '';
    const value = switchWords[String(said).toLowerCase()];
    if (value === undefined) throw usage(`The switch ${name} is on or off, not "${said}".`);
    return value;
  };
  return {
    command,
    json: flag('json'),
    sandbox: text('sandbox'),
    msi: text('msi'),
    hostingBundle: text('hostingBundle'),
    oldMsi: text('oldMsi'),
    answers: text('answers'),
    accept: list('accept'),
    feature: list('feature'),
    property: list('property'),
    secretProperty: list('secretProperty'),
    environmentSecrets: secretsIn(env),
    wayBackProperty: list('wayBackProperty'),
    sha256: list('sha256'),
    minimumMsiVersion: text('minimumMsiVersion'),
    minimumBundleVersion: text('minimumBundleVersion'),
    // A subject has commas of its own.
    signer: list('signer', ';'),
    detailedExitcode: flag('detailedExitcode'),
    out: text('out'),
    facts: text('facts'),
    plan: text('plan'),
    explain: flag('explain'),
    from: text('from'),
    to: text('to'),
    keep: text('keep'),
    startup: flag('startup'),
    reboot: text('reboot'),
    resume: text('resume'),
    action: text('action'),
    folder: text('folder'),
    scenario: text('scenario'),
  };
}
