import assert from 'node:assert/strict';
import { test } from 'node:test';
import { poolSid, sitesAndPools } from '../../src/machine/application-host.ts';
import { applicationHostConfig, encryptedPassword, states } from './application-host-config.ts';

const expand = (path: string): string => path.replace('%SystemDrive%', 'C:');
const read = (xml: string = applicationHostConfig) => sitesAndPools(xml, states, expand);

test('every application is told with its site, folder, pool, bindings and state', () => {
  const bindings = ['http/*:80:', 'https/*:443:scim.corp.test'];
  const intranet = { name: 'Intranet', bindings: ['http/*:8080:'], state: 'stopped' };
  assert.deepEqual(read().sites, [
    {
      name: 'Default Web Site',
      application: '/',
      folder: 'C:\\inetpub\\wwwroot',
      pool: 'SCIMConnectorAppPool',
      bindings,
      state: 'started',
    },
    {
      name: 'Default Web Site',
      application: '/SCIMConnector',
      folder: 'C:\\Program Files\\Delinea\\SCIMConnector',
      pool: 'SCIMConnectorAppPool',
      bindings,
      state: 'started',
    },
    { ...intranet, application: '/', folder: 'D:\\intranet', pool: 'Shared & Old' },
    { ...intranet, application: '/old', folder: 'D:\\intranet\\old', pool: 'DefaultAppPool' },
  ]);
});

test('every pool is told with its account, its state and its living worker processes', () => {
  assert.deepEqual(read().pools, [
    { name: 'DefaultAppPool', identity: 'NetworkService', state: 'started', workers: 1, sid: 'NS' },
    { name: 'SCIMConnectorAppPool', identity: 'SpecificUser:CORP\\svc-scim', state: 'started', workers: 2 },
    { name: 'Shared & Old', identity: 'LocalSystem', state: 'stopped', workers: 0, sid: 'SY' },
  ]);
});

test('the SID of a pool of its own is that which Windows gives it', () => {
  // As icacls and every description of IIS AppPool\\DefaultAppPool have it.
  assert.equal(poolSid('DefaultAppPool'), 'S-1-5-82-3006700770-424185619-1745488364-794895919-4004696415');
  assert.equal(poolSid('defaultapppool'), poolSid('DefaultAppPool'));
});

test('no password comes out of the config, not even encrypted', () => {
  const told = JSON.stringify(read());
  assert.ok(applicationHostConfig.includes(encryptedPassword));
  assert.ok(!told.includes('enc:'));
  assert.ok(!told.includes(encryptedPassword.slice(5, -5)));
});

test('without defaults of its own, an application has the pool and the pool the account that IIS comes with', () => {
  const bare = applicationHostConfig
    .replace(/<applicationPoolDefaults[\s\S]*<\/applicationPoolDefaults>/, '')
    .replace(/<applicationDefaults applicationPool="SCIMConnectorAppPool" \/>/, '');
  const { sites, pools } = read(bare);
  assert.equal(sites[0]?.pool, 'DefaultAppPool');
  assert.equal(pools[0]?.identity, 'ApplicationPoolIdentity');
});

test('a server with one site, one binding and one pool is read like one with many', () => {
  const { sites, pools } = sitesAndPools(
    `<configuration><system.applicationHost>
      <applicationPools><add name="One" /></applicationPools>
      <sites><site name="Only"><application path="/" applicationPool="One"><virtualDirectory path="/" physicalPath="D:\\one" />
      </application><bindings><binding protocol="http" bindingInformation="*:80:" /></bindings></site></sites>
    </system.applicationHost></configuration>`,
    { siteStates: { Only: 'started' }, poolStates: { One: 'started' }, workers: [] },
    expand,
  );
  assert.deepEqual(
    [sites.length, sites[0]?.folder, sites[0]?.bindings, pools.length],
    [1, 'D:\\one', ['http/*:80:'], 1],
  );
});

test('a server without sites and pools has none', () => {
  const empty =
    '<configuration><system.applicationHost><sites /><applicationPools /></system.applicationHost></configuration>';
  assert.deepEqual(read(empty), { sites: [], pools: [] });
});

test('a site or pool whose state IIS does not tell is trouble that is told by its name', () => {
  const without = (kind: 'siteStates' | 'poolStates') => () =>
    sitesAndPools(applicationHostConfig, { ...states, [kind]: {} }, expand);
  assert.throws(without('siteStates'), /IIS does not tell the state of site Default Web Site/);
  assert.throws(without('poolStates'), /IIS does not tell the state of pool DefaultAppPool/);
});

test('what is no applicationHost.config is not taken for a server without sites', () => {
  const others = [
    '',
    'no XML at all',
    '{"json": true}',
    '<configuration></configuration>',
    '<configuration><system.web',
  ];
  for (const text of others) assert.throws(() => read(text), `taken for a config: ${text}`);
  assert.throws(() => read('<configuration />'), /applicationHost\.config has no system\.applicationHost/);
});

test('a config that was cut off is not taken for a whole one', () => {
  const cut = applicationHostConfig.slice(0, applicationHostConfig.indexOf('<application path="/SCIMConnector"'));
  assert.throws(() => read(cut));
});
