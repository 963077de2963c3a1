import assert from 'node:assert/strict';
import type { CachedPackage, ConfigRole, Facts, Site } from '../../src/core/facts.ts';
import type { Msi } from '../../src/core/media.ts';
import type { Unfinished } from '../../src/core/plan.ts';
import type { Wanted } from '../../src/core/wanted.ts';
import {
  backupFolder,
  bareServer,
  bundle,
  codeOf,
  configFile,
  folder,
  hash,
  hosting,
  iis,
  iisId,
  keptConfig,
  known,
  msi,
  pool,
  product,
  responses,
  server,
  share,
  sharedFolder,
  sharedSettings,
  site,
  unread,
  wanted,
} from './server-facts.ts';

export type Given = { readonly now: Facts; readonly wanted: Wanted; readonly unfinished?: Unfinished };
/** A finding, where it speaks, and the nearest cases in which it must not. */
type Case = { readonly id: string; readonly speaks: Given; readonly silent: readonly Given[] };

export const upgrade = wanted(msi('4.4.4'));
const removal = wanted(null);
export const to = (now: Facts, goal: Wanted = upgrade): Given => ({ now, wanted: goal });
export const fine = to(server());

export function machine(change: object): Facts {
  const usual = server().machine;
  assert.ok(usual.known);
  return server({ machine: known({ ...usual.value, ...change }) });
}

const os = (version: string) => ({ os: { version, product: 'server', edition: 'ServerStandard' } });
const powershell = (languageMode: string) => ({ powershell: { version: '5.1', languageMode } });
const only = (version: string, more: Parameters<typeof product>[1] = {}) =>
  server({ products: known([product(version, more)]) });
export const restart = (reasons: string[], deletions: string[] = [], facts = server()): Facts => ({
  ...facts,
  restart: known({ reasons, deletions }),
});
const feature = (state: 'disabled' | 'removed' | undefined): Facts => {
  const usual = server().features;
  assert.ok(usual.known);
  const { 'IIS-WebServer': _gone, ...rest } = usual.value;
  return server({ features: known(state ? { ...rest, 'IIS-WebServer': state } : rest) });
};
const noRuntime = (more: Partial<Facts> = {}) => server({ hosting: known(hosting({ runtimes: [] })), ...more });
/** The module was laid down then, and IIS started then. */
function laidDown(changedAt: string, startedAt = '2026-11-05T06:00:00Z'): Facts {
  const services = { W3SVC: { state: 'running', startedAt } } as const;
  return server({ hosting: known(hosting({ changedAt })), iis: known(iis({ services })) });
}

function restoring(path: string, role: ConfigRole = 'settings', isOwn = true): Wanted {
  const file = { path, role, sha256: hash('old'), values: { '/Threshold': hash('30') } } as const;
  const restore = {
    folder: 'C:\\backup',
    isOwn,
    takenAt: '2026-11-23T20:41:07Z',
    versions: ['4.1.0'],
    files: [file],
    folders: [],
    sites: [],
    pools: [],
  };
  return { ...wanted(null), goal: 'restored', restore };
}
/** The package of the installed version comes with settings, as every one from 4.0 on. */
function laysDownSettings(facts: Facts): Facts {
  const cached = {
    ...product('4.1.0').cached,
    defaults: { 'appsettings.json': { '/KEY': hash('') } },
  } as CachedPackage;
  return { ...facts, products: known([product('4.1.0', { cached })]) };
}
/** The server on which somebody has bound this certificate to its port. */
const rebound = (thumbprint: string) =>
  server({
    iis: known(
      iis({ certificates: [{ endpoint: '0.0.0.0:443', thumbprint, store: 'MY', appId: iisId, present: true }] }),
    ),
  });
/** A server whose http.sys binds a certificate there that is not in its store. */
function boundTo(endpoint: string, facts = server(), sites?: readonly Site[]): Facts {
  assert.ok(facts.iis.known && facts.iis.value);
  const absent = { endpoint, thumbprint: 'AB12', store: 'MY', appId: iisId, present: false };
  const { value } = facts.iis;
  return { ...facts, iis: known({ ...value, sites: sites ?? value.sites, certificates: [absent] }) };
}
/** A path below a folder, so many characters long. */
const ofLength = (within: string, length: number) => `${within}\\${'n'.repeat(length - within.length - 8)}\\a.json`;
const withConfigAt = (path: string) => server({ config: known([configFile(path)]) });
const rightsAt = (length: number) =>
  server({
    folders: known([
      { path: folder, files: 12, logs: 1, rights: [{ path: ofLength(folder, length), sddl: 'O:BAG:SYD:AI' }] },
    ]),
  });
/** The connector lies, and is served, in a folder of that many characters. */
function servedFrom(length: number): Facts {
  const deep = ofLength('D:\\Web', length);
  return server({
    products: known([product('4.1.0', { folder: deep })]),
    config: known([]),
    iis: known(iis({ sites: [{ ...site, folder: deep }] })),
  });
}
/** Files of a connector that no product owns, in a folder of that many characters. */
const leftAt = (length: number) =>
  bareServer({ folders: known([{ path: `D:\\${'n'.repeat(length - 17)}\\SCIMConnector`, files: 3, logs: 0 }]) });
