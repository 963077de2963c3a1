import assert from 'node:assert/strict';
import { test } from 'node:test';
import { XMLParser } from 'fast-xml-parser';
import { defaultLimits } from '../../src/core/call.ts';
import { restartCall } from '../../src/core/restart.ts';
import { mayGoOn, mostAttempts, rebootChoiceOf, resumeOf } from '../../src/core/resume.ts';
import { registerCall, removeCall, startsAction, startupTaskXml } from '../../src/core/startup-task.ts';
import { opened } from './entries.ts';
import { msi, wanted } from './server-facts.ts';

const action = {
  command: 'C:\\ProgramData\\ScimSetup\\program\\1a\\node.exe',
  arguments: '"C:\\A & B\\src\\main.ts" resume --startup --json',
  folder: 'C:\\ProgramData\\ScimSetup\\program\\1a',
};

test('the startup task runs as SYSTEM a minute after the start, without a time limit, on batteries too, once at a time', () => {
  const { Task } = new XMLParser({ ignoreAttributes: false, parseTagValue: false }).parse(startupTaskXml(action));
  assert.deepEqual(Task.Triggers, { BootTrigger: { Enabled: 'true', Delay: 'PT1M' } });
  const { UserId, RunLevel } = Task.Principals.Principal;
  assert.deepEqual([UserId, RunLevel], ['S-1-5-18', 'HighestAvailable']);
  assert.equal(Task.Principals.Principal['@_id'], Task.Actions['@_Context']);
  assert.partialDeepStrictEqual(Task.Settings, {
    ExecutionTimeLimit: 'PT0S',
    DisallowStartIfOnBatteries: 'false',
    StopIfGoingOnBatteries: 'false',
    MultipleInstancesPolicy: 'IgnoreNew',
    StartWhenAvailable: 'true',
  });
  assert.deepEqual(Task.Actions.Exec, {
    Command: action.command,
    Arguments: action.arguments,
    WorkingDirectory: action.folder,
  });
});

test('a registered task is ours only if it starts the very program with the very words', () => {
  const xml = startupTaskXml(action);
  assert.ok(startsAction(xml.replace(/\r\n\s*/g, '\n'), action));
  assert.ok(!startsAction(xml, { ...action, command: 'C:\\other\\node.exe' }));
  assert.ok(!startsAction(xml, { ...action, arguments: 'resume' }));
  assert.ok(!startsAction('', action));
});

test('the task is made in place of an older one, and removed, without a question', () => {
  const lines = [registerCall('C:\\t.xml', defaultLimits), removeCall(defaultLimits)].map(({ file, args }) =>
    [file, ...args].join(' '),
  );
  assert.deepEqual(lines, [
    '%SystemRoot%\\System32\\schtasks.exe /Create /TN \\ScimSetup\\resume /XML C:\\t.xml /F',
    '%SystemRoot%\\System32\\schtasks.exe /Delete /TN \\ScimSetup\\resume /F',
  ]);
});

test('a restart is a planned one for an installation, in a minute, with a message that fits', () => {
  const { file, args } = restartCall(defaultLimits);
  assert.equal(file, '%SystemRoot%\\System32\\shutdown.exe');
  assert.deepEqual(args.slice(0, 6), ['/r', '/t', '60', '/d', 'p:4:2', '/c']);
  assert.ok(String(args[6]).length <= 127);
});

test('only a run that goes on afterwards restarts the server', () => {
  const auto = wanted(msi('4.4.4'), { reboot: 'auto' });
  assert.equal(rebootChoiceOf({ wanted: auto }), 'auto');
  assert.equal(rebootChoiceOf({ wanted: { ...auto, resume: 'off' } }), 'report');
  assert.equal(rebootChoiceOf({ wanted: auto, attempt: mostAttempts }), 'report');
  assert.equal(rebootChoiceOf({ wanted: { ...auto, reboot: 'never' } }), 'never');
  assert.deepEqual([mayGoOn({ wanted: auto, attempt: 2 }), mayGoOn({ wanted: auto, attempt: 3 })], [true, false]);
});

test('a run waits for a restart only where it ended so that one leads on', () => {
  const waits = (end: Parameters<typeof resumeOf>[1], more = {}) => resumeOf(opened(more), end).waits;
  assert.deepEqual([waits('reboot-first'), waits('reboot-started')], [true, true]);
  for (const end of ['converged', 'failed-as-before', 'failed-changed', 'busy', 'refused'] as const)
    assert.equal(waits(end), false, end);
  assert.equal(waits('busy', { continues: 'an earlier run' }), true);
  assert.equal(waits('reboot-first', { wanted: wanted(msi('4.4.4'), { resume: 'off' }) }), false);
  assert.equal(waits('reboot-first', { attempt: 3 }), false);
});
