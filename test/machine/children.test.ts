import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Arg, Call, CallResult } from '../../src/core/call.ts';
import { runChange } from '../../src/machine/children.ts';
import { newFolder } from './folders.ts';

const mustNotBeAsked = (): Promise<number> => Promise.reject(new Error('the code page was asked for'));

function callOf(args: readonly Arg[], more: Partial<Call<'change'>> = {}): Call<'change'> {
  const call = {
    intent: 'change',
    tool: 'powershell',
    file: 'not used',
    timeoutMs: 30_000,
    quoting: 'argv',
    log: null,
  };
  return { ...call, args, ...more } as Call<'change'>;
}

/** Runs some statements in a Node of their own. */
function run(statements: string, args: readonly Arg[] = [], more: Partial<Call<'change'>> = {}): Promise<CallResult> {
  return runChange(callOf(['-e', statements, '--', ...args], more), process.execPath, mustNotBeAsked);
}

async function isThereSoon(path: string): Promise<boolean> {
  for (let waited = 0; !existsSync(path) && waited < 10_000; waited += 20) await pause(20);
  return existsSync(path);
}

test('a child ends with its exit code and what it printed, errors among it', async () => {
  const ended = await run('console.log("done"); console.error("but"); process.exitCode = 42;');
  assert.deepEqual(ended, { code: 42, timedOut: false, output: 'done\nbut\n' });
});

test('a child that says nothing ends with 0 and no output', async () => {
  assert.deepEqual(await run(''), { code: 0, timedOut: false, output: '' });
});

test('the output is decoded: UTF-16 as msiexec writes it, and the code page of the console', async () => {
  const wide = await run('process.stdout.write(Buffer.from("Für immer", "utf16le"));');
  assert.equal(wide.output, 'Für immer');
  const narrow = callOf(['-e', 'process.stdout.write(Buffer.from([0x66, 0x81, 0x72, 0x20, 0x9b]));']);
  assert.equal((await runChange(narrow, process.execPath, async () => 850)).output, 'für ø');
});

test('of a very long output only the beginning is kept', async () => {
  const { output } = await run('process.stdout.write("x".repeat(300_000));');
  assert.deepEqual([output.length, output.startsWith('xxx')], [100_000, true]);
});

test('arguments arrive as they are, a property as one of them', async () => {
  const args: readonly Arg[] = ['a b', '', 'C:\\x\\', '"quoted"', { property: 'NAME', value: 'a "b" c' }];
  const { output } = await run('console.log(JSON.stringify(process.argv.slice(1)));', args);
  assert.deepEqual(JSON.parse(output), ['a b', '', 'C:\\x\\', '"quoted"', 'NAME=a "b" c']);
});

test('a child gets no input to wait for', async () => {
  const { code } = await run('process.stdin.resume().on("end", () => process.exit(7));');
  assert.equal(code, 7);
});

test('a child past its time limit is left alone: it goes on and does its work', async () => {
  const done = join(await newFolder(), 'done');
  const statements = `
    console.log('begun');
    setTimeout(() => { console.log('still printing'); require('node:fs').writeFileSync(process.argv[1], ''); }, 900);`;
  const ended = await run(statements, [done], { timeoutMs: 400 });
  assert.deepEqual([ended.code, ended.timedOut, existsSync(done)], [null, true, false]);
  assert.ok(await isThereSoon(done));
});

