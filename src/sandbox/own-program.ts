import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from '../machine/disk.ts';
import type { OwnProgram } from '../machine/machine.ts';

const standIn = 'program.txt';
const text =
  'It stands in for the some 90 MB of scim-setup and Node that a real server would keep. Nothing of it is executed.\n';

/**
 * What a simulated server keeps of this program: one small file, which lies beside its drives. The simulated Task Scheduler runs
 * the program that is running.
 */
export async function ownProgram(folder: string): Promise<OwnProgram> {
  const from = join(folder, standIn);
  const sha256 = (await hashFile(from)) ?? (await laid(from));
  return { id: sha256, files: [{ from, path: standIn, sha256 }], start: { file: 'node.exe', args: ['src\\main.ts'] } };
}

async function laid(file: string): Promise<string> {
  await writeFile(file, text);
  return (await hashFile(file)) ?? '';
}
