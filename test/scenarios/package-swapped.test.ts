import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import type { Call } from '../../src/core/call.ts';
import { SetupError } from '../../src/core/setup-error.ts';
import type { Signature } from '../../src/core/signature.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { treeOf } from '../cli/program.ts';
import { asked, bundle, doorsOf, givenServer, sample } from '../given.ts';
import { withDoors } from '../sweep/doors.ts';

const wanted = sample('SCIMConnector-4.4.4.msi');
const other = sample('SCIMConnector-4.4.5-loses-config.msi');

/** The package as it was given, which anybody may write to. */
let given: string;
let desk: string;

before(async () => {
  desk = await mkdtemp(join(tmpdir(), 'scim-setup-swapped-'));
  given = join(desk, 'SCIMConnector-4.4.4.msi');
});
after(() => rm(desk, { recursive: true, force: true }));

async function prepared() {
  await copyFile(wanted, given);
  const { machine, folder } = await givenServer('scim-4.1');
  const calls: Call<'change'>[] = [];
  const noted: Machine = withDoors(machine, {
    change: (call, ...more) => {
      calls.push(call);
      return machine.change(call, ...more);
    },
  });
  return { machine: noted, drive: join(folder, 'c'), calls };
}

const request = (more = {}) => ({ ...asked('apply', null), msi: given, ...more });
const installed = (calls: readonly Call<'change'>[]) =>
  calls.filter(({ tool, args }) => tool === 'msiexec' && /4\.4\.4\.msi/.test(args.join(' ')));

test('a package that is swapped in the protected folder after it was checked is not executed, and the old version stays', async () => {
  const { machine, calls } = await prepared();
  const swapping = withDoors(machine, {
    append: async (path, line) => {
      await machine.append(path, line);
      const entry = JSON.parse(line);
      if (entry.type !== 'opened') return;
      const copy = `${entry.places.packages}\\${entry.wanted.msi.sha256}\\${entry.wanted.msi.name}`;
      assert.ok(await machine.read(copy), 'the package was not copied before the journal was opened');
      await machine.write(copy, await readFile(other));
    },
  });
  const report = await apply(request(), doorsOf(swapping));
  assert.deepEqual(installed(calls), []);
  assert.notEqual(report.exitCode, 0);
  assert.match(JSON.stringify(report), /is not the package that was checked/);
  const { products } = report.after ?? assert.fail('nothing was looked at');
  assert.deepEqual(products.known && products.value.map((one) => one.version), ['4.1.0']);
});

test('a hosting bundle that is swapped in the protected folder after it was checked is not executed', async () => {
  const { machine } = await givenServer('scim-4.1-no-bundle');
  const calls: Call<'change'>[] = [];
  const swapping = withDoors(machine, {
    append: async (path, line) => {
      await machine.append(path, line);
      const entry = JSON.parse(line);
      if (entry.type !== 'opened') return;
      const copy = `${entry.places.packages}\\${entry.wanted.bundle.sha256}\\${entry.wanted.bundle.name}`;
      assert.ok(await machine.read(copy), 'the bundle was not copied before the journal was opened');
      await machine.write(copy, new TextEncoder().encode('another program'));
    },
    change: (call, ...more) => {
      calls.push(call);
      return machine.change(call, ...more);
    },
  });
  const report = await apply({ ...request(), msi: wanted, hostingBundle: sample(bundle) }, doorsOf(swapping));
  assert.deepEqual(
    calls.filter(({ tool }) => tool === 'hosting'),
    [],
  );
  assert.equal(report.exitCode, 22, report.message);
  assert.match(JSON.stringify(report), /is not the package that was checked/);
});

test('the package given may be swapped once it was copied: what runs is the copy', async () => {
  const { machine } = await prepared();
  const swapping = withDoors(machine, {
    receive: async (from, to) => {
      const hash = await machine.receive(from, to);
      await copyFile(other, from);
      return hash;
    },
  });
  const report = await apply(request(), doorsOf(swapping));
  assert.equal(report.exitCode, 0, JSON.stringify(report.findings));
  const { products } = report.after ?? assert.fail('nothing was looked at');
  assert.deepEqual(products.known && products.value.map((one) => one.version), ['4.4.4']);
});

test('a package that is swapped while it is copied is refused, and nothing is left of it', async () => {
  const { machine, drive, calls } = await prepared();
  const swapping = withDoors(machine, {
    receive: async (from, to) => {
      await copyFile(other, from);
      return machine.receive(from, to);
    },
  });
  const untouched = await treeOf(drive);
  await assert.rejects(apply(request(), doorsOf(swapping)), (error) => {
    assert.ok(error instanceof SetupError);
    assert.equal(error.exitCode, 21);
    assert.match(error.message, /was changed while it was being copied/);
    return true;
  });
  assert.deepEqual([await treeOf(drive), calls], [untouched, []]);
});

test('who signed a package is asked of the copy that runs: what was said of the file given does not count', async () => {
  const { machine, drive, calls } = await prepared();
  const thumbprint = 'A'.repeat(40);
  const value: Signature = { status: 'Valid', message: 'Signature verified.', subject: 'CN=Sample', thumbprint };
  const lying = withDoors(machine, { signatureOfGiven: async () => ({ known: true, value }) });
  const untouched = await treeOf(drive);
  const report = await apply(request({ signer: ['Sample'] }), doorsOf(lying));
  assert.deepEqual([report.exitCode, report.changed, report.runId], [21, false, null]);
  const [found] = report.findings.filter((one) => one.id === 'signer-not-pinned');
  assert.match(found?.message ?? '', /SCIMConnector-4\.4\.4\.msi is not signed \(NotSigned: The file C:\\ProgramData/);
  assert.deepEqual([await treeOf(drive), calls], [untouched, []]);
});

test('a copy that an earlier run has kept is asked too, and stays when it is refused', async () => {
  const { machine } = await prepared();
  assert.equal((await apply(request(), doorsOf(machine))).exitCode, 0);
  const kept = (await machine.list('C:\\ProgramData\\ScimSetup\\packages')).length;
  const value: Signature = { status: 'Valid', message: '', subject: 'CN=Sample', thumbprint: null };
  const lying = withDoors(machine, {
    signatureOfGiven: async () => ({ known: true, value }),
    look: async (what) => {
      const facts = await machine.look(what);
      return { ...facts, products: { known: true, value: [] }, config: { known: true, value: [] } };
    },
  });
  const report = await apply(request({ signer: ['Sample'], accept: ['leftovers'] }), doorsOf(lying));
  assert.equal(report.exitCode, 21, JSON.stringify(report.findings));
  assert.ok(report.findings.some((one) => one.id === 'signer-not-pinned'));
  assert.equal((await machine.list('C:\\ProgramData\\ScimSetup\\packages')).length, kept);
});
