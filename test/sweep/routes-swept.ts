import { it } from '../own-thread.ts';
import type { Route } from './routes.ts';
import { type Share, sweep } from './sweep.ts';

/**
 * The power is lost at every door, and after each such cut once more in the run that goes on. Of all else that can go wrong one in so
 * many does: more often on routes that most servers take.
 */
const usual: Share = { cuts: 1, others: 16 };
const rare: Share = { cuts: 1, others: 60 };
/** Hardly anything is asked of a server on which nothing is changed, so that all of it can go wrong. */
const whole: Share = { cuts: 1, others: 1 };

/** A test for each of the routes that most servers take. */
export function sweepUsual(routes: readonly Route[]): void {
  for (const route of routes) test(route, usual);
}

/** A test for each of the routes of the field. `npm run test:long` tries everything on all routes. */
export function sweepRare(routes: readonly Route[]): void {
  for (const route of routes) test(route, rare);
}

/** A test for each of the routes on which nothing is changed. */
export function sweepUnchanged(routes: readonly Route[]): void {
  for (const route of routes) test(route, whole);
}

function test(route: Route, share: Share): void {
  it(`${route.name}: whatever goes wrong, no end is claimed that is not so, and the next runs get there`, () =>
    sweep(route, share));
}
