import assert from 'node:assert/strict';
import { test } from 'node:test';
import { msiexecLine } from '../../src/machine/msiexec-line.ts';

const property = (value: string): string | undefined => msiexecLine([{ property: 'NAME', value }])[0];

test('a value without spaces and quotes stands as it is, a closing backslash with it', () => {
  assert.equal(property('plain'), 'NAME=plain');
  assert.equal(property('C:\\SCIM\\'), 'NAME=C:\\SCIM\\');
});

test('a value with spaces or tabs stands in quotes after the equals sign', () => {
  assert.equal(property('Default Web Site'), 'NAME="Default Web Site"');
  assert.equal(property('a\tb'), 'NAME="a\tb"');
  assert.equal(property('C:\\Program Files\\SCIM\\'), 'NAME="C:\\Program Files\\SCIM\\"');
});

test('a quote in a value is doubled, and puts the value in quotes', () => {
  assert.equal(property('a"b'), 'NAME="a""b"');
  assert.equal(property('"'), 'NAME=""""');
});

test('an empty value stands as two quotes, which clears the property', () => {
  assert.equal(property(''), 'NAME=""');
});

test('a path with spaces stands in quotes, and a switch as it is', () => {
  assert.deepEqual(msiexecLine(['/i', 'C:\\My Packages\\a.msi', '/qn', '/l*v', 'C:\\logs\\1.log']), [
    '/i',
    '"C:\\My Packages\\a.msi"',
    '/qn',
    '/l*v',
    'C:\\logs\\1.log',
  ]);
});
