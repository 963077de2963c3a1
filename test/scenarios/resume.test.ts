import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import { resume } from '../../src/commands/resume.ts';
import type { RunReport } from '../../src/core/report.ts';
import { Killed } from '../../src/sandbox/fault.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import { saveServer, store, stored } from '../../src/sandbox/server.ts';
import { documentOf, run, treeOf } from '../cli/program.ts';
import { asked, doorsOf, givenServer, sample } from '../given.ts';
import { settings } from '../sandbox/on-server.ts';
import { traced, withDoors } from '../sweep/doors.ts';
import { cut, hasTask, restarted, runAfterRestart, seenIn, serverIn } from './restarts.ts';

const upgrade = asked('apply', 'SCIMConnector-4.4.4.msi');
const msi = ['--msi', sample('SCIMConnector-4.4.4.msi')];
const amid = { at: { tool: 'msiexec', call: 1 }, trouble: { kind: 'power-cut', effect: 'none' } } as const;
const protectedFolder = 'c/ProgramData/ScimSetup';

async function cutUpgrade(): Promise<string> {
  const { folder, machine } = await givenServer('scim-4.1');
  await cut(apply(upgrade, doorsOf(withFaults(machine, amid))));
  return folder;
}

async function machineIn(folder: string) {
  const opened = await openSandbox(folder);
  return 'problem' in opened ? assert.fail(opened.problem) : opened.machine;
}

test('a server on which no run is unfinished has nothing to resume', async () => {
  const { folder } = await givenServer('scim-4.1');
  const before = await treeOf(join(folder, 'c'));
  const ended = await run('resume', '--sandbox', folder, '--json');
  assert.equal(ended.exitCode, 0);
  assert.deepEqual(
    Object.entries(documentOf(ended)).filter(([key]) => ['command', 'end', 'changed', 'runId'].includes(key)),
    [
      ['command', 'resume'],
      ['runId', null],
      ['end', 'nothing-to-do'],
      ['changed', false],
    ],
  );
  assert.deepEqual(await treeOf(join(folder, 'c')), before);
});

test('a person may resume a run, without naming a package', async () => {
  const folder = await cutUpgrade();
  const ended = await run('resume', '--sandbox', folder);
  assert.equal(ended.exitCode, 0, ended.out + ended.err);
  assert.match(ended.out, /taking up the unfinished run/);
  assert.deepEqual([await hasTask(folder), (await seenIn(folder)).versions], [false, ['4.4.4']]);
});

test('without administrator rights nothing is resumed', async () => {
  const folder = await cutUpgrade();
  const server = await serverIn(folder);
  store(server, 'machine', { ...stored(server, 'machine'), elevated: false });
  await saveServer(server);
  const ended = await run('resume', '--sandbox', folder, '--json');
  assert.equal(ended.exitCode, 21, ended.out);
  assert.ok(await hasTask(folder));
});

test('what came of it at the start of the server is kept in the folder of its run', async () => {
  const folder = await cutUpgrade();
  const resumed = await runAfterRestart(folder);
  const { drive } = await serverIn(folder);
  const bytes = await drive.read(`C:\\ProgramData\\ScimSetup\\runs\\${resumed.runId}\\resume.json`);
  assert.deepEqual(
    JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array())),
    JSON.parse(JSON.stringify(resumed)),
  );
});

test('half of a config file that a cut has left beside a whole one goes with the next run, with its keys', async () => {
  const folder = await cutUpgrade();
  const { drive } = await serverIn(folder);
  const whole = await drive.read(settings);
  assert.ok(whole);
  await drive.write(`${settings}.partial`, '{ "Configurations": "half of a k');
  assert.equal((await runAfterRestart(folder)).exitCode, 0);
  assert.deepEqual([await drive.read(settings), await drive.hasFile(`${settings}.partial`)], [whole, false]);
});

