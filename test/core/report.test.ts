import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entry, replay } from '../../src/core/journal.ts';
import { report } from '../../src/core/report.ts';
import {
  already,
  atSecond,
  child,
  ended as childEnded,
  closed,
  finished,
  left,
  opened,
  plan,
  started,
  turned,
} from './entries.ts';
import {
  bareServer,
  configFile,
  folder,
  hash,
  iis,
  known,
  places,
  product,
  server,
  settings,
  site,
  unread,
  wanted,
} from './server-facts.ts';

const after = server({ products: known([product('4.4.4')]) });
const good: readonly Entry[] = [
  opened(),
  started('pool.stop', 1),
  finished('pool.stop', { seconds: 4 }),
  finished('config.backup'),
  finished('connector.upgrade', { outcome: { log: 'C:\\logs\\a.log' } }),
  started('pool.start', 30),
  finished('pool.start', { seconds: 31 }),
  closed('converged', { after }),
];
const ended = (...entries: Entry[]) => report('apply', [opened(), ...entries]);

test('a run that worked says what is there now, what was, how long it took, and where everything lies', () => {
  const result = report('apply', good);
  assert.deepEqual(
    [result.exitCode, result.end, result.changed, result.rebootRequired, result.route, result.command, result.sandbox],
    [0, 'converged', true, false, 'upgrade', 'apply', true],
  );
  assert.match(result.message, /4\.4\.4.*4\.1\.0/);
  assert.deepEqual(result.took, { totalMs: 60_000, downMs: 30_000 });
  assert.deepEqual(result.paths, { journal: places.journal, logs: places.logs, backup: places.backup });
  assert.deepEqual(result.goal, { version: '4.4.4', msi: 'SCIMConnector-4.4.4.msi' });
  assert.deepEqual(result.changes, ['SCIM Connector: 4.1.0 -> 4.4.4']);
  assert.deepEqual([result.runId, result.before, result.after], ['2026-11-23T20-41-07Z', server(), after]);
});

test('what somebody else has changed in IIS meanwhile is told in the message, and that it stays so', () => {
  const web = (bindings: readonly string[]) => {
    const shop = { ...site, name: 'Shop', folder: 'C:\\shop', bindings };
    return server({ iis: known(iis({ sites: [site, shop] })) });
  };
  const [before, now] = [web(['http/*:80:']), web(['http/*:81:'])];
  const result = report('apply', [{ ...opened(), before }, closed('converged', { after: now })]);
  assert.match(result.message, /Not by this run .* stays as it is: site Shop has the bindings http\/\*:81:, not http/);
  assert.ok(result.changes.some((one) => one.startsWith('site Shop has the bindings')));
  assert.doesNotMatch(report('apply', good).message, /Not by this run/);
});

test('whoever trusts exit 0 is not misled: what the run may have done to others ends in 27, in capitals, until the next run', () => {
  const web = (state: 'started' | 'stopped', startedAt: string) => {
    const shop = { ...site, name: 'Shop', folder: 'C:\\shop', state };
    return server({ iis: known(iis({ sites: [site, shop], services: { W3SVC: { state: 'running', startedAt } } })) });
  };
  const [before, now] = [web('started', '2026-11-05T06:00:00Z'), web('stopped', '2026-11-23T20:42:00Z')];
  const said = (end: 'converged' | 'failed-as-before', rebootRequired = false) =>
    report('apply', [{ ...opened(), before }, closed(end, { after: now, rebootRequired })]);
  const result = said('converged');
  assert.deepEqual([result.exitCode, result.end], [27, 'converged']);
  assert.match(
    result.message,
    /^Done: .* NOT as it was, perhaps by this run, is what .*: site Shop ran and is stopped/,
  );
  assert.deepEqual(result.others, {
    perhapsByRun: ['site Shop ran and is stopped (appcmd start site "Shop")'],
    byOthers: [],
  });
  assert.ok(result.changes.some((one) => one.startsWith('site Shop ran and is stopped')));
  assert.deepEqual([said('converged', true).exitCode, said('converged', true).rebootRequired], [27, true]);
  assert.equal(said('failed-as-before').exitCode, 22);
  assert.equal(replay([{ ...opened(), before }, closed('converged', { after: now })]), null);
});

