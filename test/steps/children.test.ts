import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallResult } from '../../src/core/call.ts';
import { holds } from '../../src/core/missing.ts';
import { packagePath } from '../../src/core/places.ts';
import type { Step } from '../../src/core/step.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { withFaults } from '../../src/sandbox/faults.ts';
import { perform } from '../../src/steps/perform.ts';
import { givenServer, sample } from '../given.ts';
import { withDoors } from '../sweep/doors.ts';
import { doingOn, givenDoing } from './on-server.ts';

const stop: Step<'pool.stop'> = { kind: 'pool.stop', pool: 'SCIMConnectorAppPool' };

test('a pool counts as stopped only when its worker process has ended', async () => {
  const { doing } = await givenDoing();
  assert.equal((await perform(stop, doing)).ok, true);
  assert.ok(holds(stop, await doing.look()));
});

test('a worker process that does not end within the time IIS itself gives it is a failure that says so', async () => {
  const { machine } = await givenDoing();
  const doing = doingOn(withDoors(machine, { look: async (what) => stuck(await machine.look(what)) }));
  const outcome = await perform(stop, doing);
  assert.equal(outcome.ok, false);
  assert.match(outcome.meaning, /did not end within 90 s/);
});

test('a package that was exchanged after it was checked is not executed', async () => {
  const { machine, doing } = await givenDoing();
  const msi = { name: 'SCIMConnector-4.4.4.msi', sha256: '0'.repeat(64), productCode: '{X}', version: '4.4.4' };
  const install: Step<'connector.install'> = { kind: 'connector.install', msi, properties: {} };
  const absent = await perform(install, doing);
  assert.match(absent.meaning, /is not kept/);
  await machine.receive(sample(msi.name), packagePath(doing.places, msi));
  const calls: string[] = [];
  const watched = doingOn(withDoors(machine, { change: noting(calls, machine) }));
  assert.match((await perform(install, watched)).meaning, /is not the package that was checked/);
  assert.deepEqual(calls, []);
});

const uninstall: Step<'connector.uninstall'> = {
  kind: 'connector.uninstall',
  productCode: '{00000000-0000-0000-0000-000000000001}',
  version: '1.0.0',
  folder: null,
};

const busyFor = (machine: Machine, calls: number) =>
  withFaults(machine, { at: { tool: 'msiexec /x', call: 1 }, trouble: { kind: 'busy', calls } });

/** A machine that notes how long it was slept on. */
function timed(machine: Machine) {
  const waits: number[] = [];
  const sleep = async (ms: number) => {
    waits.push(ms);
    await machine.sleep(ms);
  };
  return { waits, timedMachine: withDoors(machine, { sleep }) };
}

test('while another installation runs, msiexec is tried again, each time with a log of its own', async () => {
  const { machine } = await givenDoing();
  const logs: (string | null)[] = [];
  const busy = busyFor(machine, 2);
  const change: Machine['change'] = (call, ...more) => {
    logs.push(call.log);
    return busy.change(call, ...more);
  };
  const outcome = await perform(uninstall, doingOn(withDoors(busy, { change })));
  assert.deepEqual([outcome.ok, outcome.code], [true, 1605]);
  const { logs: folder } = doingOn(machine).places;
  assert.deepEqual(logs, [`${folder}\\step.log`, `${folder}\\step-2.log`, `${folder}\\step-3.log`]);
});

test('waiting for another installation has an end, and the step is then busy, with the name of who holds it', async () => {
  const { machine } = await givenDoing();
  const begun = Date.parse(machine.now());
  const outcome = await perform(uninstall, doingOn(busyFor(machine, Number.POSITIVE_INFINITY)));
  const waited = Date.parse(machine.now()) - begun;
  assert.deepEqual([outcome.ok, outcome.busy, waited], [false, true, 600_000]);
  const who = 'msiexec.exe (process 4720, started by setup.exe)';
  assert.equal(outcome.meaning, `another installation is running: ${who}; waited 10 min`);
});

test('the limit of the answers says how long another installation is waited for; 0 is not at all', async () => {
  for (const [busy, waits] of [
    [0, []],
    [0.5, [10_000, 10_000, 10_000]],
    [2, Array.from({ length: 12 }, () => 10_000)],
  ] as const) {
    const { machine } = await givenDoing();
    const { waits: found, timedMachine } = timed(busyFor(machine, Number.POSITIVE_INFINITY));
    const doing = doingOn(timedMachine);
    const outcome = await perform(uninstall, { ...doing, limits: { ...doing.limits, busy } });
    assert.deepEqual([outcome.busy, found], [true, waits]);
    if (busy === 0) assert.match(outcome.meaning, /; not waited for its end$/);
  }
});

test('while it is waited for, somebody is told who holds Windows Installer and when it is tried again', async () => {
  const { machine } = await givenDoing();
  const told: string[] = [];
  await perform(uninstall, { ...doingOn(busyFor(machine, 4)), tell: (text) => void told.push(text) });
  const who = 'another installation is running: msiexec.exe (process 4720, started by setup.exe)';
  assert.deepEqual(
    told.slice(0, 3),
    ['10 s', '20 s', '30 s'].map((wait) => `${who}; next attempt in ${wait}`),
  );
});

