import compare from 'semver/functions/compare.js';
import { isConnectorPath, samePath } from './connector.ts';
import type {
  ConfigFile,
  ConnectorFolder,
  Facts,
  Hosting,
  Iis,
  InstallerState,
  Product,
  Reading,
  Restart,
  Values,
} from './facts.ts';
import { leftToOthers, proofGaps, sharedGaps } from './shared-missing.ts';
import {
  certificateGaps,
  identityGaps,
  poolGaps,
  poolNamed,
  secondSites,
  servingGaps,
  siteGaps,
  siteNamed,
  strayCertificates,
} from './site-gaps.ts';
import type { Step, StepKind, Steps, WantedFile } from './step.ts';
import { compareMsiVersions } from './version.ts';
import { counted, nameOfSite } from './words.ts';

type Judge<K extends StepKind> = (step: Steps[K], facts: Facts) => Reading<readonly string[]>;

const judges: { readonly [K in StepKind]: Judge<K> } = {
  'iis.enable': ({ features }, facts) =>
    withReading(facts.features, (now) =>
      features
        .filter((name) => now[name] !== 'enabled')
        .map((name) => `feature ${name} is ${now[name] ?? 'unknown to this Windows'}`),
    ),
  'hosting.install': ({ bundle }, facts) => withReading(facts.hosting, (now) => hostingGaps(now, bundle.version)),
  'hosting.repair': ({ bundle }, facts) => withReading(facts.hosting, (now) => hostingGaps(now, bundle.version)),
  'iis.restart': (_step, facts) => both(facts.iis, facts.hosting, restartGaps),
  'pool.stop': ({ pool }, facts) => withReading(facts.iis, (now) => poolGaps(now, pool, 'stopped')),
  'pool.start': ({ pool }, facts) => withReading(facts.iis, (now) => poolGaps(now, pool, 'started')),
  'config.backup': ({ files, packages }, facts) =>
    withReading(facts.kept, (kept) => [
      ...files
        .filter((file) => !kept.files.some((one) => samePath(one.path, file.path) && one.sha256 === file.sha256))
        .map((file) => `${file.path} is not in the backup`),
      ...packages.filter((one) => !kept.packages.includes(one.sha256)).map((one) => `package ${one.name} is not kept`),
    ]),
  'config.restore': ({ files, match }, facts) =>
    withReading(facts.config, (now) =>
      files.flatMap((file) => (match === 'exact' ? changedBytes(now, file) : lostValues(now, file))),
    ),
  'shared.prove': ({ folder }, facts) => withReading(facts.shared, (now) => proofGaps(now, folder)),
  'shared.restore': (step, facts) =>
    withReading(facts.shared, (now) => sharedGaps(step, now, step.match === 'exact' ? changedBytes : lostValues)),
  'connector.install': ({ msi, folder, lacking }, facts) =>
    connectorGaps(facts, msi.productCode, null, (now) => productGaps(now, msi, { folder, lacking })),
  'connector.upgrade': ({ msi, replaces, folder }, facts) =>
    connectorGaps(facts, msi.productCode, null, (now) => [
      ...productGaps(now, msi, { folder }),
      ...replaces.flatMap((code) => stillThere(now, code)),
    ]),
  'connector.repair': ({ msi }, facts) =>
    connectorGaps(facts, msi.productCode, null, (now) => [...productGaps(now, msi), ...lostPackage(now, msi)]),
  'connector.serve': ({ productCode }, facts) =>
    both(facts.products, facts.iis, (now, iis) => servingGaps(now, iis, productCode)),
  'connector.uninstall': ({ productCode, folder, beneath }, facts) =>
    connectorGaps(facts, productCode, folder, (now) =>
      beneath?.every((code) => isRegistered(now, code)) ? [] : stillThere(now, productCode),
    ),
  'connector.unchanged': ({ productCodes, files }, facts) =>
    both(facts.products, facts.config, (now, config) => [
      ...registrationGaps(now, productCodes),
      ...files.flatMap((file) => changedBytes(config, file)),
    ]),
  'installer.settle': (_step, facts) => withReading(facts.installer, suspendedGaps),
  'folder.clear': ({ path }, facts) => withReading(facts.folders, (now) => filesLeft(now, path)),
  'folder.present': ({ folder }, facts) => withReading(facts.folders, (now) => folderGaps(now, folder)),
  'site.present': ({ site, identity, certificates, beside, bound }, facts) =>
    withReading(facts.iis, (now) => [
      ...siteGaps(now, site, identity),
      ...certificateGaps(now, certificates),
      ...secondSites(now, site, beside).map((one) => `${nameOfSite(one)} points at ${site.folder} too`),
      ...strayCertificates(now, bound).map(
        (one) => `certificate ${one.thumbprint} is bound to ${one.endpoint}, which no site uses`,
      ),
    ]),
  'site.absent': ({ site, certificates }, facts) =>
    withReading(facts.iis, (now) => [
      ...(siteNamed(now, site) ? [`site ${nameOfSite(site)} is still there`] : []),
      ...certificateGaps(now, certificates),
    ]),
  'pool.present': ({ pool, identity }, facts) => withReading(facts.iis, (now) => identityGaps(now, pool, identity)),
  'pool.absent': ({ pool }, facts) =>
    withReading(facts.iis, (now) => (poolNamed(now, pool) ? [`pool ${pool} is still there`] : [])),
};

