import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { compareSequence, type Sides } from './compare.ts';
import type { Operation } from './operation.ts';
import { sequences, wordsOf } from './operation.ts';
import { type Contents, contentsOf, type TestPackage, testPackages } from './packages.ts';
import { openReal } from './real.ts';
import { openSimulated } from './simulated.ts';

/** Both sides with the packages they have, for as long as the tests of one file run. */
export type Bench = {
  readonly sides: Sides;
  readonly packages: readonly TestPackage[];
  /** Compares one sequence; the differences of the table that it met. */
  compare(operations: readonly Operation[]): Promise<readonly string[]>;
};

/** Opens both sides before the tests of a block and closes them after; `more` are packages beside the samples. */
export function benchFor(more: () => Promise<readonly TestPackage[]> = async () => []): () => Bench {
  let bench: Bench & { close(): Promise<void> };
  before(async () => {
    bench = await openBench([...(await testPackages()), ...(await more())]);
  });
  after(() => bench?.close());
  return () => bench;
}

async function openBench(packages: readonly TestPackage[]): Promise<Bench & { close(): Promise<void> }> {
  const contents: Contents = await contentsOf(packages);
  const simulated = await openSimulated(packages);
  const real = await openReal(packages);
  const sides = { simulated, real };
  return {
    sides,
    packages,
    compare: async (operations) => (await compareSequence(sides, packages, contents, operations)).met,
    close: async () => {
      simulated.close();
      await real.close();
    },
  };
}

/** A run is repeated by the seed that it prints, one sequence of it by its path too. */
const given = { seed: process.env.SCIM_SETUP_SEED, path: process.env.SCIM_SETUP_PATH };

/** Declares the test that compares this many random sequences; at most `minutes`, which shrinking a failure may need. */
export function compareRandomSequences(count: number, minutes: number): void {
  describe('the simulated msiexec against the real one', () => {
    const bench = benchFor();
    it(`${count} random sequences have the same codes, products and files on both`, async (test) => {
      const seed = given.seed === undefined ? Date.now() & 0x7fffffff : Number(given.seed);
      test.diagnostic(`SCIM_SETUP_SEED=${seed}`);
      const met: string[] = [];
      const property = fc.asyncProperty(sequences(bench().packages), async (operations) => {
        met.push(...(await bench().compare(operations)));
      });
      const result = await fc.check(property, {
        seed,
        numRuns: count,
        interruptAfterTimeLimit: minutes * 60_000,
        markInterruptAsFailure: true,
        ...(given.path === undefined ? {} : { path: given.path }),
      });
      test.diagnostic(`known differences met: ${JSON.stringify(countsOf(met))}`);
      assert.ok(!result.failed, reportOf(result));
    });
  });
}

type Result = Awaited<ReturnType<typeof fc.check<[readonly Operation[]]>>>;

function reportOf({ seed, counterexample, counterexamplePath, errorInstance, interrupted }: Result): string {
  if (!counterexample) return interrupted ? 'there was not enough time for all sequences' : 'no sequence was run';
  const replay = `SCIM_SETUP_SEED=${seed} SCIM_SETUP_PATH=${counterexamplePath} repeats it`;
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return [...counterexample[0].map(wordsOf), why, replay].join('\n');
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
