import { it } from 'node:test';
import { backingUp, upgrade as change, installed, installing, survivesKill } from './kill.ts';

const [old, wanted] = [['SCIM Connector 4.1.0'], ['SCIM Connector 4.4.4']];

it('killed before the backup is whole: the next run upgrades, and every setting is kept', (test) =>
  survivesKill(test, { change, at: () => backingUp, leaves: old }));

it('killed while msiexec upgrades: msiexec ends its work, and the next run does the rest', (test) =>
  survivesKill(test, { change, at: () => installing('connector.upgrade'), leaves: wanted }));

it('killed between the end of msiexec and its line in the journal: the next run does the rest', (test) =>
  survivesKill(test, { change, at: () => installed('connector.upgrade'), leaves: wanted }));
