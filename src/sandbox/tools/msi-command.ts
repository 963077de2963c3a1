import { UnknownCall } from './tool.ts';

export type MsiCommand = {
  readonly verb: '/i' | '/x';
  /** A product code in upper case, or the path of a package. */
  readonly target: { readonly code: string } | { readonly path: string };
  /** Whether `/f` asked for it. */
  readonly isRepair: boolean;
  readonly log: string;
  /** Whether the log holds the values of properties at the end, those that the package does not hide. */
  readonly showsValues: boolean;
  readonly properties: Readonly<Record<string, string>>;
};

/** Public properties that make Windows Installer do something else than the sandbox has sources for. */
const unsimulated = ['REMOVE', 'ADDLOCAL', 'ADDSOURCE', 'ADVERTISE', 'TRANSFORMS', 'PATCH', 'TARGETDIR', 'ACTION'];

/** What every call of ours says, so that Windows Installer neither restarts the server nor closes applications (T10). */
const demanded: Readonly<Record<string, string>> = { REBOOT: 'ReallySuppress', MSIRESTARTMANAGERCONTROL: 'Disable' };

/** What says for whom: for everybody, or for the user alone (MS-msi: allusers, msiinstallperuser). */
const contexts: readonly Readonly<Record<string, string>>[] = [
  { ALLUSERS: '1' },
  { ALLUSERS: '', MSIINSTALLPERUSER: '1' },
];

/** The letters of a repair that names none (MS-msi: command-line-options). */
const usualMode = 'omus';

/**
 * Reads `/i`, `/x` or `/f` with its letters, a package or product code, and `/qn /norestart /l*v log PROPERTY=value ...`;
 * throws on any other form. A repair ignores the properties given and is a reinstallation of everything (MS-msi:
 * command-line-options).
 */
export function parseMsiCommand(args: readonly string[]): MsiCommand {
  const [verb = '', target = '', quiet, noRestart, logSwitch, log = '', ...rest] = args;
  const words = [quiet, noRestart, logSwitch].map((word) => word?.toLowerCase());
  const repair = /^\/f([a-z]*)$/i.exec(verb);
  const isKnown = (/^\/[ix]$/i.test(verb) || repair) && words.join(' ') === '/qn /norestart /l*v' && log !== '';
  if (!isKnown || target === '') throw new UnknownCall('msiexec', args.join(' '));
  const given = Object.fromEntries(rest.map(propertyOf));
  requireSaid(given);
  const properties = repair ? { REINSTALL: 'ALL', REINSTALLMODE: repair[1] || usualMode } : given;
  requireKnownMode(properties);
  const isRemoval = verb.toLowerCase() === '/x';
  return {
    verb: isRemoval ? '/x' : '/i',
    isRepair: repair !== null,
    target: targetOf(target),
    log,
    showsValues: true,
    properties,
  };
}

function targetOf(word: string): MsiCommand['target'] {
  return /^\{[0-9A-Fa-f-]{36}\}$/.test(word) ? { code: word.toUpperCase() } : { path: word };
}

function propertyOf(word: string): [string, string] {
  const match = /^([A-Z_][A-Z0-9_.]*)=(.*)$/s.exec(word);
  if (!match?.[1]) throw new UnknownCall('msiexec', word);
  if (unsimulated.includes(match[1])) throw new UnknownCall('msiexec', `the property ${match[1]}`);
  return [match[1], match[2] ?? ''];
}

function requireSaid(given: Readonly<Record<string, string>>): void {
  const missing = Object.entries(demanded).find(([name, value]) => given[name] !== value);
  if (missing) throw new UnknownCall('msiexec', `a call without ${missing.join('=')}`);
  if (!contexts.some((context) => Object.entries(context).every(([name, value]) => given[name] === value)))
    throw new UnknownCall('msiexec', 'a call without ALLUSERS=1');
}

function requireKnownMode({ REINSTALL, REINSTALLMODE }: Readonly<Record<string, string>>): void {
  if (REINSTALL !== undefined && REINSTALL !== 'ALL') throw new UnknownCall('msiexec', `REINSTALL=${REINSTALL}`);
  // Checksums (`c`) are for files that say so, and a mode without any rule for files is nowhere described.
  if (REINSTALLMODE !== undefined && !/^(?=.*[poeda])[poedaumsv]+$/i.test(REINSTALLMODE))
    throw new UnknownCall('msiexec', `REINSTALLMODE=${REINSTALLMODE}`);
}
