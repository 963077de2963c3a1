import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { it } from '../../own-thread.ts';
import { newFolderInMemory } from '../quick-files.ts';
import { failing, type Route, upgrades } from '../routes.ts';
import { preparedIn } from '../sweep.ts';
import { traceRoute, tryOut } from '../trial.ts';
import { troublesOf } from '../troubles.ts';

const [upgrade] = upgrades;
const [, walkedBack] = failing;

for (const route of [upgrade, walkedBack].filter((one): one is Route => one !== undefined)) {
  it(`${route.name}: whatever eventcreate does, the run ends as it would have ended`, async () => {
    const work = newFolderInMemory();
    try {
      const prepared = await preparedIn(work, route);
      const troubles = troublesOf(await traceRoute(prepared, join(work, 'traced'))).filter((one) => one.isHarmless);
      assert.ok(troubles.length > 20, 'both entries, with every way in which a child can end');
      for (const [index, trouble] of troubles.entries()) {
        const { ends, problems } = await tryOut(prepared, trouble, join(work, `trial-${index}`));
        assert.deepEqual(
          { first: ends[0], problems },
          { first: route.end, problems: [] },
          `${trouble.kind} at ${trouble.at}`,
        );
      }
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  });
}
