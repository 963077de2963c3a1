import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import type { Call, CallResult } from '../../src/core/call.ts';
import type { Facts } from '../../src/core/facts.ts';
import { SetupError } from '../../src/core/setup-error.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { known, unread } from '../core/server-facts.ts';
import { asked, doorsOf, givenServer } from '../given.ts';
import { withDoors } from '../sweep/doors.ts';

const accept = ['installer-suspended'];
const msi = 'SCIMConnector-4.4.4.msi';

type Settling = { readonly works?: boolean; readonly meanwhile?: (facts: Facts) => Facts; readonly full?: boolean };

/** A server with 4.1.0 on which somebody else's installation is suspended, until Windows Installer is asked for something. */
async function suspendedServer({ works = true, meanwhile = (facts) => facts, full = false }: Settling = {}) {
  const { machine } = await givenServer('scim-4.1');
  const calls: string[] = [];
  let isSettled = false;
  const doors: Partial<Machine> = {
    look: async (what) => {
      const facts = await machine.look(what);
      return isSettled
        ? meanwhile(facts)
        : { ...facts, installer: known({ suspended: true, disabledByPolicy: false, holders: [] }) };
    },
    change: async (call: Call<'change'>): Promise<CallResult> => {
      calls.push(String(call.args[0]));
      if (call.args[0] !== '/fp') return machine.change(call);
      isSettled = works;
      return { code: 1605, timedOut: false, output: '' };
    },
    receive: (from, to) =>
      full && isSettled
        ? Promise.reject(Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' }))
        : machine.receive(from, to),
    append: (path, line) =>
      full && isSettled && line.includes('"opened"')
        ? Promise.reject(Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' }))
        : machine.append(path, line),
  };
  const run = (more: object = { accept }) => apply(asked('apply', msi, more), doorsOf(withDoors(machine, doors)));
  return { run, calls };
}

test('what somebody else has suspended is taken back first, and then the connector is upgraded in the same run', async () => {
  const { run, calls } = await suspendedServer();
  const report = await run();
  assert.deepEqual([report.end, report.route, report.changed], ['converged', 'upgrade', true]);
  const [first] = calls.filter((one) => ['/fp', '/i', '/x'].includes(one));
  assert.equal(first, '/fp', 'before anything else is asked of Windows Installer');
});

test('nothing is taken back unless that is accepted', async () => {
  const { run, calls } = await suspendedServer();
  const report = await run({});
  assert.deepEqual([report.end, calls], ['refused', []]);
});

test('where Windows Installer goes on holding it, the run ends as before and says so', async () => {
  const { run, calls } = await suspendedServer({ works: false });
  const report = await run();
  assert.equal(report.end, 'failed-as-before');
  assert.match(report.message, /the product is not installed/);
  assert.ok(!calls.includes('/i'));
});

test('what there is afterwards is decided anew, and may be refused; that something was changed is not hidden', async () => {
  const { run, calls } = await suspendedServer({
    meanwhile: (facts) => {
      const [product] = facts.products.known ? facts.products.value : [];
      assert.ok(product);
      return { ...facts, products: known([product, { ...product, productCode: '{OTHER}', version: '4.3.0' }]) };
    },
  });
  const report = await run();
  assert.deepEqual([report.end, report.exitCode, report.changed], ['failed-changed', 23, true]);
  assert.ok(report.findings.some((one) => one.id === 'duplicate'));
  assert.match(report.message, /has taken back what it held suspended/);
  assert.ok(!calls.includes('/i'));
});

test('a run that could not go on after it is no end at which nothing was touched', async () => {
  const { run } = await suspendedServer({ full: true });
  await assert.rejects(run(), (error) => error instanceof SetupError && error.exitCode === 23);
});

test('a connector that came back otherwise is not said to be as before where the server could not be read any more', async () => {
  const { run } = await suspendedServer({ meanwhile: (facts) => ({ ...facts, installer: unread() }) });
  assert.equal((await run()).end, 'failed-changed');
});
