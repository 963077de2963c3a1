import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import { plan } from '../../src/commands/plan.ts';
import { remember, saveServer } from '../../src/sandbox/server.ts';
import { asked, bundle, doorsOf, givenServer, sample } from '../given.ts';
import { newSigner, signed, thumbprintOf } from './signing.ts';

const maker = newSigner('/O=Sample Works/CN=Sample Works Inc.');
const runtimeMaker = newSigner('/O=Runtime Works/CN=Runtime Works');
const [msi, exe] = [signed(sample('SCIMConnector-4.4.4.msi'), maker), signed(sample(bundle), runtimeMaker)];
const afterwards = Date.parse(runtimeMaker.certificate.validFrom) + 3600 * 1000;

async function prepared() {
  const { machine } = await givenServer('scim-4.1');
  const trusted = [maker, runtimeMaker].map(thumbprintOf);
  remember(machine.server, { clock: new Date(afterwards).toISOString(), trusted });
  await saveServer(machine.server);
  return machine;
}

const request = (command: string, signer: readonly string[]) => ({
  ...asked(command, null),
  msi,
  hostingBundle: exe,
  signer,
});

test('packages by the signers named are installed', async () => {
  const machine = await prepared();
  const signers = ['Sample Works Inc.', thumbprintOf(runtimeMaker).toLowerCase()];
  assert.equal((await plan(request('plan', signers), machine, 'test')).exitCode, 0);
  const report = await apply(request('apply', signers), doorsOf(machine));
  assert.equal(report.exitCode, 0, JSON.stringify(report.findings));
});

test('where one package is by somebody else, nothing is touched, and the report names who signed it', async () => {
  const machine = await prepared();
  const signers = ['CN=Sample Works Inc., O=Sample Works'];
  for (const report of [
    await plan(request('plan', signers), machine, 'test'),
    await apply(request('apply', signers), doorsOf(machine)),
  ]) {
    assert.deepEqual([report.exitCode, report.changed], [21, false]);
    const found = report.findings.find((one) => one.id === 'signer-not-pinned');
    assert.match(
      found?.message ?? '',
      /hosting.*exe is signed by CN=Runtime Works, O=Runtime Works with the certificate/,
    );
    assert.ok(!found?.message.includes('.msi'), found?.message);
  }
});