test('who interrupts waits no longer for another installation, and msiexec is not tried again', async () => {
  const { machine } = await givenDoing();
  const { waits, timedMachine } = timed(busyFor(machine, Number.POSITIVE_INFINITY));
  const doing = { ...doingOn(timedMachine), isStopped: () => waits.length >= 4 };
  const calls: string[] = [];
  const outcome = await perform(uninstall, { ...doing, change: noting(calls, timedMachine) });
  assert.deepEqual([outcome.busy, waits.length, calls.length], [true, 4, 3]);
  assert.match(outcome.meaning, /not waited for its end/);
});

test('a suspended installation is settled once the other one has ended', async () => {
  const { machine } = await givenServer('suspended');
  const doing = doingOn(withFaults(machine, { at: { tool: 'msiexec', call: 1 }, trouble: { kind: 'busy', calls: 2 } }));
  const [product] = await doing.look().then(({ products }) => (products.known ? products.value : []));
  const by = product ? { productCode: product.productCode } : null;
  const settle: Step<'installer.settle'> = { kind: 'installer.settle', by };
  assert.ok(!holds(settle, await doing.look()));
  assert.equal((await perform(settle, doing)).ok, true);
  assert.ok(holds(settle, await doing.look()));
});

test('a pool that a cut run has stopped is started again for the product that is there', async () => {
  const { doing } = await givenDoing();
  const before = await doing.look();
  const productCode = before.products.known ? before.products.value[0]?.productCode : undefined;
  assert.ok(productCode);
  const serve: Step<'connector.serve'> = { kind: 'connector.serve', productCode };
  await perform(stop, doing);
  assert.ok(!holds(serve, await doing.look()));
  assert.equal((await perform(serve, doing)).ok, true);
  assert.ok(holds(serve, await doing.look()));
});

test('of several calls the first that fails ends the step', async () => {
  const { machine, doing } = await givenDoing();
  const { iis } = await doing.look();
  const site = iis.known ? iis.value?.sites.find((one) => one.name === 'SCIMConnector') : undefined;
  assert.ok(site);
  const step: Step<'site.present'> = {
    kind: 'site.present',
    site,
    identity: 'NetworkService',
    beside: [],
  };
  const callsUntil = async (failing: number) => {
    let calls = 0;
    const change = async (): Promise<CallResult> => ({
      code: ++calls === failing ? 5 : 0,
      timedOut: false,
      output: '',
    });
    const { ok } = await perform(step, doingOn(withDoors(machine, { change })));
    return { ok, calls };
  };
  assert.deepEqual(await callsUntil(2), { ok: false, calls: 2 });
  assert.deepEqual(await callsUntil(99), { ok: true, calls: 7 });
});

test('the folder of a log is there before the tool that writes it is started', async () => {
  const { machine } = await givenDoing();
  const doing = doingOn(machine);
  await perform(
    {
      kind: 'connector.uninstall',
      productCode: '{00000000-0000-0000-0000-000000000001}',
      version: '1.0.0',
      folder: null,
    },
    doing,
  );
  assert.ok((await machine.list(doing.places.logs)).length > 0);
});

test('uninstalling stops the pool of the product first, so that no file is left for the next start of Windows', async () => {
  const { doing } = await givenDoing();
  const before = await doing.look();
  const product = before.products.known ? before.products.value[0] : undefined;
  assert.ok(product);
  const { productCode, version, folder } = product;
  const outcome = await perform({ kind: 'connector.uninstall', productCode, version, folder }, doing);
  assert.deepEqual([outcome.ok, outcome.reboot], [true, 'none']);
  const { restart } = await doing.look();
  assert.deepEqual(restart.known && restart.value.deletions, []);
});

test('an error of the file system is a failure of the step, and a bug is not taken for one', async () => {
  const { machine } = await givenDoing();
  const failing = (error: Error) => doingOn(withDoors(machine, { makeFolder: () => Promise.reject(error) }));
  const step: Step<'connector.uninstall'> = {
    kind: 'connector.uninstall',
    productCode: '{X}',
    version: '1.0.0',
    folder: null,
  };
  const full = await perform(step, failing(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })));
  assert.match(full.meaning, /ENOSPC/);
  await assert.rejects(perform(step, failing(new TypeError('a slip'))), /a slip/);
});

test('what a tool without a log says on its output is told', async () => {
  const { machine } = await givenDoing();
  const change = async (): Promise<CallResult> => ({
    code: 5,
    timedOut: false,
    output: '\r\nERROR ( message:Access is denied. )\r\n',
  });
  const outcome = await perform(stop, doingOn(withDoors(machine, { change })));
  assert.match(outcome.meaning, /access was denied: ERROR \( message:Access is denied\. \)/);
});

function noting(calls: string[], machine: Machine): Machine['change'] {
  return (call) => {
    calls.push(call.tool);
    return machine.change(call);
  };
}

/** The pool is stopped and its worker process goes on. */
function stuck(facts: Awaited<ReturnType<Machine['look']>>): typeof facts {
  if (!facts.iis.known || !facts.iis.value) return facts;
  const pools = facts.iis.value.pools.map((pool) => (pool.name === stop.pool ? { ...pool, workers: 1 } : pool));
  return { ...facts, iis: { known: true, value: { ...facts.iis.value, pools } } };
}