test('a package that was changed where it was kept is not installed after the restart', async () => {
  const folder = await cutUpgrade();
  const { drive } = await serverIn(folder);
  const packages = 'C:\\ProgramData\\ScimSetup\\packages';
  const kept = (await drive.list(packages)).map((hash) => `${packages}\\${hash}SCIMConnector-4.4.4.msi`);
  const path = (await Promise.all(kept.map((one) => drive.hasFile(one)))).flatMap((is, index) =>
    is ? kept[index] : [],
  )[0];
  await drive.write(path ?? '', 'another package');
  const { resumed } = await restarted(folder);
  assert.ok(resumed && !('steps' in resumed) && resumed.exitCode === 21, JSON.stringify(resumed));
  assert.match(resumed.message, /SCIMConnector-4\.4\.4\.msi is not there any more, or was changed/);
  assert.equal((await seenIn(folder)).events.at(-1), 21);
});

test('a copy of the program that is not as it was put there does nothing', async () => {
  const folder = await cutUpgrade();
  const { drive } = await serverIn(folder);
  const [copy = ''] = await drive.list('C:\\ProgramData\\ScimSetup\\program');
  await drive.write(`C:\\ProgramData\\ScimSetup\\program\\${copy}manifest.json`, '{}');
  const { resumed } = await restarted(folder);
  assert.ok(resumed && !('steps' in resumed) && resumed.exitCode === 21, JSON.stringify(resumed));
  assert.match(resumed.message, /is not as it was put there/);
});

test('the copy that an older version of the program has left goes with the next run', async () => {
  const { folder, machine } = await givenServer('scim-4.1');
  const programs = 'C:\\ProgramData\\ScimSetup\\program';
  const { drive } = await serverIn(folder);
  await drive.write(`${programs}\\0123456789abcdef\\src\\main.ts`, 'the program');
  await drive.write(`${programs}\\0123456789abcdef\\manifest.json`, '{}');
  assert.equal((await apply(upgrade, doorsOf(machine))).exitCode, 0);
  const left = await drive.list(programs);
  assert.equal(left.length, 1);
  assert.notEqual(left[0], '0123456789abcdef\\');
});

for (const [what, fakes] of [
  ['cannot register a task', { code: 1, timedOut: false, output: 'ERROR: Access is denied.' }],
  ['only claims to have registered a task', { code: 0, timedOut: false, output: '' }],
] as const) {
  test(`a server that ${what} is not touched, unless the run need not go on by itself`, async () => {
    const { folder, machine } = await givenServer('scim-4.1');
    const silent = withDoors(machine, {
      change: async (call, ...more) => (call.tool === 'schtasks' ? fakes : machine.change(call, ...more)),
    });
    await assert.rejects(apply(upgrade, doorsOf(silent)), {
      exitCode: 21,
      message: /startup task could not be registered/,
    });
    assert.deepEqual(await seenIn(folder), { versions: ['4.1.0'], events: [] });
    const report = await apply({ ...upgrade, resume: 'off' }, doorsOf(silent));
    assert.equal(report.exitCode, 0, report.message);
  });
}

test('with resume off nothing is registered, and a task that an earlier run has left is removed', async () => {
  const folder = await cutUpgrade();
  assert.ok(await hasTask(folder));
  const off = await apply({ ...upgrade, resume: 'off' }, doorsOf(withFaults(await machineIn(folder), amid))).catch(
    String,
  );
  assert.match(String(off), /power/);
  assert.equal(await hasTask(folder), false);
  assert.equal((await restarted(folder)).resumed, null);
});

test('a second run copies nothing that is there already', async () => {
  const { folder, machine } = await givenServer('scim-4.1');
  const copies = async (one: typeof machine, version: string) => {
    const { machine: watched, trace } = traced(one);
    await apply(asked('apply', `SCIMConnector-${version}.msi`), doorsOf(watched));
    return trace.doors.map((door) => door.what).filter((what) => /program\.txt|manifest\.json|schtasks/.test(what));
  };
  const program = ['receive program.txt', 'write manifest.json'];
  assert.deepEqual((await copies(machine, '4.3.0')).slice(0, 3), [...program, 'schtasks']);
  const again = await copies(await machineIn(folder), '4.4.4');
  assert.deepEqual(
    [again.includes('receive program.txt'), again.filter((one) => one === 'schtasks').length],
    [false, 2],
  );
});

