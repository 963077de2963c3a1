import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from '../drive.ts';

/** Folders that both sides fill themselves: Windows is looked at by name only, at the end of a sequence. */
const notCompared = /^(windows|packages|logs)\\/i;

/** The settings of a fresh installation have keys made up by the connector's own actions, which no sample has (domain 1.5). */
const madeUpKeys = /("(?:IV|KEY|TokenEncryptionKey|TokenSigningKey)"\s*:\s*)"[^"]*"/g;

/** Each file below drive C: with its SHA-256, but for what was there on the bare server and what is not compared. */
export function fileState(drive: string, bare: ReadonlySet<string>): Readonly<Record<string, string>> {
  const names = filesBelow(drive).filter((name) => !notCompared.test(name) && !bare.has(name));
  const sorted = names.sort((left, right) => (left.toLowerCase() < right.toLowerCase() ? -1 : 1));
  return Object.fromEntries(
    sorted.map((name) => [`C:\\${name}`, contentHash(readFileSync(join(drive, ...name.split('\\'))), name)]),
  );
}

/** The SHA-256 of a file's bytes; of settings without the keys that are made up. */
export function contentHash(bytes: Buffer, name: string): string {
  const isSettings = /(?<!\\Responses)\\appsettings\.json$/i.test(name);
  const seen = isSettings ? bytes.toString('latin1').replace(madeUpKeys, '$1"made up"') : bytes;
  return createHash('sha256').update(seen).digest('hex');
}
