import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { differencesBetween, differenceText } from '../../src/core/differences.ts';
import { iis, pool, server, site, unread } from './server-facts.ts';

const told = (before: unknown, after: unknown) => differencesBetween(before, after).map(differenceText);

test('two documents of the same content do not differ, whatever they are', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.deepEqual(told(value, structuredClone(value)), []);
    }),
  );
});

test('two documents of different content always differ, but for the order of what a list holds', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (left, right) => {
      const isSame = sorted(left) === sorted(right);
      assert.equal(told({ left }, { left: right }).length === 0, isSame, JSON.stringify([left, right]));
    }),
  );
});

function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).sort().join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(Object.is(value, -0) ? 0 : value);
  const rows = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}:${sorted(one)}`);
  return `{${rows.sort().join()}}`;
}

test('a fact that changed is told by its path, with its old and its new value', () => {
  const stopped = server({ iis: { known: true, value: iis({ sites: [{ ...site, state: 'stopped' }] }) } });
  assert.deepEqual(told(server(), stopped), ['iis.sites[SCIMConnector /].state: started -> stopped']);
});

test('a new site makes no other site look changed, wherever in the list it stands', () => {
  const other = { ...site, name: 'Payroll' };
  const more = server({ iis: { known: true, value: iis({ sites: [other, site], pools: [pool] }) } });
  assert.deepEqual(told(server(), more), ['iis.sites[Payroll /]: new']);
  assert.deepEqual(told(more, server()), ['iis.sites[Payroll /]: gone']);
});

test('a reading that fails says why', () => {
  assert.deepEqual(told(server(), server({ config: unread('access is denied') })), [
    'config: read -> could not be read (access is denied)',
  ]);
});

test('a fingerprint is told by its beginning, and a long text is cut', () => {
  assert.deepEqual(told({ a: 'a'.repeat(64) }, { a: 'b'.repeat(64) }), ['a: aaaaaaaaaaaa... -> bbbbbbbbbbbb...']);
  assert.ok((told({ a: '' }, { a: 'x'.repeat(1000) })[0] ?? '').length < 120);
});

test('words of a list are told one by one', () => {
  assert.deepEqual(told({ bindings: ['http/*:80:'] }, { bindings: ['https/*:443:'] }), [
    'bindings[http/*:80:]: gone',
    'bindings[https/*:443:]: new, https/*:443:',
  ]);
});
