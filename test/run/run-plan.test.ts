import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replay } from '../../src/core/journal.ts';
import type { Plan } from '../../src/core/plan.ts';
import { runPlan } from '../../src/run/run-plan.ts';
import { opened, plan } from '../core/entries.ts';
import { config, configFile, hash, known, product, server, settings } from '../core/server-facts.ts';
import { SmallServer, type Trouble } from './small-server.ts';

const fails: Trouble = { outcome: { ok: false, code: 1603, meaning: 'a fatal error' } };
const busy: Trouble = { outcome: { ok: false, code: 1618, meaning: 'another installation is running', busy: true } };
const abandoned: Trouble = { outcome: { ok: false, meaning: 'its time limit passed', abandoned: true } };
const asksRestart: Trouble = { outcome: { reboot: 'required', meaning: 'a restart is required' } };
const afterEffect = ({ outcome }: Trouble): Trouble => ({ outcome, effect: true });
const twice = 'connector.upgrade-first';
const both = { [twice]: fails, 'connector.upgrade-orElse': fails };

const prepared = (
  troubles: Readonly<Record<string, Trouble>> = {},
  change: (given: SmallServer) => void = () => undefined,
) => {
  const given = new SmallServer(troubles);
  change(given);
  return given;
};
function makeBlind(given: SmallServer, isUnreadable: (look: number) => boolean): void {
  given.isUnreadable = isUnreadable;
}

const run = async (given: SmallServer, more: Partial<Plan> = {}) => ({
  given,
  result: await runPlan({ ...plan, ...more }, given, { before: given.facts }),
});
const versions = ({ facts }: SmallServer) =>
  facts.products.known ? facts.products.value.map((one) => one.version) : null;
const types = ({ entries }: SmallServer) =>
  entries.map((entry) => ('id' in entry ? `${entry.type} ${entry.id}` : entry.type));
const withoutNumber = (labels: readonly string[]) => labels.map((label) => label.replace(/^\d+-/, ''));

test('a plan that works converges, and every effect stands in the journal before and after', async () => {
  const { given, result } = await run(prepared());
  assert.deepEqual({ ...result, after: null }, { end: 'converged', rebootRequired: false, why: '', after: null });
  assert.deepEqual(result.after, given.facts);
  assert.deepEqual(types(given), [
    ...['config.backup', 'pool.stop', 'connector.upgrade', 'pool.start'].flatMap((id) => [
      `started ${id}`,
      `finished ${id}`,
    ]),
    'closed',
  ]);
  assert.deepEqual(given.performed, [
    '1-config.backup-first',
    '2-pool.stop-first',
    '3-connector.upgrade-first',
    '4-pool.start-first',
  ]);
  assert.ok(given.entries.every((entry) => entry.type !== 'finished' || entry.ms === 10_000));
});

test('what holds already is not done again', async () => {
  const { given, result } = await run(
    prepared({}, (one) => (one.facts = server({ products: known([product('4.4.4')]) }))),
  );
  assert.equal(result.end, 'converged');
  assert.ok(types(given).includes('already connector.upgrade'));
  assert.ok(!given.performed.some((label) => label.includes('upgrade')));
});

test('a step that fails is replaced by what else may be tried, in its order', async () => {
  const { given, result } = await run(prepared({ [twice]: fails }));
  assert.equal(result.end, 'converged');
  assert.deepEqual(withoutNumber(given.performed).slice(2, 5), [
    twice,
    'connector.upgrade-orElse',
    'connector.upgrade-orElse',
  ]);
  assert.deepEqual(versions(given), ['4.4.4']);
});

test('what claims success and has no effect has failed', async () => {
  const { given, result } = await run(prepared({ [twice]: { outcome: {} }, 'pool.start-first': { outcome: {} } }));
  assert.equal(result.end, 'failed-as-before');
  assert.match(result.why, /claims success, but pool ScimPool is stopped/);
  assert.deepEqual(versions(given), ['4.1.0']);
});