const sameAgain = wanted(msi('4.1.0'));
const movedTo = (home: string) => wanted(msi('4.4.4'), { properties: { INSTALLDIR: home } });
const webConfig = `${folder}\\web.config`;
const withCached = (more: Partial<CachedPackage>) =>
  only('4.1.0', { cached: { ...product('4.1.0').cached, ...more } as CachedPackage });
/** The pool of the connector has an identity of its own, and its settings have these rights. */
const settingsWith = (sddl: string) =>
  server({
    iis: known(iis({ pools: [{ ...pool, identity: 'ApplicationPoolIdentity', sid: 'S-1-5-82-7' }] })),
    config: known([configFile(`${folder}\\appsettings.json`, { sddl })]),
  });
const withBundle = wanted(msi('4.4.4'), { bundle });
const oldBundle = { ...bundle, version: '6.0.5' };
const newLine = { ...bundle, version: '8.0.11' };
const asks = (version: string) => msi('4.4.4', { frameworks: [{ name: 'Microsoft.AspNetCore.App', version }] });
const cachedWith = (externalCabinets: string[]) => withCached({ externalCabinets });
const givenOld = (oldMsi: Msi) => wanted(msi('4.4.4'), { oldMsi });
const beside44 = (name: string) => ({ name, found: { sha256: hash(name), size: 1 } });
const runAs = (identity: string) => server({ iis: known(iis({ pools: [{ ...pool, identity }] })) });
const shared = known(iis({ sharedConfiguration: '\\\\share\\iis' }));
const beside = { ...site, name: 'Other', folder: 'C:\\other' };
export const unfinished = (more: Partial<Unfinished> = {}): Unfinished => ({
  before: server(),
  wanted: upgrade,
  direction: 'forward',
  backup: backupFolder,
  reached: true,
  ...more,
});

/** The shared settings as a setup has made them anew, whether or not anybody saw it do so. */
const appeared = (isAssumed = true) =>
  sharedFolder({
    files: known([configFile(sharedSettings, { sha256: hash('new') })]),
    own: [{ path: sharedSettings.toLowerCase(), from: null, to: hash('new'), ...(isAssumed ? { assumed: true } : {}) }],
  });

/** A run that could not put back what was there before. */
const strandedOn = (before: Facts, more: Partial<Unfinished> = { noWayBack: 'its package is lost' }) =>
  unfinished({ before, direction: 'back', reached: true, stranded: [], ...more });
export const newDefault = (threshold: string) =>
  wanted(msi('4.4.4', { defaults: { 'responses\\appsettings.json': { '/Threshold': hash(threshold) } } }));

/** Windows Installer takes it for the same version as 4.4.4. */
const fourthField = product('4.4.4.1', { productCode: codeOf('4.4.9') });
const elsewhere = only('4.1.0', { folder: 'D:\\Web\\SCIMConnector' });
const beneath = { ...site, application: '/shop', folder: 'C:\\shop' };

const suspended = server({ installer: known({ suspended: true, disabledByPolicy: false, holders: [] }) });

const denied = unread('EPERM: operation not permitted');
const farToken = (more: Parameters<typeof sharedFolder>[0]): Facts => ({
  ...machine({ networkLogon: true }),
  shared: sharedFolder(more),
});
const instance = ['INSTANCEMODE', 'PASSPHRASE', 'SHAREDFOLDER'];
const inMultipleMode = wanted(msi('4.4.4', { properties: instance, hiddenProperties: ['PASSPHRASE'] }), {
  properties: { INSTANCEMODE: 'Multiple', SHAREDFOLDER: `${share}\\` },
  secrets: [{ name: 'PASSPHRASE', given: true }],
});

