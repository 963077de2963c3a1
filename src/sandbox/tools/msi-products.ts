import { createHash } from 'node:crypto';
import type { Product } from '../../core/facts.ts';
import { compareMsiVersions } from '../../core/version.ts';
import type { Row } from '../../msi/tables.ts';
import { type Registered, remember, type Server, store, stored, without } from '../server.ts';
import { keyPathsOf } from './msi-files.ts';
import { property, type Session } from './msi-session.ts';
import { UnknownCall } from './tool.ts';

/** Bits of a row of the Upgrade table (MS-msi: upgrade-table). */
const onlyDetect = 0x2;
const minInclusive = 0x100;
const maxInclusive = 0x200;

/** Sets the property of each row of the Upgrade table to the codes of the products that it matches. */
export function findRelatedProducts(session: Session): void {
  for (const row of session.mode === 'install' ? session.package.rows('Upgrade') : []) {
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

/** Context and upgrade code must be the same, the version in the range (T12). */
function isRelated(session: Session, row: Row, product: Product): boolean {
  if (row.Language !== null && row.Language !== '')
    throw new UnknownCall('msiexec', `an Upgrade row for languages: ${row.Language}`);
  const isSame =
    String(row.UpgradeCode).toUpperCase() === product.upgradeCode &&
    product.context === 'machine' &&
    product.bits === bitsOf(session);
  const attributes = Number(row.Attributes);
  return (
    isSame &&
    isBeyond(product.version, row.VersionMin, (attributes & minInclusive) !== 0) &&
    isBeyond(row.VersionMax, product.version, (attributes & maxInclusive) !== 0)
  );
}

/** Whether `left` is above `right`, or the same where that counts; no limit is never passed. */
function isBeyond(left: Row[string] | undefined, right: Row[string] | undefined, inclusive: boolean): boolean {
  if (left == null || right == null || left === '' || right === '') return true;
  const order = compareMsiVersions(String(left), String(right)) ?? 0;
  return inclusive ? order >= 0 : order > 0;
}

/** Registers the product with its cached package, whose embedded cabinets are kept with it (T2), or takes it off. */
export async function publishProduct(session: Session): Promise<void> {
  if (session.mode === 'install') await register(session);
  if (session.mode === 'remove') await unregister(session);
}

async function register(session: Session): Promise<void> {
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
    site: null,
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
    context: 'machine',
    bits: bitsOf(session),
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

function bitsOf(session: Session): 32 | 64 {
  return session.package.summary.platform === 'x86' ? 32 : 64;
}
