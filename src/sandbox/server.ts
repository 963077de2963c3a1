import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogEvent } from '../core/event-log.ts';
import type { Facts, ReaderProduct, Reading } from '../core/facts.ts';
import type { Disk } from '../machine/disk.ts';
import { sandboxDisk } from './drive.ts';

/** What Windows remembers and Facts does not show. */
export type Memory = {
  /** ISO 8601, UTC, with milliseconds: time passes only when something is done or waited for. */
  readonly clock: string;
  /** Pool to the time at which its worker processes are gone. */
  readonly leaving: Readonly<Record<string, string>>;
  /** SHA-256 of applicationHost.config as IIS has read it last; '' before it has. */
  readonly host: string;
  /** Product code to what Windows Installer keeps of it. */
  readonly registered: Readonly<Record<string, Registered>>;
  /** GUID of a component to the codes of the products that hold it. */
  readonly clients: Readonly<Record<string, readonly string[]>>;
  /** Lower-case path of an installed file to its version and its hash as it was laid down. */
  readonly laid: Readonly<Record<string, { readonly version: string | null; readonly sha256: string }>>;
  /** Lower-case path to a security descriptor of its own; other files have what their folder hands down. */
  readonly acls: Readonly<Record<string, string>>;
  /** Attributes of files by their path in lower case, where they are others than those of a new file. */
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  /** Lower-case `\\\\server\\share` to what the account that runs the program may do there, and the descriptor of its folder. */
  readonly shares?: Readonly<Record<string, Share>>;
  /** Thumbprints of certificates that were put into the store of trusted roots; others than those of the public list. */
  readonly trusted?: readonly string[];
  /** What a suspended installation has changed so far, to be rolled back. */
  readonly suspended: null | Undone;
  /** The facts that the server was made from, if it was. */
  readonly madeFrom?: MadeFrom;
  /** Tasks of the Task Scheduler by their names, as it keeps them. */
  readonly tasks?: Readonly<Record<string, string>>;
  /** When the server goes down, if somebody has asked for it. */
  readonly shutdown?: { readonly at: string } | null;
  /** Until when Windows finishes its servicing after a start. */
  readonly servicingUntil?: string;
  /** In base64: what this server encrypts with, in place of the keys of DPAPI. */
  readonly secretKey?: string;
  /** The entries of the Application log, oldest first. */
  readonly events: readonly (LogEvent & { readonly at: string; readonly source: string })[];
};

/** A folder of another machine. */
export type Share = {
  readonly access: 'write' | 'read' | 'none';
  readonly sddl: string;
  /** Whether an uninstallation of the connector takes its settings there along. */
  readonly isEmptiedByUninstall?: true;
};
/** Which facts a server was made from, and in which ways it is not like the one they were taken of. */
export type MadeFrom = { readonly server: string | null; readonly takenAt: string; readonly notes: readonly string[] };

export type Registered = Pick<ReaderProduct, 'keyPaths'> & {
  readonly localPackage: string;
  readonly packageName: string;
  readonly packageCode: string;
  /** The folder it was installed from, in which Windows Installer looks when its own copy is gone (T2). */
  readonly sourceFolder: string;
  /** ProductLanguage, by which rows of an Upgrade table may choose. */
  readonly language: string;
  /** What its installation made in IIS, as appcmd names it: `SCIMConnector/`, `Default Web Site/SCIMConnector`. */
  readonly site: string | null;
};

/** The state before an installation: the document, and the files it touched (base64, null: was not there). */
export type Undone = {
  readonly facts: Facts;
  readonly memory: Memory;
  readonly files: Readonly<Record<string, string | null>>;
};

/** One simulated server. Its tools put new values in `facts` and `memory` and never change the old ones. */
export type Server = { readonly folder: string; readonly drive: Disk; facts: Facts; memory: Memory };

const stateFile = 'server.json';

/** A server with an empty drive, which is not on the disk before `saveServer`. */
export function newServer(folder: string, facts: Facts): Server {
  const memory: Memory = {
    clock: new Date(facts.takenAt).toISOString(),
    leaving: {},
    host: '',
    registered: {},
    clients: {},
    laid: {},
    acls: {},
    attributes: {},
    suspended: null,
    events: [],
  };
  return { folder, drive: sandboxDisk(folder), facts, memory };
}

/** Reads the sandbox of a folder; the sentence says why it is none. */
export async function loadServer(folder: string): Promise<Server | { readonly problem: string }> {
  const text = await readFile(join(folder, stateFile), 'utf8').catch(() => null);
  if (text === null) return { problem: `${folder} holds no sandbox: it has no ${stateFile}` };
  try {
    const { sandbox, ...facts } = JSON.parse(text) as Facts & { sandbox?: Memory };
    if (facts.schema !== 1 || !sandbox) return { problem: `${join(folder, stateFile)} is not the state of a sandbox` };
    const server = newServer(folder, facts);
    return { ...server, memory: { ...server.memory, ...sandbox } };
  } catch {
    return { problem: `${join(folder, stateFile)} is damaged: it is not JSON` };
  }
}

/** Puts the state on the disk: the old file or the new one is there whole, whatever happens meanwhile. */
export async function saveServer(server: Server): Promise<void> {
  const document = { ...server.facts, takenAt: timeOf(server), sandbox: server.memory };
  const partial = join(server.folder, `${stateFile}.partial`);
  const file = await open(partial, 'w');
  try {
    await file.writeFile(`${JSON.stringify(document, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, join(server.folder, stateFile));
}

/** The server's time: ISO 8601, UTC, whole seconds. */
export function timeOf(server: Server): string {
  return `${server.memory.clock.slice(0, 19)}Z`;
}

/** Lets time pass; nobody waits. */
export function elapse(server: Server, ms: number): void {
  remember(server, { clock: new Date(Date.parse(server.memory.clock) + ms).toISOString() });
}

/** Puts new values into the memory. */
export function remember(server: Server, changes: Partial<Memory>): void {
  server.memory = { ...server.memory, ...changes };
}

type Readings = { [K in keyof Facts as Facts[K] extends Reading<unknown> ? K : never]: Facts[K] };
type ValueOf<R> = R extends { readonly known: true; readonly value: infer T } ? T : never;

/** A reading of the stored document. A tool cannot work on what the document does not know: that is an error. */
export function stored<K extends keyof Readings>(server: Server, name: K): ValueOf<Facts[K]> {
  const reading: Reading<unknown> = server.facts[name];
  if (!reading.known) throw new Error(`the sandbox does not know the server's ${name}: ${reading.why}`);
  return reading.value as ValueOf<Facts[K]>;
}

/** Puts a new value into the stored document. */
export function store<K extends keyof Readings>(server: Server, name: K, value: ValueOf<Facts[K]>): void {
  server.facts = { ...server.facts, [name]: { known: true, value } };
}

/** The record without one key; names of Windows things match without case. */
export function without<T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => name.toLowerCase() !== key.toLowerCase()));
}
