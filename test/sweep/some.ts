import { it } from 'node:test';
import type { Route } from './routes.ts';
import { sweep } from './sweep.ts';

/** Of these routes one trouble in five is tried here, and every one by `npm run test:long`. */
const oneIn = 5;

/** A test for each route, of a part of what may go wrong on it. */
export function sweepSome(routes: readonly Route[]): void {
  for (const [index, route] of routes.entries()) {
    it(`${route.name}: some of what may go wrong, and no end is claimed that is not so`, () =>
      sweep(route, { oneIn, from: index % oneIn }));
  }
}
