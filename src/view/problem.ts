import { exitCodes } from '../core/exit-codes.ts';
import { SetupError } from '../core/setup-error.ts';
import { wrapped } from './layout.ts';

/** What is known where an error ends the program. */
export type About = {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  /** Empty if none was begun. */
  readonly journal: string;
  readonly command: string | null;
  readonly sandbox: boolean;
};

/** The result of a command that could not go on, with the fields that wrappers rely on. */
export type ProblemReport = {
  readonly schema: 1;
  readonly command: string | null;
  readonly sandbox: boolean;
  readonly runId: null;
  readonly exitCode: number;
  readonly end: 'usage' | 'refused' | 'busy' | 'bug';
  readonly message: string;
  readonly changed: boolean;
  readonly rebootRequired: false;
  readonly findings: readonly {
    readonly id: string;
    readonly message: string;
    readonly hint: string;
    readonly stops: 'always';
  }[];
  /** Of a bug only: stack, versions and journal. */
  readonly bug: null | { readonly stack: string; readonly about: About };
};

const bugCode = 29;
const endOf: Readonly<Record<number, ProblemReport['end']>> = { 20: 'usage', 21: 'refused', 1618: 'busy' };

/** An error as the document that `--json` prints. An error that is none of ours is a bug, and says all that helps to find it. */
export function problemDocument(error: unknown, about: About): ProblemReport {
  const { command, sandbox } = about;
  const shared = { schema: 1, command, sandbox, runId: null, rebootRequired: false } as const;
  if (error instanceof SetupError) {
    const { exitCode, problems } = error;
    const end = endOf[exitCode] ?? 'refused';
    const findings = problems.map((one) => ({ id: end, ...one, stops: 'always' as const }));
    return { ...shared, exitCode, end, message: meaningOf(exitCode), changed: false, findings, bug: null };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = 'This is a bug of scim-setup; the journal tells in which state it left the server.';
  return {
    ...shared,
    exitCode: bugCode,
    end: 'bug',
    message,
    changed: about.journal !== '',
    findings: [],
    bug: { stack, about },
  };
}

/** The same for a person. */
export function problemText({ findings, exitCode, bug, message }: ProblemReport): string {
  if (bug) {
    const { version, node, platform, journal } = bug.about;
    const about = `scim-setup ${version}, Node ${node}, ${platform}`;
    return `${message} (exit ${exitCode})\n  ${about}\n  Journal: ${journal || 'none was begun'}\n${bug.stack}\n`;
  }
  const lines = findings.flatMap((one) => [...wrapped(one.message), ...wrapped(one.hint).map((line) => `  ${line}`)]);
  return `${lines.join('\n')}\n${message} (exit ${exitCode})\n`;
}

function meaningOf(code: number): string {
  const meaning = exitCodes.find((one) => one.code === code)?.meaning ?? '';
  return `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}`;
}
