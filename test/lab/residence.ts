import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { windowsNode } from '../../scripts/build/windows-node.mjs';
import type { Answer, Request } from './resident.ts';
import { type Wine, windowsPath } from './wine.ts';

/** Windows Node that stays in a Wine prefix and starts programs there, one request after the other. */
export type Residence = {
  /** Runs programs side by side to their ends; anything that does not end within two minutes throws. */
  run(calls: Request['calls']): Promise<Answer>;
  close(): Promise<void>;
};

const resident = fileURLToPath(new URL('./resident.ts', import.meta.url));
const longestMs = 120_000;
const pauseMs = 5;

/** Starts the resident of a prefix. */
export function openResidence(wine: Wine): Residence {
  const folder = join(wine.folder, 'resident');
  mkdirSync(folder);
  const child = wine.begin(windowsNode(), [windowsPath(resident), windowsPath(folder)]);
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  let number = 0;
  const ask = (request: Request) => {
    number += 1;
    writeFileSync(join(folder, 'request.partial'), JSON.stringify(request));
    renameSync(join(folder, 'request.partial'), join(folder, `request-${number}.json`));
  };
  return {
    run: async (calls) => {
      ask({ calls });
      return readAnswer(join(folder, `answer-${number}.json`), () => child.exitCode);
    },
    close: async () => {
      ask({ calls: [], stop: true });
      await ended;
    },
  };
}

async function readAnswer(path: string, exitCode: () => number | null): Promise<Answer> {
  for (let waited = 0; !existsSync(path); waited += pauseMs) {
    if (exitCode() !== null) throw new Error(`Windows Node ended by itself with ${exitCode()}: ${troubleOf(path)}`);
    if (waited > longestMs) throw new Error('a program in Wine did not end in time');
    await sleep(pauseMs);
  }
  return JSON.parse(readFileSync(path, 'utf8'));
}

function troubleOf(answer: string): string {
  const path = join(dirname(answer), 'trouble.txt');
  return existsSync(path) ? readFileSync(path, 'utf8') : 'it said nothing';
}