/** What of a step's state does not hold, in sentences; empty when it holds, unknown when the facts it needs could not be read. */
export function missing<K extends StepKind>(step: Step<K>, facts: Facts): Reading<readonly string[]> {
  const judge: Judge<K> = judges[step.kind as K];
  return judge(step as unknown as Steps[K], facts);
}

/** The files of a shared folder that a step leaves to another server, which has changed them. */
export function leftOf(step: Step, facts: Facts): readonly string[] {
  if (step.kind !== 'shared.restore' || !facts.shared.known) return [];
  return leftToOthers(step, facts.shared.value, step.match === 'exact' ? changedBytes : lostValues);
}

/** Whether a step's state holds; false as well when it could not be read. */
export function holds(step: Step, facts: Facts): boolean {
  const gaps = missing(step, facts);
  return gaps.known && gaps.value.length === 0;
}

function withReading<T, R>(reading: Reading<T>, judge: (value: T) => R): Reading<R> {
  return reading.known ? { known: true, value: judge(reading.value) } : reading;
}

function both<A, B, R>(left: Reading<A>, right: Reading<B>, judge: (left: A, right: B) => R): Reading<R> {
  if (!left.known) return left;
  return withReading(right, (value) => judge(left.value, value));
}

/** What IIS lacks to run applications of a bundle's line: a runtime that is not older, and the module with all its proofs. */
export function hostingGaps(hosting: Hosting, version: string): string[] {
  const runtime = newestRuntime(hosting, version);
  if (runtime === null)
    return [`there is no ASP.NET Core runtime ${lineOf(version)} for 64 bits`, ...moduleGaps(hosting)];
  if (compare(runtime, version) < 0)
    return [`ASP.NET Core runtime ${runtime} is older than ${version}`, ...moduleGaps(hosting)];
  return moduleGaps(hosting);
}

/** Which of the proofs that IIS can load the ASP.NET Core Module are absent. */
export function moduleGaps(hosting: Hosting): string[] {
  return (['registered', 'files', 'schema', 'configured'] as const)
    .filter((proof) => !hosting.module[proof])
    .map((proof) => moduleGap[proof]);
}

const moduleGap = {
  registered: 'the ASP.NET Core Module is not registered',
  files: 'the files of the ASP.NET Core Module are not there',
  schema: 'IIS does not know the section of the ASP.NET Core Module',
  configured: 'the ASP.NET Core Module is not in applicationHost.config',
} as const;

/** The newest 64-bit ASP.NET Core runtime of a version's line (`6.0`), or null. */
export function newestRuntime(hosting: Hosting, version: string): string | null {
  const versions = hosting.runtimes
    .filter(
      (one) => one.name === 'Microsoft.AspNetCore.App' && one.bits === 64 && lineOf(one.version) === lineOf(version),
    )
    .map((one) => one.version);
  return versions.sort(compare).at(-1) ?? null;
}

/** Major and minor of a .NET version: applications roll forward to a newer patch of their line, not to another line. */
export function lineOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function restartGaps(iis: Iis | null, hosting: Hosting): string[] {
  if (!iis) return ['IIS is not there'];
  const { W3SVC } = iis.services;
  if (!W3SVC || W3SVC.state === 'stopped') return ['the service W3SVC is stopped'];
  const isOlder = hosting.changedAt !== null && W3SVC.startedAt !== null && W3SVC.startedAt < hosting.changedAt;
  return isOlder ? ['IIS was started before the hosting bundle was laid down, and does not see it'] : [];
}

function changedBytes(now: readonly ConfigFile[], file: WantedFile): string[] {
  const found = now.find((one) => samePath(one.path, file.path));
  if (!found) return [`${file.path} is not there`];
  return found.sha256 === file.sha256 ? [] : [`${file.path} is not as it was`];
}

