import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifestText } from '../../src/core/backup.ts';
import type { Facts, Reading } from '../../src/core/facts.ts';
import { factsSchema, readerSchema } from '../../src/core/facts-schema.ts';
import { detect, sddlOf } from '../../src/machine/detect.ts';
import type { Disk } from '../../src/machine/disk.ts';
import { sha256Of } from '../../src/machine/read-files.ts';
import { type PackageContent, productReader, type ReadPackage } from '../../src/machine/read-products.ts';
import { applicationHostConfig, encryptedPassword } from './application-host-config.ts';
import { diskIn, newFolder } from './folders.ts';
import { cachedPackage, connectorFolder, readerDocument } from './reader-document.ts';

const sddl = 'O:BAG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)';
const apiKey = 'key-0123456789';
const settings = `{ "Api": { "Key": "${apiKey}", "Retries": 8812345 } }`;
const hostConfig = 'C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config';
const backup = 'C:\\ProgramData\\ScimSetup\\backups\\1';
const packages = 'C:\\ProgramData\\ScimSetup\\packages';
const lookFor = { upgradeCodes: ['{66666666-7777-8888-9999-AAAAAAAAAAAA}', '{B}'], backup, packages };
const parts = [
  'machine',
  'restart',
  'installer',
  'features',
  'hosting',
  'iis',
  'products',
  'config',
  'shared',
  'folders',
  'kept',
] as const;

/** What the connector's cached package holds. */
const content: PackageContent = {
  productCode: '{11111111-2222-3333-4444-555555555555}',
  productVersion: '4.1.0',
  files: ['SCIM.dll', 'appsettings.json', 'bin\\Gone.dll'].map((path) => ({ path, size: 1, version: null })),
  defaults: { 'appsettings.json': { '/Api/Key': sha256Of('""') } },
  externalCabinets: [],
  properties: ['INSTALLDIR'],
};

/** The C: of a server with the connector, a backup of its settings, one kept package and one that was cut off. */
async function givenDisk(): Promise<Disk> {
  const disk = diskIn(await newFolder());
  await disk.write(hostConfig, applicationHostConfig);
  await disk.write(cachedPackage, 'the cached package');
  await disk.write(`${connectorFolder}\\appsettings.json`, settings);
  await disk.write(`${connectorFolder}\\web.config`, '<configuration><!-- 8712 --></configuration>');
  await disk.write(`${connectorFolder}\\scim.dll`, 'code');
  await disk.write(`${connectorFolder}\\Responses\\User.json`, '{ "map": "userName-9917" }');
  await disk.write(`${backup}\\0`, settings);
  await disk.write(`${backup}\\1`, 'damaged');
  const changedAt = '2026-08-20T09:00:00.0000000Z';
  const details = { size: settings.length, createdAt: changedAt, changedAt, attributes: ['Archive'] };
  const file = { role: 'settings', sha256: sha256Of(settings), sddl, ...details } as const;
  const files = ['appsettings.json', 'web.config'].map((name, index) => ({
    ...file,
    path: `${connectorFolder}\\${name}`,
    stored: `${index}`,
  }));
  const nothing = { versions: [], sites: [], pools: [], certificates: [] };
  const parts = { takenAt: '2026-08-20T09:00:00Z', server: 'SCIM01', files, ...nothing };
  await disk.write(`${backup}\\manifest.json`, manifestText(parts, sha256Of));
  await disk.write(`${packages}\\${'a'.repeat(64)}\\SCIMConnector-4.1.0.msi`, 'kept');
  await disk.write(`${packages}\\${'b'.repeat(64)}\\SCIMConnector-4.4.4.msi.partial`, 'cut off');
  return disk;
}

type Given = {
  readonly disk?: Disk;
  readonly folders?: readonly string[];
  readonly again?: boolean;
  readonly asked?: string[];
  readonly packageRead?: Awaited<ReturnType<ReadPackage>>;
  readonly hasRights?: boolean;
};

/** Looks at a server whose reader answers every look with a document, and every question for rights with the same rights. */
async function look(
  document: unknown,
  { disk, folders = [], again = false, asked = [], packageRead = content, hasRights = true }: Given = {},
): Promise<Facts> {
  const used = disk ?? (await givenDisk());
  const ask = async (line: string): Promise<unknown> => {
    asked.push(line);
    const [verb, path = ''] = line.split('\t');
    const rights = hasRights || path !== hostConfig ? { known: true, value: sddl } : { known: false, why: 'no' };
    return verb === 'acl' ? { schema: 1, acl: { [path]: rights } } : structuredClone(document);
  };
  const readProducts = productReader(used, async () => packageRead);
  const expand = (path: string) => path.replace('%SystemDrive%', 'C:');
  return detect(
    { ...lookFor, folders },
    { reader: { ask }, disk: used, readProducts, systemRoot: 'C:\\Windows', expand, again },
  );
}