test('an apply that comes while a run goes on after a restart waits for it and has its result', async () => {
  const folder = await cutUpgrade();
  let isAtWork = false;
  let goOn: () => void = () => undefined;
  const free = new Promise<void>((settle) => {
    goOn = settle;
  });
  const slow = await machineIn(folder);
  const resuming = resume(
    asked('resume', null),
    doorsOf(
      withDoors(slow, {
        change: async (call, ...more) => {
          isAtWork ||= call.tool === 'msiexec';
          if (call.tool === 'msiexec') await free;
          return slow.change(call, ...more);
        },
      }),
    ),
  );
  while (!isAtWork) await new Promise((settle) => setImmediate(settle));
  const said: string[] = [];
  const warn = (text: string) => {
    said.push(text);
    goOn();
  };
  const waited = await apply(upgrade, doorsOf(await machineIn(folder), { warn }));
  const resumed = (await resuming) as RunReport;
  assert.deepEqual([waited.exitCode, waited.runId, waited.command], [0, resumed.runId, 'apply']);
  assert.match(said.join(), /waiting for its end/);
  assert.deepEqual((await seenIn(folder)).events, [1, 1, 10]);
});

test('an apply that comes while another apply is at work does not wait', async () => {
  const { folder, machine } = await givenServer('scim-4.1');
  const other = await machineIn(folder);
  const busy = withDoors(machine, {
    append: async (path, line) => {
      if (line.includes('"opened"')) {
        await assert.rejects(apply(upgrade, doorsOf(other)), { exitCode: 1618, message: /scim-setup apply, started/ });
        await assert.rejects(resume(asked('resume', null), doorsOf(other)), { exitCode: 1618 });
      }
      return machine.append(path, line);
    },
  });
  assert.equal((await apply(upgrade, doorsOf(busy))).exitCode, 0);
});

test('an apply that wants something else than the run it has waited for does that afterwards', async () => {
  const folder = await cutUpgrade();
  const holder = await machineIn(folder);
  const lock = await holder.lock('C:\\ProgramData\\ScimSetup\\lock', 'scim-setup resume, started now');
  assert.ok(!('heldBy' in lock));
  const warn = () => void lock.release();
  const report = await apply(asked('apply', 'SCIMConnector-4.3.0.msi'), doorsOf(await machineIn(folder), { warn }));
  assert.equal(report.exitCode, 0, report.message);
  assert.deepEqual((await seenIn(folder)).versions, ['4.3.0']);
});

test('a server on which IIS does not run after the start is waited for, then left alone', async () => {
  const folder = await cutUpgrade();
  const server = await serverIn(folder);
  const iis = stored(server, 'iis');
  assert.ok(iis);
  const stopped = { state: 'stopped', startedAt: null } as const;
  store(server, 'iis', { ...iis, services: { ...iis.services, W3SVC: stopped } });
  await saveServer(server);
  const before = Date.parse(server.memory.clock);
  const said: string[] = [];
  const machine = await machineIn(folder);
  const doors = doorsOf(machine, { warn: (text) => void said.push(text) });
  await assert.rejects(resume(asked('resume', null), doors), { exitCode: 21, message: /W3SVC does not run/ });
  assert.equal(said.length, 30, 'a line for each minute');
  assert.ok(Date.parse(machine.server.memory.clock) - before >= 30 * 60_000);
});

test('Windows that does not finish its servicing is not disturbed: 25, and the task stays for the next start', async () => {
  const folder = await cutUpgrade();
  const server = await serverIn(folder);
  store(server, 'restart', { reasons: ['servicing-in-progress'], deletions: [] });
  await saveServer(server);
  const doors = doorsOf(await machineIn(folder));
  await assert.rejects(resume({ ...asked('resume', null), startup: true }, doors), { exitCode: 25 });
  assert.deepEqual([await hasTask(folder), (await seenIn(folder)).events.at(-1)], [true, 25]);
});

