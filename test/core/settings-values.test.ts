import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingsValues } from '../../src/core/settings-values.ts';

/** In place of a hash: the text that would be hashed. */
const values = (text: string) => settingsValues(text, (one) => one);

test('every leaf of a settings file has a pointer, and its JSON text is what is hashed', () => {
  const text =
    '{ "KEY": "a\\u0062", "SkipSSLCheck": false, "None": null, "List": [1, {"x": 2.50}], "Roles": {"Enabled": true} }';
  assert.deepEqual(values(text), {
    '/KEY': '"ab"',
    '/SkipSSLCheck': 'false',
    '/None': 'null',
    '/List/0': '1',
    '/List/1/x': '2.50',
    '/Roles/Enabled': 'true',
  });
});

test('an empty object and an empty list count as values', () => {
  assert.deepEqual(values('{ "a": {}, "b": [ ] }'), { '/a': '{}', '/b': '[]' });
});

test('the characters / and ~ of a key are written as RFC 6901 asks', () => {
  assert.deepEqual(values('{ "a/b": 1, "m~n": 2, "": 3 }'), { '/a~1b': '1', '/m~0n': '2', '/': '3' });
});

test('comments, a trailing comma, a byte order mark and Windows line ends change nothing', () => {
  const plain = values('{"a": 1, "b": "x"}');
  assert.deepEqual(values('\uFEFF// settings\r\n{\r\n  "a": 1, /* one */\r\n  "b": "x",\r\n}\r\n'), plain);
});

test('two large numbers that a double cannot tell apart stay two values', () => {
  const { '/a': first, '/b': second } = values('{"a": 9007199254740993, "b": 9007199254740992}');
  assert.notEqual(first, second);
});

test('two spellings of one text are one value', () => {
  assert.deepEqual(values('{"a": "\\u00fc/"}'), values('{"a": "ü\\/"}'));
});

test('a key named __proto__ is a key like any other', () => {
  assert.deepEqual(Object.keys(values('{"__proto__": {"x": 1}}')), ['/__proto__/x']);
});

for (const broken of ['', '   ', '{"a": 1', '{"a": }', 'not json', '{"a": 1} {"b": 2}', '['.repeat(100_000)]) {
  test(`a text that is no JSON has no values: ${broken.slice(0, 20)}`, () => {
    assert.deepEqual(values(broken), {});
  });
}
