import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { XMLValidator } from 'fast-xml-parser';
import { attributeOf, descend, escapedXml, scanXml, type XmlElement } from '../../src/core/xml-scan.ts';
import { element, filler, foreign } from './any-xml.ts';

const root = (text: string): XmlElement => scanXml(text) ?? assert.fail(`no XML: ${text}`);

test('an element is found from its first character to its last, with what lies between its tags', () => {
  const text = '<a>\r\n  <b x="1"  y = \'2\' >in</b >\n<c/>  </a>';
  const [b, c] = root(text).children;
  assert.ok(b && c);
  assert.deepEqual(
    [text.slice(b.start, b.end), text.slice(b.contentStart, b.contentEnd), text.slice(c.start, c.end), c.isEmptyTag],
    ['<b x="1"  y = \'2\' >in</b >', 'in', '<c/>', true],
  );
  assert.deepEqual(
    b.attributes.map(({ name, value, start, end }) => [name, value, text.slice(start, end)]),
    [
      ['x', '1', '1'],
      ['y', '2', '2'],
    ],
  );
});

test('what looks like an element in a comment, in CDATA, in an instruction or in an attribute is none', () => {
  const text = `\uFEFF<?xml version="1.0"?><!-- <b/> --><a z="/> --> "><![CDATA[<b></a>]]><?x <b> ?><!-- </a> --><b/></a><!-- -->\r\n`;
  const found = root(text);
  assert.deepEqual([found.children.length, attributeOf(found, 'z')], [1, '/> --> ']);
  assert.equal(text.slice(found.end), '<!-- -->\r\n');
});

test('a value means what its entities stand for', () => {
  const found = root('<a x="R&amp;D &lt;1&gt; &quot;q&quot; &apos;s&apos; &#252;&#x6F22; &unknown;"/>');
  assert.equal(attributeOf(found, 'x'), 'R&D <1> "q" \'s\' ü漢 &unknown;');
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.equal(attributeOf(root(`<a x="${escapedXml(text)}"/>`), 'x'), text);
    }),
  );
});

test('a path leads to the first element of each name, or nowhere', () => {
  const found = root('<a><b><c n="1"/><c n="2"/></b><b><d/></b></a>');
  assert.equal(attributeOf(descend(found, 'b', 'c') ?? found, 'n'), '1');
  assert.equal(descend(found, 'b', 'd'), null);
  assert.equal(descend(null, 'b'), null);
});

test('what is not well formed, or has a document type, is nothing', () => {
  for (const text of [
    '',
    'text',
    '<a>',
    '</a>',
    '<a></b>',
    '<a/><b/>',
    '<a/>text',
    'text<a/>',
    '<a',
    '<a x=1/>',
    '<a x="1/>',
    '<a x="<"/>',
    '<a><!-- </a>',
    '<!DOCTYPE a><a/>',
    '<a>< b/></a>',
  ])
    assert.equal(scanXml(text), null, text);
});

/** Some elements in a container, with whatever may stand between them. */
const anyText = fc
  .array(fc.tuple(filler, element('add', 'name', 'R&D \'x\' "y"', foreign)), { minLength: 1, maxLength: 5 })
  .chain((children) => filler.map((end) => `<?xml version="1.0"?><list>${children.flat().join('')}${end}</list>`));

test('any XML is taken apart so that its pieces put together give it again', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      assert.equal(XMLValidator.validate(text), true);
      const list = root(text);
      let at = list.contentStart;
      const pieces = list.children.flatMap((one) => {
        const between = text.slice(at, one.start);
        at = one.end;
        assert.equal(attributeOf(one, 'name'), 'R&D \'x\' "y"');
        assert.match(text.slice(one.start, one.end), /^<add[\s\S]*>$/);
        return [between, text.slice(one.start, one.end)];
      });
      assert.equal(text.slice(0, list.contentStart) + pieces.join('') + text.slice(at), text);
    }),
  );
});

test('no text at all makes it throw', () => {
  const pieces = fc.constantFrom(
    '<',
    '>',
    '/',
    'a',
    '"',
    "'",
    '=',
    ' ',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
    '&#x110000;',
  );
  fc.assert(fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => void scanXml(parts.join(''))));
});
