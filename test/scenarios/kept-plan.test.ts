import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { apply } from '../../src/commands/apply.ts';
import type { Machine } from '../../src/machine/machine.ts';
import { Killed } from '../../src/sandbox/fault.ts';
import { countDoors, withFaults } from '../../src/sandbox/faults.ts';
import { documentIn, keptPlan, program, serverIn } from '../cli/keeping.ts';
import { documentOf, newFolder, run, treeOf } from '../cli/program.ts';
import { asked, bundle, doorsOf, givenServer, sample } from '../given.ts';

type Approved = { readonly fingerprint: string; readonly differences: readonly string[] };

test('a kept plan is performed, and a second time there is nothing to do', async () => {
  const { folder, file } = await keptPlan();
  const first = documentOf(await run('apply', '--sandbox', folder, '--plan', file, '--json'));
  assert.deepEqual([first.exitCode, first.end, first.changed], [0, 'converged', true]);
  assert.equal((first.approved as Approved).fingerprint, (await documentIn(file)).fingerprint);
  const files = await treeOf(join(folder, 'c'));
  const second = documentOf(await run('apply', '--sandbox', folder, '--plan', file, '--json'));
  assert.deepEqual([second.exitCode, second.end, second.changed], [0, 'nothing-to-do', false]);
  assert.deepEqual(await treeOf(join(folder, 'c')), files);
});

test('a plan with which there was nothing to do is kept too, and does nothing', async () => {
  const { folder, file } = await keptPlan('same-version');
  assert.equal((await documentIn(file)).verdict, 'nothing-to-do');
  const ended = documentOf(await run('apply', '--sandbox', folder, '--plan', file, '--json'));
  assert.deepEqual([ended.exitCode, ended.end, ended.changed], [0, 'nothing-to-do', false]);
});

test('where a plan was kept is told in text and JSON, and the file is whole', async () => {
  const { folder, desk, msi, file } = await keptPlan();
  const text = (await run('plan', '--sandbox', folder, '--msi', msi, '--out', file)).out;
  assert.ok(text.includes(`scim-setup apply --plan ${file} --sandbox ${folder}`), text);
  const { paths } = documentOf(await run('plan', '--sandbox', folder, '--msi', msi, '--out', file, '--json'));
  assert.equal((paths as { plan: string }).plan, file);
  assert.deepEqual((await readdir(desk)).sort(), ['SCIMConnector-4.4.4.msi', 'plan.json']);
  assert.match(await readFile(file, 'utf8'), /^[\n\x20-\x7e]+\n$/);
});

test('the same server and package give the same file, byte for byte, wherever it is kept', async () => {
  const [one, other] = [await keptPlan(), await keptPlan()];
  assert.equal(await readFile(one.file, 'utf8'), await readFile(other.file, 'utf8'));
});

test('a refused plan is not kept', async () => {
  const { folder } = await givenServer('scim-3.2');
  const file = join(await newFolder(), 'plan.json');
  const ended = await run('plan', '--sandbox', folder, '--msi', sample('SCIMConnector-4.4.4.msi'), '--out', file);
  assert.equal(ended.exitCode, 21);
  assert.match(ended.out, /Refused, nothing was touched\. No plan was kept\./);
  await assert.rejects(readFile(file));
});

test('a package that lies elsewhere now, under whatever name, is named by its flag', async () => {
  const { folder, msi, file } = await keptPlan();
  const elsewhere = join(await newFolder(), 'other name.msi');
  await rename(msi, elsewhere);
  const ended = await run('apply', '--sandbox', folder, '--plan', file, '--msi', elsewhere);
  assert.equal(ended.exitCode, 0, ended.out + ended.err);
});

test('plan and package may be moved together', async () => {
  const { folder, desk, msi, file } = await keptPlan();
  const packages = join(desk, 'packages');
  await mkdir(packages);
  await rename(msi, join(packages, 'SCIMConnector-4.4.4.msi'));
  assert.equal((await run('apply', '--sandbox', folder, '--plan', file)).exitCode, 20);
  await rename(file, join(packages, 'plan.json'));
  const ended = await run('apply', '--sandbox', folder, '--plan', join(packages, 'plan.json'));
  assert.equal(ended.exitCode, 0, ended.out + ended.err);
});

test('flags and environment that say what the plan says are no contradiction', async () => {
  const more = [
    '--hosting-bundle',
    sample(bundle),
    '--property',
    'INSTALLDIR=C:\\inetpub\\wwwroot\\SCIMConnector',
    '--feature',
    'IIS-ASPNET45',
  ];
  const { folder, msi, file } = await keptPlan('scim-3.2', '--accept', 'reconfiguration', ...more);
  const same = ['--msi', msi, '--accept', 'reconfiguration', ...more];
  const ended = await run('apply', '--sandbox', folder, '--plan', file, ...same);
  assert.equal(ended.exitCode, 0, ended.out + ended.err);
});

test('a plan that was made from facts is performed on the server that they were taken of', async () => {
  const { folder } = await givenServer('iis-only');
  const [desk, media] = [await newFolder(), ['--msi', sample('SCIMConnector-4.4.4.msi'), '--hosting-bundle']];
  const [facts, file] = [join(desk, 'facts.json'), join(desk, 'plan.json')];
  assert.equal((await run('detect', '--sandbox', folder, '--out', facts)).exitCode, 0);
  assert.equal((await run('plan', '--facts', facts, ...media, sample(bundle), '--out', file)).exitCode, 0);
  const ended = await run('apply', '--sandbox', folder, '--plan', file);
  assert.equal(ended.exitCode, 0, ended.out + ended.err);
});

