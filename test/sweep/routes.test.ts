import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { scenarioNames } from '../../src/sandbox/scenario-list.ts';
import { routes } from './routes.ts';

test('every scenario is swept by a route of its own', () => {
  const swept = new Set(routes.map(({ scenario }) => scenario));
  assert.deepEqual(
    scenarioNames().filter((name) => !swept.has(name)),
    [],
  );
});

test('the summary has one section for each route, and no other', () => {
  const summary = readFileSync(new URL('../golden/sweep-summary.txt', import.meta.url), 'utf8');
  const sections = summary.split('\n').filter((line) => /^\S/.test(line));
  assert.deepEqual(sections.sort(), routes.map(({ name }) => name).sort());
});
