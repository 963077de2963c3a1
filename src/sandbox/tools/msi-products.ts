import { createHash } from 'node:crypto';
import { win32 } from 'node:path';
import type { Product } from '../../core/facts.ts';
import { compareMsiVersions } from '../../core/version.ts';
import type { Row } from '../../msi/tables.ts';
import { type Registered, remember, type Server, store, stored, without } from '../server.ts';
import { keyPathsOf } from './msi-files.ts';
import { hasMode, property, type Session } from './msi-session.ts';

/** Bits of a row of the Upgrade table (MS-msi: upgrade-table). */
const onlyDetect = 0x2;
const minInclusive = 0x100;
const maxInclusive = 0x200;
const languagesExclusive = 0x400;

/** Sets the property of each row of the Upgrade table to the codes of the products that it matches. */
export function findRelatedProducts(session: Session): void {
  const isFirst = session.mode === 'install' || session.mode === 'nothing';
  for (const row of isFirst ? session.package.rows('Upgrade') : []) {
    const codes = stored(session.server, 'products')
      .filter((product) => isRelated(session, row, product))
      .map((one) => one.productCode);
    const name = String(row.ActionProperty);
    for (const code of codes) session.log.say(`FindRelatedProducts: Found application: ${code}`);
    if (codes.length > 0)
      session.properties.set(name, [property(session, name), ...codes].filter((one) => one !== '').join(';'));
  }
}

/** The products that RemoveExistingProducts takes away: found by a row that does more than detect. */
export function productsToRemove(session: Session): readonly string[] {
  const rows = session.package.rows('Upgrade').filter((row) => (Number(row.Attributes) & onlyDetect) === 0);
  const codes = rows.flatMap((row) => property(session, String(row.ActionProperty)).split(';'));
  return [...new Set(codes)].filter((code) => code !== '');
}

/**
 * Context and upgrade code must be the same, the language listed, the version in the range (T12). For how many bits a
 * product is does not count: upgrade codes are one list for both (domain 4.2), and the table has no column for it
 * (MS-msi: upgrade-table); Wine does the same.
 */
function isRelated(session: Session, row: Row, product: Product): boolean {
  const isSame = String(row.UpgradeCode).toUpperCase() === product.upgradeCode && product.context === session.context;
  const attributes = Number(row.Attributes);
  return (
    isSame &&
    isListed(row, registrationOf(session.server, product.productCode)?.language ?? '') &&
    isBeyond(product.version, row.VersionMin, (attributes & minInclusive) !== 0) &&
    isBeyond(row.VersionMax, product.version, (attributes & maxInclusive) !== 0)
  );
}

/** A row lists language identifiers with commas, or those it leaves out; without any it is for all (MS-msi: upgrade-table). */
function isListed({ Language: languages, Attributes: attributes }: Row, language: string): boolean {
  if (languages == null || languages === '') return true;
  const isNamed = String(languages)
    .split(',')
    .some((one) => Number(one) === Number(language));
  return isNamed !== ((Number(attributes) & languagesExclusive) !== 0);
}

/** Whether `left` is above `right`, or the same where that counts; no limit is never passed. */
function isBeyond(left: Row[string] | undefined, right: Row[string] | undefined, inclusive: boolean): boolean {
  if (left == null || right == null || left === '' || right === '') return true;
  const order = compareMsiVersions(String(left), String(right)) ?? 0;
  return inclusive ? order >= 0 : order > 0;
}

/**
 * Registers the product with its cached package, whose embedded cabinets are kept with it (T2), or takes it off. `v` of a
 * reinstallation makes the copy anew, and with it what is registered.
 */
export async function publishProduct(session: Session): Promise<void> {
  const isAnew = session.mode === 'reinstall' && hasMode(session, 'v');
  const site = registrationOf(session.server, property(session, 'ProductCode'))?.site ?? null;
  if (session.mode === 'remove' || isAnew) await unregister(session);
  if (session.mode === 'install' || isAnew) await register(session, isAnew ? site : null);
}

async function register(session: Session, site: string | null): Promise<void> {
  const { server } = session;
  const productCode = property(session, 'ProductCode');
  const id = createHash('sha256').update(`${productCode} ${server.memory.clock}`).digest('hex').slice(0, 7);
  const localPackage = `C:\\Windows\\Installer\\${id}.msi`;
  await session.undo?.keep(localPackage);
  await server.drive.copy(session.source.path, localPackage);
  const registered: Registered = {
    keyPaths: keyPathsOf(session),
    localPackage,
    packageName: session.source.name,
    packageCode: String(session.package.summary.packageCode),
    sourceFolder: win32.dirname(session.source.path),
    language: property(session, 'ProductLanguage'),
    site,
  };
  remember(server, { registered: { ...server.memory.registered, [productCode]: registered } });
  store(server, 'products', [...stored(server, 'products'), productOf(session, productCode)]);
}

function productOf(session: Session, productCode: string): Product {
  return {
    productCode,
    upgradeCode: property(session, 'UpgradeCode').toUpperCase(),
    version: property(session, 'ProductVersion'),
    name: property(session, 'ProductName'),
    context: session.context,
    bits: bitsOf(session),
    packageCode: session.package.summary.packageCode,
    packageName: session.source.name,
    folder: null,
    missingFiles: [],
    cached: null,
  };
}

async function unregister(session: Session): Promise<void> {
  const { server } = session;
  const code = property(session, 'ProductCode');
  const { localPackage } = registrationOf(server, code) ?? {};
  if (localPackage !== undefined) {
    await session.undo?.keep(localPackage);
    await server.drive.remove(localPackage);
  }
  remember(server, { registered: without(server.memory.registered, code) });
  store(
    server,
    'products',
    stored(server, 'products').filter((product) => product.productCode !== code),
  );
}

/** What Windows Installer keeps of a product, or undefined. */
export function registrationOf(server: Server, code: string): Registered | undefined {
  return server.memory.registered[code];
}

/** A package without a platform is for Intel's first, 32-bit one (MS-msi: template-summary). */
function bitsOf(session: Session): 32 | 64 {
  return /^(intel)?$/i.test(session.package.summary.platform) ? 32 : 64;
}