test('what somebody else has stopped meanwhile is told, and does not make the end another one', () => {
  const web = (state: 'started' | 'stopped') =>
    server({ iis: known(iis({ sites: [site, { ...site, name: 'Shop', folder: 'C:\\shop', state }] })) });
  const before = web('started');
  const result = report('apply', [{ ...opened(), before }, closed('converged', { after: web('stopped') })]);
  assert.deepEqual([result.exitCode, result.others.byOthers.length], [0, 1]);
  assert.match(result.message, /Not by this run was changed .*: site Shop ran and is stopped/);
});

test('each step that was performed is told with its code, its log and what it lacks', () => {
  const steps = report('apply', good).steps;
  assert.deepEqual(
    steps.map((one) => one.id),
    ['pool.stop', 'config.backup', 'connector.upgrade', 'pool.start'],
  );
  assert.deepEqual(
    [steps[2]?.ok, steps[2]?.code, steps[2]?.log, steps[2]?.title],
    [true, 0, 'C:\\logs\\a.log', 'upgrade to 4.4.4'],
  );
});

test('a step that claims success and lacks something is not called a success', () => {
  const [step] = ended(
    finished('connector.upgrade', { gaps: ['version 4.4.4 is not registered'] }),
    closed('failed-changed'),
  ).steps;
  assert.deepEqual([step?.ok, step?.missing], [false, ['version 4.4.4 is not registered']]);
});

test('a step after which the server could not be read is no success, and says why', () => {
  const entry = { ...finished('pool.stop'), missing: unread('access was denied') } as Entry;
  const [step] = ended(entry, closed('failed-changed')).steps;
  assert.deepEqual([step?.ok, step?.missing], [false, ['access was denied']]);
});

for (const [end, code, message] of [
  ['converged', 0, /^Done: SCIM Connector 4\.1\.0, checked\./],
  ['busy', 1618, /^Another installation is running; nothing was touched\. Because\./],
  ['reboot-first', 25, /^Not finished: restart the server; the run then goes on by itself\. Because\./],
  ['failed-as-before', 22, /^Failed; the connector is as it was before: 4\.1\.0\. Because\./],
  ['failed-changed', 23, /^Failed; the connector is NOT as it was.* It was 4\.1\.0\. Because\./],
] as const) {
  test(`the end ${end} has its own sentence and the exit code ${code}`, () => {
    const result = ended(closed(end, { why: 'Because' }));
    assert.equal(result.exitCode, code);
    assert.match(result.message, message);
  });
}

test('a required restart is said, and is 3010 only where the wanted state is reached', () => {
  const result = ended(closed('converged', { rebootRequired: true }));
  assert.deepEqual([result.exitCode, result.rebootRequired], [3010, true]);
  assert.match(result.message, /Restart the server/);
  assert.deepEqual([ended(closed('failed-as-before', { rebootRequired: true })).exitCode], [22]);
});

test('an uninstallation says that nothing is there any more', () => {
  const result = report('uninstall', [opened({ wanted: wanted(null) }), closed('converged', { after: bareServer() })]);
  assert.match(result.message, /uninstalled/);
  assert.deepEqual(result.goal, { version: null, msi: null });
});

test('a server that could not be read at the end is not said to be in any state', () => {
  const result = ended(closed('failed-changed', { after: null }));
  assert.deepEqual([result.after, result.changes], [null, []]);
  assert.doesNotMatch(result.message, /4\.4\.4/);
});

for (const [end, hasPlan, changed] of [
  ['refused', false, false],
  ['nothing-to-do', false, false],
  ['planned', true, true],
  ['different', true, true],
] as const) {
  test(`${end}: nothing was run, so there are no paths, and changed says what apply would say`, () => {
    const result = report('plan', [opened({ plan: hasPlan ? plan : null }), closed(end)]);
    assert.deepEqual([result.runId, result.took, result.steps, result.changed], [null, null, [], changed]);
    assert.deepEqual(result.paths, { journal: null, logs: null, backup: null });
    assert.equal(result.plan !== null, hasPlan);
  });
}

test('a run that found Windows Installer busy has changed nothing', () => {
  const busy = finished('connector.upgrade', { outcome: { ok: false, busy: true, code: 1618 }, gaps: ['x'] });
  assert.equal(ended(busy, closed('busy')).changed, false);
});

test('the backup is named if this run made it or found it, and not if it could not be made', () => {
  assert.equal(ended(already('config.backup'), closed('converged')).paths.backup, places.backup);
  assert.equal(
    ended(finished('config.backup', { outcome: { ok: false }, gaps: ['x'] }), closed('failed-as-before')).paths.backup,
    null,
  );
  assert.equal(ended(closed('failed-as-before')).paths.backup, null);
});

