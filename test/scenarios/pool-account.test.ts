import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply, uninstall } from '../../src/commands/apply.ts';
import { plan } from '../../src/commands/plan.ts';
import type { Interrupt } from '../../src/core/interrupt.ts';
import type { RunReport } from '../../src/core/report.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { hostPath } from '../../src/sandbox/host-config.ts';
import type { SandboxMachine } from '../../src/sandbox/sandbox-machine.ts';
import { saveServer } from '../../src/sandbox/server.ts';
import { tools } from '../../src/sandbox/tools/table.ts';
import { asked, doorsOf, givenServer } from '../given.ts';
import { textOf } from '../steps/on-server.ts';
import { withDoors } from '../sweep/doors.ts';

const given = asked('apply', 'SCIMConnector-4.4.4.msi');
const ownPool = /<add name="SCIMConnectorAppPool"[\s\S]*?<\/add>/;

/** The server of a scenario, and its machine when msiexec refuses to install while another version is registered. */
async function stubborn(scenario = 'pool-account') {
  const { machine } = await givenServer(scenario);
  const change: Machine['change'] = async (call, ...more) => {
    const { products } = machine.server.facts;
    const isInstall = call.tool === 'msiexec' && call.args.includes('/i');
    const isRefused = isInstall && products.known && products.value.length > 0;
    return isRefused ? { code: 1603, timedOut: false, output: '' } : machine.change(call, ...more);
  };
  return { machine, refusing: withDoors(machine, { change }) };
}

/** What somebody else does as soon as msiexec has ended for the first time. */
function meanwhile(machine: SandboxMachine, work: () => Promise<unknown>) {
  let isDone = false;
  return withDoors(machine, {
    change: async (call, ...more) => {
      const ended = await machine.change(call, ...more);
      if (call.tool.startsWith('msiexec') && !isDone) await work();
      isDone ||= call.tool.startsWith('msiexec');
      return ended;
    },
  });
}

function isTold(report: RunReport, secret: string): boolean {
  return JSON.stringify(report).includes(secret);
}

test('an upgrade in place leaves the account of the pool, its password and every other setting of it', async () => {
  const { machine } = await givenServer('pool-account');
  const before = await textOf(machine, hostPath);
  const password = /\[enc:[^\]]+\]/.exec(before)?.[0] ?? assert.fail('no password');
  const report = await apply(given, doorsOf(machine));
  assert.deepEqual([report.end, report.route], ['converged', 'upgrade'], report.message);
  assert.equal(await textOf(machine, hostPath), before);
  assert.ok(!isTold(report, password) && !isTold(report, 'IISWASOnlyAesProvider'));
  const journal = await textOf(machine, report.paths.journal ?? '');
  assert.ok(!journal.includes('IISWASOnlyAesProvider'));
});

test('an upgrade that must uninstall first brings the pool back with its password, byte for byte', async () => {
  const { machine, refusing } = await stubborn();
  const before = await textOf(machine, hostPath);
  const report = await apply(given, doorsOf(refusing));
  assert.equal(report.end, 'converged', report.message);
  assert.ok(report.steps.some((one) => one.phase === 'orElse' && one.step.kind === 'connector.uninstall' && one.ok));
  assert.equal(await textOf(machine, hostPath), before);
});

test('a replacement is not refused for the password, and brings it back', async () => {
  const { machine } = await givenServer('pool-account');
  const before = await textOf(machine, hostPath);
  const down = asked('apply', 'SCIMConnector-4.1.0.msi', { accept: ['downgrade'] });
  assert.equal((await apply(given, doorsOf(machine))).end, 'converged');
  const report = await apply(down, doorsOf(machine));
  assert.deepEqual([report.end, report.route], ['converged', 'downgrade'], report.message);
  assert.equal(await textOf(machine, hostPath), before);
});

for (const sample of ['4.4.5-fails-old-gone', '4.4.5-fails-old-kept']) {
  test(`an upgrade that fails (${sample.slice(6)}) leaves the file as it was, the password in it`, async () => {
    const { machine } = await givenServer('pool-account');
    const before = await textOf(machine, hostPath);
    const report = await apply(asked('apply', `SCIMConnector-${sample}.msi`), doorsOf(machine));
    assert.equal(report.end, 'failed-as-before', report.message);
    assert.equal(await textOf(machine, hostPath), before);
  });
}

