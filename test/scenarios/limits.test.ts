import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { plan } from '../../src/commands/plan.ts';
import type { LookFor } from '../../src/machine/machine.ts';
import { asked, bundle, givenServer, sample } from '../given.ts';

/** How long a look at the server may take, in minutes, in a plan made by these answers. */
async function minutesToRead(answers: string): Promise<readonly (number | undefined)[]> {
  const { folder, machine } = await givenServer('scim-4.1');
  const file = join(folder, 'answers.yaml');
  await writeFile(file, answers);
  const asking: LookFor[] = [];
  const look = machine.look.bind(machine);
  machine.look = (what) => {
    asking.push(what);
    return look(what);
  };
  const { exitCode } = await plan(
    asked('plan', 'SCIMConnector-4.4.4.msi', { answers: file, hostingBundle: sample(bundle) }),
    machine,
    'test',
  );
  assert.equal(exitCode, 0);
  return asking.map(({ limitMs }) => limitMs && limitMs / 60_000);
}

test('reading the server may take as long as the answers say, and two minutes where they say nothing', async () => {
  assert.deepEqual(await minutesToRead('limits:\n  read: 7\n'), [7]);
  assert.deepEqual(await minutesToRead('limits:\n  busy: 1\n'), [2]);
});
