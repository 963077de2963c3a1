import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Site = {
  name: string;
  application: string;
  folder: string;
  pool: string;
  bindings: string[];
  state: string;
};
type Pool = { name: string; identity: string; state: string; workers: number; sid?: string };
type Iis = {
  services: Record<string, { state: string }>;
  sites: Site[];
  pools: Pool[];
  certificates: { endpoint: string; thumbprint: string; present: boolean }[];
};
type Known<T> = { known: true; value: T };

/** What the judge reads of `server.json`; described here anew, so that no mistake of the program's own types is shared. */
export type Document = {
  iis: Known<Iis | null>;
  restart: Known<{ reasons: string[]; deletions: string[] }>;
  installer: Known<{ suspended: boolean }>;
  hosting: Known<{ module: Record<string, boolean>; bundles: { version: string }[]; changedAt: string | null }>;
  features: Known<Record<string, string>>;
  products: Known<{ productCode: string; version: string }[]>;
  takenAt: string;
  sandbox: {
    clock: string;
    leaving: Record<string, string>;
    registered: Record<string, { localPackage: string; keyPaths: string[] }>;
    acls: Record<string, string>;
    events: unknown[];
    tasks?: Record<string, string>;
    secretKey?: string;
  };
};

/** A simulated server as it lies on the disk: its document, and every file of its drives and shares by its path in lower case. */
export type ServerState = { readonly document: Document; readonly files: ReadonlyMap<string, Buffer> };

/** Reads a sandbox from its folder, without a line of the program. */
export function readState(folder: string): ServerState {
  const files = new Map<string, Buffer>();
  const drives = readdirSync(folder, { withFileTypes: true }).filter((one) => one.isDirectory());
  for (const { name } of drives) collect(join(folder, name), name === 'shares' ? '\\' : `${name}:`, files);
  return { document: JSON.parse(readFileSync(join(folder, 'server.json'), 'utf8')) as Document, files };
}

/** The files below a Windows folder, by their path below it in lower case. */
export function below(state: ServerState, folder: string): Map<string, Buffer> {
  const start = `${folder.toLowerCase()}\\`;
  const found = [...state.files].filter(([path]) => path.startsWith(start));
  return new Map(found.map(([path, bytes]) => [path.slice(start.length), bytes]));
}

/** Whether two states differ in nothing but the program's own folder and startup task, its notes in the event log, and the time. */
export function untouched(before: ServerState, now: ServerState): string[] {
  const own = 'c:\\programdata\\scimsetup\\';
  const foreign = (state: ServerState) => new Map([...state.files].filter(([path]) => !path.startsWith(own)));
  const isSame = timeless(before.document) === timeless(now.document);
  return [...differences(foreign(before), foreign(now)), ...(isSame ? [] : ['server.json has changed'])];
}

/** The names that are in one of two sets of files only, or whose bytes differ. */
export function differences(before: ReadonlyMap<string, Buffer>, now: ReadonlyMap<string, Buffer>): string[] {
  const names = [...new Set([...before.keys(), ...now.keys()])].sort();
  return names.flatMap((name) => {
    const [old, found] = [before.get(name), now.get(name)];
    if (!old) return [`${name} is new`];
    if (!found) return [`${name} is gone`];
    return old.equals(found) ? [] : [`${name} has other bytes`];
  });
}

function timeless({
  takenAt: _takenAt,
  sandbox: { clock: _clock, events: _events, tasks: _tasks, secretKey: _secretKey, ...sandbox },
  ...facts
}: Document): string {
  return JSON.stringify({ ...facts, sandbox });
}

function collect(folder: string, path: string, into: Map<string, Buffer>): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const [place, name] = [join(folder, entry.name), `${path}\\${entry.name.toLowerCase()}`];
    if (entry.isDirectory()) collect(place, name, into);
    else into.set(name, readFileSync(place));
  }
}