test('a pool that was never started again was down to the end', () => {
  const result = ended(started('pool.stop', 10), finished('pool.stop', { seconds: 12 }), closed('failed-changed'));
  assert.equal(result.took?.downMs, 50_000);
  const tidied = [child({ at: atSecond(70) }), { ...childEnded(), at: atSecond(71) }] as const;
  const later = ended(started('pool.stop', 10), closed('failed-changed'), ...tidied);
  assert.equal(later.took?.downMs, 50_000, 'what is done after its end is not counted');
  assert.equal(ended(closed('converged')).took?.downMs, 0);
});

test('the plan is told with the very calls that are made, the fallback and the way back included', () => {
  const told = report('plan', [opened(), closed('planned')]).plan;
  assert.deepEqual(
    told?.connector.map((one) => one.id),
    plan.connector.map((one) => one.id),
  );
  const upgrade = told?.connector[1];
  assert.equal(upgrade?.calls[0]?.file, '%SystemRoot%\\System32\\msiexec.exe');
  assert.deepEqual(
    upgrade?.orElse.map((one) => one.title),
    ['uninstall 4.1.0', 'install 4.4.4'],
  );
  assert.equal(told?.wayBack.length, plan.wayBack.length);
  assert.equal(told?.noWayBack, null);
});

test('the differences are what does not hold of the plan; a stopped pool and a backup are only means', () => {
  const different = report('verify', [opened(), closed('different')]).differences;
  assert.deepEqual(different, ['version 4.4.4 is not registered', 'version 4.1.0 is still registered']);
  assert.deepEqual(report('apply', good).differences, []);
});

test('config that changed is told by file, with what was kept, by pointers and never by values', () => {
  const now = configFile(settings, { sha256: hash('x'), values: { '/KEY': hash('key'), '/New': hash('n') } });
  const [settingsChange, ...others] = ended(closed('converged', { after: server({ config: known([now]) }) })).changes;
  assert.equal(settingsChange, `${settings}: 1 of 2 values kept; new: /New; gone: /IV`);
  assert.ok(others.every((one) => one.startsWith(folder) && one.includes('gone, kept in the backup')));
});

test('a journal without an end makes no report: that is a bug of ours', () => {
  assert.throws(() => report('apply', [opened(), turned()]));
  assert.throws(() => report('apply', [closed('converged', { at: atSecond(1) })]));
});

test('a run that was left has not failed for good: it says why it stopped, and that the next run goes on', () => {
  const { end, exitCode, message, after, paths } = report('apply', [opened(), started('pool.stop'), left()]);
  assert.deepEqual([end, exitCode, after], ['failed-changed', 23, null]);
  assert.match(message, /left as it stood, because its console was closed; a child at work goes on/);
  assert.match(message, /The run goes on with the next run\.$/);
  assert.notEqual(paths.journal, null);
});

test('a run that was to be left and came to its end says that end', () => {
  const entries = [opened(), started('pool.stop'), left(), finished('pool.stop'), closed('converged')];
  assert.equal(report('apply', entries).end, 'converged');
});

test('an installation that was in the way is named with its process in the message of 1618', () => {
  const why = 'another installation is running: msiexec.exe (process 4711, started by setup.exe); waited 10 min';
  const { exitCode, message } = report('apply', [opened(), closed('busy', { why })]);
  assert.equal(exitCode, 1618);
  assert.match(
    message,
    /nothing was touched\. Another installation is running: msiexec\.exe \(process 4711, started by/,
  );
});

test('a server on which a run is unfinished is told to be so, though nothing else differs', () => {
  const continues = '2026-11-22T20-41-07Z';
  const alone = report('verify', [opened({ continues }), closed('different')]).differences;
  assert.equal(alone[0], 'the run 2026-11-22T20-41-07Z is not finished; the next run takes it up');
  assert.ok(
    !report('apply', [opened({ continues }), closed('converged', { after })]).differences.includes(alone[0] ?? ''),
  );
});

test('whoever asked for something while a run was only walked back is told that it was not done', () => {
  const back = { ...plan, direction: 'back' } as const;
  const walked = report('uninstall', [
    opened({ plan: back }),
    turned(),
    closed('failed-as-before', { after: server() }),
  ]);
  assert.match(walked.message, /Nothing else was done: run the same command again/);
  assert.doesNotMatch(ended(turned(), closed('failed-as-before')).message, /Nothing else was done/);
});
