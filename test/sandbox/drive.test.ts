import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sandboxDisk } from '../../src/sandbox/drive.ts';
import { temporaryFolder } from './on-server.ts';

test('a file is found whatever the case of its name and of its folders', async (t) => {
  const drive = sandboxDisk(await temporaryFolder(t));
  await drive.write('C:\\Inetpub\\WWWroot\\Web.Config', 'one');
  assert.equal(Buffer.from((await drive.read('c:\\INETPUB\\wwwroot\\web.config')) ?? []).toString(), 'one');
});

test('a file written under another case replaces the one that is there', async (t) => {
  const drive = sandboxDisk(await temporaryFolder(t));
  await drive.write('C:\\Responses\\AppSettings.json', 'old');
  await drive.write('C:\\responses\\appsettings.JSON', 'new');
  assert.deepEqual(await drive.list('C:\\RESPONSES'), ['AppSettings.json']);
  assert.equal(Buffer.from((await drive.read('C:\\Responses\\AppSettings.json')) ?? []).toString(), 'new');
});

test('a folder is listed sorted without order of case, and its folders end in a backslash', async (t) => {
  const drive = sandboxDisk(await temporaryFolder(t));
  await drive.makeFolder('C:\\Delta');
  for (const name of ['alpha', 'Gamma', 'beta.txt']) await drive.write(`C:\\${name}`, '');
  assert.deepEqual(await drive.list('C:\\'), ['alpha', 'beta.txt', 'Delta\\', 'Gamma']);
});

test('what is not there is null or empty, and a share is not there at all', async (t) => {
  const drive = sandboxDisk(await temporaryFolder(t));
  assert.equal(await drive.read('C:\\none'), null);
  assert.equal(await drive.hash('C:\\none\\none'), null);
  assert.equal(await drive.copy('C:\\none', 'C:\\other'), null);
  assert.deepEqual(await drive.list('C:\\none'), []);
  assert.equal(await drive.read('D:\\none'), null);
  await assert.rejects(drive.write('\\\\server\\share\\file', ''), { code: 'ENOENT' });
});

test('a path cannot leave the drive', async (t) => {
  const drive = sandboxDisk(await temporaryFolder(t));
  await drive.write('C:\\..\\..\\escaped', 'x');
  assert.deepEqual(await drive.list('C:\\'), ['escaped']);
});

test('a copy has the hash of its source, and nothing unfinished stays beside it', async (t) => {
  const drive = sandboxDisk(await temporaryFolder(t));
  await drive.write('C:\\from', 'some bytes');
  assert.equal(await drive.copy('C:\\from', 'C:\\kept\\to'), await drive.hash('C:\\from'));
  assert.deepEqual(await drive.list('C:\\kept'), ['to']);
});