test('an interrupted uninstallation puts the pool back with its password', async () => {
  const { machine } = await givenServer('pool-account');
  const before = await textOf(machine, hostPath);
  let questions = 0;
  const interrupted = (): Interrupt => (++questions > 4 ? 'back' : 'no');
  const report = await uninstall(asked('uninstall', null), doorsOf(machine, { interrupted }));
  assert.equal(report.end, 'failed-as-before', report.message);
  assert.equal(await textOf(machine, hostPath), before);
});

test('where IIS shares its configuration with other servers, the password is not put at risk', async () => {
  const { machine } = await givenServer('pool-account');
  const { iis } = machine.server.facts;
  assert.ok(iis.known && iis.value);
  const shared = { ...iis.value, sharedConfiguration: '\\\\FILES-01\\iis' };
  machine.server.facts = { ...machine.server.facts, iis: { known: true, value: shared } };
  const report = await plan(given, machine, 'test');
  assert.deepEqual(
    report.findings.filter((one) => one.stops !== 'never').map((one) => one.id),
    ['no-way-back'],
  );
});

test('what another administrator changes in the file while the connector is replaced stays, and is told', async () => {
  const { machine } = await givenServer('pool-account');
  const before = await textOf(machine, hostPath);
  const bindings = '/bindings:http/*:8099:';
  const other = meanwhile(machine, async () => {
    await tools.appcmd(machine.server, ['set', 'site', '/site.name:Default Web Site', bindings]);
    await tools.appcmd(machine.server, ['add', 'apppool', '/name:Theirs']);
  });
  const report = await apply(asked('apply', 'SCIMConnector-4.4.5-fails-old-gone.msi'), doorsOf(other));
  assert.equal(report.end, 'failed-as-before', report.message);
  const text = await textOf(machine, hostPath);
  assert.match(text, /<add name="Theirs" \/>/);
  assert.match(text, /\*:8099:/);
  assert.equal(ownPool.exec(text)?.[0], ownPool.exec(before)?.[0]);
  const said = 'site Default Web Site has the bindings http/*:8099:, not http/*:80:';
  assert.ok(report.changes.includes(said), report.changes.join('\n'));
  assert.ok(report.message.includes(said), report.message);
});

test("the application of a virtual directory is told as nobody else's change of the site above it", async () => {
  const { machine, refusing } = await stubborn('virtual-directory');
  const before = await textOf(machine, hostPath);
  const report = await apply({ ...given, property: ['SITEMODE=VirtualDirectory'] }, doorsOf(refusing));
  assert.equal(report.end, 'converged', report.message);
  assert.doesNotMatch(report.message, /Not by this run/);
  assert.equal(await textOf(machine, hostPath), before);
});

test('a certificate on a port of no site is bound again where a setup has taken it', async () => {
  const { machine } = await givenServer('scim-4.1');
  const place = 'ipport=0.0.0.0:9999';
  const words = [
    `certhash=${'ab'.repeat(20)}`,
    'appid={ba195980-cd49-458b-9e23-c84ee0adcd75}',
    'certstorename=WebHosting',
  ];
  await tools.netsh(machine.server, ['http', 'add', 'sslcert', place, ...words]);
  await saveServer(machine.server);
  const bound = async () => {
    const { iis } = await machine.look({ upgradeCodes: [], backup: null, packages: 'C:\\none' });
    return (iis.known ? (iis.value?.certificates ?? []) : []).map((one) => `${one.endpoint} ${one.appId} ${one.store}`);
  };
  const before = await bound();
  const taking = meanwhile(machine, () => tools.netsh(machine.server, ['http', 'delete', 'sslcert', place]));
  for (const sample of ['4.4.5-fails-old-gone', '4.4.4']) {
    const report = await apply(asked('apply', `SCIMConnector-${sample}.msi`), doorsOf(taking));
    assert.equal(report.end, sample === '4.4.4' ? 'converged' : 'failed-as-before', report.message);
    assert.deepEqual((await bound()).sort(), before.toSorted());
  }
});
