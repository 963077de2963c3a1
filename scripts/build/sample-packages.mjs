// What the sample packages are: their versions and codes, what makes some of them misbehave, and what wixl has no elements for.

// Variants of 4.4.5: the SQL that makes a good package behave so, by Windows Installer's documented rules.
const insertAction = (name, condition, sequence) =>
  `INSERT INTO InstallExecuteSequence (Action, Condition, Sequence) VALUES ('${name}', '${condition}', ${sequence})`;
const failRightAfterInitialize = [
  // Type 19: ends the installation with the text of Target.
  "INSERT INTO CustomAction (Action, Type, Target) VALUES ('FailOnPurpose', 19, 'This sample of scim-setup fails on purpose.')",
  insertAction('FailOnPurpose', 'NOT REMOVE', 1501),
];
// Between InstallValidate (1400) and InstallInitialize (1500) the old product is removed outside the transaction.
const removeOldFirst = "UPDATE InstallExecuteSequence SET Sequence = 1450 WHERE Action = 'RemoveExistingProducts'";
/** A component of 32 bits is another component, so it has an identity of its own (MS-msi: component-table, 64-bit components). */
const otherComponents = {
  Program: '{1E9D3C36-28DE-4AB3-B6F5-27C8E1E0C5F1}',
  WebConfig: '{7C0B1F0F-9E39-4A35-8C0B-5D6E7C0C6A12}',
  Settings: '{D2B54E0A-6B7C-45F6-9F57-9B3F5D1E4C83}',
  Responses: '{3A5C0E7B-43A8-4F9D-A1B2-6E0F7D8C9B54}',
  SqlQuery: '{95E1D7C4-0F3B-4B6A-8D2E-C7A6B5F4E3D2}',
};
const variants = {
  none: [],
  x86: Object.entries(otherComponents).map(
    ([name, id]) => `UPDATE Component SET ComponentId = '${id}' WHERE Component = '${name}'`,
  ),
  'cabinet-beside': [],
  'fails-old-kept': failRightAfterInitialize,
  'fails-old-gone': [removeOldFirst, ...failRightAfterInitialize],
  'asks-reboot': [insertAction('ScheduleReboot', 'NOT REMOVE', 6650)],
  'loses-config': [
    removeOldFirst,
    // Without NeverOverwrite: the old file goes with the old product, and the package's own is laid down.
    "UPDATE Component SET Attributes = 256 WHERE Component = 'Settings'",
  ],
};

// New files first, then the old product, then the registration of the new one: the settings belong to both for a moment and
// stay. Registered earlier, Wine 8 would drop the new product from UpgradeCodes together with the old one.
const removeOldAfterFiles = [
  "UPDATE InstallExecuteSequence SET Sequence = 5000 WHERE Action = 'InstallExecute'",
  "UPDATE InstallExecuteSequence SET Sequence = 5010 WHERE Action = 'RemoveExistingProducts'",
];

const longNames = {
  'SCIMConnector.dll': 'SCIMCO~1.DLL|SCIMConnector.dll',
  WebConfig: 'WEB~1.CON|web.config',
  ResponsesSettings: 'APPSET~1.JSO|AppSettings.json',
};
const longNames4 = {
  RuntimeConfig: 'SCIMCO~1.JSO|SCIMConnector.runtimeconfig.json',
  Settings: 'APPSET~1.JSO|appsettings.json',
  IgnoreEndpoints: 'IGNORE~1.JSO|IgnoreEndpoints.json',
  AllUsersQuery: 'SCIMAL~1.SQL|SCIM All Users.sql',
  AllGroupsQuery: 'SCIMAL~2.SQL|SCIM All Groups.sql',
};

/**
 * Public properties of the samples that choose where the connector is served. They are this project's own, made up for the
 * simulated server: the vendor's names are not documented and must be read from the vendor's package.
 * Without a port of its own the connector takes 443 and 80 if they are free, else counts up.
 */
const siteProperties = ['SITENAME', 'SITEMODE', 'VIRTUALDIRECTORY', 'HTTPSPORT', 'HTTPPORT', 'APPPOOL'];
const siteDefaults = { SITENAME: 'SCIMConnector', SITEMODE: 'Site', VIRTUALDIRECTORY: 'SCIMConnector' };

