import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createSandbox } from '../../../src/sandbox/sandbox.ts';
import type { ScenarioName } from '../../../src/sandbox/scenario-list.ts';
import { readState, type ServerState, untouched } from '../../sweep/server-state.ts';
import { Ledger } from './ledger.ts';
import { type Operation, type Sequence, troubleOf, wordsOf } from './operation.ts';
import { edit, type Ran, restart, resumeOnce, runOnce } from './server.ts';

/** The server of one sequence, what was seen on it, and what went wrong, in words. */
type Game = { readonly folder: string; readonly ledger: Ledger; state: ServerState; readonly story: string[] };

/** Something that may not be; the message is the whole story. */
export class Broken extends Error {}

/** Plays a sequence on a fresh server below a folder; throws `Broken` at the first thing that may not be. */
export async function play({ scenario, operations }: Sequence, work: string, number: number): Promise<void> {
  const folder = join(work, `server-${number}`);
  cpSync(await laidOut(scenario, work), folder, { recursive: true });
  const state = readState(folder);
  const game: Game = { folder, ledger: new Ledger(state), state, story: [`on ${scenario}`] };
  try {
    for (const operation of operations) await perform(game, operation);
    await getsThere(game);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function laidOut(scenario: ScenarioName, work: string): Promise<string> {
  const folder = join(work, scenario);
  if (!existsSync(folder)) {
    const made = await createSandbox(folder, scenario);
    if ('problem' in made) throw new Error(made.problem);
  }
  return folder;
}

async function perform(game: Game, operation: Operation): Promise<void> {
  if (operation.kind === 'reboot') return rebooted(game);
  if (operation.kind === 'edit') return editBy(game, operation.value);
  const { to, trouble } = operation;
  const ran = await run(game, operation);
  if (ran.end === 'power cut') return rebooted(game);
  if (ran.end !== 'converged' || trouble !== null) return;
  const last = game.state;
  const again = await run(game, { kind: 'run', to, trouble: null });
  check(game, again.end === 'nothing-to-do' ? untouched(last, game.state) : ['a second run found something to do']);
}

async function run(game: Game, operation: Extract<Operation, { kind: 'run' }>): Promise<Ran> {
  const { to, trouble } = operation;
  const before = game.state;
  const ran = await runOnce(game.folder, to, trouble && troubleOf(trouble));
  game.state = readState(game.folder);
  game.story.push(`${wordsOf(operation)}: ${ran.end}. ${ran.why}`);
  check(game, game.ledger.afterRun(to, ran, before, game.state));
  return ran;
}

async function rebooted(game: Game): Promise<void> {
  await restart(game.folder);
  game.state = readState(game.folder);
  game.story.push('reboot');
  game.ledger.afterRestart(game.state);
  const before = game.state;
  const resumed = await resumeOnce(game.folder);
  if (!resumed) return;
  game.state = readState(game.folder);
  game.story.push(`the startup task: ${resumed.end}. ${resumed.why}`);
  check(game, game.ledger.afterRun(resumed.to, resumed, before, game.state));
}

async function editBy(game: Game, value: number): Promise<void> {
  const path = await edit(game.folder, value);
  if (path === null) return;
  const before = game.state;
  game.state = readState(game.folder);
  game.story.push(`edit of ${path} to ${value}`);
  game.ledger.afterEdit(path, before, game.state);
}

const mostRuns = 6;

/** Without any trouble, and with the restarts that are asked for, every server gets where it is wanted, or a finding stops it. */
async function getsThere(game: Game): Promise<void> {
  let refusals = 0;
  for (let left = mostRuns; left > 0; left -= 1) {
    const { end, stops } = await run(game, { kind: 'run', to: '4.4.4', trouble: null });
    refusals = stops.length > 0 ? refusals + 1 : 0;
    if (end === 'nothing-to-do' || refusals === 2) return;
    if (['reboot-first', 'refused'].includes(end)) await rebooted(game);
  }
  check(game, [`after ${mostRuns} runs without trouble it is still not where it is wanted`]);
}

function check({ story }: Game, problems: readonly string[]): void {
  if (problems.length > 0) throw new Broken([...story, ...problems.slice(0, 5).map((text) => `! ${text}`)].join('\n'));
}
