import assert from 'node:assert/strict';
import { test } from 'node:test';
import { busyWaits, holdersIn } from '../../src/core/busy.ts';
import { known, server, unread } from './server-facts.ts';

test('another installation is waited for 10 s, 20 s, 30 s, then a minute each, up to the limit exactly', () => {
  const seconds = (minutes: number) => busyWaits(minutes).map((ms) => ms / 1000);
  assert.deepEqual(seconds(10), [10, 20, 30, ...Array.from({ length: 9 }, () => 60)]);
  assert.deepEqual(seconds(1), [10, 20, 30]);
  assert.deepEqual(seconds(1.5), [10, 20, 30, 30]);
  assert.deepEqual(seconds(0.25), [10, 5]);
  assert.deepEqual(seconds(0), []);
});

const holders = [
  { pid: 4711, name: 'msiexec.exe', parent: 'setup.exe', startedAt: null },
  { pid: 4712, name: 'msiexec.exe', parent: null, startedAt: null },
];

test('who holds Windows Installer is named with process and parent', () => {
  const installer = known({ suspended: false, disabledByPolicy: false, holders });
  assert.equal(
    holdersIn(server({ installer })),
    'msiexec.exe (process 4711, started by setup.exe), msiexec.exe (process 4712)',
  );
});

test('nobody is named where nobody is seen, or nobody could look', () => {
  assert.equal(holdersIn(server()), null);
  assert.equal(holdersIn(server({ installer: unread() })), null);
});
