import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storedPath } from '../../src/core/backup.ts';
import type { Facts } from '../../src/core/facts.ts';
import { holds } from '../../src/core/missing.ts';
import type { Step } from '../../src/core/step.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { hostPath } from '../../src/sandbox/host-config.ts';
import { tools } from '../../src/sandbox/tools/table.ts';
import { readManifest } from '../../src/steps/backup.ts';
import { type Doing, failure } from '../../src/steps/doing.ts';
import { perform } from '../../src/steps/perform.ts';
import { givenServer } from '../given.ts';
import { withDoors } from '../sweep/doors.ts';
import { backupOf, doingOn, putAs, textOf } from './on-server.ts';

const pool = 'SCIMConnectorAppPool';
const byte = (text: string) => new TextEncoder().encode(text);

/** A server whose pool has an account, backed up; then site and pool are made anew as a setup would. */
async function remade(more: Partial<Step<'site.present'>> = {}) {
  const { machine } = await givenServer('pool-account');
  const doing = doingOn(machine);
  const before = await textOf(machine, hostPath);
  const facts = await doing.look();
  const backup = { ...(await backupOf(doing)), host: { path: hostPath } };
  assert.equal((await perform(backup, doing)).ok, true);
  assert.ok(holds(backup, await doing.look()));
  const appcmd = async (...args: readonly string[]) =>
    assert.equal((await tools.appcmd(machine.server, args)).code, 0, args.join(' '));
  await appcmd('delete', 'site', '/site.name:SCIMConnector');
  await appcmd('delete', 'apppool', `/apppool.name:${pool}`);
  await appcmd('add', 'apppool', `/name:${pool}`);
  await appcmd('add', 'site', '/name:SCIMConnector', '/physicalPath:C:\\x', '/bindings:http/*:8081:');
  const step: Step<'site.present'> = { kind: 'site.present', ...siteIn(facts), beside: [], exact: true, ...more };
  return { machine, doing, before, step, appcmd };
}

function siteIn({ iis }: Facts) {
  const found = iis.known ? iis.value : null;
  const site = found?.sites.find((one) => one.name === 'SCIMConnector');
  const identity = found?.pools.find((one) => one.name === pool)?.identity;
  assert.ok(site && identity);
  const { element: _element, ...named } = site;
  return { site: named, identity };
}

test('site and pool come back byte for byte, with the password of the account, and run', async () => {
  const { machine, doing, before, step } = await remade();
  assert.match(before, /password="\[enc:IISWASOnlyAesProvider:[^"]+:enc\]"/);
  assert.doesNotMatch(await textOf(machine, hostPath), /enc:IISWASOnlyAesProvider:/);
  assert.equal((await perform(step, doing)).ok, true);
  assert.equal(await textOf(machine, hostPath), before);
  const now = await doing.look();
  assert.ok(holds(step, now));
  const found = now.iis.known ? now.iis.value?.pools.find((one) => one.name === pool) : undefined;
  assert.deepEqual([found?.identity, found?.state, found?.workers], ['SpecificUser:CONTOSO\\svc-scim', 'started', 1]);
});

test('what somebody else has changed in the file meanwhile is kept, and the file keeps its rights', async () => {
  const { machine, doing, before, step, appcmd } = await remade();
  await appcmd('add', 'apppool', '/name:Theirs');
  await appcmd('set', 'site', '/site.name:Default Web Site', '/bindings:http/*:8099:');
  const sddl = 'O:SYG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)(A;;FR;;;S-1-5-80-1)';
  const details = (await machine.details(hostPath)) ?? assert.fail();
  await putAs(machine, hostPath, await textOf(machine, hostPath), { ...details, sddl });
  assert.equal((await perform(step, doing)).ok, true);
  const text = await textOf(machine, hostPath);
  assert.match(text, /<add name="Theirs" \/>/);
  assert.match(text, /bindingInformation="\*:8099:"/);
  const ownPool = /<add name="SCIMConnectorAppPool"[\s\S]*?<\/add>/.exec(before)?.[0] ?? 'none';
  assert.ok(text.includes(ownPool));
  assert.equal(machine.server.memory.acls[hostPath.toLowerCase()], sddl);
});

