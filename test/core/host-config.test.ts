import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { type HostName, hostTexts, withKept } from '../../src/core/host-config.ts';
import { element, filler, foreign } from './any-xml.ts';

const password = 'password="[enc:IISWASOnlyAesProvider:c2VjcmV0:enc]"';
const ownPool = `<add name='ScimPool' startMode="AlwaysRunning">
                <processModel userName="CORP\\scim" ${password} />
            </add>`;
const ownSite = `<site name="SCIM" id="2">
                <application path="/" applicationPool="ScimPool"><virtualDirectory path="/" physicalPath="C:\\scim" /></application>
                <!-- ours -->
            </site>`;
const kept = file(
  [`<add name="DefaultAppPool" />`, ownPool],
  ['<site name="Default Web Site" id="1"></site>', ownSite],
);
const pool: HostName = { kind: 'pool', name: 'SCIMPOOL' };
const site: HostName = { kind: 'site', name: 'scim', application: '/' };
const ours = [pool, site];

function file(pools: readonly string[], sites: readonly string[], rest = ''): string {
  const lines = (all: readonly string[]) => all.map((one) => `\r\n            ${one}`).join('');
  return `\uFEFF<?xml version="1.0"?>\r\n<configuration>\r\n    <system.applicationHost>
        <applicationPools>${lines(pools)}\r\n        </applicationPools>
        <sites>${lines(sites)}\r\n            <siteDefaults />\r\n        </sites>
    </system.applicationHost>\r\n${rest}</configuration>\r\n`;
}

describe('what an uninstallation and a setup have made of site and pool', () => {
  const fresh = file(
    ['<add name="DefaultAppPool" />', '<add name="ScimPool" />'],
    ['<site name="Default Web Site" id="1"></site>', '<site name="SCIM" id="2"><application path="/" /></site>'],
  );
  it('becomes the kept file, byte for byte, where nothing else has changed', () => {
    assert.equal(withKept(fresh, kept, ours), kept);
    assert.equal(
      withKept(file(['<add name="DefaultAppPool" />'], ['<site name="Default Web Site" id="1"></site>']), kept, ours),
      kept,
    );
    assert.equal(withKept(kept, kept, ours), kept);
  });

  it('becomes the kept text in the middle of what others have changed meanwhile', () => {
    const others = fresh
      .replace('<add name="DefaultAppPool" />', '<!-- by hand --><add name="DefaultAppPool" autoStart="false"/>')
      .replace('<siteDefaults />', '<site name="New" id="3"/>\t<siteDefaults />');
    const put = withKept(others, kept, ours) ?? '';
    assert.equal(
      put,
      others.replace('<add name="ScimPool" />', ownPool).replace(/<site name="SCIM"[\s\S]*?<\/site>/, () => ownSite),
    );
    assert.ok(put.includes(password));
  });

  it('comes back behind what stood before it, and into a list that has become empty', () => {
    const gone = file(['<add name="A" />', '<add name="DefaultAppPool" />', '<add name="Z" />'], []).replace(
      /<sites>[\s\S]*<\/sites>/,
      '<sites />',
    );
    const put = withKept(gone, kept, ours) ?? '';
    assert.match(put, /<add name="DefaultAppPool" \/>\r\n {12}<add name='ScimPool'/);
    assert.match(put, /<sites>\r\n {12}<site name="SCIM"[\s\S]*<\/site>\n {8}<\/sites>/);
    assert.deepEqual(hostTexts(put)?.sites, [{ name: 'SCIM', application: '/', text: ownSite }]);
  });
});

test('an application that somebody has put below the site since is kept, and so is one that was there', () => {
  const beneath = '<application path="/theirs" applicationPool="Own" />';
  const now = kept.replace('<!-- ours -->', beneath).replace('startMode="AlwaysRunning"', '');
  const put = withKept(now, kept, ours) ?? '';
  assert.ok(put.includes(beneath) && put.includes('<!-- ours -->') && put.includes('startMode="AlwaysRunning"'));
  const old = kept.replace('<!-- ours -->', beneath);
  const changed = old.replace('applicationPool="Own"', 'applicationPool="Other"').replace('id="2"', 'id="2" x=""');
  assert.ok(withKept(changed, old, ours)?.includes('applicationPool="Other"'));
  assert.equal(
    withKept(kept.replace(`\r\n            ${ownSite}`, ''), old, ours),
    old,
    'what went with the site comes back with it',
  );
});

