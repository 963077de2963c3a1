import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { documentOf, run } from '../cli/program.ts';
import { bundle, givenServer, sample } from '../given.ts';
import { configLost } from '../sweep/judge.ts';
import { readState, untouched } from '../sweep/server-state.ts';
import { readOnly, runMounted, smallDisk } from './mounts.ts';

/** Done, refused, failed as before, and failed otherwise: on a disk that stays full there may be no way back. */
const named = [0, 21, 22, 23];

const apply = (folder: string) => [
  'apply',
  '--sandbox',
  folder,
  '--msi',
  sample('SCIMConnector-4.4.4.msi'),
  '--hosting-bundle',
  sample(bundle),
];

const ownFolder = (folder: string, ...names: readonly string[]) =>
  join(folder, 'c', 'ProgramData', 'ScimSetup', ...names);

const noMounts = process.platform !== 'linux' && 'only Linux has mounts for one process';

describe('on a real file system', { skip: noMounts }, () => {
  // From a disk on which not even the package fits, to one that takes all but the last lines of the journal.
  for (const kib of [16, 64, 84, 100, 108, 124]) {
    it(`a disk with ${kib} KiB for the program: the end is named, nothing is lost, and with room it ends with 0`, async () => {
      const { folder } = await givenServer('scim-4.1');
      const before = readState(folder);
      const { mounts, keep } = smallDisk(ownFolder(folder), kib);
      const { exitCode, document, err } = runMounted(mounts, apply(folder), keep);
      const now = readState(folder);
      assert.ok(named.includes(exitCode), `${exitCode}: ${document.message}\n${err}`);
      if (exitCode === 21) assert.deepEqual(untouched(before, now), []);
      assert.deepEqual(configLost(before, now), []);
      const next = await run(...apply(folder), '--json');
      // A run that was on its way back is first walked back to its end.
      const last = exitCode === 23 && next.exitCode === 22 ? await run(...apply(folder), '--json') : next;
      assert.equal(last.exitCode, 0, last.out);
      assert.deepEqual(configLost(before, readState(folder)), []);
    });
  }

  for (const [what, names] of [
    ['its own folder', []],
    ['the folder of its runs', ['runs']],
    ['the folder of its packages', ['packages']],
    ['the folder of its backups', ['backups']],
  ] as const) {
    it(`${what} is read-only: refused with the reason, and nothing is touched`, async () => {
      const { folder } = await givenServer('scim-4.1');
      mkdirSync(ownFolder(folder, ...names), { recursive: true });
      const before = readState(folder);
      const { exitCode, document } = runMounted(readOnly(ownFolder(folder, ...names)), apply(folder));
      assert.equal(exitCode, 21, JSON.stringify(document.message));
      // Node says ENOENT of a folder that it cannot make on a read-only file system, so only the folder is sure to be named.
      assert.match(JSON.stringify(document), /could not be (begun|proven): E[A-Z]+: .*ScimSetup/);
      assert.deepEqual(untouched(before, readState(folder)), []);
      const next = await run(...apply(folder), '--json');
      assert.equal(next.exitCode, 0, next.out);
      assert.equal(documentOf(next).end, 'converged');
    });
  }

  it('the connector lies in a folder that is read-only: walked back or refused, and the config is as it was', async () => {
    const { folder } = await givenServer('scim-4.1');
    const before = readState(folder);
    const place = join(folder, 'c', 'inetpub', 'wwwroot', 'SCIMConnector');
    assert.ok(readdirSync(place).length > 0);
    const { exitCode, document } = runMounted(readOnly(place), apply(folder));
    assert.notEqual(exitCode, 0, JSON.stringify(document.message));
    assert.deepEqual(configLost(before, readState(folder)), []);
  });
});
