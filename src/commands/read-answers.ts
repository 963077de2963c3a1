import path from 'node:path';
import { isNode, LineCounter, parseDocument, visit } from 'yaml';
import { type AnswerProblem, type Answers, parseAnswers, type SecretSource } from '../core/answers.ts';
import { SetupError } from '../core/setup-error.ts';
import { readHostText } from '../machine/host-files.ts';

/** The answers of a YAML or JSON file, its paths taken from the file's own folder; every problem at once, with its line. */
export async function readAnswers(file: string): Promise<Answers> {
  const text = await readHostText(file);
  if (text === null) {
    throw new SetupError(20, {
      message: `The answer file ${file} is not there, is no file, or may not be read.`,
      hint: 'Check the path given with --answers.',
    });
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const at = (offset: number) => lines.linePos(offset).line;
    throw new SetupError(
      20,
      ...document.errors.map((error) => ({
        message: `${file}, line ${at(error.pos[0])}: ${error.message}`,
        hint: 'The file must be YAML or JSON.',
      })),
    );
  }
  const aliases: number[] = [];
  visit(document, { Alias: (_key, node) => void aliases.push(lines.linePos(node.range?.[0] ?? 0).line) });
  if (aliases.length > 0) throw new SetupError(20, ...aliases.map((line) => aliasProblem(file, line)));
  const parsed = parseAnswers(document.toJS());
  if ('answers' in parsed) return withPaths(parsed.answers, path.dirname(file));
  const lineOf = (problem: AnswerProblem): number => {
    const keys = [...problem.path];
    while (keys.length > 0) {
      const node = document.getIn(keys, true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
      keys.pop();
    }
    return 1;
  };
  throw new SetupError(
    20,
    ...parsed.problems
      .map((problem) => ({ ...problem, line: lineOf(problem) }))
      .sort((left, right) => left.line - right.line)
      .map(({ line, message, hint }) => ({ message: `${file}, line ${line}: ${message}`, hint })),
  );
}

/** An alias may unfold without end, and what looks like one may be a text that should have stood in quotes. */
function aliasProblem(file: string, line: number) {
  return {
    message: `${file}, line ${line}: an answer file has no aliases.`,
    hint: 'Put a text that begins with * in quotes.',
  };
}

function withPaths(answers: Answers, folder: string): Answers {
  const at = (file: string | undefined) => (file === undefined ? {} : path.resolve(folder, file));
  const { secrets } = answers;
  const [msi, hostingBundle, oldMsi] = [at(answers.msi), at(answers.hostingBundle), at(answers.oldMsi)];
  return {
    ...answers,
    ...(typeof msi === 'string' ? { msi } : {}),
    ...(typeof hostingBundle === 'string' ? { hostingBundle } : {}),
    ...(typeof oldMsi === 'string' ? { oldMsi } : {}),
    ...(secrets ? { secrets: secretsFrom(secrets, folder) } : {}),
  };
}

function secretsFrom(secrets: NonNullable<Answers['secrets']>, folder: string): NonNullable<Answers['secrets']> {
  const entries = Object.entries(secrets).map(([name, source]): [string, SecretSource] => [
    name,
    source === 'environment' ? source : { file: path.resolve(folder, source.file) },
  ]);
  return Object.fromEntries(entries);
}