export const cases: readonly Case[] = [
  { id: 'not-elevated', speaks: to(machine({ elevated: false })), silent: [fine] },
  { id: 'powershell-constrained', speaks: to(machine(powershell('ConstrainedLanguage'))), silent: [fine] },
  {
    id: 'os-too-old',
    speaks: to(machine(os('6.2.9200'))),
    silent: [to(machine(os('6.3.9600'))), to(machine(os('10.0.26100')))],
  },
  {
    id: 'other-product',
    speaks: to(server(), wanted(msi('4.4.4', { productName: 'Secret Server' }))),
    silent: [to(server(), wanted(msi('4.4.4', { productName: 'Thycotic SCIMConnector' }))), to(server(), removal)],
  },
  {
    id: 'duplicate',
    speaks: to(server({ products: known([product('4.1.0'), product('4.3.0')]) })),
    silent: [fine, to(bareServer())],
  },
  { id: 'per-user', speaks: to(only('4.1.0', { context: 'user' })), silent: [fine] },
  {
    id: 'per-user',
    speaks: to(server({ products: known([product('4.1.0'), product('4.0.0', { context: 'user' })]) })),
    silent: [to(server({ products: known([product('4.1.0'), product('4.0.0')]) }))],
  },
  {
    id: 'changed-meanwhile',
    speaks: { ...to(only('4.2.0')), unfinished: unfinished() },
    silent: [
      to(only('4.2.0')),
      { ...to(only('4.4.4')), unfinished: unfinished() },
      { ...to(bareServer()), unfinished: unfinished() },
    ],
  },
  {
    id: 'changed-meanwhile',
    speaks: { ...to(machine({ name: 'OTHER' })), unfinished: unfinished() },
    silent: [to(machine({ name: 'OTHER' }))],
  },
  {
    id: 'broken',
    speaks: to(only('4.4.4', { missingFiles: ['a.dll'] })),
    silent: [fine, to(only('4.4.4', { missingFiles: ['a.dll'] }), removal)],
  },
  {
    id: 'broken',
    speaks: to(only('4.4.4', { cached: null })),
    silent: [to(only('4.4.4')), to(only('4.1.0', { cached: null }))],
  },
  {
    id: 'duplicate',
    speaks: to(server({ products: known([product('4.4.4'), fourthField]) })),
    silent: [to(server({ products: known([fourthField]) }))],
  },
  {
    id: 'unknown-settings',
    speaks: to(only('5.0.0'), wanted(msi('4.4.4', { defaults: { 'appsettings.json': { '/iv': hash('x') } } }))),
    silent: [
      to(only('5.0.0')),
      to(
        only('5.0.0'),
        wanted(msi('4.4.4', { defaults: { 'appsettings.json': { '/iv': hash('x'), '/key': hash('y') } } })),
      ),
      to(server(), wanted(msi('4.4.4', { defaults: { 'appsettings.json': {} } }))),
    ],
  },
  {
    id: 'leftovers',
    speaks: to(server({ products: known([]) })),
    silent: [
      fine,
      to(bareServer({ folders: known([{ path: folder, files: 0, logs: 9 }]) })),
      to(server({ iis: known(iis({ sites: [site, { ...site, name: 'Second' }] })) })),
    ],
  },
  {
    id: 'leftovers',
    speaks: to(bareServer({ iis: known(iis({ pools: [] })) }), removal),
    silent: [
      to(bareServer(), removal),
      to(bareServer({ iis: known(iis({ sites: [site, beneath], pools: [] })) }), removal),
      to(bareServer({ iis: known(iis({ sites: [{ ...site, folder: 'C:\\other' }], pools: [] })) })),
    ],
  },
  {
    id: 'leftovers',
    speaks: to(bareServer({ iis: known(iis({ sites: [], pools: [{ ...pool, name: 'scimconnectorapppool' }] })) })),
    silent: [
      to(bareServer({ iis: known(iis({ sites: [], pools: [pool] })) })),
      to(
        bareServer({
          iis: known(iis({ sites: [{ ...beside, pool: 'Own' }], pools: [{ ...pool, name: 'Own' }] })),
        }),
      ),
    ],
  },
  {
    id: 'shared-assumed',
    speaks: {
      now: server({ shared: appeared() }),
      wanted: upgrade,
      unfinished: unfinished({ before: server({ shared: sharedFolder() }) }),
    },
    silent: [
      {
        now: server({ shared: appeared(false) }),
        wanted: upgrade,
        unfinished: unfinished({ before: server({ shared: sharedFolder() }) }),
      },
      {
        now: server({ shared: appeared() }),
        wanted: upgrade,
        unfinished: unfinished({ before: server({ shared: appeared() }) }),
      },
      to(server({ shared: sharedFolder() })),
      fine,
    ],
  },
  {
    id: 'shared-not-restored',
    speaks: to(server(), restoring(`${share}\\appsettings.json`)),
    silent: [to(server(), restoring(`${folder}\\appsettings.json`)), to(server({ shared: sharedFolder() })), fine],
  },
  {
    id: 'settings-not-carried',
    speaks: to(elsewhere),
    silent: [
      fine,
      to(elsewhere, removal),
      to(elsewhere, wanted(msi('4.1.0'))),
      ...['D:\\Web\\SCIMConnector', 'd:/web/scimconnector/', 'D:\\Web'].map((INSTALLDIR) =>
        to(elsewhere, wanted(msi('4.4.4'), { properties: { INSTALLDIR } })),
      ),
      to(only('4.1.0', { folder: null })),
    ],
  },
  {
    id: 'settings-not-carried',
    speaks: to(elsewhere, wanted(msi('4.4.4'), { properties: { INSTALLDIR: 'D:\\Other' } })),
    silent: [to(server(), wanted(msi('4.4.4'), { properties: { INSTALLDIR: 'D:\\Other' } }))],
  },
  {
    id: 'no-way-back',
    speaks: to(elsewhere, wanted(msi('4.4.4'), { properties: { INSTALLDIR: 'D:\\Web' } })),
    silent: [to(elsewhere, wanted(msi('4.4.4'), { wayBackProperties: { INSTALLDIR: 'D:\\Web' } }))],
  },
  {
    id: 'property-unknown',
    speaks: to(server(), wanted(msi('4.4.4'), { properties: { INSTALDIR: 'x' } })),
    silent: [to(server(), wanted(msi('4.4.4'), { properties: { INSTALLDIR: 'x' } })), fine],
  },
  {
    id: 'property-unknown',
    speaks: to(server(), wanted(msi('4.4.4'), { wayBackProperties: { INSTALDIR: 'x' } })),
    silent: [
      to(server(), wanted(msi('4.4.4'), { wayBackProperties: { SITENAME: 'x' } })),
      to(only('4.1.0', { cached: null }), wanted(msi('4.4.4'), { wayBackProperties: { INSTALDIR: 'x' } })),
    ],
  },
  { id: 'downgrade', speaks: to(only('5.0.0')), silent: [fine, to(only('5.0.0'), removal)] },
  {
    id: 'reconfiguration',
    speaks: to(only('3.2.0')),
    silent: [fine, to(only('3.2.0'), removal), to(only('3.2.0'), wanted(msi('3.3.0')))],
  },
  {
    id: 'no-way-back',
    speaks: to(only('4.1.0', { cached: null })),
    silent: [fine, to(only('4.4.4', { cached: null })), to(bareServer())],
  },
  {
    id: 'package-lost',
    speaks: to(only('4.1.0', { cached: null })),
    silent: [fine, to(only('4.4.4', { cached: null })), to(bareServer())],
  },
  {
    id: 'package-lost',
    speaks: to(only('4.1.0', { cached: null }), removal),
    silent: [to(only('4.1.0'), removal), to(only('4.1.0', { cached: null }), wanted(null, { oldMsi: msi('4.1.0') }))],
  },
  {
    id: 'package-lost',
    speaks: to(only('4.1.0', { cached: null, damaged: { path: 'C:\\a.msi', why: 'is no MSI' } })),
    silent: [to(only('4.1.0', { cached: null }), givenOld(msi('4.1.0')))],
  },
  {
    id: 'no-way-back',
    speaks: to(cachedWith(['a.cab'])),
    silent: [to(cachedWith([])), to(cachedWith(['a.cab']), givenOld(msi('4.1.0')))],
  },
  {
    id: 'no-way-back',
    speaks: to(cachedWith(['a.cab']), givenOld(msi('4.3.0'))),
    silent: [
      {
        now: bareServer(),
        wanted: upgrade,
        unfinished: unfinished({ before: cachedWith(['a.cab']), wanted: givenOld(msi('4.1.0')) }),
      },
    ],
  },
  {
    id: 'backup-damaged',
    speaks: { now: server({ config: known([]) }), wanted: upgrade, unfinished: unfinished() },
    silent: [
      fine,
      { now: server(), wanted: upgrade, unfinished: unfinished() },
      { now: server({ config: known([]), kept: keptConfig }), wanted: upgrade, unfinished: unfinished() },
      { now: bareServer(), wanted: upgrade, unfinished: unfinished({ before: bareServer() }) },
    ],
  },
  {
    id: 'stranded',
    speaks: { now: bareServer(), wanted: upgrade, unfinished: strandedOn(only('4.1.0', { cached: null })) },
    silent: [
      { now: bareServer(), wanted: upgrade, unfinished: strandedOn(server()) },
      {
        now: bareServer(),
        wanted: wanted(msi('4.4.4'), { accept: ['stranded'] }),
        unfinished: strandedOn(only('4.1.0', { cached: null })),
      },
      { now: bareServer(), wanted: upgrade, unfinished: unfinished({ before: only('4.1.0', { cached: null }) }) },
      {
        now: bareServer(),
        wanted: givenOld(msi('4.1.0')),
        unfinished: strandedOn(only('4.1.0', { cached: null })),
      },
    ],
  },
  {
    id: 'stranded',
    speaks: {
      now: server(),
      wanted: upgrade,
      unfinished: strandedOn(server(), { failure: 'the pool does not start' }),
    },
    silent: [
      {
        now: server(),
        wanted: wanted(msi('4.4.4'), { accept: ['stranded'] }),
        unfinished: strandedOn(server(), { failure: 'the pool does not start' }),
      },
    ],
  },
  {
    id: 'old-msi-does-not-fit',
    speaks: to(server(), givenOld(msi('4.3.0'))),
    silent: [fine, to(server(), givenOld(msi('4.1.0'))), to(only('4.4.4'), givenOld(msi('4.1.0')))],
  },
  {
    id: 'old-msi-does-not-fit',
    speaks: to(server(), givenOld(msi('4.1.0', { packageCode: '{F0000009-0000-0000-0000-000000000000}' }))),
    silent: [to(only('4.1.0', { packageCode: null }), givenOld(msi('4.1.0', { packageCode: '' })))],
  },
  { id: 'old-msi-does-not-fit', speaks: to(bareServer(), givenOld(msi('4.1.0'))), silent: [to(bareServer())] },
  {
    id: 'path-too-long',
    speaks: to(server(), wanted(msi('4.4.4', { externalCabinets: [beside44(`${'a'.repeat(180)}.cab`)] }))),
    silent: [to(server(), wanted(msi('4.4.4', { externalCabinets: [beside44('a.cab')] })))],
  },
  {
    id: 'path-too-long',
    // The config file itself is not too long, but what it is called while it is put back.
    speaks: to(withConfigAt(ofLength(folder, 240))),
    silent: [to(withConfigAt(ofLength(folder, 239))), to(withConfigAt(ofLength(folder, 240)), sameAgain)],
  },
  {
    id: 'path-too-long',
    speaks: to(server({ shared: sharedFolder({ files: known([configFile(ofLength(share, 240))]) }) })),
    silent: [to(server({ shared: sharedFolder({ files: known([configFile(ofLength(share, 239))]) }) }))],
  },
  {
    id: 'path-too-long',
    // A name that is fine in its place need not be in the backup.
    speaks: to(withConfigAt(`${folder}\\${'n'.repeat(169)}`)),
    silent: [to(withConfigAt(`${folder}\\${'n'.repeat(168)}`))],
  },
  { id: 'path-too-long', speaks: to(rightsAt(248)), silent: [to(rightsAt(247)), to(rightsAt(248), sameAgain)] },
  { id: 'path-too-long', speaks: to(servedFrom(248)), silent: [to(servedFrom(247)), to(servedFrom(248), sameAgain)] },
  {
    id: 'path-too-long',
    // Its name in the backup is that of the whole folder.
    speaks: to(leftAt(187), removal),
    silent: [to(leftAt(186), removal)],
  },
  {
    id: 'path-too-long',
    speaks: to(server(), restoring(ofLength(folder, 240))),
    silent: [to(server(), restoring(ofLength(folder, 239)))],
  },
  {
    id: 'path-too-long',
    speaks: to(server(), movedTo(`D:\\${'n'.repeat(220)}`)),
    silent: [to(server(), movedTo(`D:\\${'n'.repeat(190)}`)), to(server(), movedTo('D:\\Web'))],
  },
  {
    id: 'no-way-back',
    speaks: to(runAs('SpecificUser:CORP\\scim'), removal),
    silent: [to(runAs('NetworkService'), removal)],
  },
  {
    id: 'pool-password',
    speaks: to({ ...runAs('SpecificUser:CORP\\scim'), products: known([product('3.2.0')]) }),
    silent: [
      to({ ...runAs('NetworkService'), products: known([product('3.2.0')]) }),
      to(runAs('SpecificUser:CORP\\scim')),
      to({ ...runAs('SpecificUser:CORP\\scim'), products: known([product('3.2.0')]) }, removal),
    ],
  },
  {
    id: 'clock-behind',
    speaks: to(laidDown('2026-11-24T20:41:07Z')),
    silent: [
      to(laidDown('2026-11-23T20:41:06Z')),
      to({ ...laidDown('2026-11-24T20:41:07Z'), takenAt: '2026-11-24T20:41:08Z' }),
      to(laidDown('2026-11-24T20:41:07Z', '2026-11-24T20:41:08Z')),
      to(laidDown('2026-11-24T20:41:07Z'), removal),
      { ...to(laidDown('2026-11-24T20:41:07Z')), unfinished: unfinished() },
    ],
  },
  {
    id: 'features-unknown',
    speaks: to(feature(undefined)),
    silent: [to(feature('disabled')), to(feature(undefined), removal)],
  },
  { id: 'features-unknown', speaks: to(server(), wanted(msi('4.4.4'), { features: ['IIS-Typo'] })), silent: [fine] },
  {
    id: 'features-removed',
    speaks: to(feature('removed')),
    silent: [to(feature('disabled')), to(feature('removed'), removal)],
  },
  {
    id: 'bundle-needed',
    speaks: to(noRuntime()),
    silent: [
      fine,
      to(noRuntime(), withBundle),
      to(noRuntime(), removal),
      to(noRuntime(), wanted(msi('4.4.4', { frameworks: [] }))),
    ],
  },
  {
    id: 'bundle-does-not-fit',
    speaks: to(noRuntime(), wanted(msi('4.4.4'), { bundle: newLine })),
    silent: [to(noRuntime(), withBundle), to(server(), wanted(msi('4.4.4'), { bundle: newLine }))],
  },
  {
    id: 'bundle-does-not-fit',
    speaks: to(noRuntime(), wanted(asks('6.0.36'), { bundle: oldBundle })),
    silent: [to(noRuntime(), wanted(asks('6.0.0'), { bundle: oldBundle }))],
  },
  {
    id: 'shared-configuration',
    speaks: to(noRuntime({ iis: shared }), withBundle),
    silent: [to(server({ iis: shared })), to(noRuntime(), withBundle)],
  },
  {
    id: 'vc-runtime-missing',
    speaks: to(machine(os('6.3.9600'))),
    silent: [
      to({ ...machine(os('6.3.9600')), hosting: known(hosting({ vcRuntime: '14.38' })) }),
      to(machine(os('6.3.9600')), removal),
      fine,
    ],
  },
  {
    id: 'restart-pending',
    speaks: to(restart(['servicing'], [], feature('disabled'))),
    silent: [to(restart(['servicing'])), to(restart(['windows-update'], [], feature('disabled')))],
  },
  {
    id: 'deletions-pending',
    speaks: to(restart(['renames'], [`${folder.toUpperCase()}\\a.dll`])),
    silent: [to(restart(['renames'], ['C:\\Config.Msi\\a.rbf']))],
  },
  {
    id: 'deletions-pending',
    speaks: to(restart([], [`${folder}\\a.dll`]), wanted(msi('4.1.0'))),
    silent: [to(restart([], ['C:\\Config.Msi\\a.rbf']), wanted(msi('4.1.0')))],
  },
  {
    id: 'installer-suspended',
    speaks: to(suspended),
    silent: [fine, { ...to(suspended), unfinished: unfinished() }],
  },
  {
    id: 'hash-not-pinned',
    speaks: to(server(), wanted(msi('4.4.4'), { bundle, sha256: [hash('bundle'), hash('another package')] })),
    silent: [fine, to(server(), wanted(msi('4.4.4'), { bundle, sha256: [hash('bundle'), msi('4.4.4').sha256] }))],
  },
  {
    id: 'hash-not-pinned',
    speaks: to(server(), wanted(msi('4.4.4'), { bundle, sha256: [msi('4.4.4').sha256] })),
    silent: [to(server(), wanted(null, { sha256: [hash('another package')] }))],
  },
  {
    id: 'hash-not-pinned',
    speaks: to(
      server(),
      wanted(msi('4.4.4', { externalCabinets: [beside44('a.cab')] }), { sha256: [msi('4.4.4').sha256] }),
    ),
    silent: [
      to(
        server(),
        wanted(msi('4.4.4', { externalCabinets: [beside44('a.cab')] }), {
          sha256: [msi('4.4.4').sha256, hash('a.cab')],
        }),
      ),
    ],
  },
  {
    id: 'hash-not-pinned',
    speaks: to(server(), wanted(msi('4.4.4'), { oldMsi: msi('4.1.0'), sha256: [msi('4.4.4').sha256] })),
    silent: [
      to(server(), wanted(msi('4.4.4'), { oldMsi: msi('4.1.0'), sha256: [msi('4.4.4').sha256, msi('4.1.0').sha256] })),
    ],
  },
  {
    id: 'below-minimum-version',
    speaks: to(server(), wanted(msi('4.4.4'), { minimumVersion: { msi: '4.4.5' } })),
    silent: [
      fine,
      to(server(), wanted(msi('4.4.4'), { minimumVersion: { msi: '4.4.4.9' } })),
      to(server(), wanted(msi('4.10.0'), { minimumVersion: { msi: '4.9.0', hostingBundle: '8.0.0' } })),
    ],
  },
  {
    id: 'below-minimum-version',
    speaks: to(server(), wanted(msi('4.4.4'), { bundle, minimumVersion: { hostingBundle: '6.0.100' } })),
    silent: [to(server(), wanted(msi('4.4.4'), { bundle, minimumVersion: { hostingBundle: '6.0.36' } }))],
  },
  {
    id: 'below-minimum-version',
    speaks: to(server(), wanted(msi('4.4.4', { productVersion: 'four' }), { minimumVersion: { msi: '4.4.4' } })),
    silent: [to(server(), wanted(msi('4.4.4', { productVersion: 'four' })))],
  },
  {
    id: 'path-too-long',
    speaks: to(server(), wanted(msi('4.4.4', { name: `${'n'.repeat(145)}.msi` }))),
    silent: [fine, to(server(), wanted(msi('4.4.4', { name: `${'n'.repeat(120)}.msi` })))],
  },
  {
    id: 'package-unread',
    speaks: to(server(), wanted(msi('4.4.4', { unread: ['a.json is too large'] }))),
    silent: [fine],
  },
  {
    id: 'secret-property',
    speaks: to(server(), wanted(msi('4.4.4'), { wayBackProperties: { API_TOKEN: 'x' } })),
    silent: [fine],
  },
  {
    id: 'secret-property',
    speaks: to(server(), wanted(msi('4.4.4'), { properties: { API_TOKEN: 'x' } })),
    silent: [to(server(), wanted(msi('4.4.4'), { properties: { SITENAME: 'x' } }))],
  },
  {
    id: 'secret-property',
    speaks: to(server(), wanted(msi('4.4.4', { hiddenProperties: ['PIN'] }), { properties: { PIN: 'x' } })),
    silent: [fine],
  },
  {
    id: 'no-secret',
    speaks: to(server(), wanted(msi('4.4.4'), { secrets: [{ name: 'PASSPHRASE', given: false }] })),
    silent: [
      fine,
      to(server(), wanted(msi('4.4.4'), { secrets: [{ name: 'PASSPHRASE', given: true }] })),
      to(only('4.4.4'), wanted(msi('4.4.4'), { secrets: [{ name: 'PASSPHRASE', given: false }] })),
    ],
  },
  {
    id: 'no-second-hop',
    speaks: to(farToken({ files: denied })),
    silent: [to(farToken({})), to(farToken({ files: denied, folder: 'D:\\SCIM' })), fine],
  },
  {
    id: 'shared-unreadable',
    speaks: to(server({ shared: sharedFolder({ files: denied }) })),
    silent: [
      to(server({ shared: sharedFolder() })),
      to(farToken({ files: denied })),
      to({ ...server({ shared: sharedFolder({ files: denied }) }), products: known([product('4.4.4')]) }),
      fine,
    ],
  },
  {
    id: 'settings-not-carried',
    speaks: to(server({ shared: sharedFolder() })),
    silent: [
      to(server({ shared: sharedFolder() }), inMultipleMode),
      to(server({ shared: sharedFolder() }), removal),
      to(server(), inMultipleMode),
      fine,
    ],
  },
  {
    id: 'pool-no-share',
    speaks: to(server({ shared: sharedFolder({ sddl: known('D:PAI(A;OICI;FA;;;SY)(A;OICI;FR;;;AU)') }) })),
    silent: [
      to(server({ shared: sharedFolder() })),
      to(server({ shared: sharedFolder({ sddl: known('D:PAI(A;OICI;FA;;;SY)(A;OICI;FR;;;AU)') }) }), removal),
      to(server({ shared: sharedFolder({ sddl: unread('denied') }) })),
      fine,
    ],
  },
  {
    id: 'pool-share-unknown',
    speaks: to(server({ shared: sharedFolder({ sddl: known('D:PAI(A;OICI;FA;;;S-1-5-21-1-2-3-1105)') }) })),
    silent: [to(server({ shared: sharedFolder() })), fine],
  },
  {
    id: 'pool-share-unknown',
    speaks: to(server({ shared: sharedFolder({ sddl: unread('denied') }) })),
    silent: [to(server({ shared: sharedFolder({ sddl: known('D:PAI(A;OICI;FA;;;SY)') }) }))],
  },
  {
    id: 'no-secret-after-restart',
    speaks: to(server(), wanted(msi('4.4.4'), { secrets: [{ name: 'PASSPHRASE', given: true }] })),
    silent: [
      fine,
      to(server(), wanted(msi('4.4.4'), { secrets: [{ name: 'PASSPHRASE', given: true }], resume: 'off' })),
      to(only('4.4.4'), wanted(msi('4.4.4'), { secrets: [{ name: 'PASSPHRASE', given: true }] })),
    ],
  },
  {
    id: 'installer-disabled',
    speaks: to(server({ installer: known({ suspended: false, disabledByPolicy: true, holders: [] }) })),
    silent: [
      fine,
      to(server({ installer: known({ suspended: false, disabledByPolicy: true, holders: [] }) }), wanted(msi('4.1.0'))),
    ],
  },
  {
    id: 'disk-full',
    speaks: to(machine({ freeMb: { 'C:': 299 } })),
    silent: [to(machine({ freeMb: { 'C:': 300 } })), to(machine({ freeMb: { 'C:': 50 } }), removal)],
  },
  { id: 'disk-full', speaks: to(machine({ freeMb: {} })), silent: [fine] },
  {
    id: 'pool-shared',
    speaks: to(server({ iis: known(iis({ sites: [site, beside] })) })),
    silent: [fine, to(server({ iis: known(iis({ sites: [site, { ...beside, pool: 'Own' }] })) }))],
  },
  {
    id: 'config-conflict',
    speaks: to(withCached({ defaults: {} }), newDefault('30')),
    silent: [to(withCached({ defaults: {} }), newDefault('50'))],
  },
  {
    id: 'config-conflict',
    speaks: to(only('4.4.4'), restoring(responses, 'responses')),
    silent: [to(server(), restoring(responses, 'responses'))],
  },
  {
    id: 'config-conflict',
    speaks: to(server(), newDefault('30')),
    silent: [to(server(), newDefault('20')), to(server(), newDefault('50'))],
  },
  {
    id: 'restore-unfinished',
    speaks: { ...fine, unfinished: unfinished({ wanted: restoring(`${folder}\\appsettings.json`) }) },
    silent: [
      {
        ...to(server(), restoring(`${folder}\\appsettings.json`)),
        unfinished: unfinished({ wanted: restoring(folder) }),
      },
      { ...fine, unfinished: unfinished() },
      { ...fine, unfinished: unfinished({ wanted: restoring(folder), direction: 'back' }) },
    ],
  },
  {
    id: 'settings-unusable',
    speaks: to(server({ config: known([configFile(`${folder}\\appsettings.json`, { values: {} })]) })),
    silent: [fine, to(server({ config: known([configFile(`${folder}\\appsettings.json`, { values: {} })]) }), removal)],
  },
  {
    id: 'settings-unusable',
    speaks: to(laysDownSettings(server({ config: known([]) })), wanted(msi('4.1.0'))),
    silent: [
      to(laysDownSettings(server())),
      to(laysDownSettings(server({ config: known([]) })), restoring(`${folder}\\appsettings.json`)),
      to(server({ config: known([]) })),
      to(server({ config: known([configFile('D:\\Elsewhere\\appsettings.json', { values: {} })]) })),
      to(server({ config: known([configFile(`${folder}\\Responses\\a.json`, { role: 'responses', values: {} })]) })),
    ],
  },
  {
    id: 'settings-unusable',
    speaks: to(server({ shared: sharedFolder({ files: known([configFile(`${share}\\own.json`, { values: {} })]) }) })),
    silent: [to(server({ shared: sharedFolder() }))],
  },
  {
    id: 'web-config-edited',
    speaks: to(withCached({ webConfig: hash('another') })),
    silent: [
      fine,
      to(withCached({ webConfig: hash('another') }), removal),
      to(withCached({ webConfig: hash('another') }), wanted(msi('4.1.0'))),
      to(withCached({ webConfig: hash('another') }), wanted(msi('3.2.0'))),
    ],
  },
  { id: 'web-config-edited', speaks: to(withCached({ webConfig: undefined })), silent: [fine] },
  {
    id: 'folder-moves',
    speaks: to(server(), wanted(msi('4.4.4'), { properties: { INSTALLDIR: 'D:\\Other' } })),
    silent: [
      fine,
      to(server(), wanted(msi('4.4.4'), { properties: { INSTALLDIR: folder } })),
      to(server(), wanted(msi('4.4.4'), { properties: { HTTPSPORT: '9443' } })),
      to(bareServer(), wanted(msi('4.4.4'), { properties: { INSTALLDIR: 'D:\\Other' } })),
    ],
  },
  {
    id: 'certificate-absent',
    speaks: to(boundTo('0.0.0.0:443')),
    silent: [
      fine,
      to(boundTo('0.0.0.0:9443')),
      to(boundTo('0.0.0.0:443'), removal),
      to(boundTo('0.0.0.0:443'), wanted(msi('4.1.0'))),
      to(boundTo('0.0.0.0:443'), wanted(msi('4.4.4'), { properties: { HTTPSPORT: '9443' } })),
      to(boundTo('0.0.0.0:443', bareServer())),
    ],
  },
  {
    id: 'certificate-absent',
    speaks: to(boundTo('0.0.0.0:443', server(), [site, { ...site, name: 'Shop', folder: 'C:\\shop' }]), removal),
    silent: [to(boundTo('0.0.0.0:443', server(), [site]), removal)],
  },
  {
    id: 'certificate-replaced',
    speaks: { now: rebound('CD34'), wanted: upgrade, unfinished: unfinished() },
    silent: [
      { now: rebound('ab12'), wanted: upgrade, unfinished: unfinished() },
      { now: rebound('CD34'), wanted: upgrade, unfinished: unfinished({ before: rebound('CD34') }) },
      to(rebound('CD34')),
      fine,
    ],
  },
  {
    id: 'backup-elsewhere',
    speaks: to(server(), restoring(`${folder}\\appsettings.json`, 'settings', false)),
    silent: [to(server(), restoring(`${folder}\\appsettings.json`)), fine],
  },
  {
    id: 'pool-cannot-write',
    speaks: to(settingsWith('D:AI(A;ID;FA;;;BA)(A;;FA;;;S-1-5-82-9)')),
    silent: [
      fine,
      to(settingsWith('D:AI(A;ID;FA;;;BA)'), removal),
      to(settingsWith('D:AI(A;;FA;;;S-1-5-82-7)')),
      to(settingsWith('D:AI(A;;FA;;;S-1-5-21-1-2-3-1001)')),
    ],
  },
  {
    id: 'left-in-backup',
    speaks: to(only('4.4.4'), restoring(webConfig, 'web.config')),
    silent: [
      to(only('4.1.0'), restoring(webConfig, 'web.config')),
      to(only('4.4.4'), restoring(`${folder}\\appsettings.json`)),
      to(
        server({
          products: known([product('4.4.4')]),
          config: known([configFile(webConfig, { sha256: hash('old') })]),
        }),
        restoring(webConfig, 'web.config'),
      ),
    ],
  },
  {
    id: 'same-product-code',
    speaks: to(only('4.4.3', { productCode: msi('4.4.4').productCode })),
    silent: [fine, to(only('4.4.4'))],
  },
];
