import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { scenarioNames } from '../../src/sandbox/scenario-list.ts';
import { run } from '../cli/program.ts';

const work = mkdtempSync(join(tmpdir(), 'scim-setup-test-'));
after(() => rmSync(work, { recursive: true, force: true }));

for (const name of scenarioNames()) {
  test(`sandbox create makes the scenario ${name}, and show prints the same server again`, async () => {
    const folder = join(work, name);
    const made = await run('sandbox', 'create', folder, '--scenario', name, '--json');
    assert.deepEqual([made.exitCode, made.err], [0, '']);
    const shown = await run('sandbox', 'show', folder, '--json');
    assert.deepEqual(JSON.parse(shown.out), JSON.parse(made.out));
  });
}

test('a scenario that there is not is refused with the names of those there are', async () => {
  const { exitCode, err } = await run('sandbox', 'create', join(work, 'none'), '--scenario', 'scim-9');
  assert.equal(exitCode, 20);
  for (const name of scenarioNames()) assert.ok(err.includes(name), name);
});
