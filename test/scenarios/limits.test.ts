import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import { plan } from '../../src/commands/plan.ts';
import { resume } from '../../src/commands/resume.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import type { SandboxMachine } from '../../src/sandbox/sandbox-machine.ts';
import { asked, bundle, doorsOf, givenServer, sample } from '../given.ts';

/** How long each look at the server may take from now on, in minutes. */
function looksOf(machine: SandboxMachine): readonly (number | undefined)[] {
  const minutes: (number | undefined)[] = [];
  const look = machine.look.bind(machine);
  machine.look = (what) => {
    minutes.push(what.limitMs && what.limitMs / 60_000);
    return look(what);
  };
  return minutes;
}

async function givenAnswers(text: string) {
  const { folder, machine } = await givenServer('scim-4.1');
  const answers = join(folder, 'answers.yaml');
  await writeFile(answers, text);
  return { machine, request: { answers, hostingBundle: sample(bundle) } };
}

for (const [text, minutes] of [
  ['limits:\n  read: 7\n', 7],
  ['limits:\n  busy: 1\n', 2],
] as const)
  test(`reading the server may take ${minutes} minutes where the answers are ${JSON.stringify(text)}`, async () => {
    const { machine, request } = await givenAnswers(text);
    const looks = looksOf(machine);
    assert.equal((await plan(asked('plan', 'SCIMConnector-4.4.4.msi', request), machine, 'test')).exitCode, 0);
    assert.deepEqual(looks, [minutes]);
  });

test('a run that goes on may read as long as its answers said, from the first look after its journal on', async () => {
  const { machine, request } = await givenAnswers('limits:\n  read: 7\n');
  const fault = { at: { tool: 'msiexec', call: 1 }, trouble: { kind: 'kill', effect: 'none' } } as const;
  const wanted = asked('apply', 'SCIMConnector-4.4.4.msi', request);
  await assert.rejects(apply(wanted, doorsOf(withFaults(machine, fault))));
  const looks = looksOf(machine);
  assert.equal((await resume(asked('resume', null), doorsOf(machine))).exitCode, 0);
  const [first, ...later] = looks;
  assert.equal(first, undefined, 'whether it is elevated is looked at before anything of ours is read');
  assert.ok(later.length > 3);
  assert.deepEqual([...new Set(later)], [7]);
});
