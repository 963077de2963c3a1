import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Facts, ReaderDocument, Reading } from '../../src/core/facts.ts';
import { readerSchema } from '../../src/core/facts-schema.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import { filesBelow, hostPath } from './drive.ts';
import { type Lab, openLab } from './lab.ts';
import { type Ended, windowsPath } from './wine.ts';
import { connectorFolder, installedConnectors } from './witness.ts';

const powershell = 'C:\\windows\\system32\\WindowsPowerShell\\v1.0\\powershell.exe';
const scripts = windowsPath(fileURLToPath(new URL('../../scripts', import.meta.url)));
const services = 'HKLM\\SYSTEM\\CurrentControlSet\\Services';

describe('the scripts on a real registry', () => {
  let lab: Lab;
  let shown: Facts;
  before(async () => {
    lab = await openLab({ scenario: 'scim-4.1' });
    const sandbox = await openSandbox(join(lab.wine.folder, 'server'));
    assert.ok('machine' in sandbox);
    shown = await sandbox.machine.look({ upgradeCodes: [], backup: null, packages: 'C:\\packages' });
  });
  after(() => lab.close());

  const run = (script: string, args: readonly string[] = [], input = ''): Ended => {
    const switches = ['-NoLogo', '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass'];
    return lab.wine.start(powershell, [...switches, '-File', `${scripts}\\${script}`, ...args], input);
  };
  const answers = (...lines: readonly string[]): unknown[] => {
    const { code, stdout } = run('Get-ScimFacts.ps1', [], lines.map((line) => `${line}\n`).join(''));
    assert.equal(code, 0);
    return stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  };
  const looks = (...lines: readonly string[]): ReaderDocument[] =>
    answers(...lines).map((document) => readerSchema.parse(document));
  const look = (): ReaderDocument => {
    const [document] = looks('look\tSCIM ?Connector\t');
    assert.ok(document);
    return document;
  };

  it('read IIS, the hosting bundle and the features as the lab shows them', () => {
    const found = look();
    assert.deepEqual(known(found.features), known(shown.features));
    assert.deepEqual(sorted(known(found.hosting)), sorted(known(shown.hosting)));
    const { siteStates, poolStates, workers, ...iis } = known(found.iis) ?? assert.fail('no IIS');
    const { sites, pools, hostConfig: _hostConfig, ...expected } = known(shown.iis) ?? assert.fail('no IIS');
    assert.deepEqual(sorted(iis), sorted(expected));
    assert.deepEqual(siteStates, Object.fromEntries(sites.map((site) => [site.name, site.state])));
    assert.deepEqual(poolStates, Object.fromEntries(pools.map((pool) => [pool.name, pool.state])));
    assert.equal(
      workers.length,
      pools.reduce((sum, pool) => sum + pool.workers, 0),
    );
  });

  it('read the product that the real msiexec registered, with every key file on the disk', () => {
    const [product, ...others] = known(look().products);
    assert.ok(product);
    assert.deepEqual(others, []);
    assert.deepEqual(installedConnectors(lab.wine), [`${product.name} ${product.version}`]);
    assert.deepEqual([product.context, product.bits, product.packageName], ['machine', 64, 'SCIMConnector-4.1.0.msi']);
    assert.equal(product.packageCode, '{6C95597D-4BF5-441B-A9D7-786E5DA6AB45}', 'that of the sample');
    const onDisk = filesBelow(hostPath(lab.wine.drive, connectorFolder)).map((name) => `${connectorFolder}\\${name}`);
    assert.ok(product.keyPaths.length > 0);
    for (const path of product.keyPaths)
      assert.ok(
        onDisk.some((one) => sameName(one, path)),
        path,
      );
  });

  it('find a product by its upgrade code, and none when neither name nor code fits', () => {
    const [product] = known(look().products);
    const [byCode, none] = looks(`look\t^nothing$\t${product?.upgradeCode}`, 'look\t^nothing$\t');
    assert.deepEqual(byCode && known(byCode.products), [product]);
    assert.deepEqual(none && known(none.products), []);
  });

  it('give the same answer the second time, and see what has changed in between', () => {
    const [first, second] = looks('look\tSCIM\t', 'look\tSCIM\t');
    assert.deepEqual({ ...second, takenAt: '' }, { ...first, takenAt: '' });
    const inProgress = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Installer\\InProgress';
    lab.wine.tool('reg', ['add', inProgress, '/f']);
    assert.equal(known(look().installer).suspended, true);
    lab.wine.tool('reg', ['delete', inProgress, '/f']);
    assert.equal(known(look().installer).suspended, false);
  });

  it('are not stopped by a half-registered product', () => {
    const data = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\S-1-5-18\\Products';
    lab.wine.tool('reg', ['add', `${data}\\0123456789ABCDEF0123456789ABCDEF`, '/f']);
    assert.equal(known(look().products).length, 1);
  });

  it('read who may use a file, and say which file is not there', () => {
    const [document] = answers(`acl\t${connectorFolder}\\appsettings.json\tC:\\no`);
    const { acl } = document as { acl: Record<string, Reading<string>> };
    const settings = acl[`${connectorFolder}\\appsettings.json`];
    assert.match(settings?.known ? settings.value : '', /^O:.+G:.+D:/);
    assert.deepEqual(acl['C:\\no'], { known: false, why: 'there is no file C:\\no' });
  });

  it('say why a security descriptor could not be applied', () => {
    const wrong = run('Set-ScimFile.ps1', ['-Path', `${connectorFolder}\\appsettings.json`, '-Sddl', 'nonsense']);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stdout, /could not be set: .+/);
    const absent = run('Set-ScimFile.ps1', ['-Path', 'C:\\no', '-Sddl', 'D:']);
    assert.deepEqual([absent.code, absent.stdout.trim()], [1, 'There is no file C:\\no.']);
  });

  describe('Restart-Iis.ps1', () => {
    /** A server whose services stay as they are, whatever `net` is told. */
    const holdServices = (states: Readonly<Record<string, string>>): void => {
      const file = join(lab.wine.folder, 'held.json');
      const held = Object.entries(states).map(([Name, State]) => ({ Name, State, ProcessId: 0 }));
      writeFileSync(file, JSON.stringify({ Win32_Service: held }));
      lab.wine.environment({ SCIM_SETUP_LAB_CIM: windowsPath(file) });
    };

    it('says that WAS could not be stopped', () => {
      holdServices({ WAS: 'Running', W3SVC: 'Running' });
      const { code, stdout } = run('Restart-Iis.ps1');
      assert.equal(code, 1);
      assert.match(stdout, /WAS could not be stopped/);
    });

    it('says which services do not run again', () => {
      holdServices({ WAS: 'Stopped', W3SVC: 'Stopped' });
      const { code, stdout } = run('Restart-Iis.ps1');
      assert.equal(code, 1);
      assert.match(stdout, /are to run, and do not: W3SVC\./);
    });

    it('says that there is no IIS', () => {
      lab.wine.tool('reg', ['delete', `${services}\\WAS`, '/f']);
      const { code, stdout } = run('Restart-Iis.ps1');
      assert.equal(code, 1);
      assert.match(stdout, /IIS is not on this server/);
    });
  });
});

function known<T>(reading: Reading<T>): T {
  assert.ok(reading.known, reading.known ? '' : reading.why);
  return reading.value;
}

const sameName = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();

/** The same value with every list in one order: the registry has an order of its own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => JSON.stringify(sorted(one))).sort();
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, one]) => [key, sorted(one)])
      .sort(),
  );
}
