import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply, uninstall } from '../../src/commands/apply.ts';
import { startupRequest } from '../../src/commands/request.ts';
import { resume } from '../../src/commands/resume.ts';
import { Killed, PowerCut } from '../../src/sandbox/fault.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { reboot } from '../../src/sandbox/reboot.ts';
import { openSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { remember, type Server, saveServer, store, stored } from '../../src/sandbox/server.ts';
import { tools } from '../../src/sandbox/tools/table.ts';
import { run } from '../cli/program.ts';
import { asked, bundle, doorsOf, givenServer, sample } from '../given.ts';
import { bring, connectorFolder, settings } from '../sandbox/on-server.ts';
import { reopened } from '../sweep/reopened.ts';
import {
  bundleNotThere,
  cut,
  dismWantsRestart,
  hasTask,
  onFirst,
  restarted,
  runAfterRestart,
  seenIn,
  serverIn,
  setupLeavesFile,
  uninstallLeavesFile,
  waitingForBundle,
} from './restarts.ts';

const upgrade = asked('apply', 'SCIMConnector-4.4.4.msi');
const withBundle = { hostingBundle: sample(bundle) };
const asksRestart = (reboot: string) => asked('apply', 'SCIMConnector-4.4.5-asks-reboot.msi', { reboot });
const crossing = { ...withBundle, accept: ['reconfiguration'] };

for (const [when, tool, effect] of [
  ['before its package is installed', 'msiexec', 'none'],
  ['after its package was installed', 'msiexec', 'done'],
  ['before anything is stopped', 'appcmd', 'none'],
] as const) {
  test(`an upgrade that lost its power ${when} is brought to its end at the next start, with nobody logged on`, async () => {
    const { folder, machine } = await givenServer('scim-4.1');
    const dying = withFaults(machine, { at: { tool, call: 1 }, trouble: { kind: 'power-cut', effect } });
    await cut(apply(upgrade, doorsOf(dying)));
    assert.ok(await hasTask(folder));
    const resumed = await runAfterRestart(folder);
    assert.deepEqual([resumed.command, resumed.exitCode, resumed.resume.attempt], ['resume', 0, 1]);
    assert.deepEqual(await seenIn(folder), { versions: ['4.4.4'], events: [1, 1, 10] });
    assert.equal(await hasTask(folder), false);
  });
}

test('a hosting bundle that wants a restart before it is there, twice in a row, is gone on with after each', async () => {
  const { folder } = await waitingForBundle('SCIMConnector-4.4.4.msi');
  const second = await runAfterRestart(folder, (one) => withFaults(one, bundleNotThere));
  assert.deepEqual([second.exitCode, second.end], [25, 'reboot-first'], second.message);
  assert.ok(await hasTask(folder));
  const third = await runAfterRestart(folder);
  assert.deepEqual([third.exitCode, third.resume.attempt], [0, 2], third.message);
  assert.deepEqual([(await seenIn(folder)).versions, await hasTask(folder)], [['4.4.4'], false]);
});

/** What an administrator saves in the connector while a run waits for a restart. */
async function saveSetting(folder: string): Promise<void> {
  const { drive } = await serverIn(folder);
  const text = new TextDecoder().decode((await drive.read(settings)) ?? new Uint8Array());
  const saved = text.replace(/("Configurations"\s*:\s*)"[^"]*"/, '$1"saved since"');
  assert.notEqual(saved, text);
  await drive.write(settings, saved);
}

const setting = async (folder: string): Promise<unknown> =>
  JSON.parse(new TextDecoder().decode((await (await serverIn(folder)).drive.read(settings)) ?? new Uint8Array()))
    .Configurations;

for (const [msi, code, versions] of [
  ['SCIMConnector-4.4.4.msi', 0, ['4.4.4']],
  ['SCIMConnector-4.4.5-fails-old-gone.msi', 22, ['4.1.0']],
] as const)
  test(`a setting that is saved while a run waits for a restart is there after it, with ${msi}`, async () => {
    const { folder } = await waitingForBundle(msi);
    await saveSetting(folder);
    const resumed = await runAfterRestart(folder);
    assert.equal(resumed.exitCode, code, resumed.message);
    assert.deepEqual([(await seenIn(folder)).versions, await setting(folder)], [versions, 'saved since']);
    const names = await (await serverIn(folder)).drive.list('C:\\ProgramData\\ScimSetup\\backups');
    assert.equal(names.length, 2, 'the settings of both times are kept');
  });

test('a setting that is saved while an upgrade with a stopped pool lies cut is there at its end, and the pool runs', async () => {
  const { folder, machine } = await givenServer('scim-4.1');
  const fault = { at: { tool: 'appcmd', call: 1 }, trouble: { kind: 'kill', effect: 'done' } } as const;
  await cut(apply(upgrade, doorsOf(withFaults(machine, fault))));
  await saveSetting(folder);
  const next = await apply(upgrade, doorsOf(await reopened(folder)));
  assert.equal(next.exitCode, 0, next.message);
  assert.equal(await setting(folder), 'saved since');
  const { iis } = (await serverIn(folder)).facts;
  const pools = iis.known ? iis.value?.pools : [];
  assert.equal(pools?.find((one) => one.name === 'SCIMConnectorAppPool')?.state, 'started');
});

test('an uninstallation that lost its power is brought to its end too', async () => {
  const { folder, machine } = await givenServer('scim-4.1');
  const fault = { at: { tool: 'msiexec /x', call: 1 }, trouble: { kind: 'power-cut', effect: 'none' } } as const;
  await cut(uninstall(asked('uninstall', null), doorsOf(withFaults(machine, fault))));
  assert.equal((await runAfterRestart(folder)).exitCode, 0);
  assert.deepEqual((await seenIn(folder)).versions, []);
});

test('a run that lost its power while Windows Installer took something back goes on with what was asked for', async () => {
  const { folder, machine } = await givenServer('suspended');
  const accepting = asked('apply', 'SCIMConnector-4.4.4.msi', { ...withBundle, accept: ['installer-suspended'] });
  const fault = { at: { tool: 'msiexec', call: 1 }, trouble: { kind: 'power-cut', effect: 'done' } } as const;
  await cut(apply(accepting, doorsOf(withFaults(machine, fault))));
  const resumed = await runAfterRestart(folder);
  assert.equal(resumed.exitCode, 0, resumed.message);
  assert.deepEqual([(await seenIn(folder)).versions, await hasTask(folder)], [['4.4.4'], false]);
});

test('a run that was cut on its way back goes on walking back, and ends as before', async () => {
  const { folder, machine } = await givenServer('scim-4.1');
  const failing = asked('apply', 'SCIMConnector-4.4.5-fails-old-gone.msi');
  const fault = { at: { tool: 'msiexec', call: 3 }, trouble: { kind: 'power-cut', effect: 'none' } } as const;
  await cut(apply(failing, doorsOf(withFaults(machine, fault))));
  const resumed = await runAfterRestart(folder);
  assert.deepEqual([resumed.exitCode, resumed.plan?.direction], [22, 'back']);
  assert.deepEqual((await seenIn(folder)).versions, ['4.1.0']);
  assert.equal(await hasTask(folder), false);
});

test('DISM wants a restart before IIS is there: the run ends with 25, and goes on once Windows has finished', async () => {
  const sandbox = await givenServer('fresh');
  const first = await apply(asked('apply', 'SCIMConnector-4.4.4.msi', withBundle), doorsOf(dismWantsRestart(sandbox)));
  assert.deepEqual([first.exitCode, first.resume.waits], [25, true], first.message);
  assert.match(first.message, /restart the server; the run then goes on by itself/);
  const said: string[] = [];
  const before = (await serverIn(sandbox.folder)).memory.clock;
  const { resumed } = await restarted(sandbox.folder);
  assert.ok(resumed && 'steps' in resumed && resumed.exitCode === 0, JSON.stringify(said));
  const minutes = (Date.parse(resumed.after?.takenAt ?? '') - Date.parse(before)) / 60_000;
  assert.ok(minutes > 4, `${minutes} minutes: servicing was at work for four`);
  assert.deepEqual((await seenIn(sandbox.folder)).versions, ['4.4.4']);
});

test('whoever runs the command by hand right after the restart waits for Windows too', async () => {
  const sandbox = await givenServer('fresh');
  const request = asked('apply', 'SCIMConnector-4.4.4.msi', { ...withBundle, resume: 'off' });
  const first = await apply(request, doorsOf(dismWantsRestart(sandbox)));
  assert.equal(first.exitCode, 25, first.message);
  const { server } = sandbox.machine;
  await reboot(server);
  const told: string[] = [];
  const opened = await openSandbox(sandbox.folder);
  assert.ok('machine' in opened);
  const second = await apply(request, doorsOf(opened.machine, { warn: (text) => void told.push(text) }));
  assert.equal(second.exitCode, 0, second.message);
  assert.match(told.join(), /Waiting until the server is ready: Windows finishes a change of its own parts/);
});

test('whoever interrupts the wait for Windows is told that nothing was begun', async () => {
  const sandbox = await givenServer('fresh');
  const request = asked('apply', 'SCIMConnector-4.4.4.msi', { ...withBundle, resume: 'off' });
  await apply(request, doorsOf(dismWantsRestart(sandbox)));
  await reboot(sandbox.machine.server);
  const machine = await reopened(sandbox.folder);
  await assert.rejects(
    apply(request, doorsOf(machine, { interrupted: () => 'back' })),
    /interrupted before anything was begun/,
  );
  assert.deepEqual((await seenIn(sandbox.folder)).versions, []);
});

test('files that Windows deletes at its next start are waited for before anything is installed over them', async () => {
  const sandbox = await givenServer('scim-3.2');
  const doomed = `${connectorFolder}\\InUse.dll`;
  const request = asked('apply', 'SCIMConnector-4.4.4.msi', crossing);
  const first = await apply(request, doorsOf(uninstallLeavesFile(sandbox, doomed)));
  assert.equal(first.exitCode, 25, first.message);
  assert.deepEqual((await seenIn(sandbox.folder)).versions, []);
  const resumed = await runAfterRestart(sandbox.folder);
  assert.equal(resumed.exitCode, 0, resumed.message);
  assert.deepEqual((await seenIn(sandbox.folder)).versions, ['4.4.4']);
  assert.equal(await (await serverIn(sandbox.folder)).drive.hasFile(doomed), false);
});

test('settings without a product are not put back where Windows is going to delete them, and come back after its start', async () => {
  const sandbox = await givenServer('leftovers');
  const before = await (await serverIn(sandbox.folder)).drive.read(settings);
  const request = asked('apply', 'SCIMConnector-4.4.4.msi', { ...withBundle, accept: ['leftovers'] });
  const first = await apply(request, doorsOf(setupLeavesFile(sandbox, settings)));
  assert.deepEqual([first.exitCode, first.end, first.resume.waits], [25, 'reboot-first', true], first.message);
  assert.match(first.message, /Windows deletes or replaces .*appsettings\.json at its next start/);
  const resumed = await runAfterRestart(sandbox.folder);
  assert.deepEqual([resumed.exitCode, resumed.plan?.direction], [22, 'back'], resumed.message);
  assert.ok(before);
  assert.deepEqual(await (await serverIn(sandbox.folder)).drive.read(settings), before);
});

test('a version whose files Windows is going to delete is not said to be there', async () => {
  const { folder, machine } = await givenServer('scim-4.1');
  store(machine.server, 'restart', { reasons: ['file-renames'], deletions: [`${connectorFolder}\\SCIMConnector.dll`] });
  await saveServer(machine.server);
  for (const command of ['verify', 'apply']) {
    const { exitCode, out } = await run(command, '--sandbox', folder, '--msi', sample('SCIMConnector-4.1.0.msi'));
    assert.equal(exitCode, 21, out);
    assert.match(out, /deletions-pending/);
  }
});

test('Windows that needs a second start for the same features, or for the same files, is given it', async () => {
  const doomed = `${connectorFolder}\\InUse.dll`;
  const leaves = (sandbox: Sandbox) => uninstallLeavesFile(sandbox, doomed);
  for (const [scenario, more, wants, again, finding] of [
    ['fresh', withBundle, dismWantsRestart, stillPending, 'restart-pending'],
    ['scim-3.2', crossing, leaves, (server: Server) => stillDoomed(server, doomed), 'deletions-pending'],
  ] as const) {
    const sandbox = await givenServer(scenario);
    const first = await apply(asked('apply', 'SCIMConnector-4.4.4.msi', more), doorsOf(wants(sandbox)));
    await reboot(await serverIn(sandbox.folder));
    const server = await serverIn(sandbox.folder);
    await again(server);
    const opened = await openSandbox(sandbox.folder);
    assert.ok('machine' in opened);
    const second = await resume(startupRequest, doorsOf(opened.machine));
    const third = await runAfterRestart(sandbox.folder);
    const told = `${scenario}: ${second.message}; ${third.message}`;
    assert.deepEqual([first.exitCode, second.exitCode, third.exitCode], [25, 21, 0], told);
    assert.ok('findings' in second && second.findings.some(({ id }) => id === finding), told);
    assert.deepEqual([(await seenIn(sandbox.folder)).versions, await hasTask(sandbox.folder)], [['4.4.4'], false]);
  }
});

/** A start that has not finished what DISM has begun. */
async function stillPending(server: Server): Promise<void> {
  const features = Object.entries(stored(server, 'features'));
  const pending = features.map(
    ([name, state]) => [name, name.startsWith('IIS-') && state === 'enabled' ? 'enable-pending' : state] as const,
  );
  store(server, 'features', Object.fromEntries(pending));
  store(server, 'restart', { reasons: ['servicing'], deletions: [] });
  await saveServer(server);
}

/** A start at which the file was held again. */
async function stillDoomed(server: Server, path: string): Promise<void> {
  await server.drive.write(path, 'in use');
  store(server, 'restart', { reasons: ['file-renames'], deletions: [path] });
  await saveServer(server);
}

test('with reboot auto the run restarts the server at a barrier and at its end, and each time goes on by itself', async () => {
  const sandbox = await givenServer('fresh');
  const request = asked('apply', 'SCIMConnector-4.4.5-asks-reboot.msi', { ...withBundle, reboot: 'auto' });
  const first = await apply(request, doorsOf(dismWantsRestart(sandbox)));
  assert.deepEqual([first.exitCode, first.end, first.rebootRequired], [1641, 'reboot-started', true], first.message);
  assert.ok((await serverIn(sandbox.folder)).memory.shutdown);
  const second = await runAfterRestart(sandbox.folder);
  assert.deepEqual([second.exitCode, second.resume.waits], [1641, true], second.message);
  assert.match(second.message, /goes on by itself/);
  const third = await runAfterRestart(sandbox.folder);
  assert.deepEqual([third.exitCode, third.resume.attempt], [0, 2], third.message);
  assert.deepEqual(await seenIn(sandbox.folder), { versions: ['4.4.5'], events: [1, 13, 1, 13, 1, 10] });
  assert.deepEqual([(await serverIn(sandbox.folder)).memory.shutdown, await hasTask(sandbox.folder)], [null, false]);
});

test('a restart that somebody else has scheduled already is the one that is waited for', async () => {
  const { machine, folder } = await givenServer('scim-4.1');
  const busy = onFirst(machine, 'shutdown', async (ended) => ({ ...ended, code: 1190 }));
  assert.equal((await apply(asksRestart('auto'), doorsOf(busy))).exitCode, 1641);
  assert.equal((await runAfterRestart(folder)).exitCode, 0);
});

test('a restart that Windows refuses is only reported: the wanted state is reached', async () => {
  const { machine, folder } = await givenServer('scim-4.1');
  const refusing = onFirst(machine, 'shutdown', async (ended) => ({ ...ended, code: 5 }));
  const report = await apply(asksRestart('auto'), doorsOf(refusing));
  assert.equal(report.exitCode, 3010, report.message);
  assert.equal(await hasTask(folder), false);
});

test('a restart that is required only to finish ends with 3010, and nothing is left to go on with', async () => {
  for (const reboot of ['report', 'never']) {
    const { machine, folder } = await givenServer('scim-4.1');
    const report = await apply(asksRestart(reboot), doorsOf(machine));
    assert.deepEqual([report.exitCode, report.resume.waits], [3010, false]);
    assert.deepEqual([await hasTask(folder), (await restarted(folder)).resumed], [false, null]);
  }
});

test('with reboot never a restart in the middle takes the change back', async () => {
  const sandbox = await givenServer('fresh');
  const request = asked('apply', 'SCIMConnector-4.4.4.msi', { ...withBundle, reboot: 'never' });
  const report = await apply(request, doorsOf(dismWantsRestart(sandbox)));
  assert.deepEqual([report.exitCode, report.resume.waits], [22, false], report.message);
  assert.match(report.message, /is not to be restarted/);
  assert.equal((await serverIn(sandbox.folder)).memory.shutdown ?? null, null);
});

test('with reboot never the old version is not laid over files that Windows is going to delete', async () => {
  const sandbox = await givenServer('scim-3.2');
  const request = asked('apply', 'SCIMConnector-4.4.4.msi', { ...crossing, reboot: 'never' });
  const leaving = uninstallLeavesFile(sandbox, `${connectorFolder}\\InUse.dll`);
  const first = await apply(request, doorsOf(leaving));
  assert.deepEqual([first.exitCode, first.resume.waits], [25, true], first.message);
  assert.deepEqual((await seenIn(sandbox.folder)).versions, []);
  const resumed = await runAfterRestart(sandbox.folder);
  assert.deepEqual([resumed.exitCode, resumed.plan?.direction], [22, 'back'], resumed.message);
  assert.deepEqual((await seenIn(sandbox.folder)).versions, ['3.2.0']);
});

test('a way back that twice in a row has to wait for a restart ends with the old version after the second', async () => {
  const sandbox = await givenServer('scim-3.2');
  const { folder } = sandbox;
  const request = asked('apply', 'SCIMConnector-4.4.4.msi', { ...crossing, reboot: 'never' });
  const first = await apply(request, doorsOf(uninstallLeavesFile(sandbox, `${connectorFolder}\\InUse.dll`)));
  const stubborn = { at: { tool: 'msiexec', call: 1 }, trouble: { kind: 'code', code: 3010, effect: 'none' } } as const;
  const second = await runAfterRestart(folder, (one) => withFaults(one, stubborn));
  assert.deepEqual([second.plan?.direction, second.resume.waits, await hasTask(folder)], ['back', true, true]);
  assert.deepEqual((await seenIn(folder)).versions, []);
  const third = await runAfterRestart(folder);
  const told = `${first.message}; ${second.message}; ${third.message}`;
  assert.deepEqual([first.exitCode, second.exitCode, third.exitCode], [25, 25, 22], told);
  assert.deepEqual([(await seenIn(folder)).versions, await hasTask(folder)], [['3.2.0'], false]);
});

test('a server that somebody else has changed after the restart is left alone, three times, then nobody goes on', async () => {
  const { folder, machine } = await givenServer('scim-4.1');
  const fault = { at: { tool: 'msiexec', call: 1 }, trouble: { kind: 'power-cut', effect: 'none' } } as const;
  await cut(apply(upgrade, doorsOf(withFaults(machine, fault))));
  const server = await serverIn(folder);
  await server.drive.makeFolder('C:\\logs');
  const path = await bring(server, 'SCIMConnector-4.3.0.msi');
  const words = ['/i', path, '/qn', '/norestart', '/l*v', 'C:\\logs\\other.log', 'REBOOT=ReallySuppress'];
  const { code } = await tools.msiexec(server, [...words, 'MSIRESTARTMANAGERCONTROL=Disable', 'ALLUSERS=1']);
  assert.equal(code, 0);
  await saveServer(server);
  for (const attempt of [1, 2, 3]) {
    const resumed = await runAfterRestart(folder);
    assert.equal(resumed.exitCode, 21, resumed.message);
    assert.ok(resumed.findings.some((one) => one.id === 'changed-meanwhile'));
    assert.equal(await hasTask(folder), attempt < 3);
  }
  assert.deepEqual(await seenIn(folder), { versions: ['4.3.0'], events: [1, 21, 21, 21, 26] });
});

test('a run that loses its power each time is taken up three times, and then by nobody', async () => {
  const { folder, machine } = await givenServer('scim-4.1');
  const fault = { at: { tool: 'msiexec', call: 1 }, trouble: { kind: 'power-cut', effect: 'none' } } as const;
  await cut(apply(upgrade, doorsOf(withFaults(machine, fault))));
  for (const _attempt of [1, 2, 3]) await cut(restarted(folder, (one) => withFaults(one, fault)));
  assert.ok(await hasTask(folder));
  const { resumed } = await restarted(folder);
  assert.ok(resumed && !('steps' in resumed) && resumed.exitCode === 21, JSON.stringify(resumed));
  assert.match(resumed.message, /taken up 3 times/);
  assert.equal(await hasTask(folder), false);
  assert.equal((await seenIn(folder)).events.at(-1), 26);
  const ended = await run('resume', '--sandbox', folder, '--json');
  assert.equal(ended.exitCode, 0, ended.out);
  assert.deepEqual((await seenIn(folder)).versions, ['4.4.4']);
});

for (const [what, clock, exitCode, version] of [
  ['an hour', '2026-11-07T05:00:00.000Z', 0, '4.4.4'],
  // Then IIS looks older than its hosting bundle, whatever is restarted: what cannot be proven is taken back, and the next run says why.
  ['a year', '2025-11-07T05:00:00.000Z', 22, '4.1.0'],
] as const) {
  test(`a run on a server whose clock was moved back by ${what} comes to an end with a name: ${exitCode}`, async () => {
    const { folder, machine } = await givenServer('scim-4.1');
    const fault = { at: { tool: 'msiexec', call: 1 }, trouble: { kind: 'power-cut', effect: 'none' } } as const;
    await cut(apply(upgrade, doorsOf(withFaults(machine, fault))));
    const server = await serverIn(folder);
    assert.ok(clock < server.memory.clock);
    remember(server, { clock });
    await saveServer(server);
    const resumed = await runAfterRestart(folder);
    assert.equal(resumed.exitCode, exitCode, resumed.message);
    assert.deepEqual((await seenIn(folder)).versions, [version]);
    assert.equal((await restarted(folder)).resumed, null);
  });
}

test('a run that was killed after its end leaves a task, which finds nothing to do and goes', async () => {
  const { folder, machine } = await givenServer('scim-4.1');
  const fault = { at: { tool: 'schtasks', call: 2 }, trouble: { kind: 'kill', effect: 'none' } } as const;
  await assert.rejects(apply(upgrade, doorsOf(withFaults(machine, fault))), Killed);
  assert.ok(await hasTask(folder));
  const { resumed } = await restarted(folder);
  assert.ok(resumed && !('steps' in resumed) && resumed.exitCode === 0);
  assert.equal(await hasTask(folder), false);
});

test('a power cut between the registration of the task and the journal leaves nothing that is gone on with', async () => {
  const { folder, machine } = await givenServer('scim-4.1');
  const fault = { at: { tool: 'schtasks', call: 1 }, trouble: { kind: 'power-cut', effect: 'done' } } as const;
  await assert.rejects(apply(upgrade, doorsOf(withFaults(machine, fault))), PowerCut);
  const { resumed } = await restarted(folder);
  assert.ok(resumed && !('steps' in resumed));
  assert.deepEqual([await hasTask(folder), (await seenIn(folder)).versions], [false, ['4.1.0']]);
});
