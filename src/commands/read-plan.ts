import { parseAnswers } from '../core/answers.ts';
import { differencesBetween, differenceText } from '../core/differences.ts';
import type { Facts } from '../core/facts.ts';
import type { BundleMedia, Msi } from '../core/media.ts';
import { fingerprintOf, type MediaPlace, type PlanDocument, planDocument } from '../core/plan-document.ts';
import type { WantedSecret } from '../core/secrets.ts';
import { type Problem, SetupError } from '../core/setup-error.ts';
import type { CabinetRef } from '../core/step.ts';
import { sha256Of } from '../machine/read-files.ts';
import { contradictions } from './plan-flags.ts';
import { type FoundMedia, findMedia } from './plan-media.ts';
import { readDocument } from './read-document.ts';
import { checkedFacts, problemIn } from './read-facts.ts';
import { readSecrets, type SecretsRead } from './read-secrets.ts';
import { type Choices, choicesOf, type WantedWithMedia } from './read-wanted.ts';
import type { Request } from './request.ts';

/** A kept plan whose every part was made again from its facts, its answers and the files it names. */
export type ApprovedPlan = { readonly document: PlanDocument; readonly media: WantedWithMedia };

type Fields = Readonly<Record<string, unknown>>;

const mostTold = 10;

/**
 * Reads a kept plan. Nothing in it is believed: facts and answers are checked, its packages read again, and all the rest must be
 * what this program makes of them. Everything wrong with it, and with flags that contradict it, is a SetupError (exit 20).
 */
export async function readPlan(file: string, request: Request, program: string): Promise<ApprovedPlan> {
  const raw = await readDocument(file, { option: '--plan', command: 'plan' });
  const { facts, choices, media, secrets, problems } = await partsOf(raw, file, request);
  if (!facts || !choices || !media || !secrets) throw new SetupError(20, ...problems);
  const { places, msi, bundle, oldMsi } = media;
  const document = planDocument(
    {
      program: String(raw.program),
      sandbox: raw.sandbox === true,
      media: places,
      wanted: {
        schema: 1,
        goal: 'present',
        msi: msi?.media ?? null,
        bundle: bundle?.media ?? null,
        oldMsi: oldMsi?.media ?? null,
        ...choices,
        secrets: secrets.planned,
      },
      facts,
    },
    sha256Of,
  );
  const all = [...problems, ...foreignParts(raw, document, file, program)];
  if (all.length > 0) throw new SetupError(20, ...all);
  const wanted = { ...document.wanted, secrets: secrets.read.secrets };
  return {
    document,
    media: {
      wanted,
      msiPath: msi?.path ?? null,
      bundlePath: bundle?.path ?? null,
      oldMsiPath: oldMsi?.path ?? null,
      secrets: secrets.read.values,
    },
  };
}

type Parts = {
  readonly facts: Facts | null;
  readonly choices: Choices | null;
  readonly media: PlannedMedia | null;
  readonly secrets: PlannedSecrets | null;
  readonly problems: readonly Problem[];
};
/** The secrets as the plan names them, and as this run has them at hand. */
type PlannedSecrets = { readonly planned: readonly WantedSecret[]; readonly read: SecretsRead };
type PlannedMedia = {
  readonly places: PlanDocument['media'];
  readonly msi: FoundMedia<Msi> | null;
  readonly bundle: FoundMedia<BundleMedia> | null;
  readonly oldMsi: FoundMedia<Msi> | null;
};

/** What the rest of a plan follows from, each part null where it is not as it must be. */
async function partsOf(raw: Fields, file: string, request: Request): Promise<Parts> {
  if (!isFields(raw.wanted) || !isFields(raw.facts)) {
    throw new SetupError(20, {
      message: `${file} holds no plan to perform: it is what \`plan --json\` prints.`,
      hint: 'Keep the plan with scim-setup plan --out, and give that file.',
    });
  }
  const facts = checkedFacts(raw.facts, file);
  const planned = plannedChoices(raw.wanted, file);
  const secrets = await plannedSecrets(raw.wanted.secrets, planned.choices, request, file);
  const places = placesIn(raw.media);
  const found = places && (await findMedia(places, request, file));
  const isAsWritten = fingerprintOf(raw, sha256Of) === raw.fingerprint;
  const problems = [
    ...(isAsWritten ? [] : [problemIn(file, 'it was changed after it was written')]),
    ...('problems' in facts ? facts.problems : []),
    ...planned.problems,
    ...secrets.problems,
    ...(planned.choices ? contradictions(request, { ...planned.choices, secrets: secrets.found?.planned ?? [] }) : []),
    ...(found?.problems ?? [problemIn(file, 'the places of its packages cannot be read')]),
  ];
  return {
    facts: 'facts' in facts ? facts.facts : null,
    choices: planned.choices,
    media: places && found && found.problems.length === 0 ? { places, ...found } : null,
    secrets: secrets.found,
    problems,
  };
}

