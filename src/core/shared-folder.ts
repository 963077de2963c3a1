import { parse } from 'jsonc-parser';
import { configRole, normalPath } from './connector.ts';
import type { ConfigRole, OwnChange, Sha256 } from './facts.ts';
import type { Msi } from './media.ts';

/** Where several servers keep the config of one connector together, and the name that its settings have there. */
export type SharedPlace = { readonly folder: string; readonly settingsName: string | null };

/**
 * The shared folder that `Responses\AppSettings.json` of a connector names, or null where its config lies in its own folder
 * (domain 1.6). CONFIG_FILE_PATH says where the config is; a LOG_PATH on another machine is taken for the same folder where
 * that says nothing. What the vendor keeps in such a folder is not documented.
 */
export function sharedPlaceIn(responses: string, connectorFolder: string): SharedPlace | null {
  const values: unknown = parse(responses.replace(/^\uFEFF/, ''), [], { allowTrailingComma: true });
  const text = (key: string): string => {
    const value = (values as Record<string, unknown> | undefined)?.[key];
    return typeof value === 'string' ? value.trim() : '';
  };
  const [config, log] = [text('CONFIG_FILE_PATH'), text('LOG_PATH')];
  const folder = isElsewhere(config, connectorFolder) ? config : isOnShare(log) ? log : null;
  if (folder === null) return null;
  return { folder: folder.replaceAll('/', '\\').replace(/\\+$/, ''), settingsName: text('CONFIG_FILE_NAME') || null };
}

/** Whether a path lies on another machine: `\\server\share`. */
export function isOnShare(path: string): boolean {
  return /^[\\/]{2}[^\\/?.]+[\\/]+[^\\/]/.test(path);
}

function isElsewhere(path: string, connectorFolder: string): boolean {
  const isWhole = isOnShare(path) || /^[A-Za-z]:[\\/]/.test(path);
  return isWhole && !`${normalPath(path)}\\`.startsWith(`${normalPath(connectorFolder)}\\`);
}

/** What a file of a shared folder is, or null if it holds no config: as in the connector's own folder, and the named settings. */
export function sharedRole(below: string, name: string, settingsName: string | null): ConfigRole | null {
  if (below === '' && settingsName?.toLowerCase() === name.toLowerCase())
    return name.toLowerCase().endsWith('.json') ? 'settings' : 'legacy';
  return configRole(below, name);
}

/** What a chain of runs keeps beside its backup of a shared folder: written once it was proven that it can write there. */
export type SharedNote = SharedPlace & {
  readonly schema: 1;
  readonly changes: readonly OwnChange[];
  /** The files that were there when a child was begun of which it is not yet noted what it has changed. */
  readonly begun?: readonly string[];
};

export const sharedNotePath = (backup: string): string => `${backup}\\shared-folder.json`;

/** Reads a note; null if the text is none of ours. */
export function parseSharedNote(text: string): SharedNote | null {
  try {
    const note = JSON.parse(text) as SharedNote;
    return note.schema === 1 && typeof note.folder === 'string' && Array.isArray(note.changes) ? note : null;
  } catch {
    return null;
  }
}

/**
 * What a chain of runs has changed, by its note. Where a power cut has kept it from noting what a child has done, what has appeared since
 * that was begun is assumed to be the child's (T15): most likely it is, and without the settings of before no server has its keys.
 */
export function ownChanges(
  { changes, begun }: Pick<SharedNote, 'changes' | 'begun'>,
  now: readonly { readonly path: string; readonly sha256: Sha256 }[],
): readonly OwnChange[] {
  if (!begun) return changes;
  const appeared = now.filter(({ path }) => !begun.some((one) => normalPath(one) === normalPath(path)));
  return [
    ...changes,
    ...appeared.map(({ path, sha256 }) => ({ path: normalPath(path), from: null, to: sha256, assumed: true as const })),
  ];
}

/**
 * Whether a file came from one state to the other by changes of this chain of runs alone, one after the other without a gap
 * (T15). null: not there. One that a child has made anew where there was none holds nobody's work, whoever had removed it: a power
 * cut may have kept that from being noted.
 */
export function isOwnWork(changes: readonly OwnChange[], path: string, from: Sha256, to: Sha256): boolean {
  let at: Sha256 | null = from;
  for (const change of changes) {
    if (normalPath(change.path) === normalPath(path) && [at, null].includes(change.from)) at = change.to;
  }
  return at === to;
}

/** The properties by which a package is told of multiple-instance mode, as far as it has such (domain 1.4 names none of them). */
export function instanceProperties({ properties }: Pick<Msi, 'properties'>): {
  readonly mode: string | null;
  readonly folder: string | null;
  readonly passphrase: string | null;
} {
  const named = (pattern: RegExp) => properties.find((name) => pattern.test(name)) ?? null;
  return {
    mode: named(/INSTANCE_?(MODE|TYPE)|MULTI_?INSTANCE/),
    folder: named(/SHARED?_?(FOLDER|PATH|DIR)/),
    passphrase: named(/PASS_?(PHRASE|WORD)/),
  };
}
