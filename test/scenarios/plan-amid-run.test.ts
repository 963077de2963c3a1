import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { run } from '../cli/program.ts';
import { asked, doorsOf, givenServer, sample } from '../given.ts';
import { cut } from './restarts.ts';

const v444 = sample('SCIMConnector-4.4.4.msi');

/** What a command on a server says, in one line, after a run with a package was killed at its n-th call of msiexec. */
async function saidAfterKill(msi: string, call: number, command: 'plan' | 'verify' | 'apply') {
  const { folder, machine } = await givenServer('scim-4.1');
  const fault = { at: { tool: 'msiexec', call }, trouble: { kind: 'kill', effect: 'none' } } as const;
  await cut(apply(asked('apply', msi), doorsOf(withFaults(machine, fault))));
  const { out, exitCode } = await run(command, '--sandbox', folder, '--msi', v444);
  return { said: out.replace(/\s+/g, ' '), exitCode };
}

test('a plan amid a run that is going back says that apply only ends that, and so it does', async () => {
  const failing = 'SCIMConnector-4.4.5-fails-old-gone.msi';
  const { said, exitCode } = await saidAfterKill(failing, 3, 'plan');
  assert.equal(exitCode, 0);
  assert.match(said, /SCIM Connector on \S+: back to 4\.1\.0/);
  assert.match(said, /The run \S+ is on its way back\. apply only goes that way to its end \(exit 22\)/);
  assert.equal((await saidAfterKill(failing, 3, 'apply')).exitCode, 22);
});

test('verify amid a run that is going back names what is not as before yet', async () => {
  const { said } = await saidAfterKill('SCIMConnector-4.4.5-fails-old-gone.msi', 3, 'verify');
  assert.match(said, /the run \S+ is not finished; it is on its way back, which the next run goes to its end/);
  assert.match(said, /4\.1\.0 is not registered/);
});

test('a plan amid a run that goes forward says which run it takes up', async () => {
  const { said } = await saidAfterKill('SCIMConnector-4.4.4.msi', 1, 'plan');
  assert.match(said, /4\.1\.0 -> 4\.4\.4 by upgrade in place/);
  assert.match(said, /It takes up the run \S+, which is not finished\./);
});
