import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesBetween } from '../../src/core/changes.ts';
import { neededFeatures } from '../../src/core/connector.ts';
import type { Facts, Values } from '../../src/core/facts.ts';
import {
  bareServer,
  config,
  configFile,
  hash,
  hosting,
  iis,
  known,
  product,
  responses,
  server,
  settings,
  site,
  unread,
} from './server-facts.ts';

const off = { registered: false, files: false, schema: false, configured: false, eventSource: false };
const runtime = (version: string, bits: 32 | 64) => ({ name: 'Microsoft.AspNetCore.App', version, bits });
const settingsAre = (values: Values, bytes = 'new') =>
  server({ config: known([configFile(settings, { sha256: hash(bytes), values }), ...config.slice(1)]) });
const backupWith = (values: Values) => ({
  files: [{ path: settings, role: 'settings', sha256: hash('kept'), values } as const],
});
const disabled = Object.fromEntries(neededFeatures.map((name) => [name, 'disabled' as const]));

for (const [what, before, after, changes] of [
  ['nothing', server(), server({ takenAt: '2026-11-24T00:00:00Z' }), []],
  ['the version', server(), server({ products: known([product('4.4.4')]) }), ['SCIM Connector: 4.1.0 -> 4.4.4']],
  [
    'an installation and its site',
    bareServer({ config: known(config) }),
    server(),
    ['SCIM Connector: not installed -> 4.1.0', 'site SCIMConnector added'],
  ],
  [
    'an installation where config of nobody lay',
    bareServer({ config: known(config) }),
    server({ config: known([configFile(settings, { sha256: hash('new'), values: {} }), ...config.slice(1)]) }),
    [
      'SCIM Connector: not installed -> 4.1.0',
      'site SCIMConnector added',
      `${settings}: new; the one that lay there is in the backup`,
    ],
  ],
  [
    'an uninstallation and its site',
    server(),
    bareServer({ config: known(config) }),
    [
      'SCIM Connector: 4.1.0 -> not installed',
      'site SCIMConnector removed',
      'C:\\inetpub\\wwwroot\\SCIMConnector: gone; what an uninstallation leaves is in the backup',
    ],
  ],
  [
    'two versions at once',
    server(),
    server({ products: known([product('4.1.0'), product('4.4.4')]) }),
    ['SCIM Connector: 4.1.0 -> 4.1.0 and 4.4.4'],
  ],
  [
    'a feature',
    server({ features: known({ ...disabled, 'IIS-Security': 'enabled' }) }),
    server({ features: known({ ...disabled, 'IIS-Security': 'enabled', 'IIS-WebServer': 'enabled' }) }),
    ['Windows features enabled: IIS-WebServer'],
  ],
  [
    'a runtime',
    server(),
    server({ hosting: known(hosting({ runtimes: [runtime('6.0.36', 64), runtime('6.0.36', 32)] })) }),
    ['.NET runtimes laid down: Microsoft.AspNetCore.App 6.0.36 (32 bits)'],
  ],
  ['the module', server({ hosting: known(hosting({ module: off })) }), server(), ['ASP.NET Core Module added to IIS']],
  [
    'a key more',
    server(),
    settingsAre({ '/KEY': hash('key'), '/IV': hash('iv'), '/New': hash('x') }),
    [`${settings}: 2 of 2 values kept; new: /New`],
  ],
  [
    'another value',
    server(),
    settingsAre({ '/KEY': hash('key'), '/IV': hash('other') }),
    [`${settings}: 1 of 2 values kept; new default: /IV`],
  ],
  ['a key less', server(), settingsAre({ '/KEY': hash('key') }), [`${settings}: 1 of 2 values kept; gone: /IV`]],
  [
    'a file less',
    server(),
    server({ config: known([config[0], config[2]].flatMap((one) => one ?? [])) }),
    [`${responses}: gone, kept in the backup`],
  ],
] as readonly (readonly [string, Facts, Facts, readonly string[]])[]) {
  test(`what changed is told: ${what}`, () => assert.deepEqual(changesBetween(before, after), changes));
}

test('what a restore has put back is told as from the backup, not as a new default', () => {
  const spoilt = settingsAre({ '/KEY': hash('spoilt') });
  assert.deepEqual(changesBetween(spoilt, server(), backupWith({ '/KEY': hash('key'), '/IV': hash('iv') })), [
    `${settings}: 0 of 1 values kept; from the backup: /IV, /KEY`,
  ]);
});

test('what a version has and the backup put back over it has not is told as kept', () => {
  const spoilt = settingsAre({ '/KEY': hash('spoilt'), '/New/Key': hash('new'), '/NEWER': hash('newer') });
  const merged = settingsAre({ '/KEY': hash('key'), '/New/Key': hash('new'), '/NEWER': hash('newer') }, 'merged');
  assert.deepEqual(changesBetween(spoilt, merged, backupWith({ '/KEY': hash('key'), '/Newer': hash('newer') })), [
    `${settings}: 2 of 3 values kept; from the backup: /KEY; kept, not in the backup: /New/Key`,
  ]);
});

test('a file that somebody has saved during a restore that does not hold it is not said to lack anything in the backup', () => {
  const after = settingsAre({ '/KEY': hash('saved') });
  assert.deepEqual(changesBetween(server(), after, { files: [] }), [
    `${settings}: 0 of 2 values kept; from the backup: /KEY; gone: /IV`,
  ]);
});

test('a file is new, or another one where it holds no values', () => {
  const [first, second, web] = config;
  assert.ok(first && second && web);
  const other = server({ config: known([first, { ...web, sha256: hash('new') }]) });
  assert.deepEqual(changesBetween(server({ config: known([web]) }), other), [
    `${web.path}: replaced by that of the new version`,
    `${first.path}: new`,
  ]);
});

test('the case of a path is no change', () => {
  const shouting = server({ config: known(config.map((file) => ({ ...file, path: file.path.toUpperCase() }))) });
  assert.deepEqual(changesBetween(server(), shouting), []);
});

test('what could not be read is not told as a change of IIS, the bundle or the features', () => {
  const blind = { ...server(), hosting: unread(), config: unread() };
  assert.deepEqual(changesBetween(blind, { ...server(), hosting: unread(), config: unread() }), []);
  assert.deepEqual(changesBetween(server(), { ...server(), hosting: unread() }), []);
});

for (const [fact, false_] of [
  ['products', /not installed/],
  ['iis', /removed/],
  ['config', /gone/],
] as const) {
  test(`${fact} that could not be read after the run are not said to be gone`, () => {
    const told = changesBetween(server(), { ...server(), [fact]: unread() });
    assert.ok(
      told.every((one) => !false_.test(one)),
      told.join('\n'),
    );
  });
}

test('a site under another one is named with its path', () => {
  const [before, after] = [
    server({ iis: known(iis({ sites: [] })) }),
    server({ iis: known(iis({ sites: [{ ...site, application: '/SCIM' }] })) }),
  ];
  assert.deepEqual(changesBetween(before, after), ['site SCIMConnector/SCIM added']);
});
