import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { withNewKeys, withValues } from '../../src/core/settings-merge.ts';
import { settingsValues } from '../../src/core/settings-values.ts';

/** In place of a hash: the text that would be hashed. */
const values = (text: string) => settingsValues(text, (one) => one);

for (const [what, old, now, merged] of [
  ['a key at the end', '{\n  "a": 1\n}\n', '{"b": true}', '{\n  "a": 1,\n  "b": true\n}\n'],
  ['Windows line ends and tabs', '{\r\n\t"a" :   1\r\n}\r\n', '{"b": 2}', '{\r\n\t"a" :   1,\r\n\t"b": 2\r\n}\r\n'],
  ['one line', '{"a":1}', '{"b":2}', '{"a":1, "b":2}'],
  ['a comment and a trailing comma', '{\n  "a": 1, // one\n}', '{"b": 2}', '{\n  "a": 1,\n  "b": 2, // one\n}'],
  ['a byte order mark', '\uFEFF{"a": 1}', '\uFEFF{"b": 2}', '\uFEFF{"a": 1, "b": 2}'],
  ['a byte order mark of the new text alone', '{"a": 1}', '\uFEFF{"b": 2}', '{"a": 1, "b": 2}'],
  ['a key in an object', '{"a": {"x": 1}, "z": 0}', '{"a": {"x": 5, "y": 2}}', '{"a": {"x": 1, "y": 2}, "z": 0}'],
  ['an object as a whole', '{"a": 1}', '{"b": {"c": [1, {"d": null}]}}', '{"a": 1, "b": {"c": [1, {"d": null}]}}'],
  [
    'a number as it is written',
    '{"a": 1}',
    '{"b": 12345678901234567890, "c": 2.50}',
    '{"a": 1, "b": 12345678901234567890, "c": 2.50}',
  ],
  ['a key that an object of JavaScript has by itself', '{"a": 1}', '{"constructor": 2}', '{"a": 1, "constructor": 2}'],
] as const) {
  test(`new keys are inserted as text, and all else stays: ${what}`, () => assert.equal(withNewKeys(old, now), merged));
}

for (const [what, old, now] of [
  ['the values differ', '{ "a" : 1 }', '{"a": 2}'],
  ['a list is longer in the new text', '{"a": [1]}', '{"a": [1, 2, 3]}'],
  ['the new text has a list of objects with more keys', '{"a": [{"x": 1}]}', '{"a": [{"x": 1, "y": 2}]}'],
  [
    'the keys differ in case only, which .NET takes for one key',
    '{"Roles": 1, "b": {"X": 1}}',
    '{"roles": 2, "B": {"x": 2}}',
  ],
  ['a value is an object only in the new text', '{"a": 1}', '{"a": {"b": 2}}'],
  ['a value is an object only in the old text', '{"a": {"b": 2}}', '{"a": 1}'],
  ['the new text is no JSON', '{"a": 1}', 'not json'],
  ['the new text is empty', '{"a": 1}', ''],
  ['the old text is empty', '', '{"a": 1}'],
] as const) {
  test(`no byte is changed where ${what}`, () => assert.equal(withNewKeys(old, now), old));
}

for (const [what, text, pointers, from, merged] of [
  ['a value', '{\r\n  "a" : 1, // one\r\n  "b": 2\r\n}', ['/a'], '{"a": 5}', '{\r\n  "a" : 5, // one\r\n  "b": 2\r\n}'],
  [
    'a value deep inside',
    '{"a": {"b": {"c": 1, "d": 2}}}',
    ['/a/b/c'],
    '{"a": {"b": {"c": "x"}}}',
    '{"a": {"b": {"c": "x", "d": 2}}}',
  ],
  [
    'a number as it is written',
    '{"a": 1, "b": 2}',
    ['/a', '/b'],
    '{"a": 12345678901234567890, "b": 2.50}',
    '{"a": 12345678901234567890, "b": 2.50}',
  ],
  ['keys with / and ~', '{"m~n": {"a/b": 1}}', ['/m~0n/a~1b'], '{"m~n": {"a/b": 2}}', '{"m~n": {"a/b": 2}}'],
  ['a key that is not there', '{"a": 1}', ['/b'], '{"b": 2}', '{"a": 1, "b": 2}'],
  ['nothing, without pointers', '{"a": 1}', [], '{"a": 2}', '{"a": 1}'],
  ['behind a byte order mark', '\uFEFF{"a": 1}', ['/a'], '\uFEFF{"a": 2}', '\uFEFF{"a": 2}'],
] as const) {
  test(`values are taken over as text: ${what}`, () => assert.equal(withValues(text, pointers, from), merged));
}

