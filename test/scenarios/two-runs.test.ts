import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { asSeenByCaller, documentOf, start } from '../cli/program.ts';
import { bundle, givenServer, sample } from '../given.ts';

/** So many that some begin while another is at work, however busy this machine is. */
const together = 5;

test('of several runs at once one does the work, and each of the others is busy or finds nothing to do', async () => {
  const { folder } = await givenServer('scim-4.1');
  const argv = ['apply', '--sandbox', folder, '--msi', sample('SCIMConnector-4.4.4.msi')];
  const all = [...argv, '--hosting-bundle', sample(bundle), '--json'];
  const ended = await Promise.all(Array.from({ length: together }, () => start(all)));
  const documents = ended.map(documentOf);
  const ends = documents.map((one) => String(one.end));
  assert.equal(ends.filter((end) => end === 'converged').length, 1, ends.join());
  assert.ok(ends.includes('busy'), `no two of them were at work at once: ${ends}`);
  for (const [index, end] of ends.entries()) {
    if (end === 'converged') continue;
    assert.ok(['busy', 'nothing-to-do'].includes(end), ends.join());
    assert.equal(ended[index]?.exitCode, asSeenByCaller(end === 'busy' ? 1618 : 0));
    assert.equal(documents[index]?.changed, false);
  }
  const runs = readdirSync(join(folder, 'c', 'ProgramData', 'ScimSetup', 'runs'));
  assert.equal(runs.length, 1, runs.join());
});
