import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '../../src/core/codes.ts';
import type { Facts } from '../../src/core/facts.ts';
import type { Plan } from '../../src/core/plan.ts';
import type { RunDoors } from '../../src/run/run-doors.ts';
import { runPlan } from '../../src/run/run-plan.ts';
import { waitUntilSettled } from '../../src/run/settled.ts';
import { plan, start, stop } from '../core/entries.ts';
import { folder, iis, known, server, unread } from '../core/server-facts.ts';
import { SmallServer, type Trouble } from './small-server.ts';

const wantsRestart: Trouble = { outcome: { reboot: 'required', meaning: 'a restart is required' } };
const isRestarting: Trouble = { outcome: { reboot: 'initiated', meaning: 'a restart has been started' } };
const fails: Trouble = { outcome: { ok: false, code: 1603, meaning: 'a fatal error' } };
const upgrade = 'connector.upgrade-first';
const types = ({ entries }: SmallServer) => entries.map((entry) => entry.type);

async function run(
  reboot: RunDoors['reboot'],
  troubles: Readonly<Record<string, Trouble>>,
  more: Partial<Plan> = {},
  change: (given: SmallServer) => void = () => undefined,
) {
  const given = new SmallServer(troubles);
  given.reboot = reboot;
  change(given);
  return { given, result: await runPlan({ ...plan, ...more }, given, { before: given.facts }) };
}

for (const [reboot, end, restarts] of [
  ['never', 'failed-as-before', 0],
  ['report', 'reboot-first', 0],
  ['auto', 'reboot-started', 1],
] as const) {
  test(`at a barrier, a run that ${reboot} restarts ends as ${end}`, async () => {
    const { given, result } = await run(reboot, { [upgrade]: wantsRestart });
    assert.deepEqual([result.end, given.restarts], [end, restarts]);
    assert.equal(result.rebootRequired, true);
  });

  test(`a restart that is under way already is waited for, also by a run that ${reboot} restarts`, async () => {
    const { result } = await run(reboot, { [upgrade]: isRestarting });
    assert.equal(result.end, reboot === 'auto' ? 'reboot-started' : 'reboot-first');
  });

  test(`a restart that only finishes what holds is ${reboot === 'auto' ? 'started at the end' : 'told at the end'}: ${reboot}`, async () => {
    const { given, result } = await run(reboot, { [upgrade]: { ...wantsRestart, effect: true } });
    assert.deepEqual([result.end, given.restarts], [reboot === 'auto' ? 'reboot-started' : 'converged', restarts]);
  });
}

test('the journal tells of a restart before it is started, and is closed after that', async () => {
  const { given } = await run('auto', { [upgrade]: wantsRestart });
  assert.deepEqual(types(given).slice(-3), ['finished', 'restarting', 'closed']);
});

test('a server whose journal cannot be written is not restarted', async () => {
  const { given, result } = await run('auto', { [upgrade]: wantsRestart }, {}, (one) => {
    one.isFull = (entry) => entry.type === 'restarting';
  });
  assert.deepEqual([result.end, given.restarts], ['reboot-first', 0]);
  assert.match(result.why, /the journal could not be written/);
});

test('a restart that Windows refuses is told, and does not change what was reached', async () => {
  const refused: Outcome = { ok: false, reboot: 'none', meaning: 'access was denied' };
  const refuse = (one: SmallServer) => {
    one.restartEnds = refused;
  };
  for (const [trouble, end] of [
    [wantsRestart, 'reboot-first'],
    [{ ...wantsRestart, effect: true }, 'converged'],
  ] as const) {
    const { result } = await run('auto', { [upgrade]: trouble }, {}, refuse);
    assert.equal(result.end, end);
    assert.match(result.why, /could not be restarted: access was denied/);
  }
});

const doomed = (path: string): Partial<Facts> => ({ restart: known({ reasons: ['file-renames'], deletions: [path] }) });

