import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { test } from 'node:test';
import type { Reading, SharedFolder } from '../../src/core/facts.ts';
import { factsSchema } from '../../src/core/facts-schema.ts';
import { sharedNotePath } from '../../src/core/shared-folder.ts';
import type { Disk } from '../../src/machine/disk.ts';
import { sha256Of } from '../../src/machine/read-files.ts';
import { readShared } from '../../src/machine/read-shared.ts';
import { diskIn, newFolder } from './folders.ts';

const connector = 'C:\\inetpub\\wwwroot\\SCIMConnector';
const shared = 'C:\\Shared\\SCIM';
const backup = 'C:\\ProgramData\\ScimSetup\\backups\\1';
const sddl = 'O:BAG:SYD:PAI(A;;FA;;;SY)';
const named = JSON.stringify({ CONFIG_FILE_PATH: shared, CONFIG_FILE_NAME: 'Node.enc' });

type Given = { readonly disk: Disk; readonly folder: string };

async function given(files: Readonly<Record<string, string>>): Promise<Given> {
  const folder = await newFolder();
  const disk = diskIn(folder);
  for (const [path, text] of Object.entries(files)) await disk.write(path, text);
  return { disk, folder };
}

async function look(disk: Disk, sharedFolder?: string): Promise<Reading<SharedFolder | null>> {
  const tools = { files: disk, hasFolder: (path: string) => disk.hasFolder(path), sddlOf: async () => sddl };
  const asked = sharedFolder === undefined ? {} : { sharedFolder };
  const reading = await readShared([connector], { backup, ...asked }, tools);
  assert.deepEqual(factsSchema.shape.shared.parse(reading), reading);
  return reading;
}

function known<T>(reading: Reading<T>): T {
  return reading.known ? reading.value : assert.fail(reading.why);
}

test('a connector that names no other folder shares none', async () => {
  const { disk } = await given({ [`${connector}\\Responses\\AppSettings.json`]: '{ "LOG_PATH": "" }' });
  assert.equal(known(await look(disk)), null);
  assert.equal(known(await look((await given({})).disk)), null);
});

test('the config in a shared folder is told by fingerprints, logs and other files are not', async () => {
  const { disk } = await given({
    [`${connector}\\Responses\\AppSettings.json`]: named,
    [`${shared}\\appsettings.json`]: '{ "KEY": "hush-hush" }',
    [`${shared}\\Node.enc`]: 'hush-hush',
    [`${shared}\\2026112305.log`]: 'a log',
    [`${shared}\\Responses\\AppSettings.json`]: '{}',
  });
  const found = known(await look(disk));
  assert.deepEqual([found?.folder, found?.settingsName, found?.own], [shared, 'Node.enc', null]);
  const files = found ? known(found.files) : [];
  assert.deepEqual(
    files.map((file) => [file.path, file.role]),
    [
      [`${shared}\\appsettings.json`, 'settings'],
      [`${shared}\\Node.enc`, 'legacy'],
      [`${shared}\\Responses\\AppSettings.json`, 'responses'],
    ],
  );
  assert.deepEqual(files[0]?.values, { '/KEY': sha256Of('"hush-hush"') });
  assert.ok(!JSON.stringify(found).includes('hush'));
});

test('a folder that is not there is known by name, and why its config is not', async () => {
  const { disk } = await given({ [`${connector}\\Responses\\AppSettings.json`]: named });
  const found = known(await look(disk));
  assert.match(found?.files.known === false ? found.files.why : '', /no such folder/);
});

test('the note of the chain of runs comes first, since an uninstallation takes the settings along; the answers last', async () => {
  const change = { path: `${shared}\\appsettings.json`, from: sha256Of('a'), to: null };
  const note = { schema: 1, folder: shared, settingsName: null, changes: [change] };
  const { disk } = await given({ [sharedNotePath(backup)]: JSON.stringify(note) });
  assert.deepEqual(known(await look(disk, 'C:\\Asked'))?.own, [change]);
  assert.equal(known(await look((await given({})).disk, 'C:\\Asked'))?.folder, 'C:\\Asked');
});

test('trying to write leaves nothing behind, and says why it did not work', async () => {
  const { disk, folder } = await given({ [`${shared}\\appsettings.json`]: '{}' });
  assert.deepEqual(await disk.tryWrite(shared), { ok: true });
  assert.deepEqual(await disk.list(shared), ['appsettings.json']);
  const tried = await disk.tryWrite(`${shared}\\appsettings.json`);
  assert.ok(!tried.ok && /^E[A-Z]+: /.test(tried.why));
  assert.deepEqual(await readdir(folder), ['Shared']);
});