function lostValues(now: readonly ConfigFile[], file: WantedFile): string[] {
  const found = now.find((one) => samePath(one.path, file.path));
  if (!found) return [`${file.path} is not there`];
  return differingPointers(file.values, found.values).map(
    (pointer) => `${file.path}: ${pointer} ${pointer in found.values ? 'has another value' : 'is gone'}`,
  );
}

/** The pointers of the wanted values that are absent or different; as in .NET's configuration, case does not count in keys. */
export function differingPointers(wanted: Values, found: Values): string[] {
  const byKey = new Map(Object.entries(found).map(([pointer, value]) => [pointer.toLowerCase(), value]));
  return Object.keys(wanted).filter(
    (pointer) => wanted[pointer] !== found[pointer] && wanted[pointer] !== byKey.get(pointer.toLowerCase()),
  );
}

type Leeway = { readonly folder?: string | undefined; readonly lacking?: readonly string[] | undefined };

function productGaps(
  now: readonly Product[],
  msi: { productCode: string; version: string },
  { folder, lacking = [] }: Leeway = {},
): string[] {
  const product = now.find((one) => one.productCode === msi.productCode);
  if (!product) return [`version ${msi.version} is not registered`];
  if (compareMsiVersions(product.version, msi.version) !== 0)
    return [`version ${product.version} is registered, not ${msi.version}`];
  const isElsewhere = folder !== undefined && product.folder !== null && !samePath(product.folder, folder);
  return [
    ...(isElsewhere ? [`version ${msi.version} lies in ${product.folder}, not in ${folder}`] : []),
    ...product.missingFiles
      .filter((path) => !lacking.some((gone) => samePath(gone, path)))
      .map((path) => `${path} of version ${msi.version} is not there`),
  ];
}

function lostPackage(now: readonly Product[], msi: { productCode: string; version: string }): string[] {
  const product = now.find((one) => one.productCode === msi.productCode);
  return product && product.cached === null
    ? [`the package of version ${msi.version} that Windows Installer keeps is not there`]
    : [];
}

function isRegistered(now: readonly Product[], productCode: string): boolean {
  return now.some((one) => one.productCode === productCode);
}

function registrationGaps(now: readonly Product[], productCodes: readonly string[]): string[] {
  const gone = productCodes.filter((code) => !isRegistered(now, code));
  const added = now.filter((one) => !productCodes.includes(one.productCode));
  return [
    ...gone.map((code) => `product ${code} is not registered any more`),
    ...added.map((one) => `version ${one.version} is registered, which was not`),
  ];
}

function suspendedGaps({ suspended }: InstallerState): string[] {
  return suspended ? ['Windows Installer holds a suspended installation'] : [];
}

function filesLeft(now: readonly ConnectorFolder[], path: string): string[] {
  return now
    .filter((one) => samePath(one.path, path))
    .map((one) => `${counted(one.files + one.logs, 'file')} still in ${path}`);
}

/** A package put back may lay down files that were gone, and logs may have been added: more is not worse. */
function folderGaps(now: readonly ConnectorFolder[], { path, files, logs, content }: ConnectorFolder): string[] {
  const found: Omit<ConnectorFolder, 'path'> = now.find((one) => samePath(one.path, path)) ?? { files: 0, logs: 0 };
  if (content !== undefined && found.content !== content) return [`the files in ${path} are not as they were`];
  return found.files >= files && found.logs >= logs
    ? []
    : [`${path} has ${counted(found.files, 'file')} and ${counted(found.logs, 'log')}, not ${files} and ${logs}`];
}

function stillThere(now: readonly Product[], productCode: string): string[] {
  return now
    .filter((one) => one.productCode === productCode)
    .map((one) => `version ${one.version} is still registered`);
}

/**
 * What Windows Installer has registered, and what it has not finished: files that go at the next start (T1), and a suspended
 * installation, which it rolls back when it is asked for something the next time (T11), so that nothing holds until then.
 */
function connectorGaps(
  facts: Facts,
  productCode: string,
  folder: string | null,
  judge: (now: readonly Product[]) => string[],
): Reading<readonly string[]> {
  if (!facts.installer.known) return facts.installer;
  const suspended = suspendedGaps(facts.installer.value);
  return both(facts.products, facts.restart, (now, restart) => [
    ...suspended,
    ...judge(now),
    ...doomedFiles(now, restart, productCode, folder),
  ]);
}

/** Windows deletes them at its next start, and with them what is installed into that folder before (T1). */
function doomedFiles(now: readonly Product[], restart: Restart, productCode: string, folder: string | null): string[] {
  const known = now.find((one) => one.productCode === productCode)?.folder ?? folder;
  return restart.deletions
    .filter((path) => isConnectorPath(path, known))
    .map((path) => `${path} is there until Windows deletes it at its next start`);
}
