import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '../../src/core/journal.ts';
import { report } from '../../src/core/report.ts';
import { runText } from '../../src/view/run-text.ts';
import { backup } from '../core/entries.ts';
import { configFile, known, msi, server, settings, wanted } from '../core/server-facts.ts';
import { closed, finished, nothingRead, opened, start, stop, turned, upgrade } from './entries.ts';

const textOf = (...entries: readonly Entry[]) => runText(report('apply', entries));

/** A text without its wrapping and without the label of a simulated server. */
const oneLine = (text: string) => text.replace(/ {2,}sandbox$/gm, '').replace(/\s+/g, ' ');

const failedUpgrade = finished('connector.upgrade', upgrade, 'first', ['version 4.4.4 is not registered']);

test('a failure names the step, its code, what is missing and its log, and leads to the journal', () => {
  const text = textOf(
    opened(),
    finished('pool.stop', stop),
    failedUpgrade,
    turned('why'),
    finished('back-pool.start', start, 'back'),
    closed('failed-as-before', 'Upgrade to 4.4.4: ended with 1603'),
  );
  const flat = oneLine(text);
  assert.match(flat, /^Failed; the connector is as it was before.* Upgrade to 4\.4\.4: ended with 1603\./);
  assert.match(flat, /\(exit 22\)/);
  assert.match(flat, /upgrade to 4\.4\.4: FAILED \(1603\): a fatal error; version 4\.4\.4 is not registered/);
  assert.match(flat, /log: C:\\logs\\upgrade\.log/);
  assert.match(flat, /way back: start pool ConnectorPool: done/);
  assert.match(flat, /Journal C:\\ProgramData\\ScimSetup\\runs\\this-run\\journal\.jsonl/);
});

test('a server that is not as it was is told in capitals', () => {
  const text = textOf(opened(), failedUpgrade, turned('why'), closed('failed-changed', 'The pool is gone'));
  assert.match(oneLine(text), /the connector is NOT as it was, .*The pool is gone.* \(exit 23\)/);
});

test('what has no backup names none', () => {
  assert.doesNotMatch(textOf(opened(), closed('busy')), /Backup/);
});

test('the label of a simulated server stands on the first line, and on no line of a real one', () => {
  const entries = (sandbox: boolean) => [opened({ sandbox }), closed('failed-changed', 'a reason '.repeat(30))];
  assert.match(textOf(...entries(true)).split('\n')[0] ?? '', / sandbox$/);
  assert.doesNotMatch(textOf(...entries(false)), /sandbox/);
});

test('a restart that is needed first says what to do', () => {
  assert.match(
    oneLine(textOf(opened(), closed('reboot-first'))),
    /restart the server; the run then goes on .*\(exit 25\)/i,
  );
});

test('a finding that was accepted is not asked for again', () => {
  const finding = { id: 'no-way-back', message: 'It is gone.', hint: 'Think.', stops: 'unless-accepted' } as const;
  const { wanted } = opened();
  const ask = textOf(opened({ plan: null, findings: [finding] }), closed('refused'));
  assert.match(oneLine(ask), /no-way-back It is gone\. Think\. Accept with --accept no-way-back/);
  const accepted = opened({ findings: [finding], wanted: { ...wanted, accept: ['no-way-back'] } });
  const text = oneLine(textOf(accepted, { ...closed('converged'), after: nothingRead } as Entry));
  assert.match(text, /no-way-back It is gone\./);
  assert.doesNotMatch(text, /--accept/);
});

test('the way back to the settings of before is named, unless the connector could not use them', () => {
  const told = (values: Readonly<Record<string, string>>) => {
    const before = server({ config: known([configFile(settings, { values })]) });
    const end = { ...closed('converged'), after: server() } as Entry;
    return textOf(opened({ before, wanted: wanted(msi('4.4.4')) }), finished('config.backup', backup), end);
  };
  assert.match(told({ '/KEY': 'a fingerprint' }), /scim-setup restore --from this-run/);
  assert.doesNotMatch(told({}), /restore --from/);
});
