import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { windowsNode } from '../../scripts/build/windows-node.mjs';
import { openWine, windowsPath as z } from './wine.ts';

const file = (name: string) => z(fileURLToPath(new URL(`../machine/${name}`, import.meta.url)));

/** Tests of the machine that only Windows can run, by the Windows Node. */
const windowsOnly = [
  ['children.test.ts', 'msiexec gets its command line as it reads it'],
  ['is-alive.test.ts', 'a real child is seen at work by the real reader until it has ended'],
  ['protected-folder.test.ts', 'while one run holds the lock, another is told so'],
  ['disk.test.ts', 'a file that a scanner holds for a while is written, appended to, moved and removed all the same'],
  ['disk.test.ts', 'a folder in which a scanner holds a file is moved once it lets go'],
] as const;

for (const [name, title] of windowsOnly) {
  test(`on Windows: ${title}`, async (t) => {
    const wine = await openWine();
    t.after(() => wine.close());
    const args = [
      '--test',
      '--experimental-test-isolation=none',
      '--test-reporter=tap',
      `--test-name-pattern=${title}`,
      file(name),
    ];
    const { code, stdout, stderr } = wine.start(z(windowsNode()), args);
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    assert.match(stdout, new RegExp(`^ok \\d+ - ${title}`, 'm'));
    assert.match(stdout, /^# pass 1$/m);
  });
}
