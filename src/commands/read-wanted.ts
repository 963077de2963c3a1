import path from 'node:path';
import type { Answers } from '../core/answers.ts';
import { defaultLimits, type Limits } from '../core/call.ts';
import { mayBeAccepted } from '../core/finding-row.ts';
import { findingRows } from '../core/findings.ts';
import { type BundleMedia, lackingCabinets, type Msi } from '../core/media.ts';
import type { Secrets } from '../core/secrets.ts';
import { type Problem, SetupError } from '../core/setup-error.ts';
import type { Properties } from '../core/step.ts';
import { rebootChoices, resumeChoices, type Wanted } from '../core/wanted.ts';
import { openHostFile } from '../machine/host-files.ts';
import { readBundleFile, readMsi } from '../media/read-media.ts';
import { type PinFlags, pinsOf } from './read-pins.ts';
import { readSecrets } from './read-secrets.ts';
import type { Request } from './request.ts';

/** The wanted state, and where on this system the media lie that it names. */
export type WantedWithMedia = {
  readonly wanted: Wanted;
  readonly msiPath: string | null;
  readonly bundlePath: string | null;
  readonly oldMsiPath: string | null;
  /** Values of the secret properties; they are in no document. */
  readonly secrets: Secrets;
};

/** YAML and its schema are loaded only where a file is given. */
async function answersIn(file: string): Promise<Answers> {
  const { readAnswers } = await import('./read-answers.ts');
  return readAnswers(file);
}

/** Reads answers and media; flags win over the answer file. Every problem is listed at once (exit 20). */
export async function readWanted(request: Request, goal: Wanted['goal']): Promise<WantedWithMedia> {
  const answers: Answers = request.answers === undefined ? {} : await answersIn(request.answers);
  const msiPath = goal === 'absent' ? null : request.msi || answers.msi || null;
  const bundlePath = goal === 'absent' ? null : request.hostingBundle || answers.hostingBundle || null;
  const oldMsiPath = request.oldMsi || answers.oldMsi || null;
  const problems: Problem[] = [];
  if (goal === 'present' && msiPath === null) {
    problems.push({
      message: 'No package was given.',
      hint: `Name it: scim-setup ${request.command} --msi SCIMConnector.msi`,
    });
  }
  const msi = keep(msiPath === null ? null : await readMsi(msiPath, openHostFile), msiPath, 'package', problems);
  const oldMsi = keep(
    oldMsiPath === null ? null : await readMsi(oldMsiPath, openHostFile),
    oldMsiPath,
    'package of the installed version',
    problems,
  );
  for (const one of [msi, oldMsi]) problems.push(...cabinetProblems(one));
  const bundle = keep(
    bundlePath === null ? null : await readBundleFile(bundlePath, openHostFile),
    bundlePath,
    'hosting bundle',
    problems,
  );
  const choices = choicesOf(answers, request, problems);
  const { secrets, values } = await readSecrets(request, answers, choices, problems);
  if (problems.length > 0) throw new SetupError(20, ...problems);
  const wanted: Wanted = { schema: 1, goal, msi, bundle, oldMsi, ...choices, secrets };
  return { wanted, msiPath, bundlePath, oldMsiPath, secrets: values };
}

/** Windows Installer looks for them in the folder of the package, and for nothing else (T2). */
function cabinetProblems(msi: Msi | null): readonly Problem[] {
  const names = msi ? lackingCabinets(msi) : [];
  return names.map((name) => ({
    message: `The package ${msi?.name} needs its cabinet ${name} beside it, and that is not there.`,
    hint: 'Put it into the folder of the package under that name, as it was delivered, then run again.',
  }));
}

/** What is wanted beside the media: all that flags and answers can say of it but the secrets. */
export type Choices = Omit<Wanted, 'schema' | 'goal' | 'msi' | 'bundle' | 'oldMsi' | 'secrets'>;

/** Flags and answers put together, flags over answers; what is wrong with them is added to the problems. */
export function choicesOf(
  answers: Answers,
  flags: Pick<Request, 'accept' | 'feature' | 'property' | 'wayBackProperty' | 'reboot' | 'resume'> & PinFlags,
  problems: Problem[],
): Choices {
  const accept = [...(answers.accept ?? []), ...flags.accept];
  problems.push(...notAcceptable(accept));
  const reboot = chosen('reboot', rebootChoices, flags.reboot ?? answers.reboot ?? 'report', problems);
  const resume = chosen('resume', resumeChoices, flags.resume ?? answers.resume ?? 'on', problems);
  if (reboot === 'auto' && resume === 'off') {
    problems.push({
      message:
        'The server is to be restarted by the run (reboot: auto), which is not to go on afterwards (resume: off).',
      hint: 'Let it go on, or restart the server yourself: reboot: report.',
    });
  }
  return {
    features: [...(answers.features ?? []), ...flags.feature],
    properties: { ...answers.properties, ...propertiesIn(flags.property, '--property', problems) },
    wayBackProperties: {
      ...answers.wayBackProperties,
      ...propertiesIn(flags.wayBackProperty, '--way-back-property', problems),
    },
    ...pinsOf(answers, flags, problems),
    accept,
    limits: { ...defaultLimits, ...given(answers.limits) },
    reboot,
    resume,
  };
}

function chosen<T extends string>(name: string, choices: readonly T[], said: string, problems: Problem[]): T {
  const found = choices.find((one) => one === said.toLowerCase());
  if (found === undefined)
    problems.push({ message: `--${name} cannot be "${said}".`, hint: `It is one of: ${choices.join(', ')}.` });
  return found ?? (choices[0] as T);
}

const acceptable = findingRows.filter(mayBeAccepted).map((row) => row.id);

/** A problem for each id that is of no finding that can be accepted. */
export function notAcceptable(accept: readonly string[]): readonly Problem[] {
  const hint = `Those are: ${acceptable.join(', ')}.`;
  const others = accept.filter((id) => !acceptable.includes(id));
  return others.map((id) => ({ message: `"${id}" is no finding that can be accepted.`, hint }));
}

function keep<T extends Msi | BundleMedia>(
  read: T | { readonly problem: string } | null,
  file: string | null,
  noun: string,
  problems: Problem[],
): T | null {
  if (read === null || !('problem' in read)) return read;
  const hint = `Check the path and copy the ${noun} again if it is damaged.`;
  problems.push({ message: `The ${noun} ${path.basename(file ?? '')} ${read.problem}.`, hint });
  return null;
}

function given(limits: Answers['limits']): Partial<Limits> {
  return Object.fromEntries(Object.entries(limits ?? {}).filter(([, minutes]) => minutes !== undefined));
}

function propertiesIn(texts: readonly string[], option: string, problems: Problem[]): Properties {
  const properties: Record<string, string> = {};
  for (const text of texts) {
    const [name, value] = parseProperty(text);
    if (!/^[A-Z_][A-Z0-9_.]*$/.test(name) || value === null)
      problems.push({
        message: `The property "${name}" cannot be given to a package.`,
        hint: `Write ${option} NAME=value with the name in upper case.`,
      });
    else if (Object.hasOwn(properties, name) && properties[name] !== value)
      problems.push({ message: `The property ${name} was given two values.`, hint: 'Give it once.' });
    else properties[name] = value;
  }
  return properties;
}

/** Name and value of `NAME=value`; null for a value without `=`. */
export function parseProperty(text: string): [name: string, value: string | null] {
  const at = text.indexOf('=');
  return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}
