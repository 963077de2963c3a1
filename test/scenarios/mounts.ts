// Real file systems for a simulated server: mounted for one process of the program alone, and gone with it.
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { documentOf } from '../cli/program.ts';

/** How the program ended there, with its one document. */
export type EndedThere = {
  readonly exitCode: number;
  readonly document: Record<string, unknown>;
  readonly err: string;
};

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Root may mount; anybody else may in a user namespace of his own. */
const rights = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];

/**
 * Runs the program with --json after these lines of sh, in a mount namespace of its own: what they mount, nobody else sees. A
 * file system that goes with the process is copied out beforehand by `keep`, which runs after the program.
 */
export function runMounted(mounts: string, argv: readonly string[], keep = 'true'): EndedThere {
  const script = `set -e\n${mounts}\nset +e\n"$@"\ncode=$?\n${keep}\nexit $code`;
  const args = ['--mount', ...rights, 'sh', '-c', script, 'sh', process.execPath, main, ...argv, '--json'];
  const { status, stdout, stderr, error } = spawnSync('unshare', args, { encoding: 'utf8' });
  if (status === null || stdout === '') throw new Error(`the program did not run: ${error?.message ?? stderr}`);
  return { exitCode: status, document: documentOf({ exitCode: status, out: stdout, err: stderr }), err: stderr };
}

/** A folder made read-only in that namespace. */
export function readOnly(folder: string): string {
  return `mount --bind '${folder}' '${folder}'\nmount -o remount,ro,bind '${folder}'`;
}

/** A disk of so many KiB over a folder; `keep` lays what was written there under the same name once the program has ended. */
export function smallDisk(folder: string, kib: number): { readonly mounts: string; readonly keep: string } {
  return {
    mounts: `mkdir -p '${folder}' '${folder}.kept'\nmount -t tmpfs -o size=${kib}k small '${folder}'`,
    keep: `cp -a '${folder}/.' '${folder}.kept/'; umount '${folder}'; cp -a '${folder}.kept/.' '${folder}/'; rm -r '${folder}.kept'`,
  };
}

/** KiB that the files below a folder take up. */
export function sizeOf(folder: string): number {
  return Number.parseInt(execFileSync('du', ['-sk', folder], { encoding: 'utf8' }), 10);
}
