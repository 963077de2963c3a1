/** Why a command cannot go on: a sentence that says what is wrong, a hint that says what to do, and the exit code. Nothing was touched. */
export class SetupError extends Error {
  readonly exitCode: number;
  readonly problems: readonly { readonly message: string; readonly hint: string }[];

  constructor(exitCode: number, ...problems: readonly { readonly message: string; readonly hint: string }[]) {
    super(problems.map((one) => one.message).join('\n'));
    this.name = 'SetupError';
    this.exitCode = exitCode;
    this.problems = problems;
  }
}
