import { type CodeRow, codeTables } from '../core/codes.ts';
import { type ExitCode, exitCodes } from '../core/exit-codes.ts';

export type CodesReport = {
  readonly schema: 1;
  readonly command: 'codes';
  readonly sandbox: false;
  readonly exitCode: 0;
  readonly codes: readonly ExitCode[];
  readonly tools: Readonly<Record<string, readonly CodeRow[]>>;
};

/** Every exit code of ours and of the tools we call, with its meaning. */
export function codes(): CodesReport {
  return { schema: 1, command: 'codes', sandbox: false, exitCode: 0, codes: exitCodes, tools: codeTables() };
}
