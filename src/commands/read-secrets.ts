import path from 'node:path';
import type { Answers, SecretSource } from '../core/answers.ts';
import { type Secrets, valueProblem, type WantedSecret } from '../core/secrets.ts';
import type { Wanted } from '../core/wanted.ts';
import { readHostText } from '../machine/host-files.ts';
import type { Request } from './request.ts';

type Problem = { readonly message: string; readonly hint: string };

/** What is given to packages in clear. */
type Plain = Pick<Wanted, 'properties' | 'wayBackProperties'>;

export type SecretsRead = { readonly secrets: readonly WantedSecret[]; readonly values: Secrets };

/**
 * The secret properties that are wanted, and the values that are at hand: from the environment, or from a file that the
 * answers name, whose last line break does not count. What is wrong goes to `problems`, without any value.
 */
export async function readSecrets(
  request: Request,
  answers: Answers,
  { properties, wayBackProperties }: Plain,
  problems: Problem[],
): Promise<SecretsRead> {
  const sources = sourcesOf(request, answers, problems);
  const values = new Map<string, string>();
  for (const [name, source] of sources) {
    if (name in properties || name in wayBackProperties) problems.push(twice(name));
    const value = await valueFrom(name, source, request, problems);
    const problem = value === null ? null : valueProblem(value);
    if (problem !== null) problems.push({ message: `The value of ${name} ${problem}.`, hint: hintFor(name) });
    else if (value !== null) values.set(name, value);
  }
  return { secrets: [...sources.keys()].map((name) => ({ name, given: values.has(name) })), values };
}

/** What stands after an equals sign may be the secret itself, so it is not said. */
function sourcesOf(request: Request, answers: Answers, problems: Problem[]): Map<string, SecretSource> {
  const sources = new Map<string, SecretSource>(Object.entries(answers.secrets ?? {}));
  for (const text of request.secretProperty ?? []) {
    const [name = ''] = text.split('=');
    if (/^[A-Z_][A-Z0-9_.]*$/.test(text)) sources.set(text, 'environment');
    else if (text.includes('='))
      problems.push({ message: `--secret-property takes a name and no value.`, hint: hintFor(name) });
    else
      problems.push({
        message: `"${text}" is not the name of a property.`,
        hint: 'Write it in upper case, as the package has it.',
      });
  }
  return sources;
}

async function valueFrom(
  name: string,
  source: SecretSource,
  { environmentSecrets }: Request,
  problems: Problem[],
): Promise<string | null> {
  if (source === 'environment') return environmentSecrets?.get(name) ?? null;
  const text = await readHostText(source.file);
  if (text !== null) return text.replace(/^\uFEFF/, '').replace(/\r?\n$/, '');
  const message = `The file with the value of ${name} is not there, or may not be read: ${path.basename(source.file)}.`;
  problems.push({ message, hint: 'Its path is taken from the folder of the answer file.' });
  return null;
}

function twice(name: string): Problem {
  return { message: `${name} is given as a secret and as a plain property.`, hint: 'Take the plain one out.' };
}

function hintFor(name: string): string {
  const isName = /^[A-Z_][A-Z0-9_.]*$/.test(name);
  return `Put the value into the environment as SCIM_SETUP_SECRET_${isName ? name : 'NAME'}, on one line.`;
}