/** What a file holds that does not follow from its own facts, answers and packages. */
function foreignParts(raw: Fields, document: PlanDocument, file: string, program: string): Problem[] {
  const { fingerprint: _own, ...rest } = raw;
  const { fingerprint: _made, ...made } = document;
  const plain: unknown = JSON.parse(JSON.stringify(made));
  const found = differencesBetween(plain, rest).map(differenceText);
  if (found.length === 0 && JSON.stringify(plain) !== JSON.stringify(rest))
    found.push('the order of its parts differs');
  if (found.length > 0 && raw.program !== program) {
    const made = `it was made by scim-setup ${typeof raw.program === 'string' ? raw.program : '(unknown)'}`;
    return [problemIn(file, `${made}, and this is ${program}, which decides otherwise: ${found[0]}`)];
  }
  const told = found.slice(0, mostTold).map((one) => problemIn(file, `this does not follow from its facts: ${one}`));
  return found.length > mostTold
    ? [...told, problemIn(file, `and ${found.length - mostTold} more of that kind`)]
    : told;
}

/** Features, properties, what is accepted and the limits, by the rules of the answer file. */
function plannedChoices(
  wanted: Fields,
  file: string,
): { readonly choices: Choices | null; readonly problems: readonly Problem[] } {
  const {
    schema: _schema,
    goal: _goal,
    msi: _msi,
    bundle: _bundle,
    oldMsi: _old,
    secrets: _secrets,
    ...answers
  } = wanted;
  const parsed = parseAnswers(answers);
  if ('problems' in parsed) {
    return { choices: null, problems: parsed.problems.map(({ message }) => problemIn(file, `wanted: ${message}`)) };
  }
  const problems: Problem[] = [];
  return { choices: choicesOf(parsed.answers, noFlags, problems), problems };
}

/** The secret properties by their names; a plan holds no value, so these come from the environment. */
async function plannedSecrets(
  planned: unknown,
  choices: Choices | null,
  request: Request,
  file: string,
): Promise<{ readonly found: PlannedSecrets | null; readonly problems: readonly Problem[] }> {
  if (!Array.isArray(planned) || !planned.every(isSecret))
    return { found: null, problems: [problemIn(file, 'wanted: secrets must be names, and whether each was given')] };
  const problems: Problem[] = [];
  const flags = { ...request, secretProperty: planned.map((one) => one.name) };
  const read = await readSecrets(flags, {}, choices ?? noProperties, problems);
  return { found: { planned, read }, problems };
}

const noProperties = { properties: {}, wayBackProperties: {} };

function isSecret(value: unknown): value is WantedSecret {
  return isFields(value) && typeof value.name === 'string' && typeof value.given === 'boolean';
}

const noFlags = { accept: [], feature: [], property: [], wayBackProperty: [] };

function placesIn(media: unknown): PlanDocument['media'] | null {
  if (!isFields(media)) return null;
  const { msi, bundle = null, oldMsi = null } = media;
  const isThere = isPlace(msi) && (bundle === null || isPlace(bundle)) && (oldMsi === null || isPlace(oldMsi));
  return isThere ? { msi, bundle, oldMsi } : null;
}

function isPlace(value: unknown): value is MediaPlace {
  if (!isFields(value) || typeof value.path !== 'string' || typeof value.sha256 !== 'string') return false;
  const { cabinets = [] } = value;
  return Array.isArray(cabinets) && cabinets.every(isCabinet);
}

function isCabinet(value: unknown): value is CabinetRef {
  return isFields(value) && typeof value.name === 'string' && typeof value.sha256 === 'string';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