/** A program that only runs a child, as the leader of a group of its own, once the child is there. */
async function programWith(call: Call<'change'>, folder: string): Promise<ChildProcess> {
  const children = new URL('../../src/machine/children.ts', import.meta.url);
  const statements = `
    import { runChange } from '${children}';
    const call = ${JSON.stringify(call)};
    await runChange(call, process.execPath, async () => 437, null, async () => console.log('started'));`;
  const program = spawn(process.execPath, ['--input-type=module', '-e', statements], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  await once(program.stdout, 'data');
  return program;
}

test('a child outlives the program, and whatever ends the whole group of its processes', {
  skip: process.platform === 'win32' && 'Windows has jobs in place of groups: test/lab/kill-upgrade.test.ts',
}, async () => {
  const folder = await newFolder();
  const [ended, done] = [join(folder, 'ended'), join(folder, 'done')];
  const statements = `
    const { existsSync, writeFileSync } = require('node:fs');
    const [ended, done] = process.argv.slice(1);
    setInterval(() => { if (existsSync(ended)) { writeFileSync(done, ''); process.exit(); } }, 20);
    setTimeout(() => process.exit(), 20_000);`;
  const program = await programWith(callOf(['-e', statements, '--', ended, done]), folder);
  process.kill(-(program.pid ?? assert.fail('the program was not started')), 'SIGKILL');
  await once(program, 'exit');
  await writeFile(ended, '');
  assert.ok(await isThereSoon(done));
});

test('a child ends with its own exit, whatever its grandchild does with the output', async () => {
  const sleeper = 'setTimeout(() => {}, 1500)';
  const statements = `
    const { spawn } = require('node:child_process');
    spawn(process.execPath, ['-e', ${JSON.stringify(sleeper)}], { stdio: 'inherit', detached: true }).unref();
    process.exitCode = 5;`;
  const begun = performance.now();
  assert.equal((await run(statements)).code, 5);
  assert.ok(performance.now() - begun < 1400);
});

test('a program that is not there has no exit code and did not run out of time', async () => {
  const ended = await runChange(callOf([]), join(await newFolder(), 'no-such-program'), mustNotBeAsked);
  assert.deepEqual([ended.code, ended.timedOut], [null, false]);
  assert.match(ended.output, /no-such-program.*ENOENT/);
});

/** Only Windows has command lines that are one text; elsewhere test/lab/machine.test.ts runs this by the Windows Node. */
const onWindows = process.platform === 'win32' ? test : () => undefined;

onWindows('msiexec gets its command line as it reads it, not as the C runtime does', async () => {
  const args: readonly Arg[] = ['/d', '/c', 'echo', 'C:\\a b\\c.msi', { property: 'NAME', value: 'a "b" c' }];
  const call = callOf([...args, { property: 'EMPTY', value: '' }], { quoting: 'msiexec' });
  const { output } = await runChange(call, process.env.ComSpec ?? '', mustNotBeAsked);
  assert.equal(output.trim(), '"C:\\a b\\c.msi" NAME="a ""b"" c" EMPTY=""');
});

test('what a child is to read comes by its input alone, in UTF-8, and not by arguments or environment', async () => {
  const told = 'JSON.stringify({ read: text, argv: process.execArgv.concat(process.argv), env: process.env })';
  const statements = `let text = ""; process.stdin.setEncoding("utf8").on("data", (piece) => (text += piece)).on("end", () => console.log(${told}));`;
  const call = callOf(['-e', statements]);
  const { output } = await runChange(call, process.execPath, mustNotBeAsked, ['A=hush für hush', 'end']);
  const { read, argv, env } = JSON.parse(output);
  assert.equal(read, 'A=hush für hush\nend\n');
  assert.ok(!JSON.stringify([argv, env]).includes('hush'));
});

test('a child that does not read what it is given ends with its own code', async () => {
  const { code } = await runChange(callOf(['-e', 'process.exit(9)']), process.execPath, mustNotBeAsked, [
    'x'.repeat(1_000_000),
  ]);
  assert.equal(code, 9);
});

test('whoever wants to know is told of a child while it runs, by its process and a moment before its start', async () => {
  const told: { pid: number; isRunning: boolean; startedAt: string }[] = [];
  const before = Date.now();
  await runChange(
    callOf(['-e', 'setTimeout(() => {}, 300)']),
    process.execPath,
    mustNotBeAsked,
    null,
    async (child) => {
      told.push({ ...child, isRunning: process.kill(child.pid, 0) });
    },
  );
  assert.equal(told.length, 1);
  assert.ok(told[0]?.isRunning);
  const startedAt = Date.parse(told[0]?.startedAt ?? '');
  assert.ok(startedAt >= before && startedAt <= Date.now());
});

test('nobody is told of a program that is not there', async () => {
  const path = join(await newFolder(), 'no-such-program');
  await runChange(callOf([]), path, mustNotBeAsked, null, async () => assert.fail('told'));
});
