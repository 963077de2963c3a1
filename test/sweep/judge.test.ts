import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { asBefore, configLost, connectorFolder, converged } from './judge.ts';
import { newFolderInMemory } from './quick-files.ts';
import { upgrades } from './routes.ts';
import { type Document, type ServerState, untouched } from './server-state.ts';
import { preparedIn } from './sweep.ts';
import type { Prepared } from './trial.ts';

let work = '';
let prepared: Prepared;
before(async () => {
  work = newFolderInMemory();
  const [upgrade] = upgrades;
  assert.ok(upgrade);
  prepared = await preparedIn(work, upgrade);
});
after(() => rmSync(work, { recursive: true, force: true }));

type Change = (document: Document, files: Map<string, Buffer>) => void;

/** A state that was altered behind the program's back. */
function altered(change: Change): ServerState {
  const state = { document: structuredClone(prepared.before.document), files: new Map(prepared.before.files) };
  change(state.document, state.files);
  return state;
}

/** Another text in applicationHost.config, which must have held the old one. */
function hostEdited(old: string, text: string): Change {
  return (_document, files) => {
    const path = 'c:\\windows\\system32\\inetsrv\\config\\applicationhost.config';
    const before = files.get(path)?.toString() ?? '';
    assert.ok(before.includes(old), old);
    files.set(path, Buffer.from(before.replace(old, text)));
  };
}

const inFolder = (name: string) => `${connectorFolder}\\${name}`;
const ownPool = (document: Document) => document.iis.value?.pools.find((pool) => /scim/i.test(pool.name));
const ownSite = (document: Document) => document.iis.value?.sites.find((site) => /scim/i.test(site.name));

/** What somebody may find different, and what the judge must say then. */
const differences: readonly (readonly [what: string, said: RegExp, change: Change])[] = [
  ['a file is gone', /scimconnector\.dll is gone/, (_, files) => files.delete(inFolder('scimconnector.dll'))],
  ['a file is new', /x\.tmp is new/, (_, files) => files.set(inFolder('x.tmp'), Buffer.from('x'))],
  [
    'a byte of the settings is other',
    /other bytes/,
    (_, files) => files.set(inFolder('appsettings.json'), Buffer.from('{}')),
  ],
  ['no product is registered', /registered products/, (document) => void document.products.value.pop()],
  [
    'two products are registered',
    /registered products/,
    (document) => void document.products.value.push({ productCode: '{2}', version: '4.4.4' }),
  ],
  [
    'the pool is stopped',
    /pool of the connector/,
    (document) => Object.assign(ownPool(document) ?? {}, { state: 'stopped' }),
  ],
  [
    'the pool has no worker',
    /pool of the connector/,
    (document) => Object.assign(ownPool(document) ?? {}, { workers: 0 }),
  ],
  [
    'the pool runs as another',
    /pool of the connector/,
    (document) => Object.assign(ownPool(document) ?? {}, { identity: 'x' }),
  ],
  ['the site has another port', /site of the connector/, (document) => void ownSite(document)?.bindings.pop()],
  ['another site is gone', /another site/, (document) => void document.iis.value?.sites.shift()],
  [
    'another pool is stopped',
    /another pool/,
    (document) => Object.assign(document.iis.value?.pools[0] ?? {}, { state: 'stopped' }),
  ],
  [
    'IIS is stopped',
    /service W3SVC/,
    (document) => Object.assign(document.iis.value?.services.W3SVC ?? {}, { state: 'stopped' }),
  ],
  ['the certificate is another', /certificates/, (document) => void document.iis.value?.certificates.pop()],
  [
    'the text of its pool is another one',
    /the text of pool SCIMConnectorAppPool/,
    hostEdited('<add name="SCIMConnectorAppPool"', '<add name="SCIMConnectorAppPool" autoStart="true"'),
  ],
  [
    'the text of its site is another one',
    /the text of site SCIMConnector/,
    hostEdited('<site name="SCIMConnector" id="2"', '<site name="SCIMConnector" id="3"'),
  ],
  [
    'the text of another pool is gone',
    /the text of another pool DefaultAppPool/,
    hostEdited('<add name="DefaultAppPool" />', ''),
  ],
  [
    'the text of another site is another one',
    /the text of another site Default Web Site/,
    hostEdited('bindingInformation="*:80:"', 'bindingInformation="*:81:"'),
  ],
  [
    'a comment of applicationHost.config is gone',
    /has lost the line/,
    hostEdited('<!-- Kept by the tools of IIS; not to be edited by hand. -->', ''),
  ],
  [
    'the settings have lost their rights',
    /rights of config: .*appsettings\.json: inherited/,
    (document) => void delete document.sandbox.acls[inFolder('appsettings.json')],
  ],
  [
    'the folder has lost its rights',
    /rights of config: .* is c:\\inetpub\\wwwroot\\scimconnector: inherited/,
    (document) => void delete document.sandbox.acls[connectorFolder],
  ],
  [
    'an installation is suspended',
    /suspended/,
    (document) => Object.assign(document.installer.value, { suspended: true }),
  ],
  [
    'Windows will delete a file of it',
    /will be deleted/,
    (document) => void document.restart.value.deletions.push(inFolder('web.config')),
  ],
];

