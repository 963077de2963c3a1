import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grantsAll, ownRights, withGrants, withIdentity } from '../../src/core/rights.ts';

for (const [what, sddl, own] of [
  ['nothing but what its folder hands down', 'O:BAG:SYD:AI(A;ID;FA;;;SY)(A;OICIID;0x1200a9;;;BU)', ''],
  ['no list at all', 'O:BAG:SY', ''],
  ['one entry more', 'O:BAG:SYD:AI(A;;FA;;;S-1-5-82-1)(A;ID;FA;;;SY)', '(A;;FA;;;S-1-5-82-1)'],
  ['a list of its own', 'O:BAG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)', 'P(A;;FA;;;BA)(A;;FA;;;SY)'],
  ['a condition', 'D:(XA;;FR;;;AU;(@User.a == (b)))', '(XA;;FR;;;AU;(@User.a == (b)))'],
] as const) {
  test(`a file with ${what} has these rights of its own: ${own || 'none'}`, () => assert.equal(ownRights(sddl), own));
}

const [one, other, denied] = ['(A;OICI;0x1301bf;;;S-1-5-82-1)', '(A;;FA;;;BA)', '(D;;FA;;;AN)'];

for (const [what, now, wanted, isEnough] of [
  ['the same', `D:AI${one}`, `D:AI${one}`, true],
  ['more', `D:AI${one}${other}`, `D:AI${one}`, true],
  ['less', `D:AI${other}`, `D:AI${one}${other}`, false],
  ['the same by its folder alone', `D:AI(A;OICIID;0x1301bf;;;S-1-5-82-1)`, `D:AI${one}`, false],
  ['the same, and what its folder hands down', `D:AI${one}`, `D:PAI${one}`, false],
  ['the same, and nothing of its folder', `D:PAI${one}`, `D:AI${one}`, true],
] as const) {
  test(`what gives ${what} is ${isEnough ? '' : 'not '}enough`, () => assert.equal(grantsAll(now, wanted), isEnough));
}

test('rights are given beside those that are there, what is denied first', () => {
  assert.equal(
    withGrants(`O:SYG:SYD:AI${other}${denied}`, `O:BAG:SYD:AI${one}`),
    `O:BAG:SYD:AI${denied}${one}${other}`,
  );
  assert.equal(withGrants(`O:SYD:AI${one}`, `O:BAD:AI${one}`), `O:BAD:AI${one}`);
});

test('a folder that takes over nothing from above is not opened by giving rights to it', () => {
  assert.equal(withGrants(`D:PAI${other}`, `D:AI${one}`), `D:PAI${one}${other}`);
  assert.equal(withGrants(`D:AI${other}`, `D:PAI${one}`), `D:PAI${one}${other}`);
});

test('rights go over to another identity, and to none whose SID only begins alike', () => {
  const longer = '(A;;FR;;;S-1-5-82-12)';
  assert.equal(
    withIdentity(`D:AI${one}${longer}`, 'S-1-5-82-1', 'S-1-5-82-9'),
    `D:AI(A;OICI;0x1301bf;;;S-1-5-82-9)${longer}`,
  );
});
