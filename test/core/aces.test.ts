import assert from 'node:assert/strict';
import { test } from 'node:test';
import { othersWhoMayWrite } from '../../src/core/aces.ts';

const ours = '(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)';
const someone = 'S-1-5-21-1-2-3-1105';

/** The DACL of a file or folder, and who but SYSTEM and the Administrators could change it. */
const cases: readonly (readonly [dacl: string, others: readonly string[] | null])[] = [
  [ours, []],
  ['(A;;GA;;;OW)', []],
  ['', []],
  [`${ours}(A;OICIID;0x1200a9;;;BU)(A;ID;FRFX;;;WD)(A;ID;GRGX;;;AU)`, []],
  [`${ours}(A;OICIIOID;GA;;;CO)(A;CIIO;FA;;;BU)`, []],
  ['(A;CIID;DCLCRPCR;;;BU)', ['Users']],
  [`(A;;0x1301bf;;;BU)(A;;FA;;;${someone})(A;ID;FW;;;BU)`, ['Users', someone]],
  ['(A;;GW;;;AU)(A;;0x10000000;;;WD)', ['Authenticated Users', 'Everyone']],
  ['(D;;FA;;;BU)(A;;FA;;;BU)', ['Users']],
  ['(D;;FA;;;BU)', []],
  ['NO_ACCESS_CONTROL', ['Everyone']],
  ['(XA;;FA;;;BU;(@USER.a == 1))', null],
  ['(A;;something;;;BU)', null],
];

for (const [dacl, others] of cases) {
  test(`what has the rights ${dacl || 'of nobody'} could be changed by ${others?.join(' and ') ?? 'whom, is not known'}`, () => {
    assert.deepEqual(othersWhoMayWrite(`O:BAG:SYD:AI${dacl}`), others);
  });
}

test('a descriptor without a list of rights is not taken for a closed one', () => {
  assert.equal(othersWhoMayWrite('O:BAG:SY'), null);
});

for (const right of ['0x2', '0x4', '0x10', '0x40', '0x100', 'SD', 'WD', 'WO']) {
  test(`who has only the right ${right} could change what has it`, () => {
    assert.deepEqual(othersWhoMayWrite(`O:BAG:SYD:${ours}(A;;${right};;;BU)`), ['Users']);
  });
}