test('what failed after its effect still counts as failed, and is walked back', async () => {
  const { given, result } = await run(prepared({ 'pool.start-first': afterEffect(fails) }));
  assert.equal(result.end, 'failed-as-before');
  assert.match(result.why, /^Start pool ScimPool: .*1603/);
  assert.deepEqual([versions(given), given.facts.config], [['4.1.0'], server().config]);
  assert.equal(types(given).filter((type) => type === 'turned').length, 1);
});

test('when everything failed, the connector is put back as it was', async () => {
  const { given, result } = await run(prepared(both));
  assert.equal(result.end, 'failed-as-before');
  assert.deepEqual({ ...given.facts, kept: null }, { ...server(), kept: null });
  assert.match(result.why, /^Upgrade to 4\.4\.4: .*1603, a fatal error$/);
});

test('when the way back fails too, it is walked to its end, and what is not as before is named', async () => {
  const { given, result } = await run(prepared({ 'pool.start-first': fails, 'back-connector.install-back': fails }));
  assert.equal(result.end, 'failed-changed');
  assert.match(result.why, /not as before: .*4\.1\.0 is not registered/);
  assert.ok(withoutNumber(given.performed).includes('back-pool.start-back'));
});

test('a way back whose states all hold is not walked', async () => {
  const { given, result } = await run(prepared({ 'pool.stop-first': fails }));
  assert.equal(result.end, 'failed-as-before');
  assert.ok(!given.performed.some((label) => label.endsWith('back')));
});

test('a backup that cannot be proven refuses the run, with nothing touched', async () => {
  for (const trouble of [fails, { outcome: {} }]) {
    const { given, result } = await run(prepared({ 'config.backup-first': trouble }));
    assert.equal(result.end, 'refused');
    assert.match(result.why, /^The backup could not be proven: /);
    assert.deepEqual(given.facts, server());
    assert.deepEqual(types(given).at(-1), 'closed');
  }
});

test('what the connector itself has saved until its pool was stopped is not put back as it was', async () => {
  const saved = known([configFile(settings, { sha256: hash('saved just now') })]);
  const given = prepared();
  const files = config.map(({ path, role, sha256, values }) => ({ path, role, sha256, values }));
  const step = { kind: 'connector.unchanged', productCodes: [product('4.1.0').productCode], files } as const;
  const [stop, ...rest] = plan.connector;
  assert.ok(stop);
  const connector = [stop, { id: step.kind, step, why: '' }, ...rest];
  const { result } = await run(given, { connector, wayBack: plan.wayBack });
  assert.equal(result.end, 'converged');
  const late = prepared({}, (one) => (one.whenStopped = { config: saved }));
  const again = await run(late, { connector });
  assert.equal(again.result.end, 'failed-as-before');
  assert.match(again.result.why, /appsettings\.json is not as it was/);
  assert.deepEqual(late.facts.config, saved);
  assert.deepEqual(late.facts.iis, server().iis);
});

test('another installation at the very first step ends the run, with nothing touched', async () => {
  const { given, result } = await run(prepared({ 'pool.stop-first': busy }));
  assert.equal(result.end, 'busy');
  assert.ok(!types(given).includes('turned'));
});

test('another installation in the middle of the run is walked back, and nothing else is tried beside it', async () => {
  const { given, result } = await run(prepared({ [twice]: busy }));
  assert.equal(result.end, 'failed-as-before');
  assert.ok(!given.performed.some((label) => label.endsWith('orElse')));
});

for (const phase of [twice, 'connector.upgrade-orElse']) {
  test(`a child past its time limit stops the run at once: no fallback, no way back (${phase})`, async () => {
    const { given, result } = await run(prepared({ [twice]: fails, [phase]: abandoned }));
    assert.deepEqual([result.end, result.after], ['failed-changed', null]);
    assert.ok(given.performed.at(-1)?.endsWith(phase));
    assert.equal(types(given).at(-1), 'closed');
  });
}

