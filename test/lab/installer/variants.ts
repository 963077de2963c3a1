import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openedFrom, samples, type TestPackage, withPackageCode } from './packages.ts';

const upgradeCode = '{08ADBE36-3757-4F7A-855C-2AC97AB28395}';

/** The row of the Upgrade table that a variant of 4.4.4 has for what is older. */
type Row = { readonly min: string; readonly max: string; readonly language: string; readonly attributes: number };

const minInclusive = 0x100;
const maxInclusive = 0x200;
const usual: Row = { min: '4.0.0', max: '4.4.4', language: '', attributes: minInclusive };

/** A row that lists two languages, of which Wine reads the first. */
export const twoLanguages = 'TwoLanguages.msi';

const rows: Readonly<Record<string, Row>> = {
  'German.msi': { ...usual, language: '1031' },
  [twoLanguages]: { ...usual, language: '1031,1033' },
  'AllButGerman.msi': { ...usual, language: '1031', attributes: minInclusive | 0x400 },
  'AllButEnglish.msi': { ...usual, language: '1033', attributes: minInclusive | 0x400 },
  'OnlyDetects.msi': { ...usual, attributes: minInclusive | 0x2 },
  'MigratesFeatures.msi': { ...usual, attributes: minInclusive | 0x1 },
  'BelowMax.msi': { ...usual, max: '4.1.0' },
  'UpToMax.msi': { ...usual, max: '4.1.0', attributes: minInclusive | maxInclusive },
  'AboveMin.msi': { ...usual, min: '4.1.0', attributes: 0 },
  'FromMin.msi': { ...usual, min: '4.1.0' },
};

/** 4.1.0 whose components are others than those of every later version, although they lay down the same files. */
export const otherComponents = 'OtherComponents-4.1.0.msi';

const components = ['Program', 'WebConfig', 'Settings', 'Responses', 'SqlQuery'];

/** SQL that makes the variants of a sample: ten of 4.4.4 that differ in a row of the Upgrade table, and one of 4.1.0. */
const variants: readonly (readonly [name: string, from: string, queries: readonly string[]])[] = [
  ...Object.entries(rows).map(([name, row]) => [name, 'SCIMConnector-4.4.4.msi', rowQueries(row)] as const),
  [
    otherComponents,
    'SCIMConnector-4.1.0.msi',
    components.map(
      (name, index) =>
        `UPDATE Component SET ComponentId = '{7A7B7C7D-0000-4000-8000-00000000020${index}}' WHERE Component = '${name}'`,
    ),
  ],
];

function rowQueries({ min, max, language, attributes }: Row): readonly string[] {
  const values = `'${upgradeCode}', '${min}', '${max}', '${language}', ${attributes}, 'OLDERFOUND'`;
  return [
    "DELETE FROM Upgrade WHERE ActionProperty = 'OLDERFOUND'",
    `INSERT INTO Upgrade (UpgradeCode, VersionMin, VersionMax, Language, Attributes, ActionProperty) VALUES (${values})`,
  ];
}

/** Packages that are a sample but for a few rows, each a product of its own; needs msibuild. */
export async function sampleVariants(): Promise<readonly TestPackage[]> {
  const folder = mkdtempSync(join(tmpdir(), 'scim-setup-lab-'));
  try {
    return await Promise.all(variants.map((_, index) => build(folder, index)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function build(folder: string, index: number): Promise<TestPackage> {
  const [name, from, more] = variants[index] ?? ['', '', []];
  const file = join(folder, `${index}.msi`);
  cpSync(join(samples, from), file);
  const code = `{7A7B7C7D-0000-4000-8000-0000000000${10 + index}}`;
  const queries = [`UPDATE Property SET Value = '${code}' WHERE Property = 'ProductCode'`, ...more];
  execFileSync('msibuild', [file, ...queries.flatMap((query) => ['-q', query])]);
  const packageCode = `{7A7B7C7D-0000-4000-8000-0000000001${10 + index}}`;
  const bytes = await withPackageCode(readFileSync(file), packageCode);
  return { name, bytes, opened: await openedFrom(bytes) };
}
