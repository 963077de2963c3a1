import { createHash } from 'node:crypto';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fingerprintOf } from '../../src/core/plan-document.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import { givenServer, sample } from '../given.ts';
import { newFolder, runWith } from './program.ts';

/** The version of the program that `run` pretends to be. */
export const program = '1.2.3';

/** A folder with the package of 4.4.4, a simulated server, and the plan that was kept for it beside the package. */
export function keptPlan(scenario = 'scim-4.1', ...more: readonly string[]) {
  return keptPlanWith({}, scenario, ...more);
}

/** The same with these environment variables. */
export async function keptPlanWith(
  env: Readonly<Record<string, string>>,
  scenario: string,
  ...more: readonly string[]
) {
  const { folder } = await givenServer(scenario);
  const desk = await newFolder();
  const msi = join(desk, 'SCIMConnector-4.4.4.msi');
  await copyFile(sample('SCIMConnector-4.4.4.msi'), msi);
  const file = join(desk, 'plan.json');
  const ended = await runWith(env, 'plan', '--sandbox', folder, '--msi', msi, '--out', file, ...more);
  if (![0, 24].includes(ended.exitCode)) throw new Error(ended.out + ended.err);
  return { folder, desk, msi, file };
}

/** The doors to the simulated server of a folder. */
export async function serverIn(folder: string) {
  const opened = await openSandbox(folder);
  if ('problem' in opened) throw new Error(opened.problem);
  return opened.machine;
}

export type Json = { [key: string]: Json } & { length: number };

/** What a kept document holds, to be changed at will. */
export async function documentIn(file: string): Promise<Json> {
  return JSON.parse(await readFile(file, 'utf8')) as Json;
}

/** Puts a changed document in a file; with a fingerprint that fits, as someone who knows the program would. */
export async function forge(file: string, document: object): Promise<void> {
  const fingerprint = fingerprintOf(document, (text) => createHash('sha256').update(text).digest('hex'));
  await writeFile(file, JSON.stringify({ ...document, fingerprint }));
}
