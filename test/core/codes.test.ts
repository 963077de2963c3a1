import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CodeTable, codeTables, normalisedCode, outcomeOf, printedCode } from '../../src/core/codes.ts';
import { exitCodeOf, exitCodes } from '../../src/core/exit-codes.ts';

type Expected = readonly [code: number, ok: boolean, reboot: 'none' | 'required' | 'initiated'];

const failing = (...codes: number[]): Expected[] => codes.map((code) => [code, false, 'none']);

const msiexecFailures = failing(
  ...[1601, 1602, 1603, 1608, 1610, 1612, 1613, 1618, 1619, 1620, 1622, 1624, 1625, 1628, 1633, 1635, 1636, 1637],
  ...[1638, 1639, 1640, 1642, 1654],
);
const msiexecRest: readonly Expected[] = [
  [0, true, 'none'],
  [1604, false, 'required'],
  [1641, true, 'initiated'],
  [3010, true, 'required'],
  [3011, true, 'required'],
  [3017, false, 'required'],
  [3018, false, 'initiated'],
];

/** Written down by hand from Microsoft's lists, so that a row cannot change or vanish unseen. */
const expected: Readonly<Record<CodeTable, readonly Expected[]>> = {
  msiexec: [...msiexecFailures, ...msiexecRest, ...failing(1605, 1614)],
  'msiexec /x': [...msiexecFailures, ...msiexecRest, [1605, true, 'none'], [1614, true, 'none']],
  hosting: [...msiexecFailures, ...msiexecRest, ...failing(1605, 1614)],
  dism: [
    [0, true, 'none'],
    [3010, true, 'required'],
    ...failing(50, 87, 740, 14098, 0x800f080c, 0x800f0825, 0x800f081f, 0x800f0906, 0x800f0907, 0x800f0922),
    ...failing(0x800f0831, 0x80040154),
  ],
  appcmd: [[0, true, 'none'], [1062, true, 'none'], [1056, true, 'none'], [183, true, 'none'], ...failing(5)],
  powershell: [[0, true, 'none'], ...failing(1)],
  netsh: [[0, true, 'none'], ...failing(1)],
  eventcreate: [[0, true, 'none'], ...failing(1)],
  schtasks: [[0, true, 'none'], ...failing(1)],
  shutdown: [[0, true, 'initiated'], [1115, true, 'initiated'], [1190, true, 'initiated'], ...failing(5, 87)],
  'netsh delete': [
    [0, true, 'none'],
    [1, true, 'none'],
  ],
};

const byCode = (left: Expected, right: Expected) => left[0] - right[0];

for (const [table, rows] of Object.entries(expected) as [CodeTable, readonly Expected[]][]) {
  test(`each exit code of ${table} is the success, the failure or the restart that its maker says`, () => {
    const found = codeTables()[table].map(({ code, ok, reboot }): Expected => [code, ok, reboot]);
    assert.deepEqual(found.sort(byCode), [...rows].sort(byCode));
  });

  test(`what ${table} ends with is judged by its own table, and told in words`, () => {
    for (const [code, ok, reboot] of rows) {
      const outcome = outcomeOf(table, { code, timedOut: false });
      assert.deepEqual([outcome.ok, outcome.reboot, outcome.code], [ok, reboot, code]);
      assert.ok(outcome.meaning.length > 0);
    }
  });
}

test('every row names the source it was taken from', () => {
  for (const rows of Object.values(codeTables())) for (const row of rows) assert.match(row.source, /\w{5}/);
});

for (const [given, code] of [
  [0x80070bc2, 3010],
  [-2147021886, 3010],
  [0x80070643, 1603],
  [0x80073712, 14098],
  [0x800f081f, 0x800f081f],
  [-2146498529, 0x800f081f],
  [0x80040154, 0x80040154],
  [0, 0],
  [77, 77],
] as const) {
  test(`${given} is read as ${printedCode(code)}`, () => assert.equal(normalisedCode(given), code));
}

for (const code of [0x80070bc2, -2147021886]) {
  test(`a hosting bundle that ends with ${code} asks for a restart, as 3010 does`, () => {
    assert.equal(outcomeOf('hosting', { code, timedOut: false }).reboot, 'required');
  });
}

test('an unknown code is a failure, and the code is kept', () => {
  const outcome = outcomeOf('msiexec', { code: 77, timedOut: false });
  assert.deepEqual([outcome.ok, outcome.reboot, outcome.code], [false, 'none', 77]);
  assert.equal(printedCode(outcomeOf('dism', { code: -2146461287, timedOut: false }).code ?? 0), '0x800F9999');
});

test('a child without an exit code is a failure without a code', () => {
  const outcome = outcomeOf('msiexec', { code: null, timedOut: false }, 'C:\\a.log');
  assert.deepEqual(
    [outcome.ok, 'code' in outcome, outcome.abandoned, outcome.log],
    [false, false, undefined, 'C:\\a.log'],
  );
});

test('a child past its time limit is abandoned, whatever code it is said to have', () => {
  const outcome = outcomeOf('msiexec', { code: 0, timedOut: true }, 'C:\\a.log');
  assert.deepEqual([outcome.ok, outcome.abandoned, outcome.log], [false, true, 'C:\\a.log']);
});

test('1618 is busy, in its HRESULT form too, and nothing else is', () => {
  const busy = codeTables().msiexec.filter((row) => outcomeOf('msiexec', { code: row.code, timedOut: false }).busy);
  assert.deepEqual(
    busy.map((row) => row.code),
    [1618],
  );
  assert.equal(outcomeOf('hosting', { code: 0x80070652, timedOut: false }).busy, true);
});

for (const [end, code, withRestart] of [
  ['converged', 0, 3010],
  ['nothing-to-do', 0, 0],
  ['planned', 0, 0],
  ['different', 24, 24],
  ['refused', 21, 21],
  ['busy', 1618, 1618],
  ['reboot-first', 25, 25],
  ['reboot-started', 1641, 1641],
  ['failed-as-before', 22, 22],
  ['failed-changed', 23, 23],
] as const) {
  test(`the end "${end}" is exit code ${code}, and ${withRestart} if a restart is required`, () => {
    assert.deepEqual([exitCodeOf(end, false), exitCodeOf(end, true)], [code, withRestart]);
    assert.ok([code, withRestart].every((one) => exitCodes.some((row) => row.code === one)));
  });
}

test('what the run may have done to others is exit code 27 where it has reached its aim, with a restart to come too', () => {
  assert.deepEqual([exitCodeOf('converged', false, true), exitCodeOf('converged', true, true)], [27, 27]);
  assert.deepEqual([exitCodeOf('failed-as-before', false, true), exitCodeOf('failed-changed', false, true)], [22, 23]);
  assert.ok(exitCodes.some((row) => row.code === 27));
});

test('our own exit codes keep clear of those with which Node ends by itself', () => {
  const own = exitCodes.map((row) => row.code).filter((code) => ![0, 3010, 1641, 1618].includes(code));
  assert.ok(own.every((code) => code >= 20 && code <= 29));
  assert.equal(new Set(exitCodes.map((row) => row.code)).size, exitCodes.length);
});
