import compare from 'semver/functions/compare.js';
import { isConnectorPath, normalPath, samePath } from './connector.ts';
import type {
  CertificateBinding,
  ConfigFile,
  Facts,
  Hosting,
  Iis,
  Product,
  Reading,
  Restart,
  Values,
} from './facts.ts';
import type { Step, StepKind, Steps, WantedFile } from './step.ts';
import { compareMsiVersions } from './version.ts';

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
  'connector.install': ({ msi }, facts) => connectorGaps(facts, msi.productCode, null, (now) => productGaps(now, msi)),
  'connector.upgrade': ({ msi, replaces }, facts) =>
    connectorGaps(facts, msi.productCode, null, (now) => [
      ...productGaps(now, msi),
      ...replaces.flatMap((code) => stillThere(now, code)),
    ]),
  'connector.serve': ({ productCode }, facts) =>
    both(facts.products, facts.iis, (now, iis) => servingGaps(now, iis, productCode)),
  'connector.uninstall': ({ productCode, folder }, facts) =>
    connectorGaps(facts, productCode, folder, (now) => stillThere(now, productCode)),
  'site.present': ({ site, identity, certificates }, facts) =>
    withReading(facts.iis, (now) => [...siteGaps(now, site, identity), ...certificateGaps(now, certificates)]),
};

/** What of a step's state does not hold, in sentences; empty when it holds, unknown when the facts it needs could not be read. */
export function missing<K extends StepKind>(step: Step<K>, facts: Facts): Reading<readonly string[]> {
  const judge: Judge<K> = judges[step.kind as K];
  return judge(step as unknown as Steps[K], facts);
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

function poolGaps(iis: Iis | null, name: string, wanted: 'started' | 'stopped'): string[] {
  const pool = iis?.pools.find((one) => sameName(one.name, name));
  if (!pool) return wanted === 'stopped' ? [] : [`pool ${name} is not there`];
  if (pool.state !== wanted) return [`pool ${name} is ${pool.state}`];
  return wanted === 'stopped' && pool.workers > 0 ? [`a worker process of pool ${name} still runs`] : [];
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

function productGaps(now: readonly Product[], msi: { productCode: string; version: string }): string[] {
  const product = now.find((one) => one.productCode === msi.productCode);
  if (!product) return [`version ${msi.version} is not registered`];
  if (compareMsiVersions(product.version, msi.version) !== 0)
    return [`version ${product.version} is registered, not ${msi.version}`];
  return product.missingFiles.map((path) => `${path} of version ${msi.version} is not there`);
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
  const suspended = facts.installer.value.suspended ? ['Windows Installer holds a suspended installation'] : [];
  return both(facts.products, facts.restart, (now, restart) => [
    ...suspended,
    ...judge(now),
    ...doomedFiles(now, restart, productCode, folder),
  ]);
}

function servingGaps(now: readonly Product[], iis: Iis | null, productCode: string): string[] {
  const folder = now.find((one) => one.productCode === productCode)?.folder ?? null;
  const site = iis?.sites.find((one) => folder !== null && samePath(one.folder, folder));
  const pool = iis?.pools.find((one) => site !== undefined && sameName(one.name, site.pool));
  return pool?.state === 'stopped' ? [`pool ${pool.name} is stopped`] : [];
}

/** Windows deletes them at its next start, and with them what is installed into that folder before (T1). */
function doomedFiles(now: readonly Product[], restart: Restart, productCode: string, folder: string | null): string[] {
  const known = now.find((one) => one.productCode === productCode)?.folder ?? folder;
  return restart.deletions
    .filter((path) => isConnectorPath(path, known))
    .map((path) => `${path} is there until Windows deletes it at its next start`);
}

function certificateGaps(iis: Iis | null, wanted: readonly CertificateBinding[]): string[] {
  const isBound = (one: CertificateBinding) =>
    iis?.certificates.some(
      (now) =>
        sameName(now.endpoint, one.endpoint) &&
        sameName(now.thumbprint, one.thumbprint) &&
        sameName(now.store, one.store),
    );
  return wanted
    .filter((one) => !isBound(one))
    .map((one) => `certificate ${one.thumbprint} is not bound to ${one.endpoint}`);
}

function siteGaps(iis: Iis | null, site: Steps['site.present']['site'], identity: string): string[] {
  const found = iis?.sites.find((one) => sameName(one.name, site.name) && sameName(one.application, site.application));
  if (!iis || !found) return [`site ${site.name}${site.application} is not there`];
  const pool = iis.pools.find((one) => sameName(one.name, site.pool));
  return [
    ...(samePath(found.folder, site.folder)
      ? []
      : [`site ${site.name} has the folder ${found.folder}, not ${site.folder}`]),
    ...(sameName(found.pool, site.pool) ? [] : [`site ${site.name} runs in pool ${found.pool}, not ${site.pool}`]),
    ...(sameSet(found.bindings, site.bindings)
      ? []
      : [`site ${site.name} has the bindings ${found.bindings.join(' ')}, not ${site.bindings.join(' ')}`]),
    ...(found.state === site.state ? [] : [`site ${site.name} is ${found.state}`]),
    ...(pool && pool.identity === identity ? [] : [`pool ${site.pool} does not run as ${identity}`]),
  ];
}

/** IIS takes the names of sites and pools without case. */
export function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
  return left.map(normalPath).sort().join('\n') === right.map(normalPath).sort().join('\n');
}
