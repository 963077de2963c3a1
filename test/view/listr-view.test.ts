import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { start } from '../cli/program.ts';
import { givenServer, sample } from '../given.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const terminal = ['--import', pathToFileURL(here('fake-terminal.ts')).href];

/** What stands on the terminal in the end: the last state of each line, without what steers the terminal. */
function shown(output: string): string {
  return stripVTControlCharacters(output.replaceAll('\r', '\n'));
}

/** What `listr-run.ts` shows on the fake terminal, by the name of the run; it must end by itself. */
async function showAll(): Promise<ReadonlyMap<string, string>> {
  const child = spawn(process.execPath, [...terminal, here('listr-run.ts')], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((settle) => child.once('close', settle));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  assert.deepEqual([code, shown(err)], [0, '']);
  const parts = shown(out).split(/That was: (.*)\n/);
  return new Map(parts.flatMap((name, at) => (at % 2 === 1 ? [[name, parts[at - 1] ?? '']] : [])));
}

const line = (mark: string, title: string) => new RegExp(`^${mark} ${title}$`, 'm');
const done = (title: string) => line('[✔√]', title);
const failed = (title: string) => line('[✖×]', title);

const output = (name: string) => {
  const all = pictures.get(name);
  assert.ok(all !== undefined, `the terminal was not given back after "${name}"`);
  return all;
};

let pictures: ReadonlyMap<string, string> = new Map();
let program: Awaited<ReturnType<typeof start>>;

before(async () => {
  const { folder } = await givenServer('scim-4.1');
  const argv = ['apply', '--sandbox', folder, '--msi', sample('SCIMConnector-4.4.5-fails-old-gone.msi')];
  [pictures, program] = await Promise.all([showAll(), start(argv, { nodeArgs: terminal })]);
});

test('a run that works ends with all lines done', () => {
  for (const title of ['stop pool ConnectorPool', 'upgrade to 4.4.4', 'start pool ConnectorPool']) {
    assert.match(output('good'), done(title));
  }
});

test('a sentence on what goes on stands under the step at work', () => {
  assert.match(output('good'), /upgrade to 4\.4\.4\n.*still at work: connector\.upgrade/);
});

test('a step that was brought about otherwise is done in the end', () => {
  assert.match(output('or else'), done('upgrade to 4.4.4'));
  assert.doesNotMatch(output('or else'), failed('upgrade to 4.4.4'));
});

test('a failure and each step of the way back show as they ended', () => {
  const picture = output('way back');
  assert.match(picture, failed('upgrade to 4.4.4'));
  assert.match(picture, /a fatal error; 4\.4\.4 is not registered/);
  assert.doesNotMatch(picture, failed('start pool ConnectorPool'), 'what was never begun has not failed');
  assert.match(picture, done('way back: stop pool ConnectorPool'));
  assert.match(picture, failed('way back: install 4.4.4'));
  assert.match(picture, done('way back: start pool ConnectorPool'));
});

test('entries that come out of turn neither end the picture nor keep it from ending', () => {
  assert.match(output('out of turn'), done('stop pool ConnectorPool'));
});

test('a failed upgrade on a terminal still ends with its whole text', () => {
  const all = shown(program.out);
  assert.equal(program.exitCode, 22);
  assert.match(all, failed('upgrade to 4.4.5'));
  assert.match(all, done('way back: install 4.1.0'));
  assert.match(all, /\nFailed; the connector is as it was before: 4\.1\.0\..*journal\.jsonl\n.*\nSimulated server: /s);
});