function known<T>(reading: Reading<T>): T {
  return reading.known ? reading.value : assert.fail(reading.why);
}

test('the facts of a server are complete, and as the document of facts is agreed', async () => {
  assert.deepEqual(readerSchema.parse(readerDocument), readerDocument);
  const facts = await look(readerDocument);
  assert.deepEqual(factsSchema.parse(facts), facts);
  assert.deepEqual(
    parts.filter((part) => !facts[part].known),
    [],
  );
  const { machine, restart, installer, features, hosting, takenAt } = facts;
  const read = { machine, restart, installer, features, hosting, takenAt };
  assert.deepEqual(readerDocument, { ...readerDocument, ...read });
});

test('sites and pools come from applicationHost.config, their states and workers from IIS', async () => {
  const iis = known((await look(readerDocument)).iis);
  assert.deepEqual(
    iis?.sites.map((site) => `${site.name}${site.application} ${site.folder} ${site.pool} ${site.state}`),
    [
      'Default Web Site/ C:\\inetpub\\wwwroot SCIMConnectorAppPool started',
      `Default Web Site/SCIMConnector ${connectorFolder} SCIMConnectorAppPool started`,
      'Intranet/ D:\\intranet Shared & Old stopped',
      'Intranet/old D:\\intranet\\old DefaultAppPool stopped',
    ],
  );
  assert.deepEqual(
    iis?.pools.map((pool) => pool.workers),
    [1, 2, 0],
  );
});

test('a folder of the connector is told with its files and its logs, whether or not a product or a site names it', async () => {
  const disk = await givenDisk();
  await disk.write(`${connectorFolder}\\LOG\\1.log`, 'a log');
  await disk.write('D:\\old\\bin\\deep\\a.dll', 'left over');
  const facts = await look(readerDocument, { disk, folders: ['D:\\old', 'D:\\empty', connectorFolder.toLowerCase()] });
  const withRights = (path: string, ...names: readonly string[]) =>
    [path, ...names.map((name) => `${path}\\${name}`)].map((one) => ({ path: one, sddl }));
  assert.deepEqual(known(facts.folders), [
    { path: connectorFolder, files: 4, logs: 1, rights: withRights(connectorFolder, 'Responses', 'Log') },
    { path: 'D:\\old', files: 1, logs: 0, rights: withRights('D:\\old') },
  ]);
});

test('the standard place is looked at, though nothing is registered there and no site points at it', async () => {
  const disk = diskIn(await newFolder());
  await disk.write(
    hostConfig,
    '<configuration><system.applicationHost><sites/></system.applicationHost></configuration>',
  );
  await disk.write('C:\\inetpub\\wwwroot\\SCIMConnector\\appsettings.json', settings);
  const facts = await look({ ...readerDocument, products: { known: true, value: [] } }, { disk });
  const path = 'C:\\inetpub\\wwwroot\\SCIMConnector';
  assert.deepEqual(known(facts.folders), [{ path, files: 1, logs: 0, rights: [{ path, sddl }] }]);
  assert.equal(known(facts.config).length, 1);
});

test('a product is completed by its folder, its cached package and the files that are gone', async () => {
  const [product, ...others] = known((await look(readerDocument)).products);
  assert.deepEqual(others, []);
  assert.equal(product?.folder, connectorFolder);
  assert.deepEqual(product?.missingFiles, ['bin\\Gone.dll']);
  assert.deepEqual(product?.cached, {
    path: cachedPackage,
    name: 'SCIMConnector-4.1.0.msi',
    sha256: sha256Of('the cached package'),
    externalCabinets: [],
    properties: ['INSTALLDIR'],
    defaults: content.defaults,
  });
  assert.deepEqual(
    [product?.packageCode, product?.packageName, product?.damaged],
    ['{22222222-3333-4444-5555-666666666666}', 'SCIMConnector-4.1.0.msi', undefined],
  );
});

test('a cached package that is gone is told apart from one that is damaged, or another one', async () => {
  const disk = await givenDisk();
  const productOf = async (packageRead: Given['packageRead'] = content) =>
    known((await look(readerDocument, { disk, packageRead })).products)[0];
  const other = { ...content, productCode: '{99999999-2222-3333-4444-555555555555}' };
  const sentences = {
    'is damaged: it has no tables': { problem: 'is damaged: it has no tables' },
    [`is the package of another product, ${other.productCode}`]: other,
    'is the package of another version, 4.1.0.7': { ...content, productVersion: '4.1.0.7' },
  };
  for (const [sentence, packageRead] of Object.entries(sentences)) {
    const product = await productOf(packageRead);
    assert.deepEqual([product?.cached, product?.damaged], [null, { path: cachedPackage, why: sentence }]);
    assert.deepEqual(product?.missingFiles, [], 'what is not its package does not tell which files are gone');
  }
  await disk.remove(cachedPackage);
  const gone = await productOf();
  assert.deepEqual([gone?.cached, gone?.damaged], [null, undefined]);
});

