import assert from 'node:assert/strict';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { apply, uninstall } from '../../src/commands/apply.ts';
import type { Request } from '../../src/commands/request.ts';
import { placesRoot } from '../../src/core/places.ts';
import type { RunReport } from '../../src/core/report.ts';
import { SetupError } from '../../src/core/setup-error.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { Killed } from '../../src/sandbox/fault.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import type { SandboxMachine } from '../../src/sandbox/sandbox-machine.ts';
import { saveServer } from '../../src/sandbox/server.ts';
import { msiexec } from '../../src/sandbox/tools/msiexec.ts';
import { newFolder, treeOf } from '../cli/program.ts';
import { asked, bundle, doorsOf, givenServer, sample } from '../given.ts';
import { connectorFolder, known, look } from '../sandbox/on-server.ts';

const withCabinet = 'SCIMConnector-4.1.0-cabinet-beside';
const withBundle = { hostingBundle: sample(bundle) };
const failing = ['SCIMConnector-4.4.5-fails-old-kept.msi', 'SCIMConnector-4.4.5-fails-old-gone.msi'];

/** The operator's own copies of packages, in a folder of their own. */
async function desk(...names: readonly string[]): Promise<string> {
  const folder = await newFolder();
  for (const name of names) await copyFile(sample(name), join(folder, name));
  return folder;
}

/** The package with a cabinet beside it, on a desk. */
async function oldPackage(): Promise<{ readonly folder: string; readonly oldMsi: string; readonly cabinet: string }> {
  const folder = await desk(`${withCabinet}.msi`, `${withCabinet}.cab`);
  return { folder, oldMsi: join(folder, `${withCabinet}.msi`), cabinet: join(folder, `${withCabinet}.cab`) };
}

function request(msi: string | null, more: Partial<Request> = {}): Request {
  return asked(msi === null ? 'uninstall' : 'apply', msi, { ...(msi === null ? {} : withBundle), ...more });
}

const findings = (report: RunReport) => report.findings.filter((one) => one.stops !== 'never').map((one) => one.id);

/** The bytes of the connector's folder, by hash. */
async function filesOf(machine: Machine, folder = connectorFolder): Promise<Record<string, string | null>> {
  const all: Record<string, string | null> = {};
  for (const name of await machine.list(folder)) {
    const path = `${folder}\\${name.replace(/\\$/, '')}`;
    if (name.endsWith('\\')) Object.assign(all, await filesOf(machine, path));
    else all[path] = await machine.hash(path);
  }
  return all;
}

const versions = async (machine: SandboxMachine) => known((await look({ machine })).products).map((one) => one.version);

