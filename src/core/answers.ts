import { z } from 'zod';
import { defaultLimits, type Limits } from './call.ts';
import { isBundleVersion, isMsiVersion, isSha256 } from './pins.ts';
import { type RebootChoice, type ResumeChoice, rebootChoices, resumeChoices } from './wanted.ts';

/** The answer file: what a person would be asked. Flags and environment win over it. */
export type Answers = {
  readonly msi?: string | undefined;
  readonly hostingBundle?: string | undefined;
  readonly oldMsi?: string | undefined;
  readonly accept?: readonly string[] | undefined;
  readonly features?: readonly string[] | undefined;
  readonly properties?: Readonly<Record<string, string>> | undefined;
  readonly wayBackProperties?: Readonly<Record<string, string>> | undefined;
  /** Where the value of each secret property comes from; never the value itself. */
  readonly secrets?: Readonly<Record<string, SecretSource>> | undefined;
  readonly sha256?: readonly string[] | undefined;
  readonly minimumVersion?:
    | { readonly msi?: string | undefined; readonly hostingBundle?: string | undefined }
    | undefined;
  readonly signers?: readonly string[] | undefined;
  readonly limits?: { readonly [Tool in keyof Limits]?: number | undefined } | undefined;
  readonly reboot?: RebootChoice | undefined;
  readonly resume?: ResumeChoice | undefined;
};

export type SecretSource = 'environment' | { readonly file: string };

/** What is wrong with an answer, and where it stands. */
export type AnswerProblem = {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint: string;
};

const text = z.string('must be text');
const upToADay = z.number('must be a number of minutes').max(1440, 'must be at most 1440, a day');
const minutes = upToADay.positive('must be more than 0').optional();

/** 0 is for callers that come back by themselves on 1618, as ConfigMgr does: the run ends at once. */
const minutesOrNone = upToADay.nonnegative('must not be less than 0').optional();

/** Windows Installer takes public properties only, and those are upper case (MS-msi, Public Properties). */
const propertyName = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_.]*$/, 'is not the name of a public property: upper-case letters, digits and _');

const secretSource = z.union(
  [z.literal('environment'), z.strictObject({ file: z.string() })],
  'must say where the secret comes from, and not the secret itself: environment, or file: with a path',
);

/** YAML 1.1 read `on` and `off` as booleans, and so do people. */
function fromYaml(value: unknown): unknown {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : value;
}

export const answersSchema = z.strictObject(
  {
    msi: text.optional(),
    hostingBundle: text.optional(),
    oldMsi: text.optional(),
    accept: z.array(text, 'must be a list').optional(),
    features: z
      .array(text.regex(/^[A-Za-z0-9-]+$/, 'is not the name of a Windows feature'), 'must be a list')
      .optional(),
    properties: z.record(propertyName, text, 'must hold names with values').optional(),
    wayBackProperties: z.record(propertyName, text, 'must hold names with values').optional(),
    secrets: z.record(propertyName, secretSource, 'must hold names with sources').optional(),
    sha256: z.array(text.refine(isSha256, 'is no SHA-256: 64 hex digits'), 'must be a list').optional(),
    minimumVersion: z
      .strictObject(
        {
          msi: text.refine(isMsiVersion, 'is no version of a package, such as 4.4.0').optional(),
          hostingBundle: text.refine(isBundleVersion, 'is no version of a hosting bundle, such as 6.0.36').optional(),
        },
        'must hold versions for msi and hostingBundle',
      )
      .optional(),
    signers: z.array(text.regex(/\S/, 'names nobody'), 'must be a list').optional(),
    limits: z
      .strictObject(
        {
          dism: minutes,
          hosting: minutes,
          msiexec: minutes,
          appcmd: minutes,
          netsh: minutes,
          powershell: minutes,
          schtasks: minutes,
          shutdown: minutes,
          eventcreate: minutes,
          read: minutes,
          settle: minutes,
          busy: minutesOrNone,
        },
        'must hold names with values',
      )
      .optional(),
    reboot: z.enum(rebootChoices, 'must be never, report or auto').optional(),
    resume: z.preprocess(fromYaml, z.enum(resumeChoices, 'must be on or off')).optional(),
  },
  'the file must hold names with values',
) satisfies z.ZodType<Answers>;

const known = Object.keys(answersSchema.shape).join(', ');

/** The answers, or every problem at once. */
export function parseAnswers(
  raw: unknown,
): { readonly answers: Answers } | { readonly problems: readonly AnswerProblem[] } {
  const result = answersSchema.safeParse(raw ?? {});
  if (result.success) return { answers: result.data };
  return { problems: result.error.issues.flatMap(problemsOf) };
}

function problemsOf(issue: z.core.$ZodIssue): AnswerProblem[] {
  const path = issue.path.filter((part) => typeof part !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `"${key}" is not known here`,
      hint: hintAt(path),
    }));
  }
  if (issue.code === 'invalid_key') {
    const why = issue.issues[0]?.message ?? issue.message;
    return [
      {
        path,
        message: `"${String(path.at(-1))}" ${why}`,
        hint: 'Write it as the package has it; `scim-setup inspect` lists the properties.',
      },
    ];
  }
  const name = path.length === 0 ? '' : `"${path.join('.')}" `;
  return [{ path, message: `${name}${issue.message}`, hint: hintAt(path) }];
}

function hintAt(path: readonly (string | number)[]): string {
  if (path[0] === 'limits') return `Limits are minutes for: ${Object.keys(defaultLimits).join(', ')}.`;
  if (path[0] === 'minimumVersion') return 'Write msi: "4.4.0" or hostingBundle: "6.0.36", in quotes.';
  if (path[0] === 'secrets') return 'Write PASSPHRASE: environment, or PASSPHRASE: { file: passphrase.txt }.';
  return path.length === 0 ? `The answer file may hold: ${known}.` : 'See the answer files in templates/answers.';
}