test('of external cabinets the names are told, and a registered name that leads elsewhere is not followed', async () => {
  const externalCabinets = [{ name: 'a.cab', found: null }];
  const [registered] = known(readerDocument.products);
  const products = { known: true, value: [{ ...registered, packageName: '..\\evil.msi' }] };
  const facts = await look({ ...readerDocument, products }, { packageRead: { ...content, externalCabinets } });
  const cached = known(facts.products)[0]?.cached;
  assert.deepEqual([cached?.externalCabinets, cached?.name], [['a.cab'], '1a2b3c.msi']);
});

test('config files are told with their role, their rights and the fingerprint of each value', async () => {
  const config = known((await look(readerDocument)).config);
  assert.deepEqual(
    config.map((file) => [file.path.slice(connectorFolder.length + 1), file.role, file.sddl]),
    [
      ['appsettings.json', 'settings', sddl],
      ['web.config', 'web.config', sddl],
      ['Responses\\User.json', 'responses', sddl],
    ],
  );
  assert.equal(config[0]?.sha256, sha256Of(settings));
  assert.deepEqual(config[0]?.values, { '/Api/Key': sha256Of(`"${apiKey}"`), '/Api/Retries': sha256Of('8812345') });
});

test('no value of a config file and no password of a pool is in the facts', async () => {
  const told = JSON.stringify(await look(readerDocument));
  for (const secret of [apiKey, '8812345', '8712', 'userName-9917', encryptedPassword, 'c2VjcmV0'])
    assert.ok(!told.includes(secret), secret);
});

test('of a backup and the kept packages only what is whole counts', async () => {
  assert.deepEqual(known((await look(readerDocument)).kept), {
    files: [{ path: `${connectorFolder}\\appsettings.json`, sha256: sha256Of(settings) }],
    packages: ['a'.repeat(64)],
  });
});

test('the reader is asked for the name and the upgrade codes, and to read features anew when DISM has run', async () => {
  const [asked, askedAgain]: [string[], string[]] = [[], []];
  await look(readerDocument, { asked });
  await look(readerDocument, { asked: askedAgain, again: true });
  const line = 'look\tSCIM ?Connector\t{66666666-7777-8888-9999-AAAAAAAAAAAA},{B}';
  assert.deepEqual([asked[0], askedAgain[0]], [line, `${line}\tagain`]);
});

test('an answer that is not as agreed leaves everything unknown that it should have told, and says why', async () => {
  const others = [{}, null, 'text', { ...readerDocument, schema: 2 }, { ...readerDocument, more: 1 }];
  for (const other of others) {
    const facts = await look(other);
    assert.deepEqual(factsSchema.parse(facts), facts);
    for (const part of ['machine', 'restart', 'installer', 'features', 'hosting', 'iis', 'products'] as const) {
      const reading = facts[part];
      assert.match(reading.known ? 'known' : reading.why, /what PowerShell answered is not as agreed: .+/);
    }
  }
});

test('where products are unknown, nothing is said of config files', async () => {
  assert.equal((await look({})).config.known, false);
});

test('a reader that dies leaves everything unknown that it should have told, with its sentence', async () => {
  const disk = await givenDisk();
  const dead = { ask: () => Promise.reject(new Error('PowerShell ended')) };
  const readProducts = productReader(disk, async () => content);
  const tools = { reader: dead, disk, readProducts, systemRoot: 'C:\\Windows', expand: String, again: false };
  const facts = await detect(lookFor, tools);
  for (const part of ['machine', 'restart', 'installer', 'features', 'hosting', 'iis', 'products'] as const)
    assert.deepEqual(facts[part], { known: false, why: 'PowerShell ended' });
});

test('one reading that fails stops no other', async () => {
  const failed = { known: false, why: 'no WMI' } as const;
  const facts = await look({ ...readerDocument, hosting: failed, products: failed });
  assert.deepEqual([facts.hosting, facts.products], [failed, failed]);
  assert.deepEqual([facts.machine.known, facts.iis.known, facts.kept.known], [true, true, true]);
});

test('without applicationHost.config IIS is unknown, and nothing else', async () => {
  const disk = await givenDisk();
  await disk.remove(hostConfig);
  const facts = await look(readerDocument, { disk });
  assert.deepEqual(facts.iis, { known: false, why: `${hostConfig} is not there` });
  assert.deepEqual(
    parts.filter((part) => !facts[part].known),
    ['iis'],
  );
});