test('an application comes back below its site, of which nothing else is touched', () => {
  const own = '<application path="/SCIM" applicationPool="ScimPool"><virtualDirectory path="/" /></application>';
  const withOwn = kept.replace('id="1"></site>', `id="1">\r\n\t${own}\r\n</site>`);
  const one: HostName = { kind: 'site', name: 'Default Web Site', application: '/scim' };
  assert.equal(withKept(withOwn.replace(own, own.replace('ScimPool', 'X')), withOwn, [one]), withOwn);
  assert.equal(withKept(withOwn.replace(`\r\n\t${own}`, ''), withOwn, [one]), withOwn);
  const bound = withOwn.replace(`\r\n\t${own}`, '<bindings />');
  assert.equal(withKept(bound, withOwn, [one]), bound.replace('id="1">', `id="1">\r\n\t${own}`));
  assert.equal(
    withKept(withOwn.replace(/<site name="Default[\s\S]*?<\/site>/, ''), withOwn, [one]),
    null,
    'without its site',
  );
});

test('it is not put back where that cannot be told or would break IIS', () => {
  assert.equal(withKept('<configuration', kept, ours), null);
  assert.equal(withKept(kept, '<configuration />', ours), null);
  assert.equal(withKept(kept, file([], []), ours), null, 'the kept file lacks it');
  const taken = file([ownPool], ['<site name="Theirs" id="2" />']);
  assert.equal(withKept(taken, kept, ours), null, 'two sites of one number');
});

test('the text of a site is its own: what is done to an application below it is no change of it', () => {
  const bare = '<site name="S" id="1">\n  <application path="/" />\n</site>';
  const busy =
    '<site name="S" id="1">\n  <application path="/" />\n  <application path="/a" />\n  <application path="/b"/>\n</site>';
  const textOf = (one: string) => hostTexts(file([], [one]))?.sites.find((site) => site.application === '/')?.text;
  assert.equal(textOf(busy), textOf(bare));
  assert.equal(textOf(bare), bare);
});

const names = ['DefaultAppPool', 'R&D', 'ScimPool', 'Other', "It's"];
const anyPools = fc.tuple(fc.shuffledSubarray(names), filler).chain(([some, end]) => {
  const all = some.map((name) => fc.tuple(filler, element('add', 'name', name, foreign)));
  return fc.tuple(...all).map((pools) => ({ names: some, text: `${pools.flat().join('')}${end}` }));
});
const anyFile = fc.tuple(anyPools, filler, filler).map(([pools, head, tail]) => ({
  names: pools.names,
  text: `${head}<configuration>${tail}<system.applicationHost>${head}<applicationPools>${pools.text}</applicationPools><sites>${tail}</sites>${head}</system.applicationHost></configuration>${tail}`,
}));

test('whatever two files look like, exactly one pool is the kept one afterwards, and all else is as it is now', () => {
  fc.assert(
    fc.property(anyFile, anyFile, (present, old) => {
      const put = withKept(present.text, old.text, [{ kind: 'pool', name: 'ScimPool' }]);
      assert.equal(put === null, !old.names.includes('ScimPool'));
      if (put === null || put === old.text) return;
      const [before, keptTexts, after] = [present.text, old.text, put].map((text) => hostTexts(text)?.pools ?? []);
      const own = (pools: typeof after) => pools?.filter((one) => one.name === 'ScimPool').map((one) => one.text);
      const others = (pools: typeof after) => pools?.filter((one) => one.name !== 'ScimPool');
      assert.deepEqual(own(after), own(keptTexts));
      assert.deepEqual(others(after), others(before));
      const text = own(after)?.[0] ?? '';
      const outside = (whole: string) =>
        own(hostTexts(whole)?.pools ?? [])?.reduce((rest, one) => rest.replace(one, () => ''), whole) ?? '';
      assert.equal(squeezed(outside(put)), squeezed(outside(present.text)), text);
    }),
  );
});

test('what is put back a second time changes nothing', () => {
  fc.assert(
    fc.property(anyFile, anyFile, (present, old) => {
      const own: HostName[] = [{ kind: 'pool', name: 'ScimPool' }];
      const put = withKept(present.text, old.text, own);
      if (put !== null) assert.equal(withKept(put, old.text, own), put);
    }),
  );
});

/** Without blanks: those before an element come with it. */
function squeezed(text: string): string {
  return text.replace(/\s+/g, '');
}
