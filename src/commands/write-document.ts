import { stat } from 'node:fs/promises';
import path from 'node:path';
import { asciiJson } from '../core/ascii-json.ts';
import { fileErrorText } from '../core/file-error.ts';
import { SetupError } from '../core/setup-error.ts';
import { Disk } from '../machine/disk.ts';

const ownDisk = new Disk(async (place) => place);

/** Refuses a place for a document that is a folder, or one of the files the command reads (exit 20). */
export async function checkPlace(file: string, read: readonly (string | undefined)[]): Promise<void> {
  const isRead = read.some((one) => one !== undefined && path.resolve(one) === path.resolve(file));
  const isFolder = (await stat(file).catch(() => null))?.isDirectory() ?? false;
  if (!isRead && !isFolder) return;
  throw new SetupError(20, {
    message: isFolder ? `${file} is a folder.` : `${file} is read by this command and would be overwritten.`,
    hint: 'Name another file with --out.',
  });
}

/** Writes a document to a file of this system, whole or not at all; one of that name is replaced. It is ASCII, like `--json`. */
export async function writeDocument(file: string, document: object): Promise<void> {
  try {
    await ownDisk.write(file, `${asciiJson(document, 2)}\n`);
  } catch (error) {
    const text = fileErrorText(error);
    if (text === null) throw error;
    throw new SetupError(20, {
      message: `${file} could not be written: ${text}.`,
      hint: 'Name a file in a folder that you may write to with --out.',
    });
  }
}
