import { it } from 'node:test';
import type { Route } from './routes.ts';
import { type Share, sweep } from './sweep.ts';

/** The routes that most servers take: the power is lost at every door, and one in eight of all else goes wrong. */
const usual: Share = { cuts: 1, others: 8 };

/** The routes of the field. `npm run test:long` tries everything on all routes. */
const rare: Share = { cuts: 4, others: 30 };

/** A test for each of the routes that most servers take. */
export function sweepUsual(routes: readonly Route[]): void {
  for (const route of routes) test(route, usual);
}

/** A test for each of the routes of the field. */
export function sweepRare(routes: readonly Route[]): void {
  for (const route of routes) test(route, rare);
}

function test(route: Route, share: Share): void {
  it(`${route.name}: whatever goes wrong, no end is claimed that is not so, and the next runs get there`, () =>
    sweep(route, share));
}
