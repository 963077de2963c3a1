import { win32 } from 'node:path';
import type { FileDetails } from '../core/backup.ts';
import type { Call, CallResult } from '../core/call.ts';
import type { Outcome } from '../core/codes.ts';
import type { Facts, Reading, Sha256 } from '../core/facts.ts';
import { partialSuffix } from '../core/file-name.ts';
import { usualScripts } from '../core/places.ts';
import { inputOf, noSecrets, type Secrets } from '../core/secrets.ts';
import type { Signature } from '../core/signature.ts';
import { openHostFile } from '../machine/host-files.ts';
import type { Lock, LookFor, Machine, OnStart, OwnProgram, Prepare, Tried } from '../machine/machine.ts';
import { type ProductReader, productReader } from '../machine/read-products.ts';
import { readMsi } from '../media/read-media.ts';
import { noticeHost } from './host-config.ts';
import { awaitHostLock, takeHostLock } from './host-lock.ts';
import { lookAt } from './look.ts';
import { ownProgram } from './own-program.ts';
import { programs } from './programs.ts';
import { secretsIn, secretsOf } from './secret-file.ts';
import { elapse, loadServer, remember, type Server, saveServer, timeOf, without } from './server.ts';
import { mayReach } from './shares.ts';

/** The doors to a simulated server. What changes it is on the disk when its promise resolves; looking and waiting leave no trace. */
export class SandboxMachine implements Machine {
  readonly sandbox = true;
  readonly scripts = usualScripts;
  readonly server: Server;
  readonly #readProducts: ProductReader;
  /** What the disk holds of the memory. */
  #saved: Server['memory'];
  #saving: Promise<void> = Promise.resolve();

  constructor(server: Server) {
    this.server = server;
    this.#saved = server.memory;
    this.#readProducts = productReader(server.drive, (path) => readMsi(path, (one) => server.drive.open(one)));
  }

  async read(path: string): Promise<Uint8Array | null> {
    mayReach(this.server, path, 'read');
    return this.server.drive.read(path);
  }

  async list(folder: string): Promise<readonly string[]> {
    mayReach(this.server, folder, 'read');
    return this.server.drive.list(folder);
  }

  async hash(path: string): Promise<Sha256 | null> {
    mayReach(this.server, path, 'read');
    return this.server.drive.hash(path);
  }

  async details(path: string): Promise<FileDetails | null> {
    mayReach(this.server, path, 'read');
    const found = await this.server.drive.details(path);
    return found && { ...found, attributes: this.server.memory.attributes[path.toLowerCase()] ?? ['Archive'] };
  }

  async signature(path: string): Promise<Reading<Signature>> {
    mayReach(this.server, path, 'read');
    return (await import('./signature.ts')).signatureOf(this.server, path, (one) => this.server.drive.open(one));
  }

  async signatureOfGiven(path: string): Promise<Reading<Signature>> {
    return (await import('./signature.ts')).signatureOf(this.server, path, openHostFile);
  }

