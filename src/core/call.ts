import type { CodeTable } from './codes.ts';
import type { Places } from './places.ts';

/** One argument: a word, or a public property of msiexec, which is quoted by other rules. */
export type Arg = string | { readonly property: string; readonly value: string };

/** One line that a child reads; a secret is named only, and the machine puts its value in (T14). */
export type InputLine = Arg | { readonly property: string; readonly secret: true };

/** One command line of a child as data. `plan` prints it and `perform` executes the same one. */
export type Call<I extends 'read' | 'change' = 'read' | 'change'> = {
  readonly intent: I;
  readonly tool: CodeTable;
  /** Absolute, or beginning with `%SystemRoot%\`, which the machine puts in. Never looked up on PATH. */
  readonly file: string;
  readonly args: readonly Arg[];
  readonly timeoutMs: number;
  /** msiexec does not read its command line by the rules of the C runtime. */
  readonly quoting: 'argv' | 'msiexec';
  /** The log the tool itself writes; its folder is made beforehand (1622). */
  readonly log: string | null;
  /** What it reads on its standard input; nothing where this is absent. */
  readonly input?: readonly InputLine[];
};

/** How a child ended. `code` is its exit code, null if it is not known to have ended. */
export type CallResult = { readonly code: number | null; readonly timedOut: boolean; readonly output: string };

/** Runs a child that changes something to its end or its limit, as `Machine.change` does. */
export type RunChild = (call: Call<'change'>) => Promise<CallResult>;

/** A child that has just been started: its process id, and a moment before its start. */
export type StartedChild = { readonly pid: number; readonly startedAt: string };

/**
 * Time limits in minutes: of the tools, of one answer by the child that reads the server (`read`), of waiting for another
 * installation to end (`busy`), and of waiting until a server that has just started is ready (`settle`).
 */
export type Limits = Readonly<
  Record<(typeof limitNames)[keyof typeof limitNames] | 'read' | 'busy' | 'settle', number>
>;

export const defaultLimits: Limits = {
  dism: 60,
  hosting: 30,
  msiexec: 30,
  appcmd: 2,
  netsh: 2,
  powershell: 10,
  schtasks: 2,
  shutdown: 1,
  eventcreate: 1,
  read: 2,
  busy: 10,
  settle: 30,
};

/** Where the calls of one attempt find their packages and write their logs. */
export type Attempt = { readonly places: Places; readonly label: string; readonly limits: Limits };

/** A call that changes the server. */
export type Change = Call<'change'>;

/** A call as one line for people; it is not meant to be parsed. */
export function printedCall(call: Call): string {
  const words = call.args.map((arg) =>
    typeof arg === 'string' ? quoted(arg) : `${arg.property}=${quoted(arg.value)}`,
  );
  return [
    quoted(call.file),
    ...words,
    ...(call.input ? [`(reads: ${call.input.map(printedLine).join(' ')})`] : []),
  ].join(' ');
}

function printedLine(line: InputLine): string {
  if (typeof line === 'string') return quoted(line);
  return `${line.property}=${'value' in line ? quoted(line.value) : '(secret)'}`;
}

function quoted(word: string): string {
  return /[\s"]/.test(word) || word === '' ? `"${word.replaceAll('"', '""')}"` : word;
}

export const powershell = '%SystemRoot%\\System32\\WindowsPowerShell\\v1.0\\powershell.exe';

/** `-File`, because `-EncodedCommand` holds only some 12,000 characters (T19). */
export const powershellArgs = ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File'];

/** A call of a tool that is quoted as the C runtime does, with the time limit of that tool. */
export function child(
  tool: keyof typeof limitNames,
  file: string,
  args: readonly Arg[],
  { limits }: Pick<Attempt, 'limits'>,
  log: string | null,
): Change {
  return { intent: 'change', tool, file, args, timeoutMs: limits[limitNames[tool]] * 60_000, quoting: 'argv', log };
}

const limitNames = {
  dism: 'dism',
  hosting: 'hosting',
  msiexec: 'msiexec',
  'msiexec /x': 'msiexec',
  appcmd: 'appcmd',
  netsh: 'netsh',
  'netsh delete': 'netsh',
  powershell: 'powershell',
  schtasks: 'schtasks',
  shutdown: 'shutdown',
  eventcreate: 'eventcreate',
} as const satisfies Record<CodeTable, string>;

/** The log of one attempt. */
export function logOf({ places, label }: Attempt): string {
  return `${places.logs}\\${label}.log`;
}
