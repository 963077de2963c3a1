import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apply, uninstall } from '../../src/commands/apply.ts';
import { plan } from '../../src/commands/plan.ts';
import type { Call } from '../../src/core/call.ts';
import type { CodeTable } from '../../src/core/codes.ts';
import type { Interrupt } from '../../src/core/interrupt.ts';
import { iisApplication } from '../../src/core/site-gaps.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { editHost } from '../../src/sandbox/host-config.ts';
import { removeFromHost } from '../../src/sandbox/host-edit.ts';
import { changeIis, iisNow } from '../../src/sandbox/iis.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import type { SandboxMachine } from '../../src/sandbox/sandbox-machine.ts';
import { type Server, saveServer } from '../../src/sandbox/server.ts';
import { tools } from '../../src/sandbox/tools/table.ts';
import { runText } from '../../src/view/run-text.ts';
import { documentOf, run } from '../cli/program.ts';
import { asked, bundle, doorsOf, givenServer, sample } from '../given.ts';
import { withDoors } from '../sweep/doors.ts';
import { onFirst } from './restarts.ts';

const upgrade = asked('apply', 'SCIMConnector-4.4.4.msi');
const removal = asked('uninstall', null);

/** The text of a report on one line, as no width of a screen breaks it. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ');

/** What somebody else does with appcmd as soon as a tool has ended for the first time. */
function meanwhile(machine: SandboxMachine, tool: CodeTable, ...args: readonly string[]) {
  return onFirst(machine, tool, async (ended) => {
    assert.equal((await tools.appcmd(machine.server, args)).code, 0);
    return ended;
  });
}

const poolIn = (server: Server, name: string) => iisNow(server)?.pools.find((one) => one.name === name)?.state;

test('a pool of others that the restart of IIS leaves stopped is told by name, as 27, and the next run finds nothing to do', async () => {
  const { folder, machine } = await givenServer('scim-4.1-no-bundle');
  // Started by hand, and not to be started by IIS itself.
  await tools.appcmd(machine.server, ['set', 'apppool', '/apppool.name:DefaultAppPool', '/autoStart:false']);
  await saveServer(machine.server);
  const words = ['--sandbox', folder, '--msi', sample('SCIMConnector-4.4.4.msi'), '--hosting-bundle', sample(bundle)];
  const first = documentOf(await run('apply', '--json', ...words));
  const told = 'pool DefaultAppPool ran and is stopped (appcmd start apppool "DefaultAppPool")';
  assert.deepEqual([first.exitCode, first.end], [27, 'converged'], JSON.stringify(first.message));
  assert.deepEqual(first.others, { perhapsByRun: [told], byOthers: [] });
  assert.match(String(first.message), /NOT as it was, perhaps by this run/);
  const opened = await openSandbox(folder);
  assert.ok('machine' in opened);
  assert.equal(poolIn(opened.machine.server, 'DefaultAppPool'), 'stopped');
  assert.equal(opened.machine.server.memory.events.at(-1)?.id, 27);
  assert.equal((await run('apply', '--json', ...words)).exitCode, 0);
});

test('a site that somebody stops during an upgrade is told, and the upgrade is a success', async () => {
  const { machine } = await givenServer('scim-4.1');
  const site = 'Default Web Site';
  const report = await apply(upgrade, doorsOf(meanwhile(machine, 'msiexec', 'stop', 'site', `/site.name:${site}`)));
  assert.deepEqual([report.exitCode, report.others.perhapsByRun], [0, []], report.message);
  const told = `site ${site} ran and is stopped (appcmd start site "${site}")`;
  assert.deepEqual(report.others.byOthers, [told]);
  assert.ok(oneLine(runText(report)).includes(told));
});

test('a site in the pool of the connector runs on when the connector is uninstalled', async () => {
  const { machine } = await givenServer('shared-pool');
  const report = await uninstall(removal, doorsOf(machine));
  assert.equal(report.exitCode, 0, report.message);
  assert.equal(poolIn(machine.server, 'SCIMConnectorAppPool'), 'started');
});

test('a pool that others share with the connector is put back where its setup takes it along', async () => {
  const { machine } = await givenServer('shared-pool');
  const taking = withDoors(machine, {
    change: async (call, ...more) => {
      const ended = await machine.change(call, ...more);
      if (call.tool === 'msiexec /x')
        editHost(machine.server, removeFromHost({ kind: 'pool', name: 'SCIMConnectorAppPool' }));
      return ended;
    },
  });
  const report = await uninstall(removal, doorsOf(taking));
  assert.equal(report.exitCode, 0, report.message);
  assert.equal(poolIn(machine.server, 'SCIMConnectorAppPool'), 'started');
});

