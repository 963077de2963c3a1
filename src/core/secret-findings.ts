import { type FindingRow, listed } from './finding-row.ts';
import type { SecretProperty, WantedSecret } from './secrets.ts';
import { type Situation, valueOr } from './situation.ts';
import { isGoingBack } from './way-back.ts';

/** What can be wrong with the secrets that a package is to be given. */
export const secretFindings: readonly FindingRow[] = [
  {
    id: 'secret-property',
    about: 'packages',
    means: 'A property given for the package holds a secret, which others could read while it is installed.',
    needs: [],
    stops: 'always',
    hint: 'Give its name with --secret-property, and its value in the environment as SCIM_SETUP_SECRET_ and the name.',
    test: ({ wanted: { msi, properties, wayBackProperties } }) =>
      listed(
        Object.keys({ ...properties, ...wayBackProperties }).filter(
          (name) => msi?.hiddenProperties.includes(name) || /PASS|SECRET|TOKEN|KEY/.test(name),
        ),
        (names) => `A property that holds a secret would stand in the process table and in logs: ${names}.`,
      ),
  },
  {
    id: 'no-secret',
    about: 'packages',
    means: 'The package is to be told a secret whose value is not at hand.',
    needs: [],
    stops: 'always',
    alsoBack: true,
    hint: 'Put it into the environment as SCIM_SETUP_SECRET_ and the name, on one line; no run keeps it for the next one.',
    test: (one) =>
      listed(
        wantedSecrets(one)
          .filter((secret) => !secret.given)
          .map((secret) => secret.name),
        (names) => `The value of a secret property was not given: ${names}.`,
      ),
  },
  {
    id: 'no-secret-after-restart',
    about: 'packages',
    means:
      'The run is told secrets, and is to go on by itself after a restart: then nobody is there to tell it again, so they would have to be kept for the time of the run.',
    needs: [],
    stops: 'unless-accepted',
    alsoBack: true,
    hint: 'Run with --resume off; or accept that they are kept, encrypted by Windows for this server, in the protected folder until the run is at its end.',
    test: (one) =>
      one.wanted.resume === 'on' && changesAnything(one)
        ? listed(
            one.wanted.secrets.map(({ name }) => name),
            (names) => `After a restart the run could not go on by itself without the secrets ${names}.`,
          )
        : null,
  },
];

/** Whether the operator lets secrets be kept for the time of the run. */
export function keepsSecrets({ accept }: Pick<Situation['wanted'], 'accept'>): boolean {
  return accept.includes('no-secret-after-restart');
}

function changesAnything(one: Situation): boolean {
  return one.route !== 'none' || one.features.length > 0 || (one.runtime?.gaps ?? []).length > 0;
}

/** Every secret that this run may need: its own, and those of the run that it takes up, for the way back. */
export function wantedSecrets(one: Situation): WantedSecret[] {
  const { wanted, unfinished, origin, route } = one;
  // Where no package is to be run, as in a check of a server that is as wanted, nothing is told to one.
  if (route === 'none' && !unfinished) return [];
  // The way back tells a package nothing but the mode of a server that shares its config.
  if (isGoingBack(one) && !valueOr(origin.shared, null)) return [];
  const own = wanted.secrets;
  const before = unfinished?.wanted.secrets ?? [];
  const isOwn = (name: string) => own.some((one) => one.name === name);
  return [...own, ...before.filter(({ name }) => !isOwn(name)).map(({ name }) => ({ name, given: false }))];
}

/** The secrets as a step hands them to the wanted package. */
export function secretsForPackage({ wanted }: Pick<Situation, 'wanted'>): readonly SecretProperty[] {
  const hidden = wanted.msi?.hiddenProperties ?? [];
  return wanted.secrets.map(({ name }) => ({ name, hidden: hidden.includes(name) }));
}

/** The same for the package of the way back, of which is not known what it hides. */
export function secretsForOldPackage(one: Situation): readonly SecretProperty[] {
  return wantedSecrets(one).map(({ name }) => ({ name, hidden: false }));
}
