import type { CodesReport } from '../commands/codes.ts';
import { printedCode } from '../core/codes.ts';
import type { ExternalCabinet, Msi } from '../core/media.ts';

/** What a package is, for a person. */
export function inspectText(msi: Msi): string {
  const row = (name: string, text: string) => `  ${name.padEnd(16)} ${text}`;
  const replaced = msi.upgrade
    .filter((one) => !one.onlyDetect)
    .map(
      (one) =>
        `${one.minInclusive ? 'from' : 'above'} ${one.min ?? 'any version'} ${one.maxInclusive ? 'up to' : 'to below'} ${one.max ?? 'any version'}`,
    );
  const removal = msi.removeExistingProducts;
  return `${[
    `${msi.productName} ${msi.productVersion} by ${msi.manufacturer}`,
    row('Package', `${msi.name}, ${msi.size} bytes, for ${msi.platform}`),
    row('SHA-256', msi.sha256),
    row('Product code', msi.productCode),
    row('Upgrade code', msi.upgradeCode || 'none'),
    row('Replaces', replaced.join('; ') || 'nothing in place'),
    row('Old product', removal ? `is removed ${placeWords[removal.place]}` : 'is not removed by this package'),
    row(
      'Needs',
      msi.frameworks.map((one) => `${one.name} ${one.version}`).join(', ') || 'no .NET runtime that it names',
    ),
    row('Files', `${msi.files.length} in the connector's folder`),
    ...msi.externalCabinets.map((one) => row('Cabinet beside', cabinetText(one))),
    row('Properties', msi.properties.join(', ') || 'none'),
    ...msi.unread.map((one) => row('Not read', one)),
  ].join('\n')}\n`;
}

function cabinetText({ name, found }: ExternalCabinet): string {
  return found ? `${name}, ${found.size} bytes, SHA-256 ${found.sha256}` : `${name} is needed and not there`;
}

const placeWords = {
  'before-initialize': 'before the transaction: a failure does not bring it back',
  'in-transaction': 'inside the transaction: a failure brings it back',
  'before-finalize': 'with the new files in place, inside the transaction',
  'after-finalize': 'after the new version is committed',
} as const;

/** Every exit code, for a person. */
export function codesText({ codes, tools }: CodesReport): string {
  const own = codes.map((one) => `  ${String(one.code).padStart(10)}  ${one.meaning}`);
  const others = Object.entries(tools).flatMap(([tool, rows]) => [
    '',
    tool,
    ...rows.map((row) => `  ${printedCode(row.code).padStart(10)}  ${row.meaning}`),
  ]);
  return `${['scim-setup', ...own, ...others].join('\n')}\n`;
}
