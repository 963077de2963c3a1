import fc from 'fast-check';
import type { Facts, Iis, Product } from '../../src/core/facts.ts';
import { findingRows } from '../../src/core/findings.ts';
import type { Msi } from '../../src/core/media.ts';
import type { Unfinished } from '../../src/core/plan.ts';
import type { Properties } from '../../src/core/step.ts';
import type { Wanted } from '../../src/core/wanted.ts';
import {
  backupFolder,
  bareServer,
  bundle,
  config,
  folder,
  hash,
  hosting,
  iis,
  known,
  msi,
  packageCodeOf,
  pool,
  product,
  readings,
  share,
  sharedFolder,
  site,
  unread,
  wanted,
} from './server-facts.ts';

/** What is usual, and now and then something else: else hardly any server would be let through to a plan. */
function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 10, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.constantFrom(...others) });
}

const version = fc.constantFrom('3.2.0', '4.1.0', '4.4.4', '5.0.0');
const oddities = mostly<Partial<Product>>(
  {},
  { context: 'user' },
  { bits: 32 },
  { missingFiles: ['a.dll'] },
  { folder: null },
  { folder: 'D:\\Web\\SCIMConnector' },
  { cached: null },
  { cached: null, damaged: { path: 'C:\\Windows\\Installer\\abc.msi', why: 'is damaged' } },
  { packageName: '..\\elsewhere.msi' },
);
const anyProduct = fc
  .tuple(version, oddities, oddities)
  .map(([one, more, other]) => product(one, { ...more, ...other }));
const products = fc.oneof(
  { weight: 4, arbitrary: fc.array(anyProduct, { maxLength: 1 }) },
  { weight: 1, arbitrary: fc.uniqueArray(anyProduct, { maxLength: 3, selector: (one) => one.productCode }) },
);
const under = { ...site, name: 'Default Web Site', application: '/SCIMConnector' };
const others = [
  { ...site, name: 'Shop', folder: 'C:\\shop', pool: 'Shop' },
  { ...site, application: '/shop', folder: 'C:\\shop' },
];
const anyPool = fc
  .tuple(
    fc.constantFrom('ApplicationPoolIdentity', 'NetworkService', 'SpecificUser:CORP\\scim'),
    fc.constantFrom('started' as const, 'stopped' as const),
  )
  .map(([identity, state]) => ({ ...pool, identity, state }));
const anyIis = fc
  .tuple(
    anyPool,
    mostly([site], [], [under], [site, under], [site, ...others], [{ ...site, folder: 'D:\\Web\\SCIMConnector' }]),
    mostly(true, false),
    fc.boolean(),
  )
  .map(([one, sites, isThere, isEditable]) => {
    const web = iis({ pools: [one], sites });
    return isThere ? (isEditable ? withTexts(web) : web) : null;
  });

/** The same where applicationHost.config can be edited as text. */
function withTexts(web: Iis): Iis {
  return {
    ...web,
    hostConfig: { path: 'C:\\applicationHost.config', sddl: 'D:' },
    sites: web.sites.map((one) => ({ ...one, element: hash(`${one.name}${one.application} of old`) })),
    pools: web.pools.map((one) => ({ ...one, element: hash(`${one.name} of old`) })),
  };
}
const anyHosting = mostly(
  hosting(),
  hosting({ runtimes: [], bundles: [] }),
  hosting({ runtimes: [] }),
  hosting({ changedAt: '2026-11-09T00:00:00Z' }),
);

/** Servers of every kind, one reading of which may have failed. */
export const anyServer: fc.Arbitrary<Facts> = fc
  .record({
    products,
    iis: anyIis,
    hosting: anyHosting,
    files: fc.oneof(fc.constant([...config]), fc.subarray([...config])),
    logs: fc.nat(2),
    features: mostly<object>({}, { 'IIS-WebServer': 'disabled' }, { 'IIS-WebServer': 'removed' }),
    suspended: mostly(false, true),
    deletions: mostly<readonly string[]>([], [`${folder}\\a.dll`]),
    shared: mostly<Facts['shared']>(known(null), sharedFolder()),
    broken: mostly<(typeof readings)[number] | null>(null, ...readings),
  })
  .map(({ products: all, iis: web, hosting: net, files, logs, features, suspended, deletions, shared, broken }) => {
    const usual = bareServer();
    return {
      ...usual,
      products: known(all),
      iis: known(web),
      hosting: known(net),
      config: known(files),
      shared,
      folders: known(files.length + logs === 0 ? [] : [{ path: folder, files: files.length, logs }]),
      features: known({ ...(usual.features.known ? usual.features.value : {}), ...features }),
      installer: known({ suspended, disabledByPolicy: false, holders: [] }),
      restart: known({ reasons: [], deletions }),
      ...(broken ? { [broken]: unread() } : {}),
    };
  });

/** Ids of all findings that can be accepted. */
export const acceptable: readonly string[] = findingRows
  .filter((row) => row.stops === 'unless-accepted')
  .map((row) => row.id);

const oddPackage = mostly<Partial<Msi>>(
  {},
  { platform: 'x86' },
  { upgrade: [] },
  { productName: 'Other' },
  { unread: ['a file'] },
);
const anyProperties = mostly<Properties>(
  {},
  { INSTALLDIR: 'D:\\Web\\SCIMConnector' },
  { INSTALLDIR: 'C:\\Elsewhere' },
  { SITENAME: 'SCIMConnector' },
  { UNKNOWN: 'x' },
);
const anyMsi = fc.option(
  fc.tuple(version, oddPackage).map(([one, more]) => msi(one, more)),
  { freq: 6 },
);

/** Mostly none; else one that may be that of what is installed, or not. */
const anyOldMsi = fc.option(
  fc
    .tuple(version, mostly<Partial<Msi>>({}, { name: 'old.msi' }, { packageCode: packageCodeOf('1.0.0') }))
    .map(([one, more]) => msi(one, { sha256: hash(`given ${one}`), ...more })),
  { freq: 2 },
);

/** Every wish that answers and media can make, accepting some of what can be accepted. */
export const anyWish: fc.Arbitrary<Wanted> = fc
  .record({
    msi: anyMsi,
    bundle: fc.constantFrom(null, bundle),
    oldMsi: anyOldMsi,
    accept: fc.subarray([...acceptable]),
    properties: anyProperties,
    wayBackProperties: anyProperties,
    isSharing: fc.boolean(),
  })
  .map(({ msi: given, isSharing, ...more }) => (isSharing ? sharing(given, more) : wanted(given, more)));

/** A package that is told to share its config with other servers. */
function sharing(given: Msi | null, more: Pick<Wanted, 'properties' | 'wayBackProperties'>): Wanted {
  const mode = { INSTANCEMODE: 'Multiple', SHAREDFOLDER: share };
  const knowing = given && { ...given, properties: [...given.properties, ...Object.keys(mode), 'PASSPHRASE'] };
  const secrets = [{ name: 'PASSPHRASE', given: true }];
  return wanted(knowing, { ...more, properties: { ...more.properties, ...mode }, secrets });
}

/** No unfinished run, or one of every kind. */
export const anyUnfinished: fc.Arbitrary<Unfinished | undefined> = fc.option(
  fc.record({
    before: anyServer,
    wanted: anyWish,
    direction: fc.constantFrom('forward' as const, 'back' as const),
    backup: fc.constant(backupFolder),
    reached: fc.boolean(),
  }),
  { nil: undefined, freq: 1 },
);
