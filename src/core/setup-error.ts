/** What is wrong, as a sentence, and what to do about it. */
export type Problem = { readonly message: string; readonly hint: string };

/** Why a command cannot go on: a sentence that says what is wrong, a hint that says what to do, and the exit code. Nothing was touched by what it ends. */
export class SetupError extends Error {
  readonly exitCode: number;
  readonly problems: readonly Problem[];

  constructor(exitCode: number, ...problems: readonly Problem[]) {
    super(problems.map((one) => one.message).join('\n'));
    this.name = 'SetupError';
    this.exitCode = exitCode;
    this.problems = problems;
  }
}
