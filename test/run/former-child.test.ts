import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Facts, Reading } from '../../src/core/facts.ts';
import type { Interrupt } from '../../src/core/interrupt.ts';
import { SetupError } from '../../src/core/setup-error.ts';
import { waitForFormerChild } from '../../src/run/former-child.ts';
import { child } from '../core/entries.ts';
import { known, server } from '../core/server-facts.ts';

type More = { readonly asked?: readonly Interrupt[]; readonly looks?: readonly Facts[] };

/** A child that answers so, one after the other, and whoever waits for it. */
function given(answers: readonly Reading<boolean>[], { asked = [], looks = [server()] }: More = {}) {
  const told: string[] = [];
  let [questions, sleptMs, looked] = [0, 0, 0];
  const isAlive = async () => answers[Math.min(questions++, answers.length - 1)] ?? assert.fail('no answer');
  const sleep = async (ms: number) => {
    sleptMs += ms;
  };
  const interrupted = () => asked[questions - 1] ?? 'no';
  const wait = (limitMs = 60_000) =>
    waitForFormerChild(child({ limitMs }), 'the-run', {
      machine: { isAlive, sleep },
      look: async () => looks[Math.min(looked++, looks.length - 1)] ?? assert.fail('no look'),
      busyMs: 20_000,
      interrupted,
      tell: (text) => void told.push(text),
    });
  return { wait, told, slept: () => sleptMs };
}

const alive = { known: true, value: true } as const;
const ended = { known: true, value: false } as const;

async function refusal(wait: Promise<void>): Promise<SetupError> {
  const error = await wait.then(() => null).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof SetupError);
  return error;
}

test('a child that has ended is not waited for', async () => {
  const { wait, told, slept } = given([ended]);
  await wait();
  assert.deepEqual([told, slept()], [[], 0]);
});

test('a child at work is waited for, and somebody is told which one', async () => {
  const { wait, told, slept } = given([alive, alive, ended]);
  await wait();
  assert.equal(slept(), 20_000);
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /msiexec, process 4711, started by run the-run at 2026-11-23T20:41:07/);
});

test('past its time limit the run is busy, and says which process it is', async () => {
  const { wait, slept } = given([alive]);
  const { exitCode, problems } = await refusal(wait(30_000));
  assert.deepEqual([exitCode, slept()], [1618, 30_000]);
  assert.match(problems[0]?.message ?? '', /msiexec, process 4711.*waited for 30 s/);
});

test('a child of which nobody can tell whether it is at work refuses the run', async () => {
  const { exitCode, problems } = await refusal(given([{ known: false, why: 'PowerShell ended' }]).wait());
  assert.equal(exitCode, 21);
  assert.match(problems[0]?.message ?? '', /process 4711.*PowerShell ended/);
});

test('who interrupts does not wait for it, whether by Ctrl-C or by closing the console', async () => {
  for (const how of ['back', 'leave'] as const) {
    const { wait, slept } = given([alive], { asked: ['no', how] });
    assert.equal((await refusal(wait())).exitCode, 21);
    assert.equal(slept(), 10_000);
  }
});

const holder = { pid: 4720, name: 'msiexec.exe', parent: 'msiexec.exe', startedAt: null };
const held = server({ installer: known({ suspended: true, disabledByPolicy: false, holders: [holder] }) });

test('after that child Windows Installer is waited for, which may go on with what the child had asked for', async () => {
  const { wait, slept } = given([ended], { looks: [held, held, server()] });
  await wait();
  assert.equal(slept(), 20_000);
});

test('an installation that does not end within its own limit ends the run as busy, with its name', async () => {
  const { exitCode, problems } = await refusal(given([ended], { looks: [held] }).wait());
  assert.equal(exitCode, 1618);
  assert.match(problems[0]?.message ?? '', /msiexec\.exe \(process 4720.*waited for 20 s/);
});
