import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PoolAccess, poolAccess } from '../../src/core/shared-access.ts';

const share = '\\\\FILESRV\\SCIM';
const local = 'D:\\SCIM';
const trusted = '(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)';
const account = 'SpecificUser:CORP\\scim';
const managed = 'SpecificUser:CORP\\scim$';
const computers = 'S-1-5-21-1-2-3-515';
const someone = 'S-1-5-21-1-2-3-1105';

/** The folder, who the pool runs as, the entries of the DACL, and what may be said. */
const cases: readonly (readonly [folder: string, identity: string, dacl: string, may: PoolAccess])[] = [
  [share, 'ApplicationPoolIdentity', '(A;OICI;0x1301bf;;;DC)', 'yes'],
  [share, 'NetworkService', `(A;OICI;0x1301bf;;;${computers})`, 'yes'],
  [share, 'LocalSystem', '(A;OICI;FA;;;AU)', 'yes'],
  [share, 'LocalSystem', '(A;OICI;GA;;;WD)', 'yes'],
  [share, 'ApplicationPoolIdentity', '(A;OICI;FRFW;;;NU)', 'yes'],
  [share, 'ApplicationPoolIdentity', '(A;;FR;;;AU)(A;;FW;;;DC)', 'yes'],
  [share, 'ApplicationPoolIdentity', '(A;OICI;0xC0000000;;;AU)', 'yes'],
  [share, 'ApplicationPoolIdentity', '', 'no'],
  [share, 'LocalSystem', trusted, 'no'],
  [share, 'NetworkService', '(A;OICI;FA;;;NS)', 'no'],
  [share, 'ApplicationPoolIdentity', '(A;OICI;FA;;;S-1-5-82-1-2-3-4-5)', 'no'],
  [share, 'ApplicationPoolIdentity', '(A;OICI;FR;;;AU)', 'no'],
  [share, 'ApplicationPoolIdentity', '(A;OICIIO;FA;;;AU)', 'no'],
  [share, 'ApplicationPoolIdentity', '(D;OICI;FW;;;DC)(A;OICI;FA;;;AU)', 'no'],
  [share, 'LocalService', '(A;OICI;FA;;;AU)', 'no'],
  [share, 'LocalService', '(A;OICI;FA;;;AN)', 'yes'],
  [share, 'ApplicationPoolIdentity', `(A;OICI;FA;;;${someone})`, 'cannot-tell'],
  [share, 'ApplicationPoolIdentity', '(A;OICI;FA;;;BU)', 'cannot-tell'],
  [share, 'ApplicationPoolIdentity', `(D;OICI;FW;;;${someone})(A;OICI;FA;;;AU)`, 'cannot-tell'],
  [share, account, '(A;OICI;FA;;;DC)', 'cannot-tell'],
  [share, account, '(A;OICI;0x1301bf;;;DU)', 'yes'],
  [share, account, `(A;OICI;FA;;;${someone})`, 'cannot-tell'],
  [share, account, '(A;OICI;FA;;;SY)', 'no'],
  [share, managed, '(A;OICI;FA;;;DC)', 'yes'],
  [local, 'NetworkService', '(A;OICI;FA;;;NS)', 'yes'],
  [local, 'LocalSystem', trusted, 'yes'],
  [local, 'ApplicationPoolIdentity', '(A;OICI;0x1301bf;;;IS)', 'yes'],
  [local, 'ApplicationPoolIdentity', '(A;OICI;FA;;;S-1-5-82-1-2-3-4-5)', 'cannot-tell'],
  [local, 'ApplicationPoolIdentity', '(A;OICI;FA;;;BA)(A;OICI;FR;;;BU)', 'no'],
  [local, account, trusted, 'cannot-tell'],
];

for (const [folder, identity, dacl, may] of cases) {
  test(`${identity} in ${folder} with ${dacl || 'an empty DACL'}: ${may}`, () => {
    assert.equal(poolAccess(`O:BAG:SYD:PAI${dacl}`, folder, identity), may);
  });
}

test('a folder without any DACL is open to everybody', () => {
  assert.equal(poolAccess('O:BAG:SYD:NO_ACCESS_CONTROL', share, 'NetworkService'), 'yes');
});

test('a text that is no descriptor, or holds what is not known, cannot be judged', () => {
  for (const sddl of ['', 'O:BAG:SY', 'D:(A;;ZZ;;;AU)', 'D:(XA;;FA;;;AU;(1))', 'D:(A;;F;;;AU)']) {
    assert.equal(poolAccess(sddl, share, 'NetworkService'), 'cannot-tell', sddl);
  }
});
