import yargs, { type Argv } from 'yargs';
import type { Request } from '../commands/request.ts';
import { SetupError } from '../core/setup-error.ts';
import { type CommandName, commandTable } from './options.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

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
    const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (Array.isArray(value)) throw usage(`${option} was given more than once.`);
    // A script's variable that holds nothing is no wish to do without.
    if (parsed[name] === '') throw usage(`${option} was given without a value.`);
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