/** The same machine with some doors replaced. */
function replacing(machine: Machine, doors: Partial<Machine>): Machine {
  return new Proxy(machine, {
    get: (target, name) => {
      if (Object.hasOwn(doors, name)) return Reflect.get(doors, name);
      const own: unknown = Reflect.get(target, name, target);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}

/** The folder of a kept package, and what lies in it. */
async function keptAs(
  machine: Machine,
  name: string,
): Promise<{ readonly folder: string; readonly names: readonly string[] }> {
  const packages = `${placesRoot}\\packages`;
  for (const hash of await machine.list(packages)) {
    const folder = `${packages}\\${hash.replace(/\\$/, '')}`;
    const names = await machine.list(folder);
    if (names.includes(name)) return { folder, names };
  }
  return assert.fail(`${name} is not kept`);
}

for (const msi of failing) {
  test(`where Windows has not kept the cabinet, ${msi} is refused for there is no way back`, async () => {
    const { machine, folder } = await givenServer('external-cabinet');
    const before = await treeOf(join(folder, 'c'));
    const report = await apply(request(msi), doorsOf(machine));
    assert.deepEqual([report.exitCode, findings(report)], [21, ['no-way-back']]);
    const [finding] = report.findings;
    assert.match(finding?.message ?? '', /without its cabinets SCIMConnector-4\.1\.0-cabinet-beside\.cab/);
    assert.match(finding?.hint ?? '', /--old-msi/);
    assert.deepEqual(await treeOf(join(folder, 'c')), before);
  });

  test(`where Windows has not kept the cabinet and ${msi} fails, the old version runs again as it was, by the operator's package`, async () => {
    const { machine } = await givenServer('external-cabinet');
    const before = await filesOf(machine);
    const { oldMsi, cabinet } = await oldPackage();
    const report = await apply(request(msi, { oldMsi }), doorsOf(machine));
    assert.equal(report.exitCode, 22, report.message);
    assert.deepEqual(await versions(machine), ['4.1.0']);
    assert.deepEqual(await filesOf(machine), before);
    const site = known((await look({ machine })).iis)?.pools.find((one) => /scim/i.test(one.name));
    assert.equal(site?.state, 'started');
    const { folder, names } = await keptAs(machine, `${withCabinet}.msi`);
    assert.deepEqual(names, [`${withCabinet}.cab`, `${withCabinet}.msi`]);
    for (const [name, given] of [
      [`${withCabinet}.msi`, oldMsi],
      [`${withCabinet}.cab`, cabinet],
    ] as const)
      assert.deepEqual(Buffer.from((await machine.read(`${folder}\\${name}`)) ?? []), await readFile(given), name);
  });
}

test('an upgrade that works needs the old package only beforehand, and the second run changes nothing', async () => {
  const { machine } = await givenServer('external-cabinet');
  const { oldMsi } = await oldPackage();
  const given = request('SCIMConnector-4.4.4.msi', { oldMsi });
  assert.equal((await apply(given, doorsOf(machine))).exitCode, 0);
  const again = await apply(given, doorsOf(machine));
  assert.deepEqual([again.exitCode, again.end, again.changed], [0, 'nothing-to-do', false]);
});

test('a damaged package that Windows keeps stops an upgrade, and the reason is told', async () => {
  const { machine } = await givenServer('damaged-package');
  const report = await apply(request('SCIMConnector-4.4.4.msi'), doorsOf(machine));
  assert.deepEqual([report.exitCode, findings(report)], [21, ['package-lost', 'no-way-back']]);
  for (const { message, hint } of report.findings.filter((one) => one.stops !== 'never')) {
    assert.match(message, /C:\\Windows\\Installer\\[0-9a-f]+\.msi is damaged/);
    assert.match(hint, /--old-msi/);
  }
});

for (const [scenario, msi, end] of [
  ['damaged-package', 'SCIMConnector-4.4.4.msi', 0],
  ['damaged-package', 'SCIMConnector-4.4.5-fails-old-gone.msi', 22],
  ['damaged-package', 'SCIMConnector-4.4.5-fails-old-kept.msi', 22],
  ['damaged-package', null, 0],
] as const) {
  test(`on ${scenario}, ${msi ?? 'an uninstallation'} ends with ${end} by the operator's package, whatever its file is called`, async () => {
    const { machine } = await givenServer(scenario);
    const before = await filesOf(machine);
    const place = await desk();
    const oldMsi = join(place, 'from the safe.msi');
    await copyFile(sample('SCIMConnector-4.1.0.msi'), oldMsi);
    const run = msi === null ? uninstall : apply;
    const report = await run(request(msi, { oldMsi }), doorsOf(machine));
    assert.equal(report.exitCode, end, report.message);
    await keptAs(machine, 'SCIMConnector-4.1.0.msi');
    const steps = report.steps.map((one) => one.step.kind);
    assert.equal(steps.includes('connector.recache'), msi !== null, steps.join());
    assert.deepEqual(await versions(machine), end === 22 ? ['4.1.0'] : msi === null ? [] : ['4.4.4']);
    if (end === 22) assert.deepEqual(await filesOf(machine), before);
  });
}

test('the folder from which a product was installed stays, whatever is run afterwards', async () => {
  const { machine } = await givenServer('iis-only');
  for (const msi of [`${withCabinet}.msi`, 'SCIMConnector-4.3.0.msi', 'SCIMConnector-4.4.4.msi', null]) {
    const accept = ['no-way-back'];
    const report = await (msi === null ? uninstall : apply)(request(msi, { accept }), doorsOf(machine));
    assert.equal(report.exitCode, 0, report.message);
    const { server } = machine;
    for (const { sourceFolder, packageName } of Object.values(server.memory.registered))
      assert.notEqual(await machine.hash(`${sourceFolder}\\${packageName}`), null, `${sourceFolder} is gone`);
  }
  await keptAs(machine, `${withCabinet}.cab`);
});

/** A connector whose package has no cabinet any more, and with it a run that has failed and could not walk back. */
async function strandedServer() {
  const { machine } = await givenServer('external-cabinet');
  const before = await filesOf(machine);
  const bad = request('SCIMConnector-4.4.5-fails-old-gone.msi', { accept: ['no-way-back'] });
  const failed = await apply(bad, doorsOf(machine));
  assert.deepEqual([failed.exitCode, await versions(machine)], [23, []], failed.message);
  return { machine, before, bad };
}

const settings = `${connectorFolder}\\appsettings.json`;
const good = 'SCIMConnector-4.4.4.msi';

test('where the old version cannot be put back, the next run goes forward once that is accepted', async () => {
  const { machine, before, bad } = await strandedServer();
  for (const again of [bad, request(good, { accept: ['no-way-back'] })]) {
    const back = await apply(again, doorsOf(machine));
    assert.deepEqual([back.exitCode, back.plan?.direction, await versions(machine)], [23, 'back', []]);
    assert.deepEqual(
      back.findings.map((one) => one.id),
      ['stranded'],
    );
    assert.match(
      back.findings[0]?.message ?? '',
      /could not put the connector back: Windows Installer keeps .* without/,
    );
  }
  const forward = await apply(request(good, { accept: ['stranded'] }), doorsOf(machine));
  assert.deepEqual([forward.exitCode, await versions(machine)], [0, ['4.4.4']], forward.message);
  assert.equal((await filesOf(machine))[settings], before[settings]);
  assert.equal((await apply(request(good), doorsOf(machine))).end, 'nothing-to-do');
});

test('where the old version cannot be put back, the connector can be uninstalled once that is accepted', async () => {
  const { machine } = await strandedServer();
  const gone = await uninstall(request(null, { accept: ['stranded'] }), doorsOf(machine));
  assert.deepEqual([gone.end, await versions(machine)], ['converged', []], gone.message);
});

test('where the old version could not be put back, its own package given leads back to it', async () => {
  const { machine, before } = await strandedServer();
  const { oldMsi } = await oldPackage();
  const back = await apply(request(good, { accept: ['stranded'], oldMsi }), doorsOf(machine));
  assert.deepEqual([back.exitCode, back.end], [22, 'failed-as-before'], back.message);
  assert.deepEqual(await filesOf(machine), before);
});

test('where somebody has put the old version back by hand, what that has saved since is what counts', async () => {
  const { machine, bad } = await strandedServer();
  const { folder } = await oldPackage();
  const { server } = machine;
  await server.drive.makeFolder('C:\\Desk');
  for (const name of [`${withCabinet}.msi`, `${withCabinet}.cab`])
    await server.drive.receive(join(folder, name), `C:\\Desk\\${name}`);
  await server.drive.makeFolder('C:\\Logs');
  const byHand = await msiexec(server, [
    '/i',
    `C:\\Desk\\${withCabinet}.msi`,
    '/qn',
    '/norestart',
    '/l*v',
    'C:\\Logs\\a.log',
    'REBOOT=ReallySuppress',
    'MSIRESTARTMANAGERCONTROL=Disable',
    'ALLUSERS=1',
  ]);
  assert.equal(byHand.code, 0);
  await saveServer(server);
  const text = new TextDecoder().decode((await machine.read(settings)) ?? undefined);
  const newer = text.replace(/("Configurations"\s*:\s*)"[^"]*"/, '$1"bmV3ZXI="');
  await machine.write(settings, new TextEncoder().encode(newer));
  const again = await apply(request(good, { accept: bad.accept }), doorsOf(machine));
  assert.deepEqual([again.exitCode, await versions(machine)], [0, ['4.4.4']], again.message);
  assert.match(new TextDecoder().decode((await machine.read(settings)) ?? undefined), /bmV3ZXI=/);
});

test('a package given for the way back counts in every later run of the chain', async () => {
  const { machine } = await givenServer('external-cabinet');
  const { oldMsi } = await oldPackage();
  const first = request('SCIMConnector-4.4.5-fails-old-gone.msi', { oldMsi });
  const dies = (at: number) =>
    withFaults(machine, { at: { tool: 'msiexec', call: at }, trouble: { kind: 'kill', effect: 'done' } });
  await assert.rejects(apply(first, doorsOf(dies(1))), Killed);
  const later = request('SCIMConnector-4.4.5-fails-old-gone.msi');
  await assert.rejects(apply(later, doorsOf(dies(1))), Killed);
  const last = await apply(later, doorsOf(machine));
  assert.deepEqual([last.end, await versions(machine)], ['failed-as-before', ['4.1.0']], last.message);
});

const unfit = [
  ['another version', 'SCIMConnector-4.3.0.msi', /its version is 4\.3\.0, not 4\.1\.0/],
  ['the same version under another product code', `${withCabinet}.msi`, /its product code is \{E3D1A1B6/],
] as const;

for (const [what, name, sentence] of unfit) {
  test(`${what} is not taken for the package of the installed one`, async () => {
    const { machine } = await givenServer('scim-4.1');
    const report = await apply(request('SCIMConnector-4.4.4.msi', { oldMsi: sample(name) }), doorsOf(machine));
    assert.deepEqual([report.exitCode, findings(report)], [21, ['old-msi-does-not-fit']]);
    assert.match(report.findings[0]?.message ?? '', sentence);
  });
}

test('the same version built anew, with another package code, is not taken for the installed one', async () => {
  const { machine } = await givenServer('scim-4.1');
  const { server } = machine;
  const [code, registered] = Object.entries(server.memory.registered)[0] ?? assert.fail();
  const packageCode = '{0A0A0A0A-0000-4000-8000-000000000000}';
  server.memory = { ...server.memory, registered: { [code]: { ...registered, packageCode } } };
  await saveServer(server);
  const given = request('SCIMConnector-4.4.4.msi', { oldMsi: sample('SCIMConnector-4.1.0.msi') });
  const report = await apply(given, doorsOf(machine));
  assert.deepEqual([report.exitCode, findings(report)], [21, ['old-msi-does-not-fit']]);
  assert.match(report.findings[0]?.message ?? '', /its package code is \{6C95597D-[^}]+\}, not \{0A0A0A0A/);
});

async function problemsOf(work: Promise<unknown>): Promise<readonly string[]> {
  const error = await work.then(
    () => assert.fail('it was let through'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof SetupError, String(error));
  return [String(error.exitCode), ...error.problems.map((one) => one.message)];
}

test('cabinets that are missing beside both packages are told at once, before anything is touched', async () => {
  const { machine, folder } = await givenServer('external-cabinet');
  const before = await treeOf(join(folder, 'c'));
  const { folder: place, oldMsi, cabinet } = await oldPackage();
  await rm(cabinet);
  const other = join(place, 'new.msi');
  await copyFile(oldMsi, other);
  const sentence = (name: string) =>
    `The package ${name} needs its cabinet ${withCabinet}.cab beside it, and that is not there.`;
  assert.deepEqual(await problemsOf(apply(request('', { msi: other, oldMsi }), doorsOf(machine))), [
    '20',
    sentence('new.msi'),
    sentence(`${withCabinet}.msi`),
  ]);
  assert.deepEqual(await treeOf(join(folder, 'c')), before);
});

test('a cabinet that is swapped while it is being copied stops the run before it begins', async () => {
  const { machine } = await givenServer('external-cabinet');
  const before = await filesOf(machine);
  const { oldMsi, cabinet } = await oldPackage();
  const swapping: Machine = replacing(machine, {
    receive: async (from: string, to: string) => {
      if (from === cabinet) await writeFile(cabinet, 'another cabinet');
      return machine.receive(from, to);
    },
  });
  const run = apply(request('SCIMConnector-4.4.4.msi', { oldMsi }), doorsOf(swapping));
  assert.deepEqual(await problemsOf(run), ['21', `${withCabinet}.cab was changed while it was being copied.`]);
  assert.deepEqual(await filesOf(machine), before);
});

test('a kept cabinet that is swapped before its use is not used, and the end says so', async () => {
  const { machine } = await givenServer('iis-only');
  const swapping: Machine = replacing(machine, {
    change: async (...args: Parameters<Machine['change']>) => {
      const { folder } = await keptAs(machine, `${withCabinet}.cab`);
      await machine.write(`${folder}\\${withCabinet}.cab`, new TextEncoder().encode('another cabinet'));
      return machine.change(...args);
    },
  });
  const report = await apply(request(`${withCabinet}.msi`), doorsOf(swapping));
  assert.notEqual(report.exitCode, 0);
  assert.match(report.message + JSON.stringify(report.steps), /beside\.cab is not the cabinet that was checked/);
  assert.deepEqual(await versions(machine), []);
});

test('a new version with a cabinet beside it is installed from the copy of both', async () => {
  const { machine } = await givenServer('fresh');
  const { folder, oldMsi: msi } = await oldPackage();
  const report = await apply(request('', { msi }), doorsOf(machine));
  assert.equal(report.exitCode, 0, report.message);
  await rm(folder, { recursive: true });
  const { names } = await keptAs(machine, `${withCabinet}.msi`);
  assert.deepEqual(names, [`${withCabinet}.cab`, `${withCabinet}.msi`]);
});