describe('the judge of the sweep', () => {
  it('finds nothing where nothing has changed', () => {
    const same = altered(() => undefined);
    assert.deepEqual(asBefore(prepared.before, same), []);
    assert.deepEqual(configLost(prepared.before, same), []);
    assert.deepEqual(untouched(prepared.before, same), []);
  });

  it('does not call an old version converged', () => {
    assert.match(converged(prepared.before, prepared.before, prepared.goal).join(), /registered versions.*4\.4\.4/);
  });

  for (const [what, said, change] of differences) {
    it(`sees that ${what}`, () => {
      const now = altered(change);
      assert.match(asBefore(prepared.before, now).join('\n'), said);
      assert.notDeepEqual(untouched(prepared.before, now), []);
    });
  }

  it('does not call it worse that a file of the old package is there again, but any other new file', () => {
    const name = inFolder('scimconnector.dll');
    const broken = altered((_, files) => void files.delete(name));
    assert.deepEqual(asBefore(broken, prepared.before, prepared.goal.oldFresh), []);
    const other = altered((_, files) => void files.set(name, Buffer.from('another program')));
    assert.match(asBefore(broken, other, prepared.goal.oldFresh).join(), /scimconnector\.dll is new/);
  });

  it('does not call it worse that a lost package is kept again, but that a kept one is lost', () => {
    const [registered] = Object.values(prepared.before.document.sandbox.registered);
    const lost = altered((_, files) => void files.delete(registered?.localPackage.toLowerCase() ?? ''));
    assert.deepEqual(asBefore(lost, prepared.before), []);
    assert.match(asBefore(prepared.before, lost).join(), /kept package/);
  });

  it('does not call it worse that a damaged package is kept whole, but that it became another one', () => {
    const [registered] = Object.values(prepared.before.document.sandbox.registered);
    const cached = registered?.localPackage.toLowerCase() ?? '';
    const keeping = (text: string) => altered((_, files) => void files.set(cached, Buffer.from(text)));
    const { oldFresh } = prepared.goal;
    assert.deepEqual(asBefore(keeping('half'), prepared.before, oldFresh), []);
    assert.match(asBefore(keeping('half'), keeping('other'), oldFresh).join(), /kept package/);
    assert.match(asBefore(prepared.before, keeping('half'), oldFresh).join(), /kept package/);
  });

  it('sees that another site has lost the certificate of its port', () => {
    const shared = altered((document) => {
      const [site] = document.iis.value?.sites ?? [];
      site?.bindings.push('https/*:443:portal.example.com');
    });
    const now = structuredClone(shared.document);
    now.iis.value?.certificates.pop();
    const said = converged(shared, { document: now, files: shared.files }, { ...prepared.goal, version: null }).join();
    assert.match(said, /another site or program has lost its certificate at 0\.0\.0\.0:443/);
  });

  it('sees that a certificate on a port of no site is gone', () => {
    const other = { endpoint: '0.0.0.0:9999', thumbprint: 'AB', present: true };
    const before = altered((document) => void document.iis.value?.certificates.push(other));
    const said = converged(before, prepared.before, prepared.goal).join();
    assert.match(said, /lost its certificate at 0\.0\.0\.0:9999/);
  });

  it('sees a second site in the default folder of a connector that lies elsewhere', () => {
    const elsewhere = altered((document, files) => {
      for (const [path, bytes] of [...files].filter(([one]) => one.startsWith(connectorFolder))) {
        files.delete(path);
        files.set(path.replace(connectorFolder, 'd:\\scim'), bytes);
      }
      for (const one of Object.values(document.sandbox.registered))
        one.keyPaths = one.keyPaths.map((path) => path.toLowerCase().replace(connectorFolder, 'd:\\scim'));
      Object.assign(ownSite(document) ?? {}, { folder: 'D:\\scim' });
    });
    const now = { document: structuredClone(elsewhere.document), files: new Map(elsewhere.files) };
    const site = ownSite(now.document);
    assert.ok(site);
    now.document.iis.value?.sites.push({ ...site, name: 'Second', folder: connectorFolder });
    now.files.set(inFolder('web.config'), Buffer.from('x'));
    const said = asBefore(elsewhere, now).join('\n');
    assert.match(said, /site of the connector/);
    assert.match(said, /web\.config is new/);
  });

  it('does not take time and the own folder for a change', () => {
    const later = altered((document, files) => {
      Object.assign(document, { takenAt: '2027-01-01T00:00:00Z' });
      Object.assign(document.sandbox, { clock: '2027-01-01T00:00:00.000Z' });
      files.set('c:\\programdata\\scimsetup\\runs\\1\\journal.jsonl', Buffer.from('{}'));
    });
    assert.deepEqual(untouched(prepared.before, later), []);
  });

  it('calls settings lost that lie in a damaged backup only', () => {
    const backup = 'c:\\programdata\\scimsetup\\backups\\1';
    const manifest = {
      files: [{ path: inFolder('appsettings.json'), stored: '1-appsettings.json', sha256: '0'.repeat(64) }],
    };
    const now = altered((_, files) => {
      files.delete(inFolder('appsettings.json'));
      files.set(`${backup}\\manifest.json`, Buffer.from(JSON.stringify(manifest)));
      files.set(`${backup}\\1-appsettings.json`, Buffer.from('{}'));
    });
    assert.match(configLost(prepared.before, now).join(), /appsettings\.json is lost/);
  });

  it('calls a value lost that a new version has overwritten', () => {
    const { fresh } = prepared.goal;
    assert.ok(fresh);
    assert.match(converged(prepared.before, fresh, prepared.goal).join('\n'), /value of \/Configurations is lost/);
    assert.match(converged(prepared.before, fresh, prepared.goal).join('\n'), /value of \/SCIM_Threshold is lost/);
  });
});
