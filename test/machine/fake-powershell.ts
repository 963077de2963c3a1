import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from 'node:test';
import { Reader } from '../../src/machine/reader.ts';
import { newFolder } from './folders.ts';

/** What the fake can use: `line` asked, `start` of which process this is (1 for the first), `print` and `answer` to reply. */
const around = (answering: string): string => `
import { appendFileSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
const starts = process.argv[2];
appendFileSync(starts, '.');
const start = readFileSync(starts, 'utf8').length;
const escaped = (text) => text.replace(/[^ -~]/g, (one) => '\\\\u' + one.charCodeAt(0).toString(16).padStart(4, '0'));
const print = (...lines) => process.stdout.write(lines.map((line) => escaped(line) + '\\r\\n').join(''));
const answer = (...lines) => print('===SCIM-FACTS-BEGIN===', ...lines, '===SCIM-FACTS-END===');
for await (const line of createInterface({ input: process.stdin })) {
  ${answering}
}
`;

/** More than any answer takes, in ms. */
export const ample = { ms: 120_000 };

const readers: Reader[] = [];

/** A reader whose PowerShell is a script of Node with the given statements for each line, and how often it was started; closed after the tests. */
export async function readerOf(answering: string, limit = ample): Promise<{ reader: Reader; starts: () => number }> {
  const folder = await newFolder();
  const [script, starts] = [join(folder, 'powershell.mjs'), join(folder, 'starts')];
  await writeFile(script, around(answering));
  const reader = new Reader(process.execPath, [script, starts], limit);
  readers.push(reader);
  return {
    reader,
    starts: () => (existsSync(starts) ? readFileSync(starts, 'utf8').length : 0),
  };
}

after(async () => {
  for (const reader of readers) await reader.close();
});
