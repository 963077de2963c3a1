import { fileURLToPath } from 'node:url';
import { hashFile } from '../machine/disk.ts';
import type { OwnProgram } from '../machine/machine.ts';

/**
 * What a simulated server keeps of this program: one small file of it, in place of some 90 MB. Nothing of it is executed: the
 * simulated Task Scheduler runs the program that is running.
 */
export async function ownProgram(): Promise<OwnProgram> {
  const from = fileURLToPath(new URL('../../package.json', import.meta.url));
  const sha256 = (await hashFile(from)) ?? '';
  return {
    id: sha256,
    files: [{ from, path: 'package.json', sha256 }],
    start: { file: 'node.exe', args: ['src\\main.ts'] },
  };
}
