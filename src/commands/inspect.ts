import path from 'node:path';
import type { Msi } from '../core/media.ts';
import { SetupError } from '../core/setup-error.ts';
import { openHostFile } from '../machine/host-files.ts';
import { readMsi } from '../media/read-media.ts';

export type InspectReport = {
  readonly schema: 1;
  readonly command: 'inspect';
  readonly sandbox: false;
  readonly exitCode: 0;
  readonly msi: Msi;
};

/** What a package is, what it would replace, and which properties it takes; on any system. */
export async function inspect(file: string): Promise<InspectReport> {
  const msi = await readMsi(file, openHostFile);
  if ('problem' in msi) {
    throw new SetupError(20, {
      message: `The package ${path.basename(file)} ${msi.problem}.`,
      hint: 'Check the path and copy the package again if it is damaged.',
    });
  }
  return { schema: 1, command: 'inspect', sandbox: false, exitCode: 0, msi };
}
