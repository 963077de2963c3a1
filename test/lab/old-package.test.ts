import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { filesBelow, hostPath } from './drive.ts';
import { type Lab, labFor, sample } from './lab.ts';
import { windowsPath } from './wine.ts';
import { connectorFolder, filesUnder, installedConnectors } from './witness.ts';

const bundle = ['--hosting-bundle', sample('dotnet-hosting-6.0.36-win.exe')];
const withCabinet = 'SCIMConnector-4.1.0-cabinet-beside';
const packages = 'C:\\ProgramData\\ScimSetup\\packages';

/** Windows Installer's own copies of packages. */
function cachedPackages({ wine }: Lab): readonly string[] {
  const folder = hostPath(wine.drive, 'C:\\windows\\Installer');
  return filesBelow(folder)
    .filter((name) => /\.msi$/i.test(name))
    .map((name) => join(folder, ...name.split('\\')));
}

it("where Windows Installer kept no cabinet, a failed upgrade is refused, or ends as before by the operator's package", async (test) => {
  const lab = await labFor(test, 'external-cabinet');
  const desk = join(lab.wine.folder, 'desk');
  mkdirSync(desk);
  for (const kind of ['msi', 'cab']) cpSync(hostOf(sample(`${withCabinet}.${kind}`)), join(desk, `old.${kind}`));
  cpSync(join(desk, 'old.cab'), join(desk, `${withCabinet}.cab`));
  const before = filesUnder(lab.wine, connectorFolder);
  const failing = ['apply', '--msi', sample('SCIMConnector-4.4.5-fails-old-gone.msi'), ...bundle];

  const refused = lab.run(failing);
  assert.equal(refused.code, 21, refused.gist);
  assert.match(refused.gist, /finding no-way-back: .* without its cabinets/);
  assert.deepEqual(filesUnder(lab.wine, connectorFolder), before);

  const ran = lab.run([...failing, '--old-msi', windowsPath(join(desk, 'old.msi'))]);
  assert.equal(ran.code, 22, ran.gist);
  assert.deepEqual(installedConnectors(lab.wine), ['SCIM Connector 4.1.0']);
  assert.deepEqual(filesUnder(lab.wine, connectorFolder), before);
  const kept = Object.keys(filesUnder(lab.wine, packages)).filter((name) => name.includes('cabinet-beside'));
  assert.deepEqual(
    kept.map((name) => name.split('\\').at(-1)).sort(),
    [`${withCabinet}.cab`, `${withCabinet}.msi`],
    'under the registered name',
  );
});

it("a damaged package that Windows Installer kept is told, and serves again after it got the operator's", async (test) => {
  const lab = await labFor(test, 'scim-4.1');
  const [cached, ...others] = cachedPackages(lab);
  assert.ok(cached);
  assert.deepEqual(others, []);
  truncateSync(cached, readFileSync(cached).length >> 1);
  const upgrade = ['apply', '--msi', sample('SCIMConnector-4.4.4.msi'), ...bundle];
  const refused = lab.run(upgrade);
  assert.equal(refused.code, 21, refused.gist);
  assert.match(refused.gist, /finding package-lost: .* is damaged/);

  const ran = lab.run([...upgrade, '--old-msi', sample('SCIMConnector-4.1.0.msi')]);
  assert.equal(ran.code, 0, ran.gist);
  assert.ok(
    ran.json.steps?.some((step) => step.step.kind === 'connector.recache' && step.ok),
    ran.gist,
  );
  assert.deepEqual(installedConnectors(lab.wine), ['SCIM Connector 4.4.4']);
});

it('without its cabinet beside it a package is not installed by the real msiexec either', async (test) => {
  const lab = await labFor(test, 'iis-only');
  const alone = join(lab.wine.folder, 'alone');
  mkdirSync(alone);
  test.after(() => rmSync(alone, { recursive: true, force: true }));
  const name = `${withCabinet}.msi`;
  cpSync(hostOf(sample(name)), join(alone, name));
  const install = () =>
    lab.wine.start('C:\\windows\\system32\\msiexec.exe', ['/i', windowsPath(join(alone, name)), '/qn', 'ALLUSERS=1'])
      .code;
  assert.equal(install(), 1603);
  assert.deepEqual(installedConnectors(lab.wine), []);
  cpSync(hostOf(sample(`${withCabinet}.cab`)), join(alone, `${withCabinet}.cab`));
  assert.equal(install(), 0);
  assert.deepEqual(installedConnectors(lab.wine), ['SCIM Connector 4.1.0']);
});

/** The host's path of a file that Windows sees on drive Z:. */
function hostOf(path: string): string {
  return path.slice(2).replaceAll('\\', '/');
}