test('the old version is not put back into a folder that the next start of Windows empties', async () => {
  for (const [reboot, end] of [
    ['never', 'reboot-first'],
    ['report', 'reboot-first'],
    ['auto', 'reboot-started'],
  ] as const) {
    const { given, result } = await run(reboot, { [upgrade]: fails, 'connector.upgrade-orElse': fails }, {}, (one) => {
      const perform = one.perform.bind(one);
      one.perform = async (step, label) => {
        const outcome = await perform(step, label);
        if (label.includes('connector.upgrade'))
          one.facts = { ...one.facts, products: known([]), ...doomed(`${folder}\\InUse.dll`) };
        return outcome;
      };
    });
    assert.equal(result.end, end, result.why);
    assert.ok(!given.performed.some((label) => label.includes('back-connector.install')));
    assert.match(result.why, /Windows deletes or replaces .*InUse\.dll at its next start/);
  }
});

for (const [reboot, end, restarts] of [
  ['never', 'failed-as-before', 0],
  ['report', 'reboot-first', 0],
  ['auto', 'reboot-started', 1],
] as const)
  test(`an upgrade is not laid over files that are to be deleted since its pool was stopped, by a run that ${reboot} restarts`, async () => {
    const { given, result } = await run(reboot, {}, {}, (one) => {
      one.whenStopped = doomed(`${folder}\\InUse.dll`);
    });
    assert.deepEqual([result.end, given.restarts], [end, restarts], result.why);
    assert.ok(!given.performed.some((label) => label.includes('connector.')), given.performed.join());
    assert.match(result.why, /Windows deletes or replaces .*InUse\.dll at its next start/);
  });

test('files that Windows deletes elsewhere hinder nothing', async () => {
  const { result } = await run('report', {}, {}, (one) => {
    one.facts = { ...one.facts, ...doomed('C:\\Config.Msi\\1a2b.rbf') };
  });
  assert.equal(result.end, 'converged');
});

const working = (...names: string[]) => server({ restart: known({ reasons: [], deletions: [], working: names }) });
const servicing = server({ restart: known({ reasons: ['servicing-in-progress'], deletions: [] }) });
const withoutIis = server({ iis: known(null) });
const notServing = server({ iis: known(iis({ services: { W3SVC: { state: 'stopped', startedAt: null } } })) });

async function settled(looks: readonly Facts[], { mustServe = true, minutes = 5 } = {}) {
  const said: string[] = [];
  let [index, slept] = [0, 0];
  const result = await waitUntilSettled({
    look: async () => looks[Math.min(index++, looks.length - 1)] as Facts,
    sleep: async (ms) => {
      slept += ms;
    },
    mustServe,
    limitMs: minutes * 60_000,
    say: (text) => void said.push(text),
  });
  return { result, slept, said };
}

test('a server that is ready is not waited for', async () => {
  assert.deepEqual(await settled([server()]), { result: null, slept: 0, said: [] });
});

test('Windows that is at work after its start is waited for, with a line at once and for each minute', async () => {
  const busy = [servicing, servicing, servicing, servicing, working('TiWorker.exe')];
  const { result, slept, said } = await settled([...busy, server()]);
  assert.deepEqual([result, slept, said.length], [null, 75_000, 2]);
});

test('when the limit has passed, what is still not ready is told', async () => {
  const cases: readonly (readonly [Facts, RegExp, boolean])[] = [
    [servicing, /finishes a change of its own parts/, true],
    [notServing, /W3SVC does not run/, false],
    [withoutIis, /W3SVC does not run/, false],
    [server({ restart: unread() }), /.+/, false],
    [server({ iis: unread() }), /.+/, false],
  ];
  for (const [facts, why, isServicing] of cases) {
    const { result, slept } = await settled([facts]);
    assert.match(result?.why ?? '', why);
    assert.deepEqual([result?.isServicing, slept], [isServicing, 5 * 60_000]);
  }
});

test('a worker of servicing that does not end hinders nothing, and neither does IIS that did not run before', async () => {
  assert.equal((await settled([working('TiWorker.exe')])).result, null);
  for (const facts of [notServing, withoutIis, server({ iis: unread() })])
    assert.deepEqual((await settled([facts], { mustServe: false })).slept, 0);
});

test('the pools of a run that waits for a restart stay as they are', async () => {
  const { given } = await run('auto', { [upgrade]: wantsRestart }, { wayBack: [stop, start] });
  assert.ok(!given.performed.some((label) => label.includes('pool.start')));
});
