import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts } from '../../src/core/facts.ts';
import { loadServer, saveServer } from '../../src/sandbox/server.ts';
import { tools } from '../../src/sandbox/tools/table.ts';
import { known, serverOf } from './on-server.ts';

const words = (id: number, level = 'INFORMATION') => [
  '/L',
  'APPLICATION',
  '/SO',
  'scim-setup',
  '/T',
  level,
  '/ID',
  String(id),
  '/D',
  'What happened.',
];

test('an entry is kept with its time, and is there when the server is opened again', async (t) => {
  const server = await serverOf(t, 'fresh');
  assert.equal((await tools.eventcreate(server, words(22, 'ERROR'))).code, 0);
  await saveServer(server);
  const again = await loadServer(server.folder);
  assert.ok(!('problem' in again));
  const [{ at, ...event } = { at: '' }] = again.memory.events;
  assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.deepEqual(event, { source: 'scim-setup', id: 22, level: 'ERROR', text: 'What happened.' });
});

for (const id of [0, 1001, -1]) {
  test(`an entry ${id} is refused: eventcreate takes 1 to 1000`, async (t) => {
    const server = await serverOf(t, 'fresh');
    const { code, output } = await tools.eventcreate(server, words(id));
    assert.equal(code, 1);
    assert.match(output, /range of 1 - 1000/);
    assert.deepEqual(server.memory.events, []);
  });
}

test('only an administrator writes entries', async (t) => {
  const server = await serverOf(t, 'fresh');
  const machine = { ...known(server.facts.machine), elevated: false };
  server.facts = { ...server.facts, machine: { known: true, value: machine } } satisfies Facts;
  assert.deepEqual((await tools.eventcreate(server, words(1))).code, 1);
  assert.deepEqual(server.memory.events, []);
});

test('what eventcreate is not known to take is thrown back', async (t) => {
  const server = await serverOf(t, 'fresh');
  const unknown = [
    words(1, 'SUCCESS'),
    ['/T', 'ERROR'],
    [...words(1), '/S', 'other'],
    ['/L', 'SYSTEM', ...words(1).slice(2)],
  ];
  for (const args of unknown) await assert.rejects(tools.eventcreate(server, args), /does not know/);
});

test('a simulated server of an earlier version, which knew of no event log, has an empty one', async (t) => {
  const server = await serverOf(t, 'fresh');
  const { events: _events, ...memory } = server.memory;
  server.memory = memory as typeof server.memory;
  await saveServer(server);
  const again = await loadServer(server.folder);
  assert.ok(!('problem' in again));
  assert.deepEqual(again.memory.events, []);
});
