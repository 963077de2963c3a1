import type { Call } from './call.ts';

/** A secret property by its name; `given` when its value is at hand in this process. */
export type WantedSecret = { readonly name: string; readonly given: boolean };

/** A secret property of a package; `hidden` when the package itself keeps it out of its log (MsiHiddenProperties). */
export type SecretProperty = { readonly name: string; readonly hidden: boolean };

/** Values of secret properties by name. A map, so that no document made of JSON can hold them. */
export type Secrets = ReadonlyMap<string, string>;

export const noSecrets: Secrets = new Map();

/** The letters of a full log (msiexec /l*v), and those without values of properties, for a package that hides nothing. */
export const fullLog = 'iwearucmopv';
export const logWithoutValues = 'iwea';

/** The last line of a request: what was cut off before it is none. */
export const endOfRequest = 'end';

/** What a call's child reads on its standard input, a line each, or null if it reads nothing. Every secret must be there. */
export function inputOf(call: Call, secrets: Secrets): readonly string[] | null {
  if (!call.input) return null;
  return call.input.map((line) => {
    if (typeof line === 'string') return line;
    if ('value' in line) return `${line.property}=${line.value}`;
    const value = secrets.get(line.property);
    if (value === undefined) throw new Error(`the value of ${line.property} was not handed over`);
    return `${line.property}=${value}`;
  });
}

/** What keeps a text from being the value of a secret property, or null. */
export function valueProblem(value: string): string | null {
  if (value === '') return 'is empty';
  return /\p{Cc}/u.test(value) ? 'holds a line break or another control character' : null;
}
