import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import { detect } from '../../src/commands/detect.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { unfinishedText } from '../../src/view/facts-text.ts';
import { asked, doorsOf, givenServer } from '../given.ts';

test('whoever looks at a server is told of a run that is not finished, and of none once it is', async () => {
  const { machine } = await givenServer('scim-4.1');
  assert.deepEqual((await detect(machine)).unfinished, { known: true, value: null });
  const request = asked('apply', 'SCIMConnector-4.4.4.msi');
  const fault = { at: { tool: 'msiexec', call: 1 }, trouble: { kind: 'kill', effect: 'done' } } as const;
  await apply(request, doorsOf(withFaults(machine, fault))).catch(() => null);
  const { unfinished } = await detect(machine);
  assert.match(unfinishedText(unfinished), /^ {2}Run +\d{4}-\S+Z is not finished; scim-setup resume goes on with it/);
  assert.equal((await apply(request, doorsOf(machine))).exitCode, 0);
  assert.equal(unfinishedText((await detect(machine)).unfinished), '');
});

test('a journal that cannot be read is told, and hides nothing else of the server', async () => {
  const { machine } = await givenServer('scim-4.1');
  const journal = 'C:\\ProgramData\\ScimSetup\\runs\\2026-01-01T00-00-00Z\\journal.jsonl';
  await machine.write(journal, new TextEncoder().encode('{"type":"opened","schema":2}\n'));
  const { facts, unfinished } = await detect(machine);
  assert.ok(facts.products.known);
  assert.match(unfinishedText(unfinished), /could not be read: A journal cannot be read/);
});
