import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stopsRun } from '../../src/core/decide.ts';
import type { Facts, Reading } from '../../src/core/facts.ts';
import { findingRows, findingsOf } from '../../src/core/findings.ts';
import { situationOf } from '../../src/core/situation.ts';
import { cases, fine, type Given, machine, newDefault, restart, to, unfinished, upgrade } from './finding-cases.ts';
import {
  bareServer,
  configFile,
  folder,
  keptConfig,
  known,
  msi,
  product,
  readings,
  responses,
  server,
  unread,
  wanted,
} from './server-facts.ts';

const idsOf = ({ now, wanted: goal, unfinished: cut }: Given) =>
  findingsOf(situationOf(now, goal, cut)).map((one) => one.id);

cases.forEach(({ id, speaks, silent }, index) => {
  test(`${id} is found where it is so, and only there (${index + 1})`, () => {
    assert.ok(idsOf(speaks).includes(id), `${id} is silent; ${idsOf(speaks)} speak`);
    silent.forEach((given, at) => {
      assert.ok(!idsOf(given).includes(id), `${id} speaks in silent case ${at + 1}`);
    });
  });
});

test('every finding has a case here, and none has a case that is no finding', () => {
  assert.deepEqual([...new Set(cases.map((one) => one.id))].sort(), findingRows.map((row) => row.id).sort());
});

test('a server on which nothing is wrong has no findings but the reminders', () => {
  assert.deepEqual(idsOf(fine), []);
});

test('every finding is a sentence, with a hint that says what to do', () => {
  for (const { now, wanted: goal, unfinished: cut } of cases.map((one) => one.speaks)) {
    for (const { message, hint } of findingsOf(situationOf(now, goal, cut))) {
      assert.match(message, /^[A-Z\d].*\.$/s);
      assert.ok(hint.length > 10 && !message.includes('undefined'));
    }
  }
});

