import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

test('what is kept to start faster lies in the profile of the account, and not in a temporary folder that others write to', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'scim-setup-compiled-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [home, temporary] = [join(folder, 'home'), join(folder, 'tmp')];
  for (const path of [home, temporary]) mkdirSync(path);
  const { NODE_COMPILE_CACHE: _cache, ...env } = process.env;
  const own = { ...env, HOME: home, LOCALAPPDATA: join(home, '.cache'), TMPDIR: temporary, TEMP: temporary };
  const ended = spawnSync(process.execPath, [main, 'codes'], { env: own, encoding: 'utf8' });
  assert.equal(ended.status, 0, ended.stderr);
  assert.ok(existsSync(join(home, '.cache', 'scim-setup', 'compiled')));
  assert.deepEqual(readdirSync(temporary), []);
});
