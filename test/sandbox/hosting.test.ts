import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Server, store, stored } from '../../src/sandbox/server.ts';
import { tools } from '../../src/sandbox/tools/table.ts';
import { bring, known, look, sandboxOf, serverOf } from './on-server.ts';

async function run(server: Server, verb: string, extra: readonly string[] = []) {
  const file = await bring(server, 'dotnet-hosting-6.0.36-win.exe');
  return tools.hosting(server, [file, verb, '/quiet', '/norestart', ...extra]);
}

test('the bundle on a server with IIS brings runtimes and the module', async (t) => {
  const sandbox = await sandboxOf(t, 'iis-only');
  assert.equal((await run(sandbox.machine.server, '/install')).code, 0);
  const hosting = known((await look(sandbox)).hosting);
  assert.deepEqual(hosting.module, {
    registered: true,
    files: true,
    schema: true,
    configured: true,
    eventSource: true,
  });
  assert.deepEqual([...new Set(hosting.runtimes.map((one) => one.version))], ['6.0.36']);
  assert.equal(hosting.changedAt, sandbox.machine.now());
});

test('a bundle without IIS ends with 0 and leaves the module out', async (t) => {
  const sandbox = await sandboxOf(t, 'fresh');
  assert.equal((await run(sandbox.machine.server, '/install')).code, 0);
  const hosting = known((await look(sandbox)).hosting);
  assert.equal(hosting.module.files, false);
  assert.equal(hosting.runtimes.length, 4);
});

for (const verb of ['/repair', '/install']) {
  test(`${verb} of a bundle that was there before IIS brings the module`, async (t) => {
    const server = await serverOf(t, 'bundle-before-iis');
    assert.equal((await run(server, verb)).code, 0);
    assert.equal(stored(server, 'hosting').module.configured, true);
  });
}

test('OPT_NO_ANCM is remembered, until an option is given again', async (t) => {
  const server = await serverOf(t, 'iis-only');
  await run(server, '/install', ['OPT_NO_ANCM=1']);
  await run(server, '/repair');
  assert.equal(stored(server, 'hosting').module.registered, false);
  await run(server, '/repair', ['OPT_NO_ANCM=0']);
  assert.equal(stored(server, 'hosting').module.registered, true);
});

test('OPT_NO_X86 and OPT_NO_SHAREDFX leave their runtimes out', async (t) => {
  const sandbox = await sandboxOf(t, 'iis-only');
  await run(sandbox.machine.server, '/install', ['OPT_NO_X86=1', 'OPT_NO_SHAREDFX=1']);
  const { runtimes } = known((await look(sandbox)).hosting);
  assert.deepEqual(runtimes, [{ name: 'Microsoft.NETCore.App', version: '6.0.36', bits: 64 }]);
});

test('on a server with shared configuration the module fails the bundle, unless the check is left out', async (t) => {
  const server = await serverOf(t, 'iis-only');
  const iis = stored(server, 'iis');
  assert.ok(iis);
  store(server, 'iis', { ...iis, sharedConfiguration: '\\\\files\\iis' });
  assert.equal((await run(server, '/install')).code, 1603);
  assert.deepEqual(stored(server, 'hosting').bundles, []);
  assert.equal((await run(server, '/install', ['OPT_NO_SHARED_CONFIG_CHECK=1'])).code, 0);
});

test('installing the same bundle again changes nothing that IIS would have to be restarted for', async (t) => {
  const server = await serverOf(t, 'scim-4.1');
  const { changedAt } = stored(server, 'hosting');
  await run(server, '/install');
  assert.equal(stored(server, 'hosting').changedAt, changedAt);
});

test('a bundle that is not there, or is no bundle, cannot be started', async (t) => {
  const server = await serverOf(t, 'iis-only');
  assert.equal((await tools.hosting(server, ['C:\\none.exe', '/install', '/quiet', '/norestart'])).code, null);
  await server.drive.write('C:\\text.exe', 'text');
  assert.equal((await tools.hosting(server, ['C:\\text.exe', '/install', '/quiet', '/norestart'])).code, null);
});

test('the bundle throws on arguments that nobody has given it a source for', async (t) => {
  const server = await serverOf(t, 'iis-only');
  await assert.rejects(run(server, '/uninstall'), /does not know/);
  await assert.rejects(run(server, '/install', ['OPT_NO_SUCH=1']), /does not know/);
  await assert.rejects(tools.hosting(server, ['C:\\x.exe', '/install']), /does not know/);
});