for (const [what, text, pointer, from] of [
  ['a list became an object', '{"a": {"x": 1}, "z": 0}', '/a/0', '{"a": [5]}'],
  ['a list became a number', '{"a": 5, "z": 0}', '/a/0', '{"a": [5]}'],
  ['an object became a number', '{"a": 5, "z": 0}', '/a/b', '{"a": {"b": 1}}'],
  ['an object became a list', '{"a": [5], "z": 0}', '/a/b', '{"a": {"b": 1}}'],
  ['a list is shorter', '{"a": [], "z": 0}', '/a/1', '{"a": [3, 4]}'],
  ['the root became a list', '[1, 2]', '/a', '{"a": 1}'],
  ['the root was a list', '[{"x": 1}]', '/1/x', '[{"x": 1}, {"x": 2}]'],
] as const) {
  test(`a changed value comes through although ${what} in the new version`, () => {
    const merged = values(withValues(text, [pointer], from));
    assert.equal(merged[pointer], values(from)[pointer]);
    if ('/z' in values(text)) assert.equal(merged['/z'], '0');
  });
}

const key = fc.oneof(fc.constantFrom('KEY', 'a/b', 'm~n', 'Roles', 'ü', '', '__proto__'), fc.string({ maxLength: 3 }));
const { settings } = fc.letrec<{ settings: Record<string, unknown>; value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, true, 0, -1.5, 1e21, 'text', 'Ü"\\', {}, []),
    fc.array(tie('value'), { maxLength: 2 }),
    tie('settings'),
  ),
  settings: fc
    .uniqueArray(fc.tuple(key, tie('value')), { maxLength: 4, selector: ([name]) => name.toLowerCase() })
    .map((pairs) => Object.fromEntries(pairs)),
}));
const text = fc
  .tuple(settings, fc.constantFrom(undefined, 2, '\t'), fc.constantFrom('\n', '\r\n'), fc.boolean())
  .map(
    ([value, indent, eol, mark]) => (mark ? '\uFEFF' : '') + JSON.stringify(value, null, indent).replaceAll('\n', eol),
  );
const runs = { numRuns: 150 };

/** What is left of `old` when it is read along `merged`: empty if `merged` is `old` with something put in. */
function notFoundIn(merged: string, old: string): string {
  let at = 0;
  for (const character of merged) if (old.startsWith(character, at)) at += character.length;
  return old.slice(at);
}

const json = (one: string): unknown => JSON.parse(one.replace(/^\uFEFF/, ''));
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The values by pointer; .NET takes keys without case. */
function valuesWithoutCase(one: string): ReadonlyMap<string, string> {
  return new Map(Object.entries(values(one)).map(([pointer, value]) => [pointer.toLowerCase(), value]));
}

/** The keys of one value, at any depth of objects, that another one lacks; case does not count. */
function lacking(merged: unknown, wanted: unknown): string[] {
  if (!isObject(merged) || !isObject(wanted)) return [];
  return Object.keys(wanted).flatMap((name) => {
    const there = Object.keys(merged).find((one) => one.toLowerCase() === name.toLowerCase());
    return there === undefined ? [name] : lacking(merged[there], wanted[name]);
  });
}

test('whatever two settings files hold: the old values are all kept, the new keys are all there', () => {
  fc.assert(
    fc.property(text, text, (old, now) => {
      const [before, merged, after] = [old, withNewKeys(old, now), now].map((one) => valuesWithoutCase(one));
      for (const [pointer, value] of before ?? [])
        assert.ok(value === '{}' || merged?.get(pointer) === value, `${pointer} was lost`);
      for (const [pointer, value] of merged ?? [])
        assert.ok([before?.get(pointer), after?.get(pointer)].includes(value), `${pointer} comes from nowhere`);
      assert.deepEqual(lacking(json(withNewKeys(old, now)), json(now)), []);
    }),
    runs,
  );
});

test('whatever two settings files hold: the old text is found again in the new one, with something put in', () => {
  fc.assert(
    fc.property(text, text, (old, now) => assert.equal(notFoundIn(withNewKeys(old, now), old).trim(), '')),
    runs,
  );
});

test('merging twice changes no more than merging once', () => {
  fc.assert(
    fc.property(text, text, (old, now) => {
      const once = withNewKeys(old, now);
      assert.equal(withNewKeys(once, now), once);
    }),
    runs,
  );
});

test('whatever two settings files hold: each value that is asked for is taken over', () => {
  fc.assert(
    fc.property(text, text, (old, now) => {
      const wanted = values(old);
      const pointers = Object.keys(wanted).filter((pointer) => pointer !== '');
      const merged = valuesWithoutCase(withValues(now, pointers, old));
      assert.deepEqual(
        pointers.filter((pointer) => merged.get(pointer.toLowerCase()) !== wanted[pointer]),
        [],
      );
    }),
    runs,
  );
});
