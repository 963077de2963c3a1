import { UnknownCall } from './tool.ts';

export type MsiCommand = {
  readonly verb: '/i' | '/x';
  /** Path of a package for `/i`, product code for `/x`. */
  readonly target: string;
  readonly log: string;
  readonly properties: Readonly<Record<string, string>>;
};

/** Public properties that make Windows Installer do something else than the sandbox has sources for. */
const unsimulated = [
  'REINSTALL',
  'REINSTALLMODE',
  'REMOVE',
  'ADDLOCAL',
  'ADDSOURCE',
  'ADVERTISE',
  'TRANSFORMS',
  'PATCH',
  'TARGETDIR',
  'ACTION',
];

/** What every call of ours says, so that Windows Installer neither restarts the server nor closes applications (T10). */
const demanded: Readonly<Record<string, string>> = {
  REBOOT: 'ReallySuppress',
  MSIRESTARTMANAGERCONTROL: 'Disable',
  ALLUSERS: '1',
};

/** Reads `/i package` or `/x {code}` with `/qn /norestart /l*v log PROPERTY=value ...`; throws on any other form. */
export function parseMsiCommand(args: readonly string[]): MsiCommand {
  const [verb = '', target = '', quiet, noRestart, logSwitch, log = '', ...rest] = args;
  const words = [verb, quiet, noRestart, logSwitch].map((word) => word?.toLowerCase());
  const isKnown =
    (words[0] === '/i' || words[0] === '/x') && words[1] === '/qn' && words[2] === '/norestart' && words[3] === '/l*v';
  if (!isKnown || log === '') throw new UnknownCall('msiexec', args.join(' '));
  const isCode = /^\{[0-9A-Fa-f-]{36}\}$/.test(target);
  if (isCode !== (words[0] === '/x')) throw new UnknownCall('msiexec', `${verb} ${target}`);
  const properties = Object.fromEntries(rest.map(propertyOf));
  for (const [name, value] of Object.entries(demanded)) {
    if (properties[name] !== value) throw new UnknownCall('msiexec', `a call without ${name}=${value}`);
  }
  return { verb: words[0] as '/i' | '/x', target: isCode ? target.toUpperCase() : target, log, properties };
}

function propertyOf(word: string): [string, string] {
  const match = /^([A-Z_][A-Z0-9_.]*)=(.*)$/s.exec(word);
  if (!match?.[1]) throw new UnknownCall('msiexec', word);
  if (unsimulated.includes(match[1])) throw new UnknownCall('msiexec', `the property ${match[1]}`);
  return [match[1], match[2] ?? ''];
}