  look(what: LookFor): Promise<Facts> {
    return lookAt(this.server, what, this.#readProducts);
  }

  /** Here every child has ended when `change` has; one that outlives its run is made by whoever tests that. */
  async isAlive(): Promise<Reading<boolean>> {
    return { known: true, value: false };
  }

  now(): string {
    return timeOf(this.server);
  }

  async sleep(ms: number): Promise<void> {
    elapse(this.server, ms);
  }

  async close(): Promise<void> {}

  async change(call: Call<'change'>, secrets: Secrets = noSecrets, onStart?: OnStart): Promise<CallResult> {
    const { tool: name, file, args } = call;
    const input = inputOf(call, secrets);
    // A package with secrets is installed by a script, which ends with the codes of msiexec.
    const program = programs[input ? 'powershell' : name];
    if (!program.file.test(file)) throw new Error(`${file} is not where ${name} lies`);
    const words = args.map((arg) => (typeof arg === 'string' ? arg : `${arg.property}=${arg.value}`));
    // Looking needs no tool: they are loaded when one is called.
    const { tools: table } = await import('./tools/table.ts');
    await onStart?.({ pid: pidAt(this.now()), startedAt: this.now() });
    const ended = await table[program.tool](this.server, name === 'hosting' ? [file, ...words] : words, input ?? []);
    await this.#save();
    return { ...ended, timedOut: false };
  }

  async makeFolder(path: string): Promise<void> {
    await this.server.drive.makeFolder(path);
    await this.#saveClock();
  }

  async append(path: string, line: string): Promise<void> {
    await this.server.drive.append(path, `${line}\n`);
    await this.#saveClock();
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    mayReach(this.server, path, 'write');
    await this.server.drive.write(path, bytes);
    this.#dropAcl(path);
    noticeHost(this.server);
    await this.#saveClock();
  }

  async copy(from: string, to: string): Promise<Sha256 | null> {
    mayReach(this.server, from, 'read');
    mayReach(this.server, to, 'write');
    const hash = await this.server.drive.copy(from, to);
    if (hash !== null) this.#dropAcl(to);
    await this.#saveClock();
    return hash;
  }

  async receive(from: string, to: string): Promise<Sha256 | null> {
    const hash = await this.server.drive.receive(from, to);
    if (hash !== null) this.#dropAcl(to);
    await this.#saveClock();
    return hash;
  }

  async replace(path: string, bytes: Uint8Array, prepare: Prepare): Promise<Outcome> {
    mayReach(this.server, path, 'write');
    const partial = path + partialSuffix;
    try {
      const outcome = await this.server.drive.writeWith(path, bytes, prepare);
      if (outcome.ok) this.#takeState(partial, path);
      return outcome;
    } finally {
      this.#dropAcl(partial);
      noticeHost(this.server);
      await this.#save();
    }
  }

  /** Access rights go along with what is renamed; another drive is another volume. */
  async move(from: string, to: string): Promise<boolean> {
    if (win32.parse(from).root.toLowerCase() !== win32.parse(to).root.toLowerCase()) return false;
    const isDone = await this.server.drive.move(from, to);
    remember(this.server, { acls: movedAcls(this.server.memory.acls, from.toLowerCase(), to.toLowerCase()) });
    await this.#save();
    return isDone;
  }

  async remove(path: string): Promise<void> {
    await this.server.drive.removeEither(path);
    if (!(await this.server.drive.hasFolder(path))) this.#dropAcl(path);
    await this.#saveClock();
  }

  async tryWrite(folder: string): Promise<Tried> {
    try {
      mayReach(this.server, folder, 'write');
    } catch (error) {
      return { ok: false, why: (error as Error).message };
    }
    return this.server.drive.tryWrite(folder);
  }

  async removePartial(path: string): Promise<void> {
    await this.server.drive.remove(path + partialSuffix);
  }

  /** Whoever gets the lock sees what its last holder left; a second passes, so that no two runs begin at the same time. */
  async lock(path: string, owner: string): Promise<Lock | { readonly heldBy: string }> {
    return this.#taken(await takeHostLock(this.#hostPath(path), owner));
  }

  /** Whoever holds it is a process of the host, so the waiting is real. */
  async awaitLock(path: string, owner: string, limitMs: number): Promise<Lock | { readonly heldBy: string }> {
    return this.#taken(await awaitHostLock(this.#hostPath(path), owner, limitMs));
  }

  async registeredTask(name: string): Promise<string | null> {
    return this.server.memory.tasks?.[name] ?? null;
  }

  ownProgram(): Promise<OwnProgram> {
    return ownProgram(this.server.folder);
  }

  async keepSecrets(path: string, secrets: Secrets): Promise<Tried> {
    await this.write(path, secretsOf(this.server, secrets));
    await this.#save();
    return { ok: true };
  }

  async keptSecrets(path: string): Promise<Secrets | null> {
    const bytes = await this.read(path);
    return bytes && secretsIn(this.server, bytes);
  }

  #hostPath(path: string): string {
    return `${this.server.folder}${win32.normalize(path)}`;
  }

  async #taken<T extends Lock | { readonly heldBy: string }>(lock: T): Promise<T> {
    if ('heldBy' in lock) return lock;
    const fresh = await loadServer(this.server.folder);
    if ('problem' in fresh) throw new Error(fresh.problem);
    Object.assign(this.server, { facts: fresh.facts, memory: fresh.memory });
    elapse(this.server, 1_000);
    await this.#save();
    return lock;
  }

  /** Whatever a file has under its temporary name goes along when it is renamed over another one (T13). */
  #takeState(partial: string, path: string): void {
    const { acls, attributes } = this.server.memory;
    const [from, to] = [partial.toLowerCase(), path.toLowerCase()];
    const { [from]: sddl, ...rights } = { ...acls };
    const { [from]: names, ...kinds } = { ...attributes };
    remember(this.server, {
      acls: { ...without(rights, path), ...(sddl === undefined ? {} : { [to]: sddl }) },
      attributes: { ...without(kinds, path), ...(names === undefined ? {} : { [to]: names }) },
    });
  }

  /** A file that is renamed over another one has what its folder hands down, and the attributes of a new file, not the old one's (T13). */
  #dropAcl(path: string): void {
    const { acls, attributes } = this.server.memory;
    const lower = path.toLowerCase();
    if (lower in acls || lower in attributes)
      remember(this.server, { acls: without(acls, path), attributes: without(attributes, path) });
  }

  /** Time that has passed is kept with the next change, so that a later command is later. */
  async #saveClock(): Promise<void> {
    if (this.#saved !== this.server.memory) await this.#save();
  }

  /** One after the other: a line of the journal may be written while a tool is at work. */
  #save(): Promise<void> {
    const saving = this.#saving.then(async () => {
      const { memory } = this.server;
      await saveServer(this.server);
      this.#saved = memory;
    });
    this.#saving = saving.catch(() => undefined);
    return saving;
  }
}

/** Ids of Windows are multiples of four; that of the moment needs no memory of the last one. */
function pidAt(time: string): number {
  return 4 * (1_000 + ((Date.parse(time) / 1_000) % 4_000));
}

type Acls = Server['memory']['acls'];

function movedAcls(acls: Acls, from: string, to: string): Acls {
  const moved = ([path, sddl]: [string, string]): [string, string] =>
    `${path}\\`.startsWith(`${from}\\`) ? [to + path.slice(from.length), sddl] : [path, sddl];
  return Object.fromEntries(Object.entries(acls).map(moved));
}