test('a plan says what is done about a restart, and what is registered for the time of the run', async () => {
  const { folder } = await givenServer('scim-4.1');
  const line = ['plan', '--sandbox', folder, ...msi];
  const said = async (...more: string[]) => (await run(...line, ...more)).out.replace(/\s+/g, ' ');
  assert.match(
    await said(),
    /the run ends and says so\. After a restart or a power cut it goes on by itself \(startup task/,
  );
  assert.match(await said('--reboot', 'auto'), /the run restarts the server\. After a restart/);
  assert.match(await said('--reboot', 'never', '--resume', 'off'), /taken back; .* it does not go on by itself/);
  const { resume: told } = documentOf(await run(...line, '--reboot', 'never', '--json'));
  assert.deepEqual(told, { reboot: 'never', resume: 'on', attempt: null, waits: false });
});

test('what cannot be done about a restart is told, with all that is wrong at once', async () => {
  const answers = join((await givenServer('scim-4.1')).folder, 'answers.yaml');
  await writeFile(answers, 'reboot: sometimes\nresume: perhaps\n');
  const inFile = await run('plan', '--sandbox', 'scim-4.1', ...msi, '--answers', answers);
  assert.deepEqual([inFile.exitCode, inFile.err.match(/must be (never|on)/g)], [20, ['must be never', 'must be on']]);
  const flags = await run('plan', '--sandbox', 'scim-4.1', ...msi, '--reboot', 'sometimes', '--resume', 'perhaps');
  assert.deepEqual([flags.exitCode, flags.err.match(/cannot be "\w+"/g)?.length], [20, 2]);
  await writeFile(answers, 'reboot: auto\nresume: off\n');
  const both = await run('apply', '--sandbox', 'scim-4.1', ...msi, '--answers', answers);
  assert.equal(both.exitCode, 20);
  assert.match(both.err, /is not to go on afterwards/);
});

test('a run whose journal cannot be begun leaves no task', async () => {
  const { folder, machine } = await givenServer('scim-4.1');
  const full = withDoors(machine, {
    append: async () => {
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
    },
  });
  await assert.rejects(apply(upgrade, doorsOf(full)), { exitCode: 21 });
  assert.equal(await hasTask(folder), false);
});

test('a run that is killed as it begins to resume is resumed by the next start', async () => {
  const folder = await cutUpgrade();
  const killed = (machine: Awaited<ReturnType<typeof machineIn>>) =>
    withFaults(machine, { at: { door: 2 }, trouble: { kind: 'kill', effect: 'done' } });
  await assert.rejects(
    resume({ ...asked('resume', null), startup: true }, doorsOf(killed(await machineIn(folder)))),
    Killed,
  );
  assert.equal((await runAfterRestart(folder)).exitCode, 0);
  assert.ok((await treeOf(join(folder, protectedFolder)))['/resume/attempts.txt'] === undefined);
});

test('a run that was cut right before its first change is gone on with, and a setting saved since is carried over', async () => {
  const trial = await givenServer('scim-4.1');
  const { machine: tracing, trace } = traced(trial.machine);
  await apply(upgrade, doorsOf(tracing));
  const door = trace.doors.findIndex(({ step }) => step === 'pool.stop') + 1;
  assert.ok(door > 0);

  const { folder, machine } = await givenServer('scim-4.1');
  const trouble = { kind: 'power-cut', effect: 'none' } as const;
  await cut(apply(upgrade, doorsOf(withFaults(machine, { at: { door }, trouble }))));
  const { drive } = await serverIn(folder);
  const text = new TextDecoder().decode((await drive.read(settings)) ?? new Uint8Array());
  const saved = text.replace(/("Configurations"\s*:\s*)"[^"]*"/, '$1"saved since"');
  assert.notEqual(saved, text);
  await drive.write(settings, saved);

  const resumed = await runAfterRestart(folder);
  assert.equal(resumed.end, 'converged', resumed.message);
  assert.deepEqual([await hasTask(folder), (await seenIn(folder)).versions], [false, ['4.4.4']]);
  assert.match(new TextDecoder().decode((await drive.read(settings)) ?? new Uint8Array()), /"saved since"/);
});
