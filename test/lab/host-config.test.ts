import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { windowsNode } from '../../scripts/build/windows-node.mjs';
import { hostPath as place } from './drive.ts';
import { labFor } from './lab.ts';
import { windowsPath } from './wine.ts';

const hostConfig = 'C:\\Windows\\System32\\inetsrv\\config\\applicationHost.config';

it('site, pool with its password and certificate come back through the doors to a real server', async (test) => {
  const { wine } = await labFor(test, 'pool-account');
  const before = readFileSync(place(wine.drive, hostConfig));
  assert.match(before.toString(), /password="\[enc:IISWASOnlyAesProvider:/);
  const program = windowsPath(fileURLToPath(new URL('./put-back.ts', import.meta.url)));
  const { code, stdout, stderr } = wine.start(windowsPath(windowsNode()), [program]);
  assert.equal(code, 0, `${stdout}\n${stderr}`);
  const { kept, wasLost, put, isBack, certificates } = JSON.parse(stdout);
  assert.deepEqual(
    { kept, wasLost, isBack, certificates },
    { kept: true, wasLost: true, isBack: [true, true, true], certificates: 1 },
    put,
  );
  assert.deepEqual(readFileSync(place(wine.drive, hostConfig)), before);
});