test('a child past its time limit on the way back stops the way back', async () => {
  const { given, result } = await run(
    prepared({
      ...both,
      'back-connector.install-back': abandoned,
      'pool.start-first': fails,
      [twice]: afterEffect({ outcome: {} }),
    }),
  );
  assert.equal(result.end, 'failed-changed');
  assert.match(result.why, /on the way back: its time limit/);
  assert.ok(given.performed.at(-1)?.endsWith('back-connector.install-back'));
});

test('a look that fails once is repeated, at whatever look it is', async () => {
  const { given } = await run(prepared());
  for (let look = 1; look <= given.looks; look++) {
    const { result } = await run(prepared({}, (one) => makeBlind(one, (count) => count === look)));
    assert.equal(result.end, 'converged', `look ${look}`);
  }
});

test('a server that cannot be read any more is never called as before or converged', async () => {
  for (const troubles of [{}, both]) {
    const whole = await run(prepared(troubles));
    for (let look = 1; look <= whole.given.looks; look++) {
      const { given, result } = await run(prepared(troubles, (one) => makeBlind(one, (count) => count >= look)));
      const isTouched = given.performed.some((label) => !label.includes('config.backup'));
      assert.equal(result.end, isTouched ? 'failed-changed' : 'refused', `from look ${look} on`);
    }
  }
});

test('an interrupt at any question brings the connector back to what it was, and nothing more is tried', async () => {
  for (const troubles of [{}, { [twice]: fails }]) {
    for (let question = 1; question <= 4; question++) {
      const { given, result } = await run(prepared(troubles, (one) => (one.interruptedAt = question)));
      assert.equal(result.end, 'failed-as-before', `question ${question}`);
      assert.match(result.why, /interrupted/);
      assert.deepEqual({ ...given.facts, kept: null }, { ...server(), kept: null });
      assert.equal(given.performed.filter((label) => !label.endsWith('back')).length, question - 1);
    }
  }
});

test('who interrupts on the way back does not stop it', async () => {
  const { given, result } = await run(prepared(both, (one) => (one.interruptedAt = 7)));
  assert.equal(result.end, 'failed-as-before');
  assert.deepEqual(versions(given), ['4.1.0']);
});

test('a run that is left before a step begins nothing more, walks nothing back and stays open', async () => {
  for (const troubles of [{}, { [twice]: fails }]) {
    for (let question = 1; question <= 4; question++) {
      const leave = (one: SmallServer) => Object.assign(one, { interruptedAt: question, asks: 'leave' });
      const { given, result } = await run(prepared(troubles, leave));
      assert.deepEqual([result.end, result.after], ['failed-changed', null], `question ${question}`);
      assert.match(result.why, /console was closed/);
      assert.equal(given.performed.length, question - 1);
      assert.equal(types(given).at(-1), 'left');
      assert.ok(!types(given).some((type) => type === 'turned' || type === 'closed'));
    }
  }
});

test('a run that is left while a child is at work says so in its journal at once, and lets that child end', async () => {
  for (const trouble of [{}, { [twice]: fails }]) {
    const { given, result } = await run(prepared(trouble, (one) => (one.leftDuring = twice)));
    assert.equal(result.end, 'failed-changed');
    assert.deepEqual(types(given).slice(-3), ['started connector.upgrade', 'left', 'finished connector.upgrade']);
    assert.equal(given.entriesAtClose, given.entries.length - 1);
    assert.ok(given.performed.at(-1)?.endsWith(twice));
  }
});

test('a run that is left during its last step, and has nothing more to do, comes to its end', async () => {
  const { given, result } = await run(prepared({}, (one) => (one.leftDuring = 'pool.start-first')));
  assert.equal(result.end, 'converged');
  assert.deepEqual(types(given).slice(-3), ['left', 'finished pool.start', 'closed']);
});