/** Every sample: version, variant, product code, package code. */
export const packages = [
  ['3.2.0', 'none', '{A6B12517-DA21-4282-9F6E-7E0E7E90427C}', '{41F1946D-EF9B-4D64-A93B-0E8747FCE287}'],
  ['4.1.0', 'none', '{48247BF4-CDF2-45FF-B99B-1EB3243CC2E0}', '{6C95597D-4BF5-441B-A9D7-786E5DA6AB45}'],
  ['4.3.0', 'none', '{B9D63D3B-69A2-485C-A4B7-4D42229428D8}', '{611E29A6-294B-4286-A47B-91641F8CF99C}'],
  ['4.4.4', 'none', '{15D14DF3-61A2-40EC-80F4-861B58407587}', '{CADEBD3E-CDF4-4C66-AEEA-342994C41193}'],
  ['5.0.0', 'none', '{50B4B0A5-2E0D-4C0B-8F55-6A1D6B9C0E17}', '{70823489-E864-4CAE-93F4-276E57D18ACA}'],
  ['4.4.5', 'fails-old-kept', '{4F44BED1-F5F4-413E-8EB9-C5EBE86B3FF5}', '{0B1C7E65-92C3-4A52-8E0B-51C9F0D3A7E4}'],
  ['4.4.5', 'fails-old-gone', '{31D2C7C2-6A9A-45D6-B432-09FD6BFC1608}', '{1F3A9D27-5B60-4E7B-A9C8-7D24E6B0813C}'],
  ['4.4.5', 'asks-reboot', '{D79AFFB7-4040-45D9-9523-81875F337F99}', '{2C8E4B91-07D5-4F36-B1E2-93A5C7F61D08}'],
  ['4.4.5', 'loses-config', '{BD349220-A524-4170-A570-AB9DB9430AD4}', '{3D9F5CA2-18E6-4047-82F3-A4B6D8072E19}'],
  ['2.5.0', 'none', '{11730737-BEC3-418F-93FC-142921680701}', '{48824561-9A7B-418A-AA2C-09B97A6750E4}'],
  ['4.4.4.1', 'none', '{0643D118-2B00-45B5-8865-FB866DA105F1}', '{BF1F430F-80A8-4DE4-86F2-05F2BA53BBC3}'],
  ['4.1.0', 'x86', '{CEC50378-9943-40D7-9EC2-BC107C8A0BB5}', '{8FB203AA-B1D8-475C-8446-777FD1854167}'],
  ['4.1.0', 'cabinet-beside', '{E3D1A1B6-5B0C-4F0D-9C55-2C7B64B7F0A1}', '{C0A8F6D4-3E2B-4B7A-8D91-5F6E7A8B9C02}'],
].map(([version, variant, productCode, packageCode]) => {
  const platform = variant === 'x86' ? 'x86' : 'x64';
  return { version, variant, platform, productCode, packageCode };
});

/** The file name of a sample. */
export const nameOf = ({ version, variant }) =>
  `SCIMConnector-${version}${variant === 'none' ? '' : `-${variant}`}.msi`;

/** The file name of the cabinet that a sample keeps beside itself; null where it embeds it. */
export const cabinetBeside = (one) => (one.variant === 'cabinet-beside' ? nameOf(one).replace(/\.msi$/, '.cab') : null);

/** A version with the four fields that the version of a file has. */
export const fileVersion = (version) => [...version.split('.'), '0'].slice(0, 4).join('.');

/** The first field of a version. */
export const major = (version) => Number(version.split('.')[0]);

/** Whether a version is the other one or newer. */
export const atLeast = (version, other) => version.localeCompare(other, 'en', { numeric: true }) >= 0;

/** SQL for what wixl has no elements for: file names in both forms, public properties, NeverOverwrite, versions. */
export function queriesFor({ version, variant, platform }) {
  const modern = major(version) >= 4;
  const rename = (table, key, column, row, name) => `UPDATE ${table} SET ${column} = '${name}' WHERE ${key} = '${row}'`;
  const names = Object.entries(modern ? { ...longNames, ...longNames4 } : longNames);
  const preset = (property, value) => `INSERT INTO Property (Property, Value) VALUES ('${property}', '${value}')`;
  const properties = modern
    ? ['INSTALLDIR', 'INSTANCEMODE', 'PASSPHRASE', 'SHAREDFOLDER', ...siteProperties]
    : ['INSTALLDIR'];
  const found = modern ? 'OLDERFOUND;NEWERFOUND;BELOW4FOUND' : 'OLDERFOUND;NEWERFOUND';
  return [
    ...names.map(([row, name]) => rename('File', 'File', 'FileName', row, name)),
    rename('Directory', 'Directory', 'DefaultDir', 'INSTALLDIR', 'SCIMCO~1|SCIMConnector'),
    rename('Directory', 'Directory', 'DefaultDir', 'ResponsesFolder', 'RESPON~1|Responses'),
    `UPDATE Property SET Value = '${found};${properties.join(';')}' WHERE Property = 'SecureCustomProperties'`,
    ...(modern ? [preset('INSTANCEMODE', 'Single'), preset('MsiHiddenProperties', 'PASSPHRASE')] : []),
    ...(modern ? Object.entries(siteDefaults).map(([property, value]) => preset(property, value)) : []),
    // Kept when it is there already, as the vendor's 4.x keeps its settings over an upgrade; all else is always laid down.
    `UPDATE Component SET Attributes = ${platform === 'x64' ? 384 : 128} WHERE Component = 'Settings'`, // 256: 64 bits, 128: NeverOverwrite
    preset('REINSTALLMODE', 'amus'),
    ...removeOldAfterFiles,
    `UPDATE File SET Version = '${fileVersion(version)}', Language = '1033' WHERE File = 'SCIMConnector.dll'`,
    "DELETE FROM MsiFileHash WHERE File_ = 'SCIMConnector.dll'", // hashes are for files without a version
    ...variants[variant],
  ];
}
