import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownRights } from '../../src/core/rights.ts';

for (const [what, sddl, own] of [
  ['nothing but what its folder hands down', 'O:BAG:SYD:AI(A;ID;FA;;;SY)(A;OICIID;0x1200a9;;;BU)', ''],
  ['no list at all', 'O:BAG:SY', ''],
  ['one entry more', 'O:BAG:SYD:AI(A;;FA;;;S-1-5-82-1)(A;ID;FA;;;SY)', '(A;;FA;;;S-1-5-82-1)'],
  ['a list of its own', 'O:BAG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)', 'P(A;;FA;;;BA)(A;;FA;;;SY)'],
  ['a condition', 'D:(XA;;FR;;;AU;(@User.a == (b)))', '(XA;;FR;;;AU;(@User.a == (b)))'],
] as const) {
  test(`a file with ${what} has these rights of its own: ${own || 'none'}`, () => assert.equal(ownRights(sddl), own));
}
