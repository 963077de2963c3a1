import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factsText } from '../../src/view/facts-text.ts';
import { iis, known, pool, server } from '../core/server-facts.ts';

const holders = [{ pid: 4711, name: 'msiexec.exe', parent: 'setup.exe', startedAt: null }];

test('who installs something, what is suspended and what is forbidden is told; an idle installer is not', () => {
  const installer = known({ suspended: true, disabledByPolicy: true, holders });
  const flat = factsText(server({ installer }), false).replace(/\s+/g, ' ');
  assert.match(
    flat,
    /Installer at work for msiexec\.exe \(process 4711, started by setup\.exe\); holds an installation/,
  );
  assert.match(flat, /not ended; disabled by policy/);
  assert.doesNotMatch(factsText(server(), false), /Installer/);
});

test('a site whose pool is stopped is told as such, whatever the case of its name', () => {
  const told = (state: 'started' | 'stopped') =>
    factsText(server({ iis: known(iis({ pools: [{ ...pool, name: pool.name.toUpperCase(), state }] })) }), false);
  assert.match(told('stopped').replace(/\s+/g, ' '), /its pool \S+ stopped/);
  assert.doesNotMatch(told('started'), /stopped/);
});