test('an application that somebody has put below the site of the connector, and that goes with it, is told as 27', async () => {
  const { machine } = await givenServer('scim-4.1');
  await machine.server.drive.makeFolder('C:\\tools');
  const words = ['/site.name:SCIMConnector', '/path:/tools', '/physicalPath:C:\\tools'];
  await tools.appcmd(machine.server, ['add', 'app', ...words]);
  await saveServer(machine.server);
  const report = await uninstall(removal, doorsOf(machine));
  assert.deepEqual(
    [report.exitCode, report.others.perhapsByRun],
    [27, ['site SCIMConnector/tools is not there']],
    report.message,
  );
});

/** A server on which the certificate of port 443, of the connector's site and another one, is not in its store any more. */
async function withoutCertificate() {
  const sandbox = await givenServer('shared-port');
  const { server } = sandbox.machine;
  changeIis(server, ({ certificates }) => ({ certificates: certificates.map((one) => ({ ...one, present: false })) }));
  await saveServer(server);
  return sandbox;
}

const thumbprint = '5F3A1C9E0B7D42866E1A9C3D5B7F09E2C4A68D10';
const lost = `certificate ${thumbprint} is not bound to 0.0.0.0:443, for it is not in the store MY of the computer`;
const again = `netsh http add sslcert ipport=0.0.0.0:443 certhash=${thumbprint.toLowerCase()}`;

test('a binding that cannot be put back, since its certificate is gone from the store, is told before the run and after it', async () => {
  const { machine } = await withoutCertificate();
  const planned = await plan(asked('plan', 'SCIMConnector-4.4.4.msi'), machine, 'test');
  const report = await uninstall(removal, doorsOf(machine));
  for (const { findings } of [planned, report]) {
    const found = findings.find((one) => one.id === 'certificate-absent');
    assert.ok(found?.message.includes(`${thumbprint} at 0.0.0.0:443 (MY)`), found?.message);
  }
  assert.equal(report.exitCode, 27, report.message);
  const [told = ''] = report.others.perhapsByRun;
  assert.ok(told.startsWith(`${lost} (once it is there: ${again}`), told);
  assert.ok(told.endsWith('clientcertnegotiation=enable)'), told);
  assert.match(report.message, /NOT as it was, perhaps by this run/);
  assert.ok(oneLine(runText(report)).includes(lost));
});

test('it is told too where the run has failed and everything else is as before', async () => {
  const { machine } = await withoutCertificate();
  let isRemoved = false;
  const watched = onFirst(machine, 'msiexec /x', async (ended) => {
    isRemoved = true;
    return ended;
  });
  const interrupted = (): Interrupt => (isRemoved ? 'back' : 'no');
  const report = await uninstall(removal, doorsOf(watched, { interrupted }));
  assert.equal(report.exitCode, 22, report.message);
  assert.ok(report.message.includes(lost), report.message);
});

/** A machine whose netsh does not find a certificate in its store (1312, ERROR_NO_SUCH_LOGON_SESSION). */
function withoutInStore(machine: Machine, hash: string): Machine {
  const said = 'SSL Certificate add failed, Error: 1312\r\nA specified logon session does not exist.\r\n';
  const isOfIt = ({ tool, args }: Call<'change'>) => tool === 'netsh' && args.includes(`certhash=${hash}`);
  return withDoors(machine, {
    change: async (call, ...more) =>
      isOfIt(call) ? { code: 1, timedOut: false, output: said } : machine.change(call, ...more),
  });
}

test('a certificate that is deleted during a run that fails costs neither what is bound in its place nor the bindings of others', async () => {
  const { machine } = await givenServer('shared-port');
  const { server } = machine;
  const bind = (port: number, hash: string) =>
    tools.netsh(server, [
      ...['http', 'add', 'sslcert', `ipport=0.0.0.0:${port}`, `certhash=${hash}`],
      ...[`appid=${iisApplication}`, 'certstorename=MY'],
    ]);
  const unbind = (port: number) => tools.netsh(server, ['http', 'delete', 'sslcert', `ipport=0.0.0.0:${port}`]);
  const [other, renewed] = ['ab'.repeat(20), 'cd'.repeat(20)];
  await bind(9999, other);
  await saveServer(server);
  const renewing = onFirst(machine, 'msiexec', async (ended) => {
    await unbind(443);
    await bind(443, renewed);
    await unbind(9999);
    return ended;
  });
  const failing = asked('apply', 'SCIMConnector-4.4.5-fails-old-gone.msi');
  const report = await apply(failing, doorsOf(withoutInStore(renewing, thumbprint.toLowerCase())));
  assert.equal(report.exitCode, 23, report.message);
  assert.ok(report.message.includes(`certificate ${thumbprint} is not bound to 0.0.0.0:443`), report.message);
  assert.ok(report.steps.some((one) => one.meaning.includes('1312')));
  const bound = iisNow(server)?.certificates.map((one) => `${one.endpoint} ${one.thumbprint.toLowerCase()}`);
  assert.deepEqual(bound?.sort(), [`0.0.0.0:443 ${renewed}`, `0.0.0.0:9999 ${other}`]);
});