test('an applicationHost.config that cannot be read leaves IIS unknown, with the reason', async () => {
  const disk = await givenDisk();
  await disk.write(hostConfig, '<configuration />');
  const facts = await look(readerDocument, { disk });
  assert.deepEqual(facts.iis, { known: false, why: 'applicationHost.config has no system.applicationHost' });
});

test('sites and pools are known by their text where that can be put back', async () => {
  const iis = known((await look(readerDocument)).iis);
  assert.deepEqual(iis?.hostConfig, { path: hostConfig, sddl });
  const own = iis?.pools.find((pool) => pool.name === 'SCIMConnectorAppPool');
  const text = /<add name="SCIMConnectorAppPool"[\s\S]*?<\/add>/.exec(applicationHostConfig)?.[0] ?? '';
  assert.equal(own?.element, sha256Of(text));
  assert.ok(iis?.sites.every((site) => /^[0-9a-f]{64}$/.test(site.element ?? '')));
});

test('the backup tells what the kept applicationHost.config has of each site and pool, if its bytes are those of the manifest', async () => {
  const disk = await givenDisk();
  const stored = `${sha256Of(applicationHostConfig).slice(0, 16)}-applicationHost.config`;
  const details = { size: 1, createdAt: '', changedAt: '', attributes: [] };
  const host = { path: hostConfig, sha256: sha256Of(applicationHostConfig), ...details, sddl, stored };
  const nothing = { versions: [], sites: [], pools: [], certificates: [], files: [] };
  const text = manifestText({ takenAt: '', server: '', ...nothing, host }, sha256Of);
  await disk.write(`${backup}\\manifest.json`, text);
  await disk.write(`${backup}\\${stored}`, applicationHostConfig);
  const facts = await look(readerDocument, { disk });
  const kept = known(facts.kept).host;
  const iis = known(facts.iis);
  assert.deepEqual([kept?.path, kept?.sha256], [hostConfig, host.sha256]);
  assert.deepEqual(
    kept?.pools.map((one) => one.element),
    iis?.pools.map((one) => one.element),
  );
  assert.deepEqual(
    kept?.sites.map((one) => `${one.name}${one.application} ${one.element}`),
    iis?.sites.map((one) => `${one.name}${one.application} ${one.element}`),
  );
  assert.deepEqual(factsSchema.parse(facts), facts);
  await disk.write(`${backup}\\${stored}`, `${applicationHostConfig} `);
  assert.equal(known((await look(readerDocument, { disk })).kept).host, undefined);
});

test('they are not where the file is shared with other servers, is no UTF-8, or does not show its rights', async () => {
  const disk = await givenDisk();
  const latin = applicationHostConfig.slice(1).replace('<webLimits />', '<!-- f\u00fcr alle -->');
  await disk.write(hostConfig, Buffer.from(latin, 'latin1'));
  const shared = { ...known(readerDocument.iis), sharedConfiguration: 'C:\\Windows\\System32\\inetsrv\\config' };
  for (const facts of [
    await look(readerDocument, { disk }),
    await look(readerDocument, { hasRights: false }),
    await look({ ...readerDocument, iis: { known: true, value: shared } }),
  ]) {
    const iis = known(facts.iis);
    assert.deepEqual([iis?.hostConfig, iis?.sites[0]?.element, iis?.pools.length], [undefined, undefined, 3]);
  }
});

test('a shared configuration is read where it lies', async () => {
  const disk = await givenDisk();
  await disk.remove(hostConfig);
  await disk.write('C:\\shared\\applicationHost.config', applicationHostConfig);
  const iis = { ...known(readerDocument.iis), sharedConfiguration: 'C:\\shared' };
  const facts = await look({ ...readerDocument, iis: { known: true, value: iis } }, { disk });
  assert.equal(known(facts.iis)?.sites.length, 4);
});

test('a server without IIS is known to have none, and its applicationHost.config is not asked for', async () => {
  const disk = await givenDisk();
  await disk.remove(hostConfig);
  const facts = await look({ ...readerDocument, iis: { known: true, value: null } }, { disk });
  assert.deepEqual(facts.iis, { known: true, value: null });
});

test('config files whose rights cannot be read are unknown, with the path and the reason', async () => {
  const path = 'C:\\a.json';
  const answering = (answer: unknown) => ({ reader: { ask: async () => answer } });
  const refused = { acl: { [path]: { known: false, why: 'access is denied' } } };
  await assert.rejects(sddlOf(path, answering(refused)), /the access rights of C:\\a\.json: access is denied/);
  await assert.rejects(sddlOf(path, answering({ error: 'x' })), /the access rights of C:\\a\.json: no answer/);
});
