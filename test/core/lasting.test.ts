import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastingSteps, unsettled } from '../../src/core/lasting.ts';
import type { Step } from '../../src/core/step.ts';
import { codeOf, folder, hash, iis, known, pool, server } from './server-facts.ts';

const stop: Step = { kind: 'pool.stop', pool: 'ScimPool' };
const start: Step = { kind: 'pool.start', pool: 'ScimPool' };
const gone: Step = { kind: 'connector.uninstall', productCode: codeOf('4.1.0'), version: '4.1.0', folder };
const old = { name: 'a.msi', sha256: hash('4.1.0'), productCode: codeOf('4.1.0'), version: '4.1.0' };
const back: Step = { kind: 'connector.install', msi: old, properties: {} };
const backup: Step = { kind: 'config.backup', files: [], packages: [] };

for (const [what, steps, lasting] of [
  ['a pool that is started again', [stop, start], [start]],
  ['a pool that is stopped at the end', [start, stop], [start, stop]],
  ['a pool that goes with its product', [stop, gone], [gone]],
  ['a product that is put back', [gone, back], [back]],
  ['a product that is uninstalled at the end', [back, gone], [back, gone]],
  ['a backup, which a later run may have lost', [backup, gone], [gone]],
] as const) {
  test(`what must hold at the end: ${what}`, () => assert.deepEqual(lastingSteps(steps), lasting));
}

test('the steps that do not hold at the end are told', () => {
  const stopped = server({ iis: known(iis({ pools: [{ ...pool, state: 'stopped' }] })) });
  assert.deepEqual(unsettled([stop, start], stopped), [start]);
  assert.deepEqual(unsettled([stop, start], server()), []);
});
