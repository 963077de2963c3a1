// `npm run bench`: compares the program's times with Node's own and with its installers', all within one run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownShare } from './lab-share.ts';
import { compare, printed, type Ratio, type Timed } from './measure.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));
const program = join(checkout, 'src/main.ts');
const msi = join(checkout, 'templates/samples/SCIMConnector-4.4.4.msi');

const nothing: Timed = { args: ['-e', '0'], code: 0 };
const version: Timed = { args: [program, '--version'], code: 0 };
const plan: Timed = { args: [program, 'plan', '--sandbox', 'scim-4.1', '--msi', msi], code: 0 };

// Scenarios are made in the temporary folder; ours is removed with all of them.
const temporary = mkdtempSync(join(tmpdir(), 'scim-setup-bench-'));
process.env.TMPDIR = temporary;
try {
  const ratios: Ratio[] = [
    compare('--version against node -e 0', version, nothing, 3, 15),
    compare('a plan on the sandbox against node -e 0', plan, nothing, 15, 15),
    await ownShare(0.1, 3),
  ];
  for (const ratio of ratios) process.stdout.write(`${printed(ratio)}\n`);
  if (ratios.some(({ value, limit }) => value > limit)) process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
