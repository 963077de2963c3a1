import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleNames, samplePackage } from '../msi/sources.ts';

/** The sequence of each action, by the package's own table. */
async function sequencesOf(name: string): Promise<ReadonlyMap<string, number>> {
  const rows = (await samplePackage(name)).rows('InstallExecuteSequence');
  return new Map(rows.map((row) => [String(row.Action), Number(row.Sequence)]));
}

const order = (sequences: ReadonlyMap<string, number>, ...actions: readonly string[]) => {
  const found = actions.map((action) => sequences.get(action) ?? Number.NaN);
  assert.ok(!found.includes(Number.NaN), actions.join(', '));
  assert.deepEqual(
    found,
    found.toSorted((a, b) => a - b),
    `${actions.join(', ')}: ${found.join(', ')}`,
  );
};

const good = sampleNames.filter((name) => !name.includes('4.4.5'));

for (const name of [...good, 'SCIMConnector-4.4.5-asks-reboot.msi']) {
  test(`${name} lays down its files before it removes the old product, and registers itself last`, async () => {
    const sequences = await sequencesOf(name);
    order(
      sequences,
      'InstallInitialize',
      'ProcessComponents',
      'InstallFiles',
      'InstallExecute',
      'RemoveExistingProducts',
      'RegisterProduct',
      'PublishProduct',
      'InstallFinalize',
    );
  });
}

test('the sample that keeps the old product fails before it would remove it', async () => {
  order(
    await sequencesOf('SCIMConnector-4.4.5-fails-old-kept.msi'),
    'InstallInitialize',
    'FailOnPurpose',
    'InstallFiles',
    'RemoveExistingProducts',
  );
});

test('the sample that leaves no product removes the old one outside the transaction, then fails', async () => {
  order(
    await sequencesOf('SCIMConnector-4.4.5-fails-old-gone.msi'),
    'InstallValidate',
    'RemoveExistingProducts',
    'InstallInitialize',
    'FailOnPurpose',
    'InstallFiles',
  );
});

test('the sample that asks for a restart does so after it is installed', async () => {
  order(await sequencesOf('SCIMConnector-4.4.5-asks-reboot.msi'), 'InstallFinalize', 'ScheduleReboot');
});

const neverOverwrite = 128;

test('every sample keeps settings that are there, but the one that loses them', async () => {
  for (const name of sampleNames) {
    const settings = (await samplePackage(name)).rows('Component').find((row) => row.Component === 'Settings');
    const keeps = (Number(settings?.Attributes) & neverOverwrite) !== 0;
    assert.equal(keeps, name !== 'SCIMConnector-4.4.5-loses-config.msi', name);
  }
});

test('the sample that loses settings removes the old product, and with it the file, before it lays down its own', async () => {
  order(
    await sequencesOf('SCIMConnector-4.4.5-loses-config.msi'),
    'RemoveExistingProducts',
    'InstallInitialize',
    'InstallFiles',
  );
});

test('the samples of one platform share one upgrade code, and no two a product or package code', async () => {
  const all = await Promise.all(sampleNames.map(samplePackage));
  const values = (property: string) =>
    all.map((one) => one.rows('Property').find((row) => row.Property === property)?.Value);
  const families = values('UpgradeCode').map((code, index) => `${all[index]?.summary.platform} ${code}`);
  assert.equal(new Set(families).size, new Set(all.map((one) => one.summary.platform)).size);
  assert.equal(new Set(values('UpgradeCode')).size, new Set(families).size);
  assert.equal(new Set(values('ProductCode')).size, all.length);
  assert.equal(new Set(all.map((one) => one.summary.packageCode)).size, all.length);
});

test("every sample says that it is not the vendor's", async () => {
  for (const name of sampleNames) {
    const { summary, rows } = await samplePackage(name);
    assert.match(summary.comments, /Not the vendor's package/);
    assert.ok(
      rows('Property').some((row) => row.Property === 'Manufacturer' && String(row.Value).includes('not Delinea')),
    );
  }
});

test('every sample from 4.0 on lets the operator choose where it is served, and no older one does', async () => {
  const names = ['SITENAME', 'SITEMODE', 'VIRTUALDIRECTORY', 'HTTPSPORT', 'HTTPPORT', 'APPPOOL'];
  for (const name of sampleNames) {
    const rows = (await samplePackage(name)).rows('Property');
    const secure = String(rows.find((row) => row.Property === 'SecureCustomProperties')?.Value).split(';');
    const isModern = !/-[23]\./.test(name);
    for (const one of names) assert.equal(secure.includes(one), isModern, `${name}: ${one}`);
  }
});

test('the sample for 32 bits shares no component with the one for 64', async () => {
  const components = async (name: string) =>
    (await samplePackage(name))
      .rows('Component')
      .map((row) => ({ id: row.ComponentId, bits: Number(row.Attributes) & 256 }));
  const [narrow, wide] = [await components('SCIMConnector-4.1.0-x86.msi'), await components('SCIMConnector-4.1.0.msi')];
  assert.deepEqual([...new Set(narrow.map((one) => one.bits))], [0]);
  assert.deepEqual([...new Set(wide.map((one) => one.bits))], [256]);
  for (const { id } of narrow) assert.ok(!wide.some((one) => one.id === id), String(id));
});
