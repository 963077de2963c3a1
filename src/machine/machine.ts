import type { FileDetails } from '../core/backup.ts';
import type { Call, CallResult, RunChild, StartedChild } from '../core/call.ts';
import type { Outcome } from '../core/codes.ts';
import type { Facts, Reading, Sha256 } from '../core/facts.ts';
import type { Child } from '../core/journal.ts';
import type { Secrets } from '../core/secrets.ts';
import type { Signature } from '../core/signature.ts';

/** What `look` is to look for. */
export type LookFor = {
  /** Products with one of these upgrade codes are the connector's, whatever their name. */
  readonly upgradeCodes: readonly string[];
  /** Folder of this chain's backup, or null if nothing was kept yet. */
  readonly backup: string | null;
  /** The shared folder that the answers name; what the server itself names comes first. */
  readonly sharedFolder?: string;
  /** Folder of the kept packages. */
  readonly packages: string;
  /** Folders to look into beside those of products and sites: where the connector was when the run began. */
  readonly folders?: readonly string[];
  /** How long each answer of the child that reads the server may take, from this look on; where it is absent, as before. */
  readonly limitMs?: number;
};

/** Read and list files by their Windows path; names match without case. */
export interface Files {
  /** The bytes, or null if there is no such file. */
  read(path: string): Promise<Uint8Array | null>;
  /** Names in a folder, sorted, without order of case; folders end in `\`. Empty if there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
  /** SHA-256 in one streamed pass, or null if there is no such file. */
  hash(path: string): Promise<Sha256 | null>;
}

/** The files of this program, so that a copy of it can run by itself. */
export type OwnProgram = {
  /** The SHA-256 over all names and bytes: two programs with the same id are the same. */
  readonly id: Sha256;
  /** Where each file lies on the caller's own system, and where it belongs in a copy, with `\\` between the names. */
  readonly files: readonly { readonly from: string; readonly path: string; readonly sha256: Sha256 }[];
  /** How a copy is started: its file, and what stands before a command. Both in the copy. */
  readonly start: { readonly file: string; readonly args: readonly string[] };
};

/** What a command that changes nothing is handed: that it cannot is proved by the compiler. */
export interface Probe extends Files {
  readonly sandbox: boolean;
  /** Folder of the PowerShell scripts that ship with the program, as the server sees it. */
  readonly scripts: string;
  /** The whole server as it is now. */
  look(what: LookFor): Promise<Facts>;
  /** Size, times and attributes of a file, or null if there is none. */
  details(path: string): Promise<FileDetails | null>;
  /** What Windows says of the Authenticode signature of a file of the server. */
  signature(path: string): Promise<Reading<Signature>>;
  /** The same of a file of the caller's own system (the package given on the command line). */
  signatureOfGiven(path: string): Promise<Reading<Signature>>;
  /** Whether a child of some earlier run is still at work; its id alone does not tell, since ids are given again. */
  isAlive(child: Child): Promise<Reading<boolean>>;
  /** ISO 8601, UTC, whole seconds. */
  now(): string;
  sleep(ms: number): Promise<void>;
  /** Ends what was kept open for looking. */
  close(): Promise<void>;
}

/** Told of a child that has just been started; it does not reject, for that child is at work. */
export type OnStart = (child: StartedChild) => Promise<void>;

/** Kept until released; the operating system releases it when we die (T22). */
export interface Lock {
  release(): Promise<void>;
}

/** Works on a whole file that lies under a temporary name. */
export type Prepare = (partial: string) => Promise<Outcome>;

/** Whether something could be had, or why not. */
export type Tried = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** The doors to one server. Every write is on the disk when its promise resolves; folders that are missing on its way are made. */
export interface Machine extends Probe {
  /**
   * Runs a child to its end or its time limit; a child past its limit is abandoned, never killed (T3). The values of the
   * secrets that the call names go to its standard input and nowhere else. `onStart` is called once it runs.
   */
  change(call: Call<'change'>, secrets?: Secrets, onStart?: OnStart): Promise<CallResult>;
  makeFolder(path: string): Promise<void>;
  /** Appends one line and flushes it. */
  append(path: string, line: string): Promise<void>;
  /** Puts the bytes in place through a temporary file (`partialSuffix`) in the same folder: flush, then rename over. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Copies like `write`, reads back what arrived and returns its hash; null if the source is not there. */
  copy(from: string, to: string): Promise<Sha256 | null>;
  /** Copies a file of the caller's own system (the package given on the command line) to the server. */
  receive(from: string, to: string): Promise<Sha256 | null>;
  /**
   * Puts the bytes in place like `write`, with all that `prepare` gives the temporary file before it is renamed over, so that there
   * is no moment at which the file lacks its rights (T13). Where `prepare` fails the file stays as it was, and that is the outcome.
   */
  replace(path: string, bytes: Uint8Array, prepare: Prepare): Promise<Outcome>;
  /** Renames a file or folder to a path that is not there yet; false where that is on another drive, and nothing was done. */
  move(from: string, to: string): Promise<boolean>;
  /** Removes a file, or a folder that is empty; nothing happens to what is not there or not empty. */
  remove(path: string): Promise<void>;
  /** Proves that files can be written in a folder, by one of our own that is removed again. */
  tryWrite(folder: string): Promise<Tried>;
  /** Removes what a cut has left of a file that was being written. */
  removePartial(path: string): Promise<void>;
  /** Takes the server's lock, or says who holds it. `run` runs the child that protects its folder. */
  lock(path: string, owner: string, run: RunChild): Promise<Lock | { readonly heldBy: string }>;
  /** The same, waiting for whoever holds it until a limit. */
  awaitLock(path: string, owner: string, limitMs: number, run: RunChild): Promise<Lock | { readonly heldBy: string }>;
  /** The XML of a task, as the Task Scheduler keeps it; null if there is none of that name. */
  registeredTask(name: string): Promise<string | null>;
  /** The files of the program that is running. */
  ownProgram(): Promise<OwnProgram>;
  /** Keeps secrets in a file that only this server can read, encrypted with a key of its own that no account owns (DPAPI). */
  keepSecrets(path: string, secrets: Secrets): Promise<Tried>;
  /** The secrets of such a file, or null if it is not there or cannot be read. */
  keptSecrets(path: string): Promise<Secrets | null>;
}
