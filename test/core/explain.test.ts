import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentRows, fromFactsFinding } from '../../src/core/document-findings.ts';
import { explain, findingMeanings } from '../../src/core/explain.ts';
import { subjects } from '../../src/core/finding-row.ts';
import { findingRows, findingsOf } from '../../src/core/findings.ts';
import { signerRows } from '../../src/core/signer-findings.ts';
import { situationOf } from '../../src/core/situation.ts';
import { cases, fine, type Given, to, unfinished, upgrade } from './finding-cases.ts';
import { keptConfig, readings, server, unread } from './server-facts.ts';

const situation = ({ now, wanted, unfinished: cut }: Given) => situationOf(now, wanted, cut);
const explained = (given: Given) => explain(situation(given));

test('what is explained as applying is what stops or reminds in the plan, in the same words', () => {
  for (const given of cases.flatMap((one) => [one.speaks, ...one.silent])) {
    const found = findingsOf(situation(given)).map(({ id, message }) => ({ id, message }));
    const said = explained(given).flatMap(({ id, applies, why }) => (applies === 'yes' ? [{ id, message: why }] : []));
    assert.deepEqual(new Map(said.map((one) => [one.id, one])), new Map(found.map((one) => [one.id, one])));
  }
});

test('on a healthy server every finding is named, and none applies', () => {
  const all = explained(fine);
  assert.deepEqual(
    all.filter((one) => one.applies !== 'no' || one.why !== null),
    [],
  );
  const ids = all.map((one) => one.id);
  assert.equal(new Set(ids).size, ids.length);
  for (const { id } of findingRows) assert.ok(ids.includes(id), id);
});

for (const fact of readings) {
  test(`where ${fact} could not be read, the findings that rest on it are not denied, and the reason is given`, () => {
    const all = explained(to(server({ [fact]: unread('the reason') })));
    const reading = all.find((one) => one.id === `unreadable-${fact}`);
    assert.equal(reading?.applies, 'yes');
    assert.match(reading.why ?? '', /the reason/);
    for (const { id } of findingRows.filter((row) => row.needs.includes(fact))) {
      const row = all.find((one) => one.id === id);
      assert.equal(row?.applies, 'unknown', id);
      assert.match(row.why ?? '', new RegExp(`could not be read.*${fact}`));
    }
  });
}

test('where it could not be read which connector is there, nothing about the connector is denied', () => {
  const all = explained(to(server({ products: unread() })));
  const denied = all.filter(({ id, applies }) => applies === 'no' && !id.startsWith('unreadable-'));
  assert.deepEqual(
    denied.filter(({ about }) => about === 'connector' || about === 'settings'),
    [],
  );
  assert.ok(denied.some(({ id }) => id === 'disk-full'));
});

test('on the way back the findings of the way forward are not called absent: they were not asked', () => {
  const all = explained({
    ...to(server({ kept: keptConfig }), upgrade),
    unfinished: unfinished({ direction: 'back' }),
  });
  const back = findingRows.filter((row) => row.alsoBack).map((row) => row.id);
  const judged = all.filter((one) => one.applies === 'no' && !one.id.startsWith('unreadable-')).map((one) => one.id);
  // Whether a kept document is at hand, and who signed what is given, is known whichever way the run goes.
  const besides = [...documentRows, ...signerRows].map((row) => row.id);
  assert.deepEqual(judged.sort(), [...back, ...besides].sort());
  for (const one of all.filter(({ applies }) => applies === 'unknown')) assert.match(one.why ?? '', /way forward/);
});

test('what was found besides, about a kept document, applies with its own words', () => {
  const found = fromFactsFinding('2026-11-23T20:41:07Z');
  const own = explain(situation(fine), [found]).find((one) => one.id === 'from-facts');
  assert.deepEqual([own?.applies, own?.why], ['yes', found.message]);
});

test('findings come in the order in which an operator looks: server, IIS, packages, connector, settings', () => {
  const order = findingMeanings().map((one) => subjects.indexOf(one.about));
  assert.deepEqual(
    order,
    [...order].sort((left, right) => left - right),
  );
});

test('only what may be accepted names the option that accepts it', () => {
  const choices = findingRows.filter((row) => row.isChoice).map((row) => row.id);
  for (const { id, stops, accept } of findingMeanings()) {
    assert.equal(accept, stops === 'unless-accepted' || choices.includes(id) ? `--accept ${id}` : null);
  }
});