test('a plan with the old package keeps it and its cabinet, and takes no other for them', async () => {
  const { folder } = await givenServer('external-cabinet');
  const [desk, name] = [await newFolder(), 'SCIMConnector-4.1.0-cabinet-beside'];
  for (const one of [`${name}.msi`, `${name}.cab`, 'SCIMConnector-4.4.4.msi'])
    await writeFile(join(desk, one), await readFile(sample(one)));
  const [msi, oldMsi, file] = [
    join(desk, 'SCIMConnector-4.4.4.msi'),
    join(desk, `${name}.msi`),
    join(desk, 'plan.json'),
  ] as const;
  const made = await run('plan', '--sandbox', folder, '--msi', msi, '--old-msi', oldMsi, '--out', file);
  assert.equal(made.exitCode, 0, made.out + made.err);

  const perform = () => run('apply', '--sandbox', folder, '--plan', file);
  const cabinet = join(desk, `${name}.cab`);
  const whole = await readFile(cabinet);
  await writeFile(cabinet, Buffer.concat([whole, Buffer.alloc(1)]));
  const swapped = await perform();
  assert.equal(swapped.exitCode, 20);
  assert.match(
    swapped.err,
    /The cabinet SCIMConnector-4\.1\.0-cabinet-beside\.cab beside .*\.msi is not there, or not\s+the\s+file/,
  );
  await writeFile(cabinet, whole);
  await rename(oldMsi, `${oldMsi}.away`);
  const gone = await perform();
  assert.equal(gone.exitCode, 20);
  assert.match(gone.err, /The package of the installed version SCIMConnector-4\.1\.0-cabinet-beside\.msi/);
  const other = await run('apply', '--sandbox', folder, '--plan', file, '--old-msi', msi);
  assert.match(other.err, /--old-msi contradicts the plan/);
  await rename(`${oldMsi}.away`, oldMsi);
  const ended = await perform();
  assert.equal(ended.exitCode, 0, ended.out + ended.err);
});

test('a plan for one server is refused on another, with what differs in text and JSON', async () => {
  const { file } = await keptPlan();
  const { folder } = await givenServer('bundle-before-iis');
  const untouched = await treeOf(join(folder, 'c'));
  const argv = ['apply', '--sandbox', folder, '--plan', file, '--hosting-bundle', sample(bundle)];
  assert.equal((await run(...argv)).exitCode, 20);
  const { out, exitCode } = await run(...argv.slice(0, -2));
  assert.equal(exitCode, 21);
  assert.match(
    out,
    /changed-since-plan[\s\S]*Since the plan was made:[\s\S]*hosting\.module\.registered: true -> false/,
  );
  const { approved, end, changed } = documentOf(await run(...argv.slice(0, -2), '--json'));
  assert.deepEqual([end, changed], ['refused', false]);
  assert.ok((approved as Approved).differences.includes('hosting.module.registered: true -> false'));
  const now = await treeOf(join(folder, 'c'));
  assert.deepEqual(
    Object.keys(now).filter((path) => !(path in untouched) && !/ScimSetup(.lock)?$/.test(path)),
    [],
  );
});

test('a run of a plan that was cut anywhere is taken up by the same command', async () => {
  const scenario = 'bundle-before-iis';
  const { file } = await keptPlan(scenario, '--hosting-bundle', sample(bundle));
  const ended = (machine: Machine) => apply({ ...asked('apply', null), plan: file }, doorsOf(machine, { program }));
  const { machine, doors } = countDoors((await givenServer(scenario)).machine);
  assert.equal((await ended(machine)).end, 'converged');
  assert.ok(doors.count > 10);
  for (let door = 1; door <= doors.count; door += 1) {
    const { folder, machine: cut } = await givenServer(scenario);
    const killed = withFaults(cut, { at: { door }, trouble: { kind: 'kill', effect: 'done' } });
    await ended(killed).catch((error) => assert.ok(error instanceof Killed, String(error)));
    const again = await ended(await serverIn(folder));
    assert.ok(['converged', 'nothing-to-do'].includes(again.end), `door ${door}: ${again.end} ${again.message}`);
  }
});

test('a run that was cut is not taken up by a plan that was not its own, and no plan of it is kept', async () => {
  const { folder, file, msi } = await keptPlan();
  const other = asked('apply', 'SCIMConnector-4.4.5-loses-config.msi');
  const fault = { at: { tool: 'msiexec', call: 1 }, trouble: { kind: 'kill', effect: 'none' } } as const;
  await assert.rejects(apply(other, doorsOf(withFaults(await serverIn(folder), fault))));
  const ended = documentOf(await run('apply', '--sandbox', folder, '--plan', file, '--json'));
  assert.equal(ended.exitCode, 21);
  assert.match((ended.approved as Approved).differences.join('\n'), /was cut, and it was not a run of this plan/);
  const kept = await run('plan', '--sandbox', folder, '--msi', msi, '--out', file);
  assert.equal(kept.exitCode, 21);
  assert.match(kept.err, /was cut; a plan that takes it up cannot be kept/);
});

test('an old plan in the way is replaced, and a place that cannot be written leaves it', async () => {
  const { folder, msi, file } = await keptPlan();
  await writeFile(file, 'old');
  assert.equal((await run('plan', '--sandbox', folder, '--msi', msi, '--out', file)).exitCode, 0);
  assert.equal((await documentIn(file)).command, 'plan');
  const below = await run('plan', '--sandbox', folder, '--msi', msi, '--out', join(file, 'plan.json'));
  assert.equal(below.exitCode, 20, below.out + below.err);
  assert.equal((await documentIn(file)).command, 'plan');
});
