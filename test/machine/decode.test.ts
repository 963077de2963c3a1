import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeOutput } from '../../src/machine/decode.ts';

const sentence = 'Für dieses Produkt ist der Zugriff verweigert.\r\n';
const byteOrderMark = Buffer.from([0xff, 0xfe]);

/** ü is 81 in both pages; 9b is ø in 850 and ¢ in 437. */
const oemBytes = Buffer.from('f\x81r \x9b', 'latin1');

const mustNotBeAsked = (): Promise<number> => Promise.reject(new Error('the code page was asked for'));

test('UTF-16 with a byte order mark is read without the mark and without asking for the code page', async () => {
  const bytes = Buffer.concat([byteOrderMark, Buffer.from(sentence, 'utf16le')]);
  assert.equal(await decodeOutput(bytes, mustNotBeAsked), sentence);
});

test('UTF-16 without a byte order mark, as msiexec writes it, is known by its zero bytes', async () => {
  assert.equal(await decodeOutput(Buffer.from(sentence, 'utf16le'), mustNotBeAsked), sentence);
});

test('a UTF-16 text that has letters of another alphabet only is known by its byte order mark', async () => {
  const bytes = Buffer.concat([byteOrderMark, Buffer.from('Ошибка', 'utf16le')]);
  assert.equal(await decodeOutput(bytes, mustNotBeAsked), 'Ошибка');
});

test('UTF-8, with or without a byte order mark, and ASCII are read without asking for the code page', async () => {
  assert.equal(await decodeOutput(Buffer.from(sentence), mustNotBeAsked), sentence);
  assert.equal(await decodeOutput(Buffer.from(`\uFEFF${sentence}`), mustNotBeAsked), sentence);
  assert.equal(await decodeOutput(Buffer.from('Access is denied.'), mustNotBeAsked), 'Access is denied.');
});

test('no output is an empty text', async () => {
  assert.equal(await decodeOutput(new Uint8Array(), mustNotBeAsked), '');
});

test('what is neither is read by the code page of the console, which is asked for once', async () => {
  let asked = 0;
  const page = (number: number) => async () => {
    asked++;
    return number;
  };
  assert.equal(await decodeOutput(oemBytes, page(850)), 'für ø');
  assert.equal(asked, 1);
  assert.equal(await decodeOutput(oemBytes, page(437)), 'für ¢');
  assert.equal(asked, 2);
});

test('under a code page that nobody knows, the output is still read byte by byte', async () => {
  assert.equal(await decodeOutput(Buffer.from('f\xfcr', 'latin1'), async () => 54321), 'für');
});
