import { changedBytes, lostValues } from './config-gaps.ts';
import { samePath } from './connector.ts';
import { doomedIn } from './doomed-files.ts';
import type { ConnectorFolder, Facts, Reading } from './facts.ts';
import { hostingGaps, restartGaps } from './hosting-gaps.ts';
import {
  connectorGaps,
  isRegistered,
  lostPackage,
  productGaps,
  registrationGaps,
  stillThere,
  suspendedGaps,
} from './product-gaps.ts';
import { both, withReading } from './reading.ts';
import { restoreGaps } from './restore-gaps.ts';
import { leftToOthers, proofGaps, sharedGaps } from './shared-missing.ts';
import {
  certificateGaps,
  identityGaps,
  poolGaps,
  poolNamed,
  poolTextGaps,
  secondSites,
  servingGaps,
  siteGaps,
  siteNamed,
  siteTextGaps,
  strayCertificates,
  wantedCertificates,
} from './site-gaps.ts';
import type { Step, StepKind, Steps } from './step.ts';
import { counted, nameOfSite } from './words.ts';

/** For states that do not depend on the backup. */
const nothingKept: Facts['kept'] = { known: true, value: { files: [], packages: [] } };

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
  'config.backup': ({ files, packages, host }, facts) =>
    withReading(facts.kept, (kept) => [
      ...files
        .filter((file) => !kept.files.some((one) => samePath(one.path, file.path) && one.sha256 === file.sha256))
        .map((file) => `${file.path} is not in the backup`),
      ...packages.filter((one) => !kept.packages.includes(one.sha256)).map((one) => `package ${one.name} is not kept`),
      ...(!host || (kept.host && samePath(kept.host.path, host.path)) ? [] : [`${host.path} is not in the backup`]),
    ]),
  'config.restore': restoreGaps,
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
  'connector.recache': ({ msi }, facts) => connectorGaps(facts, msi.productCode, null, (now) => lostPackage(now, msi)),
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
  'folder.present': ({ folder }, facts) =>
    both(facts.folders, facts.restart, (now, restart) => [
      ...folderGaps(now, folder),
      ...doomedIn(restart.deletions, folder.path),
    ]),
  'site.present': ({ site, identity, beside, exact }, facts) =>
    both(facts.iis, exact ? facts.kept : nothingKept, (now, kept) => [
      ...siteGaps(now, site, identity),
      ...secondSites(now, site, beside).map((one) => `${nameOfSite(one)} points at ${site.folder} too`),
      ...siteTextGaps(now, kept, site),
      ...poolTextGaps(now, kept, site.pool),
    ]),
  'site.absent': ({ site }, facts) =>
    withReading(facts.iis, (now) => (siteNamed(now, site) ? [`site ${nameOfSite(site)} is still there`] : [])),
  'certificates.present': (step, facts) =>
    withReading(facts.iis, (now) => [
      ...certificateGaps(now, wantedCertificates(now, step)),
      ...strayCertificates(now, step.bound).map(
        (one) => `certificate ${one.thumbprint} is bound to ${one.endpoint}, which no site uses`,
      ),
    ]),
  'pool.present': ({ pool, identity, exact }, facts) =>
    both(facts.iis, exact ? facts.kept : nothingKept, (now, kept) => [
      ...identityGaps(now, pool, identity),
      ...poolTextGaps(now, kept, pool),
    ]),
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
