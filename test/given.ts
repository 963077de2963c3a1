import { existsSync, rmSync } from 'node:fs';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Doors, nothingAsked, type Request } from '../src/commands/request.ts';
import { nothingWanted, type Wanted } from '../src/core/wanted.ts';
import type { Machine } from '../src/machine/machine.ts';
import { createSandbox, openSandbox } from '../src/sandbox/sandbox.ts';

/** A sample package or bundle, by its file's name. */
export const sample = (name: string): string => fileURLToPath(new URL(`../templates/samples/${name}`, import.meta.url));

export const bundle = 'dotnet-hosting-6.0.36-win.exe';

/** A request as the command line would make it. */
export function asked(command: string, msi: string | null, more: Partial<Request> = {}): Request {
  const given = msi === null ? {} : { msi: sample(msi) };
  return { ...nothingAsked, command, ...given, ...more };
}

/** The wanted state of an uninstallation. */
export const absent: Wanted = nothingWanted;

/** What nobody ever asks for. */
export const never: Promise<void> = new Promise(() => undefined);

/** The doors of a command that nobody interrupts and nobody watches. */
export function doorsOf(machine: Machine, more: Partial<Doors> = {}): Doors {
  const silent = { show: () => undefined, tell: () => undefined, warn: () => undefined };
  return { machine, program: 'test', interrupted: () => 'no', leaving: never, ...silent, ...more };
}

const prepared = new Map<string, Promise<string>>();
const folders: string[] = [];

/** A fresh simulated server of a scenario, in a folder that is removed after the tests of this file. */
export async function givenServer(scenario: string) {
  const origin = prepared.get(scenario) ?? prepare(scenario);
  prepared.set(scenario, origin);
  const folder = await newFolder();
  await cp(await origin, folder, { recursive: true });
  const opened = await openSandbox(folder);
  if ('problem' in opened) throw new Error(opened.problem);
  return opened;
}

async function prepare(scenario: string): Promise<string> {
  const folder = await newFolder();
  const made = await createSandbox(folder, scenario);
  if ('problem' in made) throw new Error(made.problem);
  return folder;
}

/** In memory where there is such a place: every write is flushed, and a disk makes that slow. */
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

let emptyFolder = () => mkdtemp(join(place, 'scim-setup-test-'));

/** From here on servers are laid in the empty folders that this gives. */
export function layServersIn(newEmptyFolder: () => Promise<string>): void {
  emptyFolder = newEmptyFolder;
}

async function newFolder(): Promise<string> {
  const folder = await emptyFolder();
  folders.push(folder);
  return folder;
}

process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