test('a site that was stopped is told so, though IIS starts it as the file says', async () => {
  const { doing, step } = await remade();
  const stopped = { ...step, site: { ...step.site, state: 'stopped' as const } };
  assert.equal((await perform(stopped, doing)).ok, true);
  assert.ok(holds(stopped, await doing.look()));
});

test('a pool that is left over comes back with its password', async () => {
  const { doing, step } = await remade();
  const left: Step<'pool.present'> = { kind: 'pool.present', pool, identity: step.identity, exact: true };
  assert.ok(!holds(left, await doing.look()));
  assert.equal((await perform(left, doing)).ok, true);
  assert.ok(holds(left, await doing.look()));
});

test('with a damaged backup the site is made anew, and that its password is gone is said', async () => {
  const { machine, doing, step } = await remade();
  const manifest = await readManifest(doing);
  assert.ok(manifest?.host);
  await machine.write(storedPath(doing.places.backup, manifest.host), byte('<configuration />'));
  const outcome = await perform(step, doing);
  assert.deepEqual([outcome.ok, /no whole backup of applicationHost\.config/.test(outcome.meaning)], [false, true]);
  const site = siteIn(await doing.look()).site;
  assert.deepEqual([site.folder, site.pool], [step.site.folder, pool]);
});

test('a file that keeps changing, or cannot be written, is not written over', async () => {
  const { machine, step } = await remade();
  let reads = 0;
  const read: Machine['read'] = async (path) => {
    const bytes = await machine.read(path);
    return path === hostPath && bytes ? byte(`${new TextDecoder().decode(bytes)}<!-- ${++reads} -->`) : bytes;
  };
  const busy = await perform(step, doingOn(withDoors(machine, { read })));
  assert.match(busy.meaning, /was being changed/);
  const refused = async () => failure('access is denied');
  const denied = await perform(step, doingOn(withDoors(machine, { replace: refused })));
  assert.match(denied.meaning, /could not be written: access is denied/);
  const error = Object.assign(new Error('EBUSY: resource busy'), { code: 'EBUSY' });
  const held = await perform(step, doingOn(withDoors(machine, { replace: () => Promise.reject(error) })));
  assert.match(held.meaning, /could not be put back: EBUSY/);
});

test('as long as a child may be at work on the file, appcmd changes nothing in it', async () => {
  const { machine, step } = await remade();
  const tools: string[] = [];
  const change: Doing['change'] = async ({ tool }) => {
    tools.push(tool);
    return { code: null, timedOut: true, output: '' };
  };
  const { ok, abandoned } = await perform(step, { ...doingOn(machine), change });
  assert.deepEqual([ok, abandoned, tools], [false, true, ['powershell']]);
});

test('IIS is given time to notice, and no longer than half a minute', async () => {
  for (const [lateBy, isDone] of [
    [5, true],
    [999, false],
  ] as const) {
    const { machine, doing, step } = await remade();
    const old = await doing.look();
    let looks = 0;
    let slept = 0;
    const doors: Partial<Machine> = {
      look: async (what) => (++looks > lateBy ? machine.look(what) : old),
      sleep: async (ms) => {
        slept += ms;
      },
    };
    await perform(step, { ...doingOn(withDoors(machine, doors)) });
    assert.ok(holds(step, await doing.look()));
    assert.ok(slept > 0 && (isDone ? slept < 30_000 : slept === 30_000), String(slept));
  }
});

test('the kept file of an earlier run of the chain is never copied over', async () => {
  const { machine, doing, before } = await remade();
  const backup = { ...(await backupOf(doing)), host: { path: hostPath } };
  assert.equal((await perform(backup, doing)).ok, true);
  const manifest = await readManifest(doing);
  assert.ok(manifest?.host);
  assert.equal(await textOf(machine, storedPath(doing.places.backup, manifest.host)), before);
});
