import fc from 'fast-check';

const blank = fc.stringMatching(/^[ \t\r\n]{0,4}$/);
const text = fc
  .string({ unit: fc.constantFrom('a', 'é', '漢', ' ', '.', '>', "'", '"', '\r\n') })
  .map((one) => one.replaceAll('\r', ''));
const value = fc.string({ unit: fc.constantFrom('x', 'ü', ' ', '>', '/', '&amp;', '&lt;', '\n', '=') });
const comment = text.map((one) => `<!--${one} <add name="none"> </site> -->`);
const cdata = text.map((one) => `<![CDATA[${one}<site name="none">]]>`);
const instruction = fc.constant('<?keep <this> ?>');

/** What may stand between two elements and mean nothing to IIS. */
export const filler = fc
  .array(fc.oneof({ weight: 3, arbitrary: blank }, comment, instruction), { maxLength: 3 })
  .map((parts) => parts.join(''));

/** An attribute with its name, in either kind of quotes and with odd blanks. */
function attribute(name: string, raw: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const quoted = fc.tuple(raw, fc.constantFrom('"', "'")).map(([one, quote]) => `${quote}${one}${quote}`);
  const some = fc.stringMatching(/^[ \t\r\n]{1,3}$/);
  return fc
    .tuple(some, blank, blank, quoted)
    .map(([before, left, right, one]) => `${before}${name}${left}=${right}${one}`);
}

/** An element with its name and more attributes, empty or with foreign content. */
export function element(tag: string, key: string, name: string, inner: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const escaped = name.replaceAll('&', '&amp;').replaceAll("'", '&apos;').replaceAll('"', '&quot;');
  const more = fc.array(fc.constantFrom('autoStart', 'startMode', 'queueLength'), { maxLength: 2 });
  return more.chain((names) =>
    fc
      .tuple(
        attribute(key, fc.constant(escaped)),
        fc.tuple(...[...new Set(names)].map((one) => attribute(one, value))),
        blank,
        fc.option(inner),
      )
      .map(([first, others, end, content]) => {
        const start = `<${tag}${first}${others.join('')}${end}`;
        return content === null ? `${start}/>` : `${start}>${content}</${tag}${end}>`;
      }),
  );
}

/** Content that is nobody's business: text, CDATA, comments and elements of other names. */
export const foreign = fc
  .array(
    fc.oneof(filler, cdata, fc.constant('<processModel identityType="SpecificUser" password="[enc:P:eA==:enc]" />')),
    {
      maxLength: 3,
    },
  )
  .map((parts) => parts.join(''));
