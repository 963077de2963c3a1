import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingsPage, findingsPagePath } from '../../scripts/build/findings-page.ts';
import { eventRows } from '../../src/core/event-log.ts';
import { exitCodes } from '../../src/core/exit-codes.ts';
import { findingMeanings } from '../../src/core/explain.ts';
import { tableIn, textOf } from './texts.ts';

const page = textOf(findingsPagePath);

test('the findings page says what the program says now; `npm run docs` writes it', () => {
  assert.equal(page, findingsPage());
});

test('the README leads to the findings page', () => {
  assert.ok(textOf('README.md').includes(`](${findingsPagePath})`));
});

test('an operator finds the id that a run printed, with what it means, its cure, its acceptance and its exit code', () => {
  for (const { id, means, hint, stops, accept } of findingMeanings()) {
    const [, entry = ''] = page.split(`### \`${id}\`\n`);
    const own = entry.split(/^#/m)[0] ?? '';
    for (const part of [means, `- Cure: ${hint}`]) assert.ok(own.includes(part), `${id}: ${part}`);
    assert.equal(own.includes(`\`--accept ${id}\``), accept !== null, id);
    assert.match(own, stops === 'never' ? /Exit code: none/ : /Exit code: 21/);
  }
});

test('every link of the findings page leads to a heading of it', () => {
  const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replaceAll(' ', '-').replaceAll('.', ''),
  );
  const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
  assert.deepEqual(links, headings);
});

test('every entry that may stand in the event log is on the page, with the exit code it tells', () => {
  const rows = tableIn(page, '| Id | Level | Meaning |');
  assert.equal(rows.length, eventRows.length);
  for (const [index, row] of eventRows.entries()) {
    const meaning =
      row.exitCode === null ? row.meaning : (exitCodes.find((one) => one.code === row.exitCode)?.meaning ?? 'none');
    assert.deepEqual(rows[index]?.slice(0, 2), [String(row.id), row.level]);
    assert.ok(rows[index]?.[2]?.includes(meaning), meaning);
  }
});