test('a run that is left on its way back goes no further on it, and the next run does', async () => {
  const left = await run(
    prepared({ 'pool.start-first': fails }, (one) => (one.leftDuring = 'back-connector.install-back')),
  );
  assert.equal(left.result.end, 'failed-changed');
  assert.deepEqual(types(left.given).slice(-3), [
    'started back-connector.install',
    'left',
    'finished back-connector.install',
  ]);
  const { direction } = replay([opened(), ...left.given.entries]) ?? {};
  assert.equal(direction, 'back');
});

test('a step that holds and asks for a restart is remembered to the end', async () => {
  const { result } = await run(prepared({ [twice]: afterEffect(asksRestart) }));
  assert.deepEqual([result.end, result.rebootRequired], ['converged', true]);
});

test('a restart that a fallback or a failure asks for is remembered too, and on the way back', async () => {
  const inFallback = await run(prepared({ [twice]: fails, 'connector.upgrade-orElse': afterEffect(asksRestart) }));
  assert.deepEqual([inFallback.result.end, inFallback.result.rebootRequired], ['converged', true]);
  const ofFailure = await run(prepared({ [twice]: { outcome: { ok: false, reboot: 'required', code: 3017 } } }));
  assert.deepEqual([ofFailure.result.end, ofFailure.result.rebootRequired], ['converged', true]);
  const back = await run(
    prepared({ 'pool.start-first': fails, 'back-connector.install-back': afterEffect(asksRestart) }),
  );
  assert.deepEqual([back.result.end, back.result.rebootRequired], ['failed-as-before', true]);
});

for (const [what, label] of [
  ['forward', twice],
  ['in a fallback', 'connector.upgrade-orElse'],
] as const) {
  test(`a state that only a restart brings about is a barrier, ${what}`, async () => {
    const { given, result } = await run(prepared({ [twice]: fails, [label]: asksRestart }));
    assert.deepEqual([result.end, result.rebootRequired], ['reboot-first', true]);
    assert.ok(given.performed.at(-1)?.endsWith(label) && !types(given).includes('turned'));
  });
}

test('a barrier on the way back ends the run before anything is installed behind it', async () => {
  const { given, result } = await run(
    prepared({ 'pool.start-first': fails, 'back-connector.uninstall-back': asksRestart }),
  );
  assert.equal(result.end, 'reboot-first');
  assert.ok(given.performed.at(-1)?.endsWith('back-connector.uninstall-back'));
});

test('a restart that was started is a barrier even where the state holds', async () => {
  const { result } = await run(prepared({ [twice]: { outcome: { reboot: 'initiated' }, effect: true } }));
  assert.deepEqual([result.end, result.rebootRequired], ['reboot-first', true]);
});

test('a run that was cut on its way back only walks back', async () => {
  const given = prepared({}, (one) => (one.facts = server({ products: known([product('4.4.4')]) })));
  const { result } = await run(given, { direction: 'back', backup: [], prerequisites: [], connector: [], begun: true });
  assert.equal(result.end, 'failed-as-before');
  assert.deepEqual(versions(given), ['4.1.0']);
});

test('what a later step undoes again is found at the end, and walked back', async () => {
  const last = { id: 'pool.stop-2', step: { kind: 'pool.stop', pool: 'ScimPool' }, why: '' } as const;
  const given = prepared();
  const { result } = await run(given, { connector: [...plan.connector, last] });
  assert.equal(result.end, 'failed-as-before');
  assert.match(result.why, /pool ScimPool is stopped/);
});

test('prerequisites stay when the connector is walked back', async () => {
  const [stop] = plan.connector;
  assert.ok(stop);
  const { given, result } = await run(prepared({ [twice]: fails, 'connector.upgrade-orElse': fails }), {
    prerequisites: [stop],
    wayBack: [],
  });
  assert.equal(result.end, 'failed-as-before');
  assert.ok(!given.performed.some((label) => label.endsWith('back')));
});
