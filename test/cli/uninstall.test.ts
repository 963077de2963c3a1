import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply, uninstall } from '../../src/commands/apply.ts';
import { runText } from '../../src/view/run-text.ts';
import { asked, doorsOf, givenServer } from '../given.ts';

test('an upgraded connector is told to have been down, and an uninstalled one is not', async () => {
  const { machine } = await givenServer('scim-4.1');
  const upgraded = await apply(asked('apply', 'SCIMConnector-4.4.4.msi'), doorsOf(machine));
  assert.match(runText(upgraded), /the connector was down \d+ s/);
  const removed = await uninstall(asked('uninstall', null), doorsOf(machine));
  assert.match(runText(removed), /is uninstalled, checked\. Before: 4\.4\.4\. Took \d+ s\. /);
});
