import { dirname, join, resolve, win32 } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FileDetails } from '../core/backup.ts';
import { type Call, defaultLimits, powershell, powershellArgs, type RunChild } from '../core/call.ts';
import { setRights } from '../core/calls.ts';
import { outcomeOf } from '../core/codes.ts';
import type { Reading } from '../core/facts.ts';
import { partialSuffix } from '../core/file-name.ts';
import { inputOf, noSecrets, type Secrets } from '../core/secrets.ts';
import { runChange } from './children.ts';
import { detect, sddlOf, signatureOf } from './detect.ts';
import { Disk } from './disk.ts';
import { isAlive } from './is-alive.ts';
import type { LookFor, Machine, OnStart, Tried } from './machine.ts';
import { ownProgram } from './own-program.ts';
import { awaitLockFile, lockFile, type Rights } from './protected-folder.ts';
import { productReader, type ReadPackage } from './read-products.ts';
import { type AnswerLimit, Reader } from './reader.ts';
import { SecretKeeper } from './secret-keeper.ts';

/** The doors to the Windows Server this program runs on. */
export function windowsMachine(readPackage: (disk: Disk) => ReadPackage): Machine {
  const systemRoot = process.env.SystemRoot ?? 'C:\\Windows';
  const expand = (path: string) => path.replace(/%([^%]+)%/g, (whole, name: string) => process.env[name] ?? whole);
  const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
  const scripts = join(root, 'scripts');
  const disk = new Disk(async (path) => path);
  const limit: AnswerLimit = { ms: defaultLimits.read * 60_000 };
  const readerOf = (script: string) =>
    new Reader(expand(powershell), [...powershellArgs, win32.join(scripts, script)], limit);
  const reader = readerOf('Get-ScimFacts.ps1');
  const tools = { reader, disk, readProducts: productReader(disk, readPackage(disk)), systemRoot, expand };
  let again = false;
  const change = (call: Call<'change'>, secrets: Secrets = noSecrets, onStart?: OnStart) => {
    again ||= call.tool === 'dism';
    return runChange(call, expand(call.file), () => oemCodePage(reader), inputOf(call, secrets), onStart);
  };
  const look = (what: LookFor) => {
    limit.ms = what.limitMs ?? limit.ms;
    const looking = detect(what, { ...tools, again });
    again = false;
    return looking;
  };
  const rightsBy = (run: RunChild): Rights => ({
    setAcl: (path, sddl) => setFolderRights(path, sddl, scripts, run),
    sddlOf: (one) => sddlOf(one, tools),
  });
  const keeper = new SecretKeeper(() => readerOf('Protect-ScimSecret.ps1'), disk);
  return {
    sandbox: false,
    scripts,
    look,
    read: (path) => disk.read(path),
    list: (folder) => disk.list(folder),
    hash: (path) => disk.hash(path),
    details: (path) => detailsOf(reader, path),
    signature: (path) => signatureOf(path, tools),
    signatureOfGiven: (path) => signatureOf(resolve(path), tools),
    makeFolder: (path) => disk.makeFolder(path),
    append: (path, line) => disk.append(path, `${line}\n`),
    write: (path, bytes) => disk.write(path, bytes),
    copy: (from, to) => disk.copy(from, to),
    receive: (from, to) => disk.receive(from, to),
    isAlive: (child) => isAlive(child, reader),
    now: () => new Date().toISOString(),
    sleep: (ms) => pause(ms),
    change,
    replace: (path, bytes, prepare) => disk.writeWith(path, bytes, prepare),
    move: (from, to) => disk.move(from, to),
    remove: (path) => disk.removeEither(path),
    tryWrite: (folder) => disk.tryWrite(folder),
    removePartial: (path) => disk.remove(path + partialSuffix),
    lock: (path, owner, run) => lockFile(path, owner, rightsBy(run)),
    awaitLock: (path, owner, limitMs, run) =>
      awaitLockFile(path, owner, { ...rightsBy(run), limitMs, sleep: (ms) => pause(ms) }),
    registeredTask: (name) => readTask(disk, `${systemRoot}\\System32\\Tasks${name}`),
    ownProgram: () => ownProgram(root, process.execPath),
    keepSecrets: (path, secrets) => keeper.keep(path, secrets),
    keptSecrets: (path) => keeper.read(path),
    close: () => reader.close(),
  };
}

/** The Task Scheduler keeps each task as a file of that name, in UTF-16 (MS-TSCH 2.3.11, 2.4). */
async function readTask(disk: Disk, path: string): Promise<string | null> {
  const bytes = await disk.read(path);
  if (!bytes) return null;
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes);
}

/** The code page of this system's consoles; 437 is what Windows itself falls back on. */
async function oemCodePage(reader: Reader): Promise<number> {
  const answer = (await reader.ask('oem')) as { oem?: unknown };
  return typeof answer.oem === 'number' && answer.oem > 0 ? answer.oem : 437;
}

/** Size, times and attributes, which Node does not know of Windows; null if there is no such file. */
async function detailsOf(reader: Reader, path: string): Promise<FileDetails | null> {
  const answer = (await reader.ask(`file\t${path}`)) as { file?: Reading<FileDetails> };
  return answer.file?.known ? answer.file.value : null;
}

/** Where no answers are at hand: the protected folder must be safe before anything in it is read. */
async function setFolderRights(path: string, sddl: string, scripts: string, run: RunChild): Promise<Tried> {
  const call = setRights(path, sddl, { places: { scripts }, limits: defaultLimits });
  const ended = await run(call);
  const { ok, meaning } = outcomeOf(call.tool, ended);
  return ok ? { ok } : { ok, why: ended.output.trim() || `Set-ScimFile.ps1: ${meaning}` };
}
