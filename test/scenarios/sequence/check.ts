import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { it } from '../../own-thread.ts';
import { newFolderInMemory } from '../../sweep/quick-files.ts';
import { anySequence, type Sequence } from './operation.ts';
import { play } from './play.ts';

/** A run is repeated by the seed that it prints, one sequence of it by its path too. */
const given = { seed: process.env.SCIM_SETUP_SEED, path: process.env.SCIM_SETUP_PATH };

/** More than there is time for, and few enough that passing over the rest takes none. */
const mostPerSecond = 50;

/** Declares the test that plays random sequences on simulated servers for this long; shrinking a failure comes on top. */
export function playRandomSequences(seconds: number): void {
  it('whatever is done and goes wrong in whatever order, nothing is lost and every end has a name', async (tell) => {
    const seed = given.seed === undefined ? Date.now() & 0x7fffffff : Number(given.seed);
    tell(`SCIM_SETUP_SEED=${seed}`);
    const work = newFolderInMemory();
    let number = 0;
    const until = performance.now() + seconds * 1_000;
    let isBroken = false;
    const property = fc.asyncProperty(anySequence, async (sequence) => {
      // Not fast-check's own limit, which would cut a sequence in two, and shrinking as well.
      if (performance.now() > until && !isBroken) return;
      number += 1;
      try {
        await play(sequence, work, number);
      } catch (error) {
        isBroken = true;
        throw error;
      }
    });
    try {
      const path = given.path === undefined ? {} : { path: given.path };
      const result = await fc.check(property, { seed, numRuns: seconds * mostPerSecond, ...path });
      tell(`${number} sequences`);
      assert.ok(!result.failed, reportOf(result));
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
}

function reportOf({ seed, counterexamplePath, errorInstance }: fc.RunDetails<[Sequence]>): string {
  const why = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  return `${why}\nSCIM_SETUP_SEED=${seed} SCIM_SETUP_PATH=${counterexamplePath} repeats it`;
}