test('every finding says in one sentence what it means, on whatever server it is found', () => {
  for (const { id, means } of findingRows) {
    assert.match(means, /^[A-Z][^\n]{30,160}\.$/, id);
    assert.doesNotMatch(means, /\. [A-Z]|[A-Z]:\\|\d+\.\d+\.\d+|\$\{/, id);
  }
  assert.equal(new Set(findingRows.map((row) => row.means)).size, findingRows.length);
});

for (const fact of readings) {
  test(`a run stops when ${fact} could not be read, and says why`, () => {
    const found = findingsOf(situationOf({ ...server(), [fact]: unread('the reason') }, upgrade));
    const about = found.find((one) => one.id === `unreadable-${fact}`);
    assert.equal(about?.stops, 'always');
    assert.match(about?.message ?? '', /the reason/);
  });
}

/** What lies below is read for a plan anyway, so every row may count on it. */
const alwaysNeeded = ['products', 'iis', 'config', 'shared', 'kept'];
const neverFails = 'takenAt';

test('a row reads no fact that it does not name in needs', () => {
  for (const { now, wanted: goal, unfinished: cut } of cases.flatMap((one) => [one.speaks, ...one.silent])) {
    const situation = situationOf(now, goal, cut);
    for (const row of findingRows) {
      const read = new Set<string>();
      row.test({ ...situation, now: watched(situation.now, read), origin: watched(situation.origin, read) });
      assert.deepEqual(
        [...read].filter((name) => ![...row.needs, ...alwaysNeeded, neverFails].includes(name)),
        [],
        row.id,
      );
    }
  }
});

function watched(facts: Facts, read: Set<string>): Facts {
  return new Proxy(facts, {
    get(target, name) {
      read.add(String(name));
      return Reflect.get(target, name) as Reading<unknown>;
    },
  });
}

test('on the way back only what stands in its way is asked', () => {
  const now = { ...machine({ elevated: false, freeMb: { 'C:': 1 } }), hosting: unread(), kept: keptConfig };
  assert.deepEqual(idsOf({ now, wanted: upgrade, unfinished: unfinished({ direction: 'back' }) }), ['not-elevated']);
});

test('only a finding that may be accepted is passed over by accepting it', () => {
  const accept = { accept: ['a'] };
  const finding = { id: 'a', message: '', hint: '' };
  assert.deepEqual(
    (['always', 'unless-accepted', 'never'] as const).map((stops) => stopsRun({ ...finding, stops }, accept)),
    [true, false, false],
  );
  assert.deepEqual(
    (['always', 'unless-accepted', 'never'] as const).map((stops) => stopsRun({ ...finding, id: 'b', stops }, accept)),
    [true, true, false],
  );
});

test('files that Windows deletes at the next start stop an installation into their folder, though no product is there any more', () => {
  assert.ok(idsOf(to(restart(['renames'], [`${folder}\\a.dll`], bareServer()))).includes('deletions-pending'));
});

test('files that Windows deletes at the next start stop a change of any of several products', () => {
  const products = known([product('4.1.0'), product('4.4.4', { folder: 'D:\\Web\\SCIMConnector' })]);
  for (const path of [`${folder}\\a.dll`, 'D:\\Web\\SCIMConnector\\a.dll'])
    assert.ok(idsOf(to({ ...restart(['renames'], [path]), products })).includes('deletions-pending'), path);
});

test('files that Windows deletes at the next start stop an uninstallation that moves what lies beside them out of the way', () => {
  const products = known([product('4.1.0', { folder: 'D:\\Web\\SCIMConnector' })]);
  const facts = { ...restart(['renames'], [`${folder}\\a.dll`]), products };
  assert.ok(idsOf(to(facts, wanted(null))).includes('deletions-pending'));
  assert.ok(!idsOf(to(facts, upgrade)).includes('deletions-pending'), 'an upgrade leaves it where it is');
});

test('a file that waits for the next start of Windows is named, and that it is deleted or replaced', () => {
  const [finding] = findingsOf(situationOf(restart(['renames'], [`${folder}\\a.dll`]), wanted(msi('4.4.4')))).filter(
    ({ id }) => id === 'deletions-pending',
  );
  assert.match(finding?.message ?? '', /will delete or replace .*\\a\.dll at its next start/);
});

test('files that a setup has left to be replaced stop another version, and not a second run of the same', () => {
  const path = `${folder}\\a.dll`;
  const left = { ...server(), restart: known({ reasons: ['file-renames'], deletions: [], renames: [path] }) };
  assert.ok(idsOf(to(left)).includes('deletions-pending'));
  assert.ok(!idsOf(to(left, wanted(msi('4.1.0')))).includes('deletions-pending'));
});

test('deletions in a folder whose name only begins like that of the connector stop nothing', () => {
  assert.ok(!idsOf(to(restart(['renames'], [`${folder}-old\\a.dll`]))).includes('deletions-pending'));
});

test('the conflict names the file and the setting that both sides changed', () => {
  const [conflict] = findingsOf(situationOf(server(), newDefault('30')));
  assert.ok(conflict?.message.includes(`${responses} /Threshold`));
});

test('all paths that are too long are named at once, each as it would be made, with the limit', () => {
  const long = 'n'.repeat(230);
  const now = server({
    config: known([`${folder}\\${long}-1.json`, `${folder}\\${long}-2.json`].map((path) => configFile(path))),
  });
  const goal = wanted(msi('4.4.4', { name: `${long}.msi` }));
  const found = findingsOf(situationOf(now, goal)).find((one) => one.id === 'path-too-long');
  assert.match(found?.message ?? '', /Windows Installer, appcmd and PowerShell, which take less than 248 characters/);
  for (const name of [`${long}-1.json.partial`, `${long}-2.json.partial`, `${long}.msi`])
    assert.ok(found?.message.includes(`\\${name}`), name);
  assert.equal(found?.stops, 'always');
});

test('an unfinished run with another package does not make that package a stranger', () => {
  const cut = unfinished({ wanted: wanted(msi('4.3.0')) });
  assert.deepEqual(
    idsOf({
      now: server({ products: known([product('4.3.0')]), kept: keptConfig }),
      wanted: upgrade,
      unfinished: cut,
    }),
    [],
  );
});
