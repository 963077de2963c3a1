import { type FileState, type Manifest, manifestPath, parseManifest } from '../../src/core/backup.ts';
import { type Attempt, defaultLimits } from '../../src/core/call.ts';
import type { Outcome } from '../../src/core/codes.ts';
import { filesToKeep } from '../../src/core/kept-config.ts';
import { placesOf } from '../../src/core/places.ts';
import { situationOf } from '../../src/core/situation.ts';
import type { Step } from '../../src/core/step.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { sha256Of } from '../../src/machine/read-files.ts';
import type { Doing } from '../../src/steps/doing.ts';
import { replaceFile } from '../../src/steps/replace.ts';
import { absent, givenServer } from '../given.ts';

export const settings = 'C:\\inetpub\\wwwroot\\SCIMConnector\\appsettings.json';
export const responses = 'C:\\inetpub\\wwwroot\\SCIMConnector\\Responses\\AppSettings.json';

/** A simulated server with 4.1.0, and what a step is handed to work on it. */
export async function givenDoing() {
  const { machine } = await givenServer('scim-4.1');
  return { machine, doing: doingOn(machine) };
}

/** What a step is handed, on any machine. */
export function doingOn(machine: Machine): Doing {
  const places = placesOf('run', 'backup', machine.scripts);
  const attempt: Attempt = { places, label: 'step', limits: defaultLimits };
  const look = () => machine.look({ upgradeCodes: [], backup: places.backup, packages: places.packages });
  const change: Doing['change'] = (call) => machine.change(call);
  const unwatched = { tell: () => undefined, isStopped: () => false, isBack: false };
  return { ...attempt, machine, change, look, fingerprint: sha256Of, ...unwatched };
}

/** The backup of everything that is there now. */
export async function backupOf(doing: Doing): Promise<Step<'config.backup'>> {
  const now = await doing.look();
  const one = situationOf(now, absent);
  const cached = one.product?.cached;
  const packages = cached ? [{ name: cached.name, sha256: cached.sha256, from: cached.path }] : [];
  return { kind: 'config.backup', files: filesToKeep(one), packages };
}

/** The manifest of the backup that a step has made. */
export async function manifestOf({ machine, places, fingerprint }: Doing): Promise<Manifest> {
  const manifest = parseManifest(await textOf(machine, manifestPath(places.backup)), fingerprint);
  if ('problem' in manifest) throw new Error(manifest.problem);
  return manifest;
}

/** The text of a file on the server. */
export async function textOf(machine: Machine, path: string): Promise<string> {
  return new TextDecoder().decode((await machine.read(path)) ?? new Uint8Array());
}

/** Puts a file on the server with rights, times and attributes of its own. */
export async function putAs(machine: Machine, path: string, text: string, as: FileState): Promise<Outcome> {
  return replaceFile(path, new TextEncoder().encode(text), as, doingOn(machine));
}

/** Writes a file on the server with the rights it has, as an installer would. */
export async function overwrite(machine: Machine, path: string, text: string): Promise<void> {
  await machine.write(path, new TextEncoder().encode(text));
}
